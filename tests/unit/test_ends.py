"""What the scheduler may move: the end, the transmission, the expiry of a draft (DESIGN §4)."""

from dataclasses import replace

import pytest

from tests.small_circuit import (
    BY_MAIL,
    CARRY,
    DAC,
    DD,
    DIRECTION,
    END,
    ENTRUST,
    PRESIDENT,
    READ,
    SECRETARY,
    WAIVE,
    WRITER,
    Story,
    facts,
    instant,
    national,
    refused,
    small,
    validated,
)
from tests.world import FORM
from workflow.errors import IllegalDecision
from workflow.model import Person
from workflow.triggers import MailReport

# --- Closing. ---


def concluded() -> Story:
    story = Story(small())
    story.decide("conclure", DD, END)
    return story


def test_nothing_closes_while_something_blocking_is_owed() -> None:
    story = concluded()
    for day in ("2026-01-13", "2026-06-01", "2027-01-01"):
        assert story.on(day).case.step == "retour_en_diffusion"
    refused(story, IllegalDecision, "cloturer", DD)


@pytest.mark.parametrize("tick", ["2026-01-08", "2026-03-01"])
def test_the_end_counts_from_the_last_discharge_whenever_it_is_played(tick: str) -> None:
    story = concluded().on("2026-01-07", "10:30")
    story.decide("acquitter", WRITER, READ, story.one("suites_donnees"))
    story.on(tick)
    assert (story.case.step, story.case.entered_at) == ("cloturee", instant("2026-01-07", "10:30"))
    assert story.entries[-1].effective_at == "2026-01-07T09:30:00.000000+00:00"


def test_the_end_counts_from_the_proof_of_the_mail() -> None:
    story = concluded()
    story.decide("acquitter", DAC, BY_MAIL, story.one("suites_donnees"))
    story.play(MailReport(story.one("suites_donnees").n, accepted=True))
    assert story.on("2026-02-01").case.entered_at == instant("2026-01-09", "00:00")


@pytest.mark.parametrize(("opening", "blocks"), [("confier", True), ("consulter", False), ("noter", False)])
def test_an_action_blocks_the_end_an_opinion_or_a_task_does_not(opening: str, blocks: bool) -> None:  # noqa: FBT001
    story = Story(small())
    story.decide(opening, DD, CARRY.get(opening))
    story.decide("conclure", DD, END)
    story.decide("acquitter", WRITER, READ, story.one("suites_donnees"))
    assert (story.on("2026-01-06").case.step == "retour_en_diffusion") is blocks


def test_the_last_blocking_thing_ends_it_wherever_it_comes_from() -> None:
    story = Story(small())
    story.decide("confier", DD, ENTRUST)
    story.decide("conclure", DD, END)
    story.decide("acquitter", WRITER, READ, story.one("suites_donnees"))
    story.on("2026-01-20").decide("acquitter", DAC, {"etat": "faite"}, story.one("action"))
    assert story.on("2026-01-21").case.entered_at == instant("2026-01-20")


def test_a_waiver_ends_it_too() -> None:
    story = concluded().on("2026-01-07")
    story.decide("dispenser", DIRECTION, WAIVE, story.one("suites_donnees"))
    assert story.on("2026-01-08").case.entered_at == instant("2026-01-07")


def test_a_task_is_still_ticked_after_the_end() -> None:
    story = Story(small())
    story.decide("noter", DD)
    story.decide("conclure", DD, END)
    story.decide("acquitter", WRITER, READ, story.one("suites_donnees"))
    story.on("2026-02-01").decide("acquitter", SECRETARY, None, story.one("tache"))
    assert (story.case.step, story.owed()) == ("cloturee", [])


# --- Transmission and drafts, on the national circuit. ---


