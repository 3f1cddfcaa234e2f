"""Two sheets for one situation: the second follows the first, and may be detached (T11, T52)."""

import pytest

from tests.world import CONCLUSION, FINAL, LONG, SPOKEN, World
from workflow.errors import MissingData

SAME = {"code": "meme_situation", "texte": "Deux équipes ont décrit la même personne."}
NOT_THE_SAME = {"motif": {"code": "meme_cause", "texte": "Ce sont deux personnes."}}


def attached(world: World) -> tuple[str, str]:
    """Two situations in analysis on 5 January, the second attached to the first."""
    first, second = world.to_analysis(), world.to_analysis()
    world.decide(second, "rattacher_doublon", "katell.morvan", {"parent": first, "motif": SAME})
    return first, second


def test_attached_then_detached(world: World) -> None:
    # 5 January: nothing but the last mile is owed, no clock runs
    first, second = attached(world)
    case = world.case(second)
    assert (case.step, case.parent) == ("rattachee", first)
    assert [o.code for o in world.owed(second)] == ["F2"]
    world.act(second, "F2", "katell.morvan", SPOKEN)

    # 5 March: two persons after all; back where it was, with a whole delay
    world.until("2026-03-05")
    assert world.case(second).step == "rattachee"
    world.decide(second, "detacher", "katell.morvan", NOT_THE_SAME)
    case = world.case(second)
    assert (case.step, case.parent) == ("en_analyse", None)
    assert {o.code: str(o.due) for o in world.owed(second)} == {"D04": "2026-04-07", "F2": "2026-03-12"}
    assert [line["code"] for line in world.journal(second) if line["kind"] == "decision"][-2:] == ["T11", "T52"]


@pytest.mark.parametrize("parent", ["itself", "BRE-XXXX-2026-00001", "attached", "closed"])
def test_only_to_another_one_under_way(world: World, parent: str) -> None:
    _, second = attached(world)
    third = world.to_analysis()
    closed = world.to_analysis()
    world.decide(closed, "reorienter", "yann.lebihan", {"motif": "urgence", "retour": FINAL["retour"]})
    world.act(closed, "F2_final", "katell.morvan", SPOKEN)
    world.tick()
    names = {"itself": third, "attached": second, "closed": closed}
    with pytest.raises(MissingData):
        world.decide(third, "rattacher_doublon", "katell.morvan", {"parent": names.get(parent, parent), "motif": SAME})


def test_not_to_one_that_belongs_to_another_dac(world: World) -> None:
    elsewhere = world.open("soizic.renault", "22", "antenne-dinan")
    mine = world.to_analysis()
    with pytest.raises(MissingData):
        world.decide(mine, "rattacher_doublon", "katell.morvan", {"parent": elsewhere, "motif": SAME})


def test_not_to_a_draft(world: World) -> None:
    draft, mine = world.open(), world.to_analysis()
    with pytest.raises(MissingData):
        world.decide(mine, "rattacher_doublon", "katell.morvan", {"parent": draft, "motif": SAME})


def test_it_ends_with_the_one_it_follows(world: World) -> None:
    first, second = attached(world)
    world.act(second, "F2", "katell.morvan", SPOKEN)
    world.decide(
        first, "observer", "yann.lebihan", {"motif": SAME | {"code": "isolee"}, "prochaine_date": "2026-05-04"}
    )
    world.decide(first, "conclure_observation", "yann.lebihan", CONCLUSION)
    world.act(first, "F2", "katell.morvan", SPOKEN)
    world.leap(60)
    assert world.case(first).step == "cloturee"
    assert world.case(second).step != "rattachee" or world.owed(second)


def test_the_redacteur_may_withdraw_it(world: World) -> None:
    _, second = attached(world)
    world.decide(second, "retirer_situation", "maelle.riou", {"motif": "doublon", "retour": FINAL["retour"]})
    assert world.case(second).step == "retour_en_diffusion"


def test_when_the_first_is_withdrawn_the_second_goes_on_alone(world: World) -> None:
    first, second = attached(world)
    world.decide(first, "retirer_situation", "katell.morvan", {"motif": "erreur", "retour": FINAL["retour"]})
    case = world.case(second)
    assert (case.step, case.parent) == ("en_analyse", None)
    assert {o.code for o in world.owed(second)} == {"D04", "F2"}


def test_both_end_in_one_call(world: World) -> None:
    # one batch: the second is attached, then the first is redirected; the second follows at once
    first, second = world.to_analysis(), world.to_analysis()
    decisions = [
        world.decision(second, "rattacher_doublon", "katell.morvan", {"parent": first, "motif": SAME}),
        world.decision(first, "reorienter", "yann.lebihan", {"motif": "urgence", "retour": FINAL["retour"]}),
    ]
    world.engine.decide(decisions)
    assert (world.case(second).step, world.case(second).issue) == ("retour_en_diffusion", "reorientee")


def test_reopened_after_the_one_it_followed_it_goes_on_alone(world: World) -> None:
    """Found by the state machine: it still said it was attached, while somebody owed a decision on it (INV-33)."""
    first, second = attached(world)
    world.act(second, "F2", "katell.morvan", SPOKEN)
    watched = {"motif": SAME | {"code": "isolee"}, "prochaine_date": "2026-05-04"}
    world.decide(first, "observer", "yann.lebihan", watched)
    world.decide(first, "conclure_observation", "yann.lebihan", CONCLUSION)
    world.act(second, "F2", "katell.morvan", SPOKEN)
    world.tick()
    assert (world.case(second).step, world.case(second).parent) == ("cloturee", first)
    again = {"motif": "revenue", "elements": "Les soins se sont de nouveau arrêtés.", "retour": LONG}
    world.decide(second, "rouvrir", "katell.morvan", again)
    assert (world.case(second).step, world.case(second).parent) == ("en_analyse", None)
