"""An anonymous deposit: no address, a tracking code; told by publication, and closed (DESIGN §1)."""

import pytest

from tests.world import FINAL, LONG, NATIONAL, World
from workflow.errors import MissingData, WrongRole

CODE = "K7QF-2M9P-XW3T"


def test_never_a_mail_to_the_redacteur_and_an_end_all_the_same(world: World) -> None:
    # 5 January: deposited under a code, brought before DD 35; 20 January: closed there
    reference = world.to_dd(tracking=CODE)
    assert world.case(reference).anonymous
    world.until("2026-01-20")
    world.decide(reference, "constater", "sophie.carre", FINAL)
    (owed,) = [o for o in world.owed(reference) if o.last_mile]

    # nobody has an address to mail; the DAC publishes the retour under the code
    with pytest.raises(MissingData):
        world.act(reference, owed.code, "katell.morvan", {"moyen": "courriel"})
    world.act(reference, owed.code, "katell.morvan", {"moyen": "publie"})
    world.tick()
    assert world.case(reference).step == "cloturee"
    assert "publie" in str(world.every(reference, owed.code)[0].proof)
    assert not [mail for mail in world.mails(reference) if mail[1] == "rédacteur"]


def test_six_months_of_silence_neither(world: World) -> None:
    reference = world.to_dd(tracking=CODE)
    world.leap(180)
    assert ("M13", "Katell Morvan") in world.mails(reference)
    assert not [mail for mail in world.mails(reference) if mail[1] == "rédacteur"]


def test_what_the_dac_says_itself_takes_words(world: World) -> None:
    reference = world.to_agenda(tracking=CODE)
    with pytest.raises(MissingData):
        world.act(reference, "F2", "katell.morvan", {"moyen": "publie"})
    world.act(reference, "F2", "katell.morvan", {"moyen": "publie", "mot": LONG})
    assert not world.owed(reference, "F2")


def test_the_dac_completes_the_national_form_for_somebody_nobody_knows(world: World) -> None:
    reference = world.to_agenda(tracking=CODE)
    with pytest.raises(WrongRole):
        world.act(reference, "D27", "sophie.carre", NATIONAL)
    with pytest.raises(MissingData, match="gravite"):
        world.act(reference, "D27", "nolwenn.prigent", {key: NATIONAL[key] for key in NATIONAL if key != "gravite"})
    world.act(reference, "D27", "nolwenn.prigent", NATIONAL)
    assert world.every(reference, "D27")[0].proof == "fiche remplie"
