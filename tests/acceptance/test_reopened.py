"""A closed situation is reopened where it was last examined, then closes again; a year later it is archived (T48)."""

import pytest

from tests.world import CONCLUSION, FINAL, FORM, LONG, SPOKEN, Fields, World, action
from workflow.errors import IllegalDecision, WrongRole

NEW = {"motif": "revenue", "elements": "Les soins se sont de nouveau arrêtés.", "retour": LONG}
WATCHED: Fields = {"motif": {"code": "isolee", "texte": "À revoir."}, "prochaine_date": "2026-05-04"}


def closed_by_the_delegation(world: World) -> str:
    """Closed on 5 January after « constat partagé », everything told."""
    reference = world.to_dd()
    world.decide(reference, "constater", "sophie.carre", FINAL)
    (owed,) = [o for o in world.owed(reference) if o.last_mile]
    world.act(reference, owed.code, "katell.morvan", SPOKEN)
    world.tick()
    assert world.case(reference).step == "cloturee"
    world.act(reference, "D21", "claire.legoff")
    world.act(reference, "D22", "yann.lebihan")
    world.fresh(reference)
    return reference


def test_reopened_and_closed_again(world: World) -> None:
    # 2 March: reopened by the DAC; the levels crossed are told, the delegation owes a decision again
    reference = closed_by_the_delegation(world)
    world.until("2026-03-02")
    world.decide(reference, "rouvrir", "katell.morvan", NEW)
    case = world.case(reference)
    assert (case.step, case.issue) == ("en_instruction_dd", None)
    assert world.fresh(reference) == [
        ("M18", "Boîte de service de la DD 35"),
        ("M18", "Claire Le Goff"),
        ("M18", "Yann Le Bihan"),
    ]
    owed = {o.code: str(o.due) for o in world.owed(reference)}
    assert (owed["D13"], owed["D12"], owed["F14"]) == ("2026-05-04", "2026-04-01", "2026-03-09")

    # 9 March: told to Maëlle, answered again, closed again
    world.until("2026-03-09")
    world.act(reference, "F14", "katell.morvan", SPOKEN)
    world.decide(reference, "constater", "sophie.carre", FINAL)
    world.act(reference, "F5", "katell.morvan", SPOKEN)
    world.tick()
    assert world.case(reference).step == "cloturee"


def test_six_months_later_a_check_and_a_year_later_the_archive(world: World) -> None:
    reference = closed_by_the_delegation(world)
    world.until("2026-07-07")
    assert [o.code for o in world.owed(reference)] == ["F12"]
    world.act(reference, "F12", "katell.morvan")
    world.until("2027-01-05")
    assert world.case(reference).step == "cloturee"
    world.until("2027-01-07")
    assert world.case(reference).step == "archivee"
    with pytest.raises(IllegalDecision):
        world.decide(reference, "rouvrir", "katell.morvan", NEW)


def test_an_archived_situation_is_silent(world: World) -> None:
    reference = closed_by_the_delegation(world)
    world.until("2027-01-07")
    assert world.case(reference).step == "archivee"
    assert world.case(reference).wake_at is None


def test_one_that_was_only_observed_may_be_reopened(world: World) -> None:
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.decide(reference, "observer", "yann.lebihan", WATCHED)
    world.decide(reference, "conclure_observation", "yann.lebihan", CONCLUSION)
    world.act(reference, "F2", "katell.morvan", SPOKEN)
    world.tick()
    world.decide(reference, "rouvrir", "katell.morvan", NEW)
    assert world.circuits.national().step(world.case(reference).step).level == "dac"


def test_a_level_it_never_reached_may_not_reopen_it(world: World) -> None:
    reference = world.to_analysis()
    world.decide(reference, "observer", "yann.lebihan", WATCHED)
    world.decide(reference, "conclure_observation", "yann.lebihan", CONCLUSION)
    world.act(reference, "F2", "katell.morvan", SPOKEN)
    world.tick()
    with pytest.raises(WrongRole):
        world.decide(reference, "rouvrir", "sophie.carre", NEW)


def test_three_times_at_most(world: World) -> None:
    reference = closed_by_the_delegation(world)
    for _ in range(3):
        world.decide(reference, "rouvrir", "katell.morvan", NEW)
        world.decide(reference, "constater", "sophie.carre", FINAL)
        world.act(reference, "F14", "katell.morvan", SPOKEN)
        world.tick()
    with pytest.raises(IllegalDecision, match="a déjà été fait 3 fois"):
        world.decide(reference, "rouvrir", "katell.morvan", NEW)


def test_what_came_back_to_the_dac_is_reopened_there_and_needs_the_governance_again(world: World) -> None:
    # the delegation sends it back to the territory, where it is concluded: it no longer has the agreement to go up
    reference = world.to_dd()
    back = {"motif": "solution_locale", "retour": FINAL["retour"], "actions": action("dactiv", "2026-02-02")}
    world.decide(reference, "renvoyer_territoire", "sophie.carre", back)
    assert world.case(reference).gates == []
    world.act(reference, "action_locale", "katell.morvan", {"etat": "faite"})
    world.fresh(reference)
    world.decide(reference, "conclure_localement", "katell.morvan", CONCLUSION)
    assert ("M11", "Boîte de service de la DD 35") in world.fresh(reference)  # it hears how it ended
    for owed in [o for o in world.owed(reference) if o.last_mile]:
        world.act(reference, owed.code, "katell.morvan", SPOKEN)
    world.tick()
    assert world.case(reference).step == "cloturee"
    world.decide(reference, "rouvrir", "katell.morvan", NEW)
    assert world.case(reference).step == "en_traitement_local"
