"""The last mile: a rédacteur is told, with a proof (DESIGN §1)."""

from dataclasses import replace

import pytest

from tests.small_circuit import (
    ANALYST,
    ANTENNE,
    BY_MAIL,
    DAC,
    DD,
    DIRECTION,
    READ,
    RETOUR,
    WRITER,
    Fields,
    Story,
    instant,
    refused,
    small,
)
from tests.world import LONG
from workflow.errors import MissingData, WrongRole
from workflow.model import Status
from workflow.triggers import MailReport


def to_pass_on() -> Story:
    story = Story(small())
    story.decide("faire_le_point", DD, RETOUR)
    return story


def test_the_last_mile_is_discharged_when_the_redacteur_says_it_was_read() -> None:
    story = to_pass_on()
    story.decide("acquitter", WRITER, READ, story.one("point_fait"))
    assert (story.one("point_fait").status, story.one("point_fait").proof) == (Status.DISCHARGED, "lu")


@pytest.mark.parametrize("person", [DAC, DIRECTION, DD, ANTENNE, ANALYST])
def test_nobody_reads_in_the_redacteur_s_place(person: str) -> None:
    refused(to_pass_on(), WrongRole, "acquitter", person, READ, code="point_fait")


@pytest.mark.parametrize("fields", [{}, {"moyen": ""}, {"moyen": "pigeon"}])
def test_the_last_mile_needs_a_means(fields: Fields) -> None:
    refused(to_pass_on(), MissingData, "acquitter", DAC, fields, code="point_fait")


@pytest.mark.parametrize(("day", "accepted"), [("2026-01-05", True), ("2026-01-09", True), ("2026-01-12", True)])
def test_it_may_have_been_told_aloud_any_day_since_it_was_owed(day: str, accepted: bool) -> None:  # noqa: FBT001
    story = to_pass_on().on("2026-01-12")
    story.decide("acquitter", DAC, {"moyen": "oral", "le": day}, story.one("point_fait"))
    assert (story.one("point_fait").proof == f"oral {day}") is accepted


@pytest.mark.parametrize("day", ["2026-01-04", "2026-01-13", "hier", "2026-02-30"])
def test_it_was_not_told_aloud_before_it_was_owed_nor_tomorrow(day: str) -> None:
    story = to_pass_on().on("2026-01-12")
    refused(story, MissingData, "acquitter", DAC, {"moyen": "oral", "le": day}, code="point_fait")


def test_a_mail_merely_queued_proves_nothing() -> None:
    story = to_pass_on()
    story.decide("acquitter", DAC, BY_MAIL, story.one("point_fait"))
    story.on("2026-01-30")
    assert (story.one("point_fait").is_open, story.one("point_fait").late) == (True, True)


def test_an_accepted_mail_proves_three_working_days_later_and_not_before() -> None:
    story = to_pass_on()
    story.decide("acquitter", DAC, BY_MAIL, story.one("point_fait"))
    story.play(MailReport(story.one("point_fait").n, accepted=True))
    assert story.on("2026-01-08", "23:59").one("point_fait").is_open
    story.on("2026-01-12")
    assert story.one("point_fait").proof == "courriel accepté le 2026-01-05"
    assert story.one("point_fait").closed_at == instant("2026-01-09", "00:00")


def test_a_second_acceptance_does_not_start_the_three_days_again() -> None:
    story = to_pass_on()
    story.decide("acquitter", DAC, BY_MAIL, story.one("point_fait"))
    story.play(MailReport(story.one("point_fait").n, accepted=True))
    story.on("2026-01-08").play(MailReport(story.one("point_fait").n, accepted=True))
    assert not story.on("2026-01-09").one("point_fait").is_open


def test_a_mail_refused_for_good_is_owed_again_with_its_date() -> None:
    story = to_pass_on()
    story.decide("acquitter", DAC, BY_MAIL, story.one("point_fait"))
    story.play(MailReport(story.one("point_fait").n, accepted=True))
    story.on("2026-01-07").play(MailReport(story.one("point_fait").n, accepted=False))
    story.on("2026-01-16")
    assert (story.one("point_fait").is_open, story.one("point_fait").late) == (True, True)
    assert story.one("point_fait").passed_on is None


def test_a_report_about_something_else_changes_nothing() -> None:
    story = to_pass_on()
    before = replace(story.one("point_fait"))
    for n in (0, before.n, 99):
        outcome = story.play(MailReport(n, accepted=True))
        assert (outcome.changed, outcome.entries) == ({}, [])
    assert story.one("point_fait") == before


BARE = "  mot: {genre: retour, par: dac, a: [redacteur], delai: 7 j}\n"
SAY = "      dire: {code: X13, titre: Dire, par: [dd], vers: meme, doit: [mot]}\n"


def test_a_retour_nobody_wrote_needs_the_dac_s_own_words_to_leave_by_mail() -> None:
    story = Story(small(BARE, SAY))
    story.decide("dire", DD)
    refused(story, MissingData, "acquitter", DAC, BY_MAIL, code="mot")
    story.decide("acquitter", DAC, {**BY_MAIL, "mot": LONG}, story.one("mot"))
    assert story.one("mot").passed_on == story.now
