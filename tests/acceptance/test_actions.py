"""An action has a porteur and a date; nothing is concluded while one says nothing (DESIGN §1, INV-12)."""

import pytest

from tests.world import CONCLUSION, LONG, World, action
from workflow.errors import MissingData, StillOwed, WrongRole
from workflow.triggers import FieldValue


def local(world: World, carrier: str) -> str:
    """Treated locally on 5 January, with one action until 31 March."""
    reference = world.to_analysis()
    world.decide(reference, "traiter_localement", "yann.lebihan", {"actions": action(carrier, "2026-03-31")})
    return reference


def by_the_delegation(world: World, carrier: str) -> str:
    """Treated by DD 35 on 5 January, with one action until 31 March."""
    reference = world.to_dd()
    world.fresh(reference)
    world.decide(reference, "traiter", "sophie.carre", {"actions": action(carrier, "2026-03-31"), "retour": LONG})
    return reference


@pytest.mark.parametrize(
    "end",
    [
        {"etat": "faite"},
        {"etat": "abandonnee", "raison": "Le cabinet a fermé."},
        {"etat": "hors_circuit"},
    ],
)
def test_three_ways_to_end_one(world: World, end: dict[str, FieldValue]) -> None:
    reference = by_the_delegation(world, "Un cabinet du secteur")
    with pytest.raises(StillOwed, match="Une action n’a pas encore dit où elle en est"):
        world.decide(reference, "conclure", "sophie.carre", CONCLUSION)
    world.act(reference, "action_dd", "sophie.carre", end)
    world.decide(reference, "conclure", "sophie.carre", CONCLUSION)
    assert world.case(reference).step == "retour_en_diffusion"
    assert world.every(reference, "action_dd")[0].proof == end["etat"]


def test_dropped_without_a_reason_is_refused(world: World) -> None:
    reference = by_the_delegation(world, "Un cabinet du secteur")
    with pytest.raises(MissingData):
        world.act(reference, "action_dd", "sophie.carre", {"etat": "abandonnee"})
    with pytest.raises(MissingData):
        world.act(reference, "action_dd", "sophie.carre", {"etat": "oubliee"})


def test_its_date_passes_and_ends_nothing(world: World) -> None:
    reference = by_the_delegation(world, "Un cabinet du secteur")
    world.until("2026-04-10")
    (owed,) = world.owed(reference, "action_dd")
    assert (owed.late, owed.status) == (True, "ouvert")
    with pytest.raises(StillOwed):
        world.decide(reference, "conclure", "sophie.carre", CONCLUSION)


def test_a_partner_carries_it(world: World) -> None:
    reference = by_the_delegation(world, "cd-35")
    assert [o.debtor.organisation for o in world.owed(reference, "action_dd")] == ["cd-35"]
    with pytest.raises(StillOwed, match="le partenaire"):
        world.decide(reference, "conclure", "sophie.carre", CONCLUSION)
    world.act(reference, "action_dd", "jean-yves.coadou", {"etat": "faite"})
    world.decide(reference, "conclure", "sophie.carre", CONCLUSION)


def test_a_partner_is_told_of_it(world: World) -> None:
    reference = by_the_delegation(world, "cd-35")
    assert "Boîte de service du CD 35" in {name for _, name in world.fresh(reference)}


@pytest.mark.parametrize("verb", ["acquitter", "dispenser"])
def test_a_partner_that_says_nothing_does_not_hold_the_delegation_for_ever(world: World, verb: str) -> None:
    reference = by_the_delegation(world, "cd-35")
    number = world.owed(reference, "action_dd")[0].n
    if verb == "acquitter":
        world.decide(reference, verb, "sophie.carre", {"etat": "hors_circuit"}, due=number)
    else:
        world.decide(reference, verb, "marc.aubin", {"motif": "sans_reponse"}, due=number)
    world.decide(reference, "conclure", "sophie.carre", CONCLUSION)


def test_another_partner_may_not_end_it(world: World) -> None:
    reference = by_the_delegation(world, "cd-35")
    with pytest.raises(WrongRole):
        world.act(reference, "action_dd", "pascal.renouard", {"etat": "faite"})


def test_the_antenne_carries_it(world: World) -> None:
    reference = local(world, "antenne-fougeres")
    world.act(reference, "action_locale", "yann.lebihan", {"etat": "faite"})
    assert not world.owed(reference, "action_locale")


def test_the_antenne_does_not_conclude_either_while_it_is_silent(world: World) -> None:
    reference = local(world, "Un cabinet du secteur")
    with pytest.raises(StillOwed):
        world.decide(reference, "conclure_localement", "yann.lebihan", CONCLUSION)


def test_the_date_of_a_partner_passes(world: World) -> None:
    reference = by_the_delegation(world, "cd-35")
    world.leap(90)
    assert world.owed(reference, "action_dd")[0].late
