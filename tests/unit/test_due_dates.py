"""What moves a due date: a meeting, urgency, a prolongation (DESIGN §4)."""

import pytest

from tests.small_circuit import (
    ANSWER,
    ASK,
    CONSULT,
    DAC,
    DD,
    DIRECTION,
    DIRECTION_DD,
    END,
    EVERYBODY,
    PRESIDENT,
    RETOUR,
    SECRETARY,
    SMALL,
    URGENT,
    WAIVE,
    Fields,
    Story,
    asked,
    refused,
    small,
    to_governance,
)
from tests.world import LONG, VALIDATION
from workflow.delays import Delay, Unit
from workflow.errors import IllegalDecision, MissingData, WrongRole

# --- The earliest of two terms, and the meeting. ---


def in_suite() -> Story:
    story = Story(small())
    story.decide("passer", DD)
    return story


@pytest.mark.parametrize(
    ("meeting", "due"),
    [
        ("2026-01-05", "2026-01-12"),
        ("2026-01-20", "2026-01-27"),
        ("2026-02-12", "2026-02-19"),
        ("2026-02-13", "2026-02-19"),  # 45 j come first
        ("2026-06-01", "2026-02-19"),
    ],
)
def test_the_date_is_the_earliest_of_the_delay_and_the_meeting(meeting: str, due: str) -> None:
    story = in_suite()
    assert story.due("seance") == "2026-02-19"
    story.decide("fixer", DD, {"seance": meeting})
    assert story.due("seance") == due


def test_the_date_follows_the_meeting_both_ways() -> None:
    story = in_suite()
    for meeting, due in (("2026-01-20", "2026-01-27"), ("2026-02-03", "2026-02-10"), ("2026-01-13", "2026-01-20")):
        story.decide("fixer", DD, {"seance": meeting})
        assert story.due("seance") == due


@pytest.mark.parametrize("meeting", ["2026-01-04", "bientôt", "", "2026-02-30"])
def test_a_meeting_is_on_a_day_to_come(meeting: str) -> None:
    refused(in_suite(), MissingData, "fixer", DD, {"seance": meeting})


def test_the_governance_s_clock_follows_its_meeting() -> None:
    story = to_governance()
    assert story.due("D09") == "2026-02-19"
    story.decide("inscrire_seance", SECRETARY, {"seance": "2026-01-20"})
    assert story.due("D09") == "2026-01-27"
    story.decide("ajourner", SECRETARY, {"motif": "quorum", "seance": "2026-03-10", "retour": LONG})
    assert story.due("D09") == "2026-02-19"


def test_postponing_when_late_does_not_start_a_second_overrun() -> None:
    story = to_governance()
    story.decide("inscrire_seance", SECRETARY, {"seance": "2026-01-20"})
    story.on("2026-01-28").decide("ajourner", SECRETARY, {"motif": "quorum", "seance": "2026-02-10", "retour": LONG})
    story.on("2026-02-20").decide("valider", SECRETARY, VALIDATION)
    mine = [entry for entry in story.entries if '"code":"D09"' in entry.content and "depassement" in entry.kind]
    starts = [entry.kind for entry in mine].count("depassement_debut")
    assert starts == [entry.kind for entry in mine].count("depassement_fin")


def test_after_a_prolongation_the_next_meeting_still_caps_the_date() -> None:
    story = to_governance()
    more = {"motif": "effectif_reduit", "jusqu_au": "2026-03-20"}
    story.decide("prolonger", PRESIDENT, more, story.one("D09"))
    story.decide("inscrire_seance", SECRETARY, {"seance": "2026-01-20"})
    assert story.due("D09") == "2026-01-27"


def test_a_pause_of_the_governance_s_clock_gives_back_the_days_that_were_left() -> None:
    story = to_governance("2026-01-08")
    assert story.due("D09") == "2026-02-23"  # 45 j end on a Sunday
    story.on("2026-01-12").decide("demander_complement", SECRETARY, ASK)
    assert story.one("D09").left == Delay(42, Unit.DAYS)
    story.on("2026-01-15").decide("acquitter", DAC, ANSWER, story.one("complement_gouvernance"))
    assert story.due("D09") == "2026-02-26"  # 42 days from 15 January