@pytest.mark.parametrize(
    ("validation", "transmission"),
    [
        ("2026-01-05 09:00", "2026-01-05 09:15"),
        ("2026-01-05 18:14", "2026-01-05 18:29"),
        ("2026-01-05 18:15", "2026-01-06 08:00"),  # 18:30 is closed
        ("2026-01-05 23:50", "2026-01-06 08:00"),
        ("2026-01-06 02:00", "2026-01-06 08:00"),
        ("2026-01-06 07:44", "2026-01-06 08:00"),
        ("2026-01-06 07:45", "2026-01-06 08:00"),
        ("2026-01-06 07:46", "2026-01-06 08:01"),
        ("2026-01-09 18:20", "2026-01-12 08:00"),  # Friday evening
        ("2026-01-10 11:00", "2026-01-12 08:00"),  # Saturday
        ("2026-04-30 18:20", "2026-05-04 08:00"),  # 1 May is closed, and a Friday
        ("2026-05-13 18:20", "2026-05-15 08:00"),  # Ascension Day
    ],
)
def test_a_validation_is_transmitted_after_a_quarter_of_an_hour_inside_the_window(
    validation: str, transmission: str
) -> None:
    story = validated(*validation.split())
    day, hour = transmission.split()
    before = instant(day, hour)
    story.now = (
        before.replace(second=0) - (before - before.replace(second=0)) - (instant(day, "00:01") - instant(day, "00:00"))
    )
    if story.now > story.case.entered_at:
        story.play()
    assert story.case.step == "validee"
    story.now = instant("2026-07-01")  # however late the tick
    story.play()
    assert (story.case.step, story.case.entered_at) == ("transmise_dd", instant(day, hour))


def test_nobody_shortens_or_plays_the_transmission() -> None:
    story = validated("2026-01-05", "09:00")
    for person in (SECRETARY, PRESIDENT, DD, DAC):
        refused(story, IllegalDecision, "transmettre", person)


def test_the_secretary_s_own_clock_rings_only_when_nothing_could_be_transmitted() -> None:
    story = validated("2026-01-09", "18:20").on("2026-01-20")
    assert not story.one("D10").late
    alone = validated("2026-01-09", "18:20")
    alone.dossier = replace(alone.dossier, facts=replace(facts(), people=without_delegation()))
    alone.on("2026-01-20")
    assert (alone.case.step, alone.one("D10").late) == ("validee", True)


def without_delegation() -> dict[str, Person]:
    officers = ("dd-35", "instruction")
    return {key: person for key, person in facts().people.items() if officers not in person.functions}


def test_a_delegation_is_not_late_for_what_it_could_not_receive() -> None:
    story = validated("2026-01-05", "09:00")
    story.dossier = replace(story.dossier, facts=replace(story.dossier.facts, people=without_delegation()))
    story.on("2026-01-20")
    story.dossier = replace(story.dossier, facts=replace(story.dossier.facts, people=facts().people))
    story.on("2026-01-21")
    assert story.case.step == "transmise_dd"
    assert story.case.entered_at >= instant("2026-01-20")


@pytest.mark.parametrize("tick", ["2026-04-07", "2026-12-01"])
def test_a_draft_expires_at_the_end_of_its_ninetieth_day(tick: str) -> None:
    story = Story(national())  # 5 April is Easter Sunday: Tuesday 7 April
    assert story.on("2026-04-07", "23:59").case.step == "brouillon"
    story.on(tick if tick > "2026-04-07" else "2026-04-08", "10:00")
    assert (story.case.step, story.case.issue) == ("retiree", "retiree")
    assert story.case.entered_at == instant("2026-04-08", "00:00")
    assert not story.owed()
    assert not story.one("D01").late


def test_a_draft_is_reminded_thirty_and_seven_days_before() -> None:
    story = Story(national())
    for day in ("2026-03-06", "2026-03-09", "2026-03-30", "2026-03-31", "2026-04-08"):
        story.on(day)
    assert [(m.mail, m.recipient) for m in story.messages] == [("M12", None), ("M12", None), ("M15", None)]


def test_a_deposited_draft_no_longer_expires() -> None:
    story = Story(national())
    story.on("2026-04-07").decide("deposer", WRITER, FORM)
    assert story.on("2027-01-01").case.step == "deposee"
