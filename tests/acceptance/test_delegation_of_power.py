"""Somebody of the same organisation stands in until a date (T49)."""

import pytest

from tests.world import FORM, Fields, World
from workflow.errors import MissingData, WrongRole

UNTIL_THE_16TH = {"personne": "nolwenn.prigent", "jusqu_au": "2026-01-16"}
OBSERVED: Fields = {"motif": {"code": "isolee", "texte": "À revoir."}, "prochaine_date": "2026-05-04"}


def deposited(world: World) -> str:
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    return reference


def test_until_a_date_and_not_after(world: World) -> None:
    # 5 January: Yann is away until the 16th, Nolwenn stands in
    reference, other = deposited(world), deposited(world)
    with pytest.raises(WrongRole):
        world.decide(reference, "prendre_en_charge_antenne", "nolwenn.prigent")
    for each in (reference, other):
        world.decide(each, "deleguer", "yann.lebihan", UNTIL_THE_16TH)
    line = world.journal(reference)[-1]
    assert (line["verbe"], line["author"], line["codes"]) == ("deleguer", "yann.lebihan", UNTIL_THE_16TH)

    # the last day, she may; the journal names her
    world.until("2026-01-16", "18:00")
    world.decide(reference, "prendre_en_charge_antenne", "nolwenn.prigent")
    assert world.journal(reference)[-1]["author"] == "nolwenn.prigent"
    assert world.journal(reference)[-1]["pour"] == "antenne-fougeres"

    # the day after, no more; Yann always could
    world.until("2026-01-17")
    with pytest.raises(WrongRole):
        world.decide(other, "prendre_en_charge_antenne", "nolwenn.prigent")
    world.decide(other, "prendre_en_charge_antenne", "yann.lebihan")


def test_the_supervisor_may_say_it_nobody_else(world: World) -> None:
    reference = deposited(world)
    with pytest.raises(WrongRole):
        world.decide(reference, "deleguer", "nolwenn.prigent", UNTIL_THE_16TH)
    world.decide(reference, "deleguer", "herve.guillou", UNTIL_THE_16TH)
    world.decide(reference, "prendre_en_charge_antenne", "nolwenn.prigent")


@pytest.mark.parametrize("person", ["gwenaelle.cadiou", "katell.morvan", "sophie.carre", "personne"])
def test_only_within_the_organisation(world: World, person: str) -> None:
    reference = deposited(world)
    with pytest.raises(MissingData, match="même structure"):
        world.decide(reference, "deleguer", "yann.lebihan", UNTIL_THE_16TH | {"personne": person})


def test_one_power_is_not_all_of_them(world: World) -> None:
    # Nolwenn, analyst, delegates to Maëlle; that does not make Maëlle the responsable d'antenne
    reference = world.to_analysis()
    power = UNTIL_THE_16TH | {"personne": "maelle.riou"}
    world.decide(reference, "deleguer", "nolwenn.prigent", power)
    with pytest.raises(WrongRole):
        world.decide(reference, "observer", "maelle.riou", OBSERVED)


def test_it_ends_when_another_organisation_takes_over(world: World) -> None:
    reference = world.to_dd()
    power = UNTIL_THE_16TH | {"personne": "marc.aubin"}
    world.decide(reference, "deleguer", "sophie.carre", power)
    elsewhere: Fields = {
        "dd_competente": "dd-56",
        "motif": {"code": "autre_departement", "texte": "La personne a déménagé."},
    }
    world.decide(reference, "autre_dd", "sophie.carre", elsewhere)
    with pytest.raises(WrongRole):
        world.decide(reference, "prendre_en_charge", "marc.aubin", {"officier": "annaig.lebrun"})


def test_who_stands_in_is_reminded(world: World) -> None:
    reference = deposited(world)
    world.decide(reference, "deleguer", "yann.lebihan", UNTIL_THE_16TH)
    world.until("2026-01-14")
    assert "Nolwenn Prigent" in {name for _, name in world.mails(reference, "M12")}
