"""Versions: a situation keeps its own unless the publisher chose otherwise; nothing moves without a line (INV-20)."""

from dataclasses import replace

import pytest

from tests.acceptance.test_compositions import BRETAGNE, DACTIV, LAYERS, in_qualification, layered
from tests.world import ANALYSIS, FORM, World
from workflow.circuit.loader import shared_files
from workflow.errors import Conflict, InvalidDefinition, Refusal
from workflow.proposals import Proposal
from workflow.publishing import Plan, Publisher

SHORTER = DACTIV.replace("version: 1", "version: 2") + "dus:\n  D03: {delai: 4 j}\n  F2: {delai: 5 j}\n"
WITHOUT_GROUP = DACTIV.replace("version: 1", "version: 2").partition("ajouts:")[0]


@pytest.fixture
def world() -> World:
    return layered()


def proposal(text: str, by: str = "herve.guillou", **how: object) -> Proposal:
    name = text.partition("circuit: ")[2].partition("\n")[0]
    return replace(Proposal(name, {**shared_files(), f"circuits/{name}.yaml": text}, by), **how)  # type: ignore[arg-type]


def publish(world: World, text: str, by: str = "herve.guillou", **how: object) -> Plan:
    return Publisher(world.store, world.circuits, world.clock).publish(proposal(text, by, **how))


def in_group(world: World) -> str:
    reference = in_qualification(world)
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    return reference


def dates(world: World, reference: str) -> list[tuple[int, str, str]]:
    return [(o.n, o.code, str(o.due)) for o in world.owed(reference)]


def lines(world: World, reference: str, kind: str) -> list[dict[str, object]]:
    return [line for line in world.journal(reference) if line["kind"] == kind]