PAUSED_MEETING = SMALL.replace("    bornes: [10 j, 120 j]\n", "    bornes: [10 j, 120 j]\n    pause: oui\n").replace(
    "      fixer:",
    "      redemander: {code: X1, titre: Redemander, par: [dd], vers: meme, exige: [questions], doit: [complement]}\n"
    "      fixer:",
)


def test_a_pause_over_the_meeting_gives_back_the_days_that_were_left() -> None:
    story = Story(small(text=PAUSED_MEETING))
    story.decide("passer", DD)
    story.decide("fixer", DD, {"seance": "2026-01-08"})  # due 15 January
    story.on("2026-01-06").decide("redemander", DD, ASK)
    assert story.one("seance").left == Delay(9, Unit.DAYS)
    story.on("2026-01-20").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert story.due("seance") == "2026-01-29"


def test_a_meeting_put_off_after_one_named_during_a_pause_leaves_the_other_term_what_the_pause_gave() -> None:
    """Found by review: what was left reached the first meeting only, and that counted as days taken away."""
    story = Story(small(text=PAUSED_MEETING))
    story.decide("passer", DD)  # due 19 February
    story.on("2026-01-06").decide("redemander", DD, ASK)
    story.decide("fixer", DD, {"seance": "2026-01-08"})
    story.on("2026-01-20").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert (story.due("seance"), story.one("seance").extended) == ("2026-01-29", 14)
    story.decide("fixer", DD, {"seance": "2026-06-01"})
    assert story.due("seance") == "2026-03-05"  # 14 days after 19 February


# --- Urgent. ---


@pytest.mark.parametrize(
    ("granted", "due"),
    [
        ("2026-01-05", "2026-01-12"),
        ("2026-01-20", "2026-01-27"),
        ("2026-01-28", "2026-02-04"),
        ("2026-02-02", "2026-02-04"),
    ],
)
def test_an_open_due_takes_the_earlier_of_its_date_and_the_urgent_one(granted: str, due: str) -> None:
    story = Story(small()).on(granted)
    story.decide("hater", DD, URGENT)
    assert story.due("D1") == due


def test_what_opens_later_uses_the_urgent_delay(story: Story) -> None:
    story.decide("hater", DD, URGENT)
    asked(story)
    assert story.due("complement") == "2026-01-08"  # 3 jo
    story.decide("dispenser", DD, WAIVE, story.one("complement"))
    story.decide("conclure", DD, END)
    assert story.due("suites_donnees") == "2026-01-07"  # 2 jo


def test_what_has_no_urgent_delay_keeps_its_own(story: Story) -> None:
    story.decide("consulter", DD, CONSULT)
    story.decide("hater", DD, URGENT)
    story.decide("faire_le_point", DD, RETOUR)
    assert (story.due("avis"), story.due("point_fait")) == ("2026-01-26", "2026-01-15")


def test_withdrawing_urgency_changes_no_date(story: Story) -> None:
    story.decide("hater", DD, URGENT)
    story.decide("hater", DD, {"priorite": "normale"})
    assert story.due("D1") == "2026-01-12"


def test_validated_as_urgent_everything_after_is_urgent() -> None:
    story = to_governance()
    story.decide("inscrire_seance", SECRETARY, {"seance": "2026-01-20"})
    story.decide("valider", SECRETARY, {**VALIDATION, **URGENT})
    assert story.due("D10") == "2026-01-06"  # 1 jo
    assert story.due("F2") == "2026-01-07"  # was 12 January; 2 jo
    assert story.on("2026-01-05", "09:20").due("D11") == "2026-01-06"


