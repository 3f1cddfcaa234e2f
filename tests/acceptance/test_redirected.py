"""Redirected out of the ORP: another circuit is named, everybody is told, and it ends as such (T08)."""

from tests.world import FINAL, SPOKEN, World

TO_MDPH = {"motif": "situation_critique", "retour": FINAL["retour"]}


def redirection(world: World, reference: str) -> str:
    """Return the other circuit the journal names."""
    (line,) = [line for line in world.journal(reference) if line.get("code") == "T08"]
    return str(line["codes"]["motif"])


def test_by_the_antenne(world: World) -> None:
    # 5 January: it belongs to the MDPH
    reference = world.to_analysis()
    world.fresh(reference)
    world.decide(reference, "reorienter", "yann.lebihan", TO_MDPH)
    assert redirection(world, reference) == "situation_critique"
    assert world.case(reference).step == "retour_en_diffusion"
    world.until("2026-01-06")
    assert world.case(reference).step == "retour_en_diffusion"  # Maëlle has not been told

    # 6 January: told, ended as redirected, not as closed
    world.act(reference, "F2_final", "katell.morvan", SPOKEN)
    world.fresh(reference)
    world.tick()
    case = world.case(reference)
    assert (case.step, case.issue) == ("reorientee", "reorientee")
    assert world.fresh(reference) == [("M15", "Katell Morvan"), ("M15", "Yann Le Bihan"), ("M15", "rédacteur")]

    # 6 January 2027: archived
    world.leap(363)
    assert world.case(reference).step == "reorientee"
    world.leap(4)
    assert world.case(reference).step == "archivee"


def test_by_the_delegation(world: World) -> None:
    reference = world.to_dd()
    world.fresh(reference)
    world.decide(reference, "reorienter", "sophie.carre", TO_MDPH)
    assert world.fresh(reference) == [("M11", "Claire Le Goff"), ("M11", "Katell Morvan"), ("M11", "Yann Le Bihan")]
    assert redirection(world, reference) == "situation_critique"
    (owed,) = [o for o in world.owed(reference) if o.last_mile]
    world.act(reference, owed.code, "katell.morvan", SPOKEN)
    world.tick()
    assert world.case(reference).step == "reorientee"
    assert ("M15", "Boîte de service de la DD 35") in world.fresh(reference)
