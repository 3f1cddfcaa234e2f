"""DD 35 takes a situation in charge, then says nothing (DESIGN §4, INV-10)."""

import pytest

from tests.world import ANALYSIS, FORM, LONG, NATIONAL, World, make_world

DD = "Boîte de service de la DD 35"
LATE = "M13"
REMINDER = "M12"


@pytest.fixture
def world() -> World:
    return make_world()


def before_silence(world: World) -> str:
    """DD 35 takes charge on 5 January (D13: 6 March), writes one retour, owes the next in 90 days; then nothing."""
    reference = world.to_dd()
    for code, person, fields in (
        ("F2", "katell.morvan", {"moyen": "oral"}),
        ("D27", "maelle.riou", NATIONAL),
        ("D12", "sophie.carre", {"retour": LONG}),
    ):
        world.decide(reference, "acquitter", person, fields, due=world.owed(reference, code)[0].n)
    return reference


def test_eight_days_after_the_deadline_only_the_delegation_was_mailed(world: World) -> None:
    reference = before_silence(world)
    before, told = world.case(reference), len(world.mails(reference))
    world.until("2026-03-14")

    overrun = world.owed(reference, "D13")[0]
    assert overrun.late
    assert str(overrun.due) == "2026-03-06"
    assert world.kinds(reference).count("depassement_debut") == 1
    assert world.mails(reference)[told:] == [
        (REMINDER, DD),  # 27 February
        (REMINDER, DD),  # 4 March
        (REMINDER, DD),  # 9 March: 7 March is a Saturday
        (REMINDER, DD),  # 13 March
        (LATE, "Marc Aubin"),  # 13 March: J+7 of `depassement`, same delegation
    ]
    after = world.case(reference)
    assert (after.step, after.version) == (before.step, before.version)


def test_thirty_days_after_the_deadline_the_dac_and_the_redacteur_are_told_once(world: World) -> None:
    reference = before_silence(world)
    version = world.case(reference).version
    world.until("2026-04-08")  # J+30 is Sunday 5 April, Easter Monday is closed: Tuesday 7 April

    late = world.mails(reference, LATE)
    assert late.count((LATE, "Katell Morvan")) == 1
    assert late.count((LATE, "rédacteur")) == 1
    assert {name for _, name in late} == {"Katell Morvan", "rédacteur", "Marc Aubin"}
    case = world.case(reference)
    assert case.step == "en_instruction_dd"
    assert case.version == version


def test_the_directors_of_other_organisations_are_not_copied_while_the_delay_is_indicative(world: World) -> None:
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    world.decide(reference, "acquitter", "katell.morvan", {"moyen": "oral"}, due=world.owed(reference, "F2")[0].n)
    world.act(reference, "D27", "maelle.riou", NATIONAL)
    world.until("2026-03-13")  # D09 was due on 19 February; its J+7 names the direction of the DAC
    assert world.owed(reference, "D09")[0].late
    assert {name for _, name in world.mails(reference, LATE)} == {"Paul Tanguy"}  # the governance's own
