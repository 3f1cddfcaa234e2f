"""What is asked stops the clock of the one who asks, and no other (DESIGN §4, INV-18)."""

import pytest

from tests.world import ANALYSIS, LONG, World
from workflow.errors import IllegalDecision, StillOwed

UP = {"motif": "offre_insuffisante", "au_dela": "Aucun service du département ne peut ouvrir.", "retour": LONG}
QUESTIONS = {"questions": "Depuis quel mois, et qui a été appelé ?"}
ANSWER = {"reponse": "Depuis décembre ; trois cabinets ont été appelés."}


def due(world: World, reference: str, code: str) -> str | None:
    """Return the one date of the open dûs of a code, None while their clock is stopped."""
    (found,) = {None if owed.paused_on else str(owed.due) for owed in world.owed(reference, code)}
    return found


def before_the_region(world: World) -> str:
    """Taken in charge by ARS Bretagne on 5 January: D16 on 7 April (5 April is Easter Sunday), D12 on 19 February."""
    reference = world.to_dd()
    world.decide(reference, "relayer", "sophie.carre", UP)
    world.decide(reference, "prendre_en_charge", "viviane.madec", {"officier": "viviane.madec"})
    assert (due(world, reference, "D16"), due(world, reference, "D12_region")) == ("2026-04-07", "2026-02-19")
    world.fresh(reference)
    return reference


def test_the_antenne_asks_the_redacteur(world: World) -> None:
    # 5 January: the analysis is due on 4 February; it stops on 8 January, 27 days before
    reference = world.to_analysis()
    assert due(world, reference, "D04") == "2026-02-04"
    world.fresh(reference)
    world.until("2026-01-08")
    world.decide(reference, "demander_complement", "nolwenn.prigent", QUESTIONS)
    assert world.fresh(reference) == [("M02", "rédacteur")]
    assert (due(world, reference, "D04"), due(world, reference, "complement")) == (None, "2026-01-23")
    with pytest.raises(StillOwed, match="Un complément est encore attendu"):
        world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)

    # 15 January: the answer; 27 days run from there
    world.until("2026-01-15")
    world.act(reference, "complement", "maelle.riou", ANSWER)
    assert due(world, reference, "D04") == "2026-02-11"
    assert world.fresh(reference) == [("M17", "Nolwenn Prigent")]  # she asked


def test_the_region_asks_the_delegation_and_only_the_region_waits(world: World) -> None:
    reference = before_the_region(world)
    world.until("2026-01-15")
    world.decide(reference, "demander_complement", "viviane.madec", QUESTIONS)
    assert ("M02", "Boîte de service de la DD 35") in world.fresh(reference)
    stopped = {o.code for o in world.owed(reference) if o.paused_on}
    assert stopped == {"D16"}  # neither its interim retour, nor the last mile, nor the form
    world.until("2026-01-22")
    world.act(reference, "complement_region", "sophie.carre", ANSWER)
    assert due(world, reference, "D16") == "2026-04-14"
    assert due(world, reference, "D12_region") == "2026-02-19"


def test_a_complement_not_received_is_flagged_and_the_clock_runs_again(world: World) -> None:
    reference = before_the_region(world)
    world.until("2026-01-15")
    world.decide(reference, "demander_complement", "viviane.madec", QUESTIONS)  # due on 30 January
    world.until("2026-01-31")
    assert world.owed(reference, "complement_region")[0].late
    assert due(world, reference, "D16") == "2026-04-22"  # 82 days from 30 January
    assert world.case(reference).step == "en_instruction_region"
    with pytest.raises(StillOwed):
        world.decide(reference, "clore_sans_action", "viviane.madec", {"motif": "autre", "retour": LONG})

    # 10 February: it comes after all; the clock is not touched again
    world.until("2026-02-10")
    world.act(reference, "complement_region", "sophie.carre", ANSWER)
    assert due(world, reference, "D16") == "2026-04-22"


def test_the_asker_goes_on_without_it_with_a_reason(world: World) -> None:
    reference = before_the_region(world)
    world.until("2026-01-15")
    world.decide(reference, "demander_complement", "viviane.madec", QUESTIONS)
    world.until("2026-01-20")
    world.waive(reference, "complement_region", "viviane.madec", "sans_reponse")
    assert due(world, reference, "D16") == "2026-04-13"  # five days were given; 12 April is a Sunday
    assert world.every(reference, "complement_region")[0].status == "dispense"
    world.decide(reference, "relayer", "viviane.madec", UP)
    assert world.case(reference).step == "transmise_national"


def test_the_delegation_asks_the_dac_and_goes_on_owing_its_interim_retour(world: World) -> None:
    reference = world.to_dd()
    world.fresh(reference)
    world.decide(reference, "demander_complement", "sophie.carre", QUESTIONS)
    assert world.fresh(reference) == [("M02", "Katell Morvan")]
    assert (due(world, reference, "D13"), due(world, reference, "D12")) == (None, "2026-02-04")
    world.until("2026-01-12")
    world.act(reference, "complement_dd", "katell.morvan", ANSWER)
    assert due(world, reference, "D13") == "2026-03-13"
    assert ("M17", "Boîte de service de la DD 35") in world.fresh(reference)


def test_twice_at_most(world: World) -> None:
    reference = world.to_dd()
    for _ in range(2):
        world.decide(reference, "demander_complement", "sophie.carre", QUESTIONS)
        world.act(reference, "complement_dd", "katell.morvan", ANSWER)
    with pytest.raises(IllegalDecision, match="a déjà été fait 2 fois"):
        world.decide(reference, "demander_complement", "sophie.carre", QUESTIONS)