def test_urgency_granted_during_a_pause_counts_when_the_clock_runs_again(story: Story) -> None:
    asked(story)
    story.decide("hater", DD, URGENT)
    story.on("2026-01-12").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert story.due("D1") <= "2026-01-19"


def test_days_kept_in_calendar_days_are_given_back_in_calendar_days() -> None:
    text = SMALL.replace("    delai: 30 j\n    urgent: 7 j", "    delai: 30 j\n    urgent: 5 jo")
    story = asked(Story(small(text=text)))
    story.decide("hater", DD, URGENT)
    story.on("2026-01-12").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert story.due("D1") <= "2026-02-11"  # 30 days from 12 January


def test_a_meeting_fixed_after_urgency_was_granted_makes_nothing_late() -> None:
    story = in_suite().on("2026-01-20")
    story.decide("presser", DD, URGENT)
    assert story.due("seance") == "2026-01-27"
    story.on("2026-01-21").decide("fixer", DD, {"seance": "2026-01-22"})
    assert story.due("seance") == "2026-01-27"


# --- Prolonging. ---


def longer(day: str) -> Fields:
    return {"motif": "instruction_longue", "jusqu_au": day}


@pytest.mark.parametrize("day", ["2026-02-05", "2026-02-20", "2026-03-06"])
def test_the_supervisor_prolongs_within_the_bounds(story: Story, day: str) -> None:
    story.decide("prolonger", DIRECTION_DD, longer(day), story.one("D1"))
    assert story.due("D1") == day


@pytest.mark.parametrize("day", ["2026-03-07", "2027-01-01", "2026-02-04", "2026-01-20", "", "demain"])
def test_nobody_prolongs_beyond_the_bounds_nor_backwards(story: Story, day: str) -> None:
    refused(story, MissingData, "prolonger", DIRECTION_DD, longer(day), code="D1")
    assert story.due("D1") == "2026-02-04"


def test_a_prolongation_to_a_closed_day_goes_to_the_next_working_day(story: Story) -> None:
    story.decide("prolonger", DIRECTION_DD, longer("2026-02-14"), story.one("D1"))
    assert story.due("D1") == "2026-02-16"


def test_the_bounds_count_from_the_opening_however_often_it_is_prolonged(story: Story) -> None:
    for day in ("2026-02-20", "2026-03-06"):
        story.decide("prolonger", DIRECTION_DD, longer(day), story.one("D1"))
    refused(story, MissingData, "prolonger", DIRECTION_DD, longer("2026-03-09"), code="D1")


def test_a_prolongation_needs_a_motif_of_the_list(story: Story) -> None:
    refused(story, MissingData, "prolonger", DIRECTION_DD, {"jusqu_au": "2026-02-20"}, code="D1")
    refused(story, MissingData, "prolonger", DIRECTION_DD, {"jusqu_au": "2026-02-20", "motif": "sans_objet"}, code="D1")


def test_only_the_debtor_s_supervisor_prolongs(story: Story) -> None:
    for person in EVERYBODY:
        if person != DIRECTION_DD:
            refused(story, WrongRole, "prolonger", person, longer("2026-02-20"), code="D1")


def test_the_asker_prolongs_a_complement_and_the_clock_waits_as_long(story: Story) -> None:
    asked(story)
    refused(story, WrongRole, "prolonger", DIRECTION, longer("2026-02-02"), code="complement")
    story.decide("prolonger", DD, longer("2026-02-02"), story.one("complement"))
    story.on("2026-02-03")
    assert (story.one("complement").late, story.due("D1")) == (True, "2026-03-04")  # 30 days from 2 February


def test_neither_a_paused_nor_a_late_clock_is_prolonged(story: Story) -> None:
    asked(story)
    refused(story, IllegalDecision, "prolonger", DIRECTION_DD, longer("2026-02-20"), code="D1")
    story.decide("dispenser", DD, WAIVE, story.one("complement"))
    story.on("2026-02-05")
    refused(story, IllegalDecision, "prolonger", DIRECTION_DD, longer("2026-02-20"), code="D1")
