"""Each clock has an owner: the DAC's side rules up to the governance, the delegation's beyond (DESIGN §5)."""

import pytest

from tests.acceptance.test_redon import ELSEWHERE, OFFICER, transmitted
from tests.world import ANALYSIS, FORM, VALIDATION, World, make_world
from workflow.circuit.loader import load_shipped, shared_files, shipped_files
from workflow.model import Obligation

BRETAGNE = """\
circuit: bretagne
version: 1
titre: Bretagne
couche: region
etend: national
parent: national@1
dus:
  D03: {delai: 5 j}
  D12: {delai: 25 j}
"""
PAYS_DE_LA_LOIRE = """\
circuit: pays-de-la-loire
version: 1
titre: Pays de la Loire
couche: region
etend: national
parent: national@1
dus:
  D03: {delai: 12 j}
  D13: {delai: 75 j}
etapes:
  transmise_dd: {delai: 10 j}
"""
DD_35 = """\
circuit: dd-35
version: 1
titre: DD 35
couche: dd
etend: bretagne
parent: bretagne@1
dus:
  D13: {delai: 45 j}
etapes:
  transmise_dd: {delai: 5 j}
"""
DACTIV = """\
circuit: dactiv
version: 1
titre: DAC’tiv
couche: dac
etend: bretagne
parent: bretagne@1
ajouts:
  gt_orp_territorial:
    seulement: [antenne-fougeres]
    apres: [en_analyse.proposer_gouvernance]
    etape:
      niveau: dac
      titre: GT ORP territorial
      responsable: pilote_orp
      horloge: D04_gt
      delai: 30 j
      bornes: [10 j, 60 j]
      decisions:
        presenter: {code: T13, titre: Présenter à la gouvernance, par: [pilote_orp], vers: suite, doit: [F2]}
"""
LAYERS = {
    "circuits/bretagne.yaml": BRETAGNE,
    "circuits/pays-de-la-loire.yaml": PAYS_DE_LA_LOIRE,
    "circuits/dd-35.yaml": DD_35,
    "circuits/dactiv.yaml": DACTIV,
}


def layered(without: tuple[str, ...] = ()) -> World:
    """The usual world, with circuits of its own for two régions, one delegation and DAC'tiv."""
    return make_world(without=without, files=shipped_files("national") | shared_files() | LAYERS)


@pytest.fixture
def world() -> World:
    return layered()


def delays(world: World, reference: str, code: str) -> list[str]:
    return [str(o.due) for o in world.every(reference, code)]


def taken(world: World, departement: str) -> str:
    reference = transmitted(world, departement)
    world.decide(reference, "prendre_en_charge", OFFICER[departement], {"officier": OFFICER[departement]})
    return reference


def test_one_dac_three_delegations_three_sets_of_delays(world: World) -> None:
    # deposited, validated and transmitted on 5 January
    references = {departement: taken(world, departement) for departement in OFFICER}
    assert {d: world.case(r).circuit for d, r in references.items()} == {
        "35": "dactiv@1+dd-35@1",
        "56": "dactiv@1+bretagne@1",
        "44": "dactiv@1+pays-de-la-loire@1",
    }
    assert {d: [delays(world, r, code)[0] for code in ("D11", "D12", "D13")] for d, r in references.items()} == {
        "35": ["2026-01-12", "2026-01-30", "2026-02-19"],
        "56": ["2026-01-12", "2026-01-30", "2026-03-06"],
        "44": ["2026-01-15", "2026-02-04", "2026-03-23"],
    }
    # and the same delay for the antenne, that of Bretagne: the région of the delegation says nothing to the DAC
    assert {due for r in references.values() for due in delays(world, r, "D03")} == {"2026-01-12"}


def test_one_delegation_two_dacs_one_set_of_delays(world: World) -> None:
    ours = taken(world, "35")
    theirs = world.open("judicael.potin", "35", "antenne-saint-malo")
    world.decide(theirs, "deposer", "judicael.potin", FORM)
    world.decide(theirs, "prendre_en_charge_antenne", "olivier.menguy")
    world.decide(theirs, "retenir_pour_analyse", "olivier.menguy", {"nature": "averee"})
    analysis = ANALYSIS | {"version_relue": {"texte": "Une personne âgée, à domicile.", "lecteur": "gael.rouxel"}}
    world.decide(theirs, "proposer_gouvernance", "gael.rouxel", analysis)
    world.decide(theirs, "inscrire_seance", "anne.trehorel", {"seance": "2026-01-06"})
    world.decide(theirs, "valider", "anne.trehorel", VALIDATION)
    world.wait(hours=1)
    world.decide(theirs, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    assert [world.case(r).circuit for r in (ours, theirs)] == ["dactiv@1+dd-35@1", "bretagne@1+dd-35@1"]
    for code in ("D11", "D12", "D13"):
        ((due,), (same,)) = (delays(world, r, code) for r in (ours, theirs))
        assert due == same


def test_another_delegation_brings_its_own_delays(world: World) -> None:
    reference = taken(world, "35")
    world.until("2026-01-12")
    of_35 = [o for o in world.owed(reference) if o.debtor.organisation == "dd-35"]
    world.decide(reference, "autre_dd", "sophie.carre", ELSEWHERE | {"dd_competente": "dd-44"})
    assert world.case(reference).circuit == "dactiv@1+pays-de-la-loire@1"
    closed = [world.every_due(reference)[o.n - 1] for o in of_35]
    assert {o.code: o.proof for o in closed} == {"D12": "dispense par T24", "D13": "décision T24"}
    # ten days from the 12th, and no other dû of a delegation
    assert [(o.code, str(o.due)) for o in world.owed(reference) if o.debtor.organisation == "dd-44"] == [
        ("D11", "2026-01-22")
    ]
    (line,) = [line for line in world.journal(reference) if line["kind"] == "circuit"]
    assert (line["de"], line["vers"], line["author"]) == (
        "dactiv@1+dd-35@1",
        "dactiv@1+pays-de-la-loire@1",
        "sophie.carre",
    )


def in_qualification(world: World) -> str:
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    return reference


def test_another_antenne_follows_its_own_variant_of_the_same_versions(world: World) -> None:
    reference = in_qualification(world)
    assert world.case(reference).circuit == "dactiv@1/antenne-fougeres+dd-35@1"
    motif = {"motif": {"code": "autre_antenne", "texte": "La personne vit à Vitré."}}
    world.decide(reference, "reaffecter", "yann.lebihan", motif | {"antenne": "antenne-vitre"})
    assert world.case(reference).circuit == "dactiv@1+dd-35@1"
    # nothing that ran is lost, nothing is owed twice
    open_now: list[Obligation] = world.owed(reference)
    assert [(o.code, o.debtor.organisation) for o in open_now] == [("D03", "antenne-vitre")]


def test_only_fougeres_presents_to_its_group_first(world: World) -> None:
    reference = in_qualification(world)
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    assert world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS).step == "gt_orp_territorial"
    assert [str(o.due) for o in world.owed(reference, "D04_gt")] == ["2026-02-04"]
    assert world.decide(reference, "presenter", "katell.morvan").step == "proposee_gouvernance"


def test_the_circuits_of_one_composition_are_compiled_once(world: World) -> None:
    first, second = (world.case(world.open()).circuit for _ in range(2))
    assert world.circuits.get(first) is world.circuits.get(second)


def test_without_layers_everything_is_national() -> None:
    world = make_world()
    reference = world.open()
    assert world.case(reference).circuit == "national@1"
    assert world.circuits.get("national@1").dues == load_shipped("national").dues
