"""A complement stops the asker’s clock, and gives back what was left (DESIGN §4)."""

from dataclasses import replace
from datetime import date

import pytest

from tests.small_circuit import ANSWER, ASK, CARRY, DAC, DD, FOLLOW, SMALL, WAIVE, Story, asked, facts, small
from workflow.delays import Delay, Unit


def test_a_complement_stops_the_asker_s_clock_and_keeps_the_days_left(story: Story) -> None:
    story.on("2026-01-15")
    asked(story)
    assert (story.one("D1").paused_on, story.one("D1").left) == (date(2026, 1, 15), Delay(20, Unit.DAYS))
    story.on("2026-01-22").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert (story.due("D1"), story.one("D1").paused_on) == ("2026-02-11", None)


def test_the_clock_runs_again_when_the_asker_goes_on_without_the_complement(story: Story) -> None:
    story.on("2026-01-15")
    asked(story).on("2026-01-22").decide("dispenser", DD, WAIVE, story.one("complement"))
    assert story.due("D1") == "2026-02-11"


@pytest.mark.parametrize("tick", ["2026-01-31", "2026-02-05", "2026-02-18"])
def test_the_clock_runs_again_from_the_complement_s_due_date_if_no_answer_came(story: Story, tick: str) -> None:
    story.on("2026-01-15")
    asked(story).on(tick)  # due 30 January
    assert (story.due("D1"), story.one("complement").late) == ("2026-02-19", True)


def test_an_answer_after_the_due_date_moves_nothing_more(story: Story) -> None:
    story.on("2026-01-15")
    asked(story).on("2026-02-10").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert story.due("D1") == "2026-02-19"


IN_WORKING_DAYS = SMALL.replace(
    "    delai: 30 j\n    urgent: 7 j\n    bornes: [10 j, 60 j]", "    delai: 20 jo\n    bornes: [10 jo, 40 jo]"
)


def test_a_clock_in_working_days_keeps_working_days() -> None:
    story = Story(small(text=IN_WORKING_DAYS))
    assert story.due("D1") == "2026-02-02"
    asked(story.on("2026-01-15"))
    assert story.one("D1").left == Delay(12, Unit.WORKING_DAYS)
    story.on("2026-01-21").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert story.due("D1") == "2026-02-06"


def test_a_late_clock_is_not_paused(story: Story) -> None:
    asked(story.on("2026-02-10"))
    assert (story.one("D1").paused_on, story.due("D1")) == (None, "2026-02-04")


def test_a_paused_clock_never_becomes_late(story: Story) -> None:
    asked(story.on("2026-01-30")).on("2026-02-13")
    assert not story.one("D1").late


def test_with_two_complements_the_clock_waits_for_both(story: Story) -> None:
    asked(asked(story.on("2026-01-15")))
    first, second = story.owed("complement")
    story.on("2026-01-19").decide("acquitter", DAC, ANSWER, first)
    assert story.one("D1").paused_on
    story.on("2026-01-22").decide("acquitter", DAC, ANSWER, second)
    assert story.due("D1") == "2026-02-11"


def test_no_other_clock_is_paused() -> None:
    story = Story(small(FOLLOW))
    for name in ("consulter", "confier", "noter", "faire_le_point"):
        story.decide(name, DD, CARRY.get(name))
    before = {o.code: o.due for o in story.owed() if o.code != "D1"}
    asked(story)
    assert {o.code: o.due for o in story.owed() if o.code in before} == before
    assert {o.code for o in story.owed() if o.paused_on} == {"D1"}


def test_a_clock_without_pause_goes_on() -> None:
    story = Story(small(text=SMALL.replace("    pause: oui\n", "")))
    asked(story.on("2026-01-15")).on("2026-02-05")
    assert story.one("D1").late


def test_a_clock_paused_twice_keeps_what_the_first_pause_gave(story: Story) -> None:
    for day, back in (("2026-01-12", "2026-01-14"), ("2026-01-19", "2026-01-21")):
        asked(story.on(day)).on(back).decide("acquitter", DAC, ANSWER, story.owed("complement")[0])
    assert story.due("D1") == "2026-02-09"  # 4 February and two times two days, a Sunday


def test_the_clock_waits_for_both_complements_even_if_the_officer_changed_between(story: Story) -> None:
    story.dossier.parties["dd"].person = DD
    asked(story.on("2026-01-15"))
    colleague = replace(facts().people[DD], id="colleague", name="Collègue")
    gone = replace(facts().people[DD], functions=frozenset())
    story.dossier = replace(
        story.dossier, facts=replace(story.dossier.facts, people={**facts().people, DD: gone, "colleague": colleague})
    )
    story.decide("demander", "colleague", ASK)
    story.on("2026-01-19").decide("acquitter", DAC, ANSWER, story.owed("complement")[0])
    assert story.one("D1").paused_on


def test_a_clock_stopped_on_its_last_day_is_late_as_soon_as_the_complement_is() -> None:
    """Found by the kills: it ran again with a date already past, was never late, and stopped with « -7 j » left."""
    story = Story(small())
    due = story.one("D1").due
    story.on(str(due)).decide("demander", DD, ASK)
    assert story.one("D1").left == Delay(0, Unit.DAYS)
    story.on("2026-02-20", "00:00")  # the complement was due on the 19th
    assert [story.one(code).late for code in ("complement", "D1")] == [True, True]
    assert story.kinds().count("depassement_debut") == 2
    story.on("2026-02-26").decide("demander", DD, ASK)
    assert (story.one("D1").left, story.due("D1")) == (None, "2026-02-19")