def test_a_situation_under_way_keeps_its_version(world: World) -> None:
    before, circuit = in_qualification(world), "dactiv@1/antenne-fougeres+dd-35@1"
    plan = publish(world, SHORTER)
    assert plan.proved.changes == [
        "Le délai de « D03 » passe de 5 jours à 4 jours.",
        "Le délai de « F2 » passe de 7 jours à 5 jours.",
    ]
    assert not plan.taking
    world.decide(before, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    world.decide(before, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    assert world.case(before).circuit == circuit
    assert not lines(world, before, "circuit")
    after = in_qualification(world)
    assert world.case(after).circuit == "dactiv@2/antenne-fougeres+dd-35@1"
    assert dates(world, after) == [(2, "D03", "2026-01-09")]


def test_a_draft_takes_the_version_of_the_day_it_is_deposited(world: World) -> None:
    reference = world.open()
    publish(world, SHORTER)
    assert world.case(reference).circuit == "dactiv@1/antenne-fougeres+dd-35@1"
    world.decide(reference, "deposer", "maelle.riou", FORM)
    assert world.case(reference).circuit == "dactiv@2/antenne-fougeres+dd-35@1"


def test_the_publisher_may_choose_the_next_step(world: World) -> None:
    reference = in_qualification(world)
    owed = dates(world, reference)
    world.until("2026-01-08")
    plan = publish(world, SHORTER, applies="next-step")
    assert plan.taking == {reference: "dactiv@2/antenne-fougeres+dd-35@1"}
    # it still waits where it was, under the same dates
    assert (world.case(reference).circuit, dates(world, reference)) == ("dactiv@1/antenne-fougeres+dd-35@1", owed)
    world.wait(days=1)
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    case = world.case(reference)
    assert (case.circuit, case.next_circuit) == ("dactiv@2/antenne-fougeres+dd-35@1", None)
    (line,) = lines(world, reference, "circuit")
    assert (line["de"], line["vers"]) == ("dactiv@1/antenne-fougeres+dd-35@1", "dactiv@2/antenne-fougeres+dd-35@1")


def test_what_fired_never_fires_again_and_what_should_have_does_not_fire_late(world: World) -> None:
    # D09 runs from 5 January to 19 February; the reminder of J-7 has left
    reference = in_group(world)
    world.decide(reference, "presenter", "katell.morvan")
    world.until("2026-02-13")
    publish(world, SHORTER + "  D09: {rappels: [J-30, J-8, J-7, J-3, J-2, J+1, J+7]}\n", applies="next-step")
    world.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-02-17"})
    assert world.case(reference).circuit == "dactiv@2/antenne-fougeres+dd-35@1"
    world.until("2026-02-17")
    ((n, _, due),) = [line for line in dates(world, reference) if line[1] == "D09"]
    assert due == "2026-02-19"
    keys = [row["key"] for row in world.queue(reference) if row["mail"] == "M12" and f":d{n}:" in row["key"]]
    assert [key.partition(f"{due}:")[2].partition(":")[0] for key in keys] == ["-7", "-3", "-2"]


def test_a_step_that_is_occupied_does_not_go_without_saying_where(world: World) -> None:
    reference, elsewhere = in_group(world), in_qualification(world)
    with pytest.raises(Refusal, match="L’étape « GT ORP territorial » disparaît et 1 situation y est") as refused:
        publish(world, WITHOUT_GROUP, applies="next-step")
    assert reference in str(refused.value)
    for wrong in ("en_instruction_dd", "nulle_part"):
        with pytest.raises(Refusal):
            publish(world, WITHOUT_GROUP, applies="next-step", steps={"gt_orp_territorial": wrong})
    plan = publish(world, WITHOUT_GROUP, applies="next-step", steps={"gt_orp_territorial": "en_analyse"})
    assert list(plan.moving) == [reference]
    assert list(plan.taking) == [elsewhere]
    case = world.case(reference)
    assert (case.step, case.circuit) == ("en_analyse", "dactiv@2+dd-35@1")
    (moved,) = lines(world, reference, "etape_remplacee")
    assert (moved["de"], moved["vers"], moved["author"]) == ("gt_orp_territorial", "en_analyse", "herve.guillou")
    assert [o.code for o in world.owed(reference) if o.kind == "decision"] == ["D04"]
    assert world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS).step == "proposee_gouvernance"


def test_for_new_situations_only_an_occupied_step_may_go(world: World) -> None:
    reference = in_group(world)
    publish(world, WITHOUT_GROUP)
    assert world.decide(reference, "presenter", "katell.morvan").step == "proposee_gouvernance"
    after = in_qualification(world)
    world.decide(after, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    assert world.decide(after, "proposer_gouvernance", "katell.morvan", ANALYSIS).step == "proposee_gouvernance"


@pytest.mark.parametrize("by", ["katell.morvan", "alain.perrot", "sophie.carre", "sylvie.hamonet"])
def test_who_does_not_direct_the_dac_cannot_publish_its_circuit(world: World, by: str) -> None:
    with pytest.raises(Refusal, match="ne vous revient pas"):
        publish(world, SHORTER, by)


def test_each_layer_is_published_by_its_own_direction(world: World) -> None:
    region = BRETAGNE.replace("version: 1", "version: 2").replace("5 j", "6 j")
    assert publish(world, region, "alain.perrot").proved.publication.key == "bretagne@2"
    with pytest.raises(Refusal):
        publish(world, LAYERS["circuits/pays-de-la-loire.yaml"].replace("version: 1", "version: 2"), "alain.perrot")
    dd = LAYERS["circuits/dd-35.yaml"].replace("version: 1", "version: 2").replace("45 j", "40 j")
    assert publish(world, dd, "marc.aubin").proved.publication.key == "dd-35@2"


def test_a_new_parent_changes_nothing_by_itself_and_those_below_are_told(world: World) -> None:
    region = BRETAGNE.replace("version: 1", "version: 2").replace("D03: {delai: 5 j}", "D03: {delai: 9 j}")
    plan = publish(world, region, "alain.perrot")
    assert sorted(plan.proved.below) == ["dactiv", "dd-35"]
    assert {(m.recipient, m.context["version"]) for m in plan.proved.told} == {
        ("herve.guillou", "bretagne@2"),
        ("marc.aubin", "bretagne@2"),
    }
    assert dates(world, in_qualification(world)) == [(2, "D03", "2026-01-12")]  # five days still: bretagne@1
    adopted = DACTIV.replace("version: 1", "version: 2").replace("bretagne@1", "bretagne@2")
    assert publish(world, adopted).proved.changes == ["Le délai de « D03 » passe de 5 jours à 9 jours."]
    assert dates(world, in_qualification(world)) == [(2, "D03", "2026-01-14")]


def test_what_the_circuit_asks_for_must_have_approved(world: World) -> None:
    asking = SHORTER + "approbations: [gt_orp, codir, bureau]\n"
    with pytest.raises(Refusal, match="« codir » et « bureau »"):
        publish(world, asking, approvals={"gt_orp": "Réunion du 12 décembre"})
    with pytest.raises(Refusal, match="ne demande pas"):
        publish(world, SHORTER, approvals={"gt_orp": "Réunion du 12 décembre"})
    said = dict.fromkeys(("gt_orp", "codir", "bureau"), "Accord du 15 décembre")
    assert publish(world, asking, approvals=said).proved.publication.approvals == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DACTIV, "« version: 2 »"),
        (SHORTER.replace("version: 2", "version: 3"), "« version: 2 »"),
        (SHORTER.replace("bretagne@1", "bretagne@4"), "bretagne@1"),
        (SHORTER.replace("parent: bretagne@1\n", ""), "bretagne@1"),
        (SHORTER.replace("4 j", "40 j"), "bornes"),
    ],
)
def test_nothing_is_written_if_anything_is_faulty(world: World, text: str, said: str) -> None:
    with pytest.raises(InvalidDefinition, match=said):
        publish(world, text)
    with world.store.reading() as work:
        assert [row.key for row in work.circuits.all() if row.name == "dactiv"] == ["dactiv@1"]


def test_a_trial_is_reviewed_the_day_it_ends(world: World) -> None:
    publish(world, SHORTER + "a_l_essai_jusqu_au: 2026-06-30\n")
    with world.store.reading() as work:
        (mail,) = [row for row in work.screens.messages() if row["mail"] == "M21"]
    assert (mail["recipient"], str(mail["not_before"])[:10]) == ("Hervé Guillou", "2026-06-30")


def test_a_version_that_a_dac_has_nobody_to_run_is_refused() -> None:
    """INV-04: proved against the directory of the day, before anything is written."""
    world = layered(without=("katell.morvan",))
    with pytest.raises(InvalidDefinition) as refused:
        publish(world, SHORTER)
    assert any("INV-04" in fault.sentence for fault in refused.value.faults)
    with world.store.reading() as work:
        assert work.circuits.files("dactiv@2") is None


def test_somebody_who_decides_meanwhile_is_never_written_over(world: World) -> None:
    reference = in_qualification(world)
    publisher = Publisher(world.store, world.circuits, world.clock)
    plan = publisher.plan(proposal(SHORTER, applies="next-step"))
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    with pytest.raises(Conflict):
        publisher._written(plan)
    with world.store.reading() as work:
        assert work.circuits.files("dactiv@2") is None
    assert publisher.publish(proposal(SHORTER, applies="next-step")).taking.keys() == {reference}
    with pytest.raises(InvalidDefinition, match="dactiv@2"):
        publisher.publish(proposal(SHORTER))
