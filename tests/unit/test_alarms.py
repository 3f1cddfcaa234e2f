"""When an obligation rings, against tables worked out by hand with a wall calendar of 2026."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import ANALYSIS, FORM, World, make_world, ten_steps
from workflow.alarms import Point, Ring, next_point, points_at
from workflow.circuit.model import DueDefinition, Kind
from workflow.delays import Delay, Unit
from workflow.model import Holder, Obligation, Status
from workflow.working_days import Calendar, calendar_of

PARIS = ZoneInfo("Europe/Paris")
HERE = calendar_of("35")
DD = Holder("dd", "dd-35", "instruction")


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(f"{text}:00").replace(tzinfo=zone).astimezone(UTC)


def rule(**keys: object) -> DueDefinition:
    return DueDefinition.model_validate({"genre": "decision", "par": "dd", "delai": "30 j", **keys})


def owed(due: str | None, opened: str = "2026-01-05 09:00") -> Obligation:
    start = at(opened)
    day = date.fromisoformat(due) if due else None
    return Obligation(1, "D", Kind.DECISION, DD, None, opened_at=start, due=day, rung_until=start)


def rings(obligation: Obligation, definition: DueDefinition, calendar: Calendar = HERE) -> Iterator[Point]:
    """Play the rings one after the other, as the engine does."""
    mine = replace(obligation)
    while point := next_point(mine, definition, calendar):
        yield from points_at(mine, definition, calendar, point.at)
        mine.rung_until = point.at


def shown(
    obligation: Obligation, definition: DueDefinition, count: int, calendar: Calendar = HERE
) -> list[tuple[str, str, int]]:
    """Return the first rings as (local time, what, days from the due date)."""
    found = rings(obligation, definition, calendar)
    return [
        (f"{point.at.astimezone(calendar.timezone):%Y-%m-%d %H:%M}", point.ring.name, point.offset)
        for point in islice(found, count)
    ]


def test_the_whole_life_of_an_overrun() -> None:
    definition = rule(depassement={"J+7": ["direction_dd"], "J+30": ["dac", "redacteur"]})
    assert shown(owed("2026-02-04"), definition, 15) == [
        ("2026-01-28 08:00", "REMINDER", -7),
        ("2026-02-02 08:00", "REMINDER", -2),
        ("2026-02-05 00:00", "OVERRUN", 0),  # the end of 4 February
        ("2026-02-05 08:00", "REMINDER", 1),
        ("2026-02-11 08:00", "REMINDER", 7),  # the debtor's last one
        ("2026-02-11 08:00", "NOTICE", 7),
        ("2026-02-25 08:00", "SUPERVISOR", 21),  # then the supervisor, every 14 days
        ("2026-03-06 08:00", "NOTICE", 30),
        ("2026-03-11 08:00", "SUPERVISOR", 35),
        ("2026-03-25 08:00", "SUPERVISOR", 49),
        ("2026-04-07 08:00", "NOTICE", 60),  # the last line repeats; Easter is 5 April, its Monday closed
        ("2026-04-08 08:00", "SUPERVISOR", 63),
        ("2026-04-22 08:00", "SUPERVISOR", 77),
        ("2026-05-05 08:00", "NOTICE", 90),
        ("2026-05-06 08:00", "SUPERVISOR", 91),
    ]


def test_a_notice_names_the_actors_of_its_line_and_repeats_those_of_the_last() -> None:
    definition = rule(depassement={"J+30": ["dac", "redacteur"], "J+7": ["direction_dd"]})
    notices = (point for point in rings(owed("2026-02-04"), definition) if point.ring is Ring.NOTICE)
    told = [(point.offset, point.actors) for point in islice(notices, 4)]
    last = ("dac", "redacteur")
    assert told == [(7, ("direction_dd",)), (30, last), (60, last), (90, last)]


@pytest.mark.parametrize(
    ("departement", "due", "expected"),
    [
        ("35", "2026-05-11", "05-04 J-7, 05-07 J-2, 05-12 J+1, 05-18 J+7"),  # 9 May Saturday, 8 May closed
        ("35", "2026-05-13", "05-06 J-7, 05-11 J-2, 05-15 J+1, 05-20 J+7"),  # 14 May: Ascension Day
        ("35", "2026-04-02", "03-26 J-7, 03-31 J-2, 04-03 J+1, 04-09 J+7"),
        ("67", "2026-04-02", "03-26 J-7, 03-31 J-2, 04-07 J+1, 04-09 J+7"),  # Good Friday is closed there
        ("67", "2026-04-07", "03-31 J-7, 04-02 J-2, 04-08 J+1, 04-14 J+7"),  # 5 April back over Good Friday
        ("35", "2026-02-06", "01-30 J-7, 02-04 J-2, 02-09 J+1, 02-13 J+7"),  # J+1 on a Saturday
        ("35", "2026-02-09", "02-02 J-7, 02-06 J-2, 02-10 J+1, 02-16 J+7"),  # J-2 on a Saturday
        ("35", "2026-02-10", "02-03 J-7, 02-06 J-2, 02-11 J+1, 02-17 J+7"),  # J-2 on a Sunday
    ],
)
def test_before_the_date_a_closed_day_moves_back_after_it_forward(departement: str, due: str, expected: str) -> None:
    found = shown(owed(due), rule(), 5, calendar_of(departement))
    said = [f"{local[5:10]} J{days:+d}" for local, ring, days in found if ring == "REMINDER"]
    assert ", ".join(said) == expected


@pytest.mark.parametrize(
    ("departement", "utc"),
    [
        ("35", "2026-03-24T07:00, 2026-03-31T22:00, 2026-04-01T06:00"),  # clocks change on 29 March
        ("974", "2026-03-24T04:00, 2026-03-31T20:00, 2026-04-01T04:00"),
        ("972", "2026-03-24T12:00, 2026-04-01T04:00, 2026-04-01T12:00"),
    ],
)
def test_a_day_ends_and_a_morning_begins_where_the_debtor_is(departement: str, utc: str) -> None:
    found = {p.offset: p.at for p in islice(rings(owed("2026-03-31"), rule(), calendar_of(departement)), 5)}
    assert [f"{found[days]:%Y-%m-%dT%H:%M}" for days in (-7, 0, 1)] == utc.split(", ")


@pytest.mark.parametrize(
    ("opened", "due", "first"),
    [
        ("2026-01-05 09:00", "2026-01-07", ("2026-01-08 00:00", "OVERRUN", 0)),  # J-2 was this morning
        ("2026-01-05 08:00", "2026-01-07", ("2026-01-08 00:00", "OVERRUN", 0)),  # at that very instant
        ("2026-01-05 07:59", "2026-01-07", ("2026-01-05 08:00", "REMINDER", -2)),
        ("2026-01-05 09:00", "2026-01-12", ("2026-01-09 08:00", "REMINDER", -2)),  # J-7 was this morning
        ("2026-01-05 07:00", "2026-01-12", ("2026-01-05 08:00", "REMINDER", -7)),
        ("2026-01-09 19:00", "2026-01-09", ("2026-01-10 00:00", "OVERRUN", 0)),
    ],
)
def test_a_reminder_dated_before_the_opening_is_skipped(opened: str, due: str, first: tuple[str, str, int]) -> None:
    assert shown(owed(due, opened), rule(), 1) == [first]


@pytest.mark.parametrize(
    ("reminders", "expected"),
    [
        (["J-30", "J-7"], ["REMINDER -30", "REMINDER -7", "OVERRUN 0", "SUPERVISOR 14", "SUPERVISOR 28"]),
        ([], ["OVERRUN 0", "SUPERVISOR 14", "SUPERVISOR 28", "SUPERVISOR 42", "SUPERVISOR 56"]),
        (["J+10"], ["OVERRUN 0", "REMINDER 10", "SUPERVISOR 24", "SUPERVISOR 38", "SUPERVISOR 52"]),
        (["J+7", "J-2"], ["REMINDER -2", "OVERRUN 0", "REMINDER 7", "SUPERVISOR 21", "SUPERVISOR 35"]),
    ],
)
def test_the_supervisor_comes_fourteen_days_after_the_last_reminder(reminders: list[str], expected: list[str]) -> None:
    found = shown(owed("2026-06-17"), rule(rappels=reminders), 5)
    assert [f"{ring} {days}" for _, ring, days in found] == expected


def test_at_one_instant_the_overrun_comes_before_those_who_are_told() -> None:
    definition = rule(depassement={"J+21": ["dac"], "J+7": ["dac"]})
    same = [p.ring.name for p in islice(rings(owed("2026-02-04"), definition), 8) if p.offset in (7, 21)]
    assert same == ["REMINDER", "NOTICE", "SUPERVISOR", "NOTICE"]


def test_nothing_rings_without_a_date_while_paused_or_once_closed() -> None:
    paused = replace(owed("2026-02-04"), paused_on=date(2026, 1, 8), left=Delay(27, Unit.DAYS))
    closed = [replace(owed("2026-02-04"), status=status) for status in Status if status is not Status.OPEN]
    assert [next_point(o, rule(), HERE) for o in (owed(None), paused, *closed)] == [None] * 5


@pytest.mark.parametrize(
    ("accepted", "proven"),
    [
        ("2026-01-08 15:00", "2026-01-14 00:00"),  # Thursday: 9, 12, 13 January, to the end of the day
        ("2026-01-09 23:59", "2026-01-15 00:00"),
        ("2026-01-10 10:00", "2026-01-15 00:00"),  # Saturday: 12, 13, 14
        ("2026-04-30 10:00", "2026-05-07 00:00"),  # 1 May closed: 4, 5, 6
        ("2026-05-07 10:00", "2026-05-14 00:00"),  # 8 May closed: 11, 12, 13
    ],
)
def test_a_mail_proves_after_three_working_days(accepted: str, proven: str) -> None:
    sent = replace(owed("2026-01-12"), passed_on=at(accepted), accepted_at=at(accepted))
    assert next_point(sent, rule(), HERE) == Point(at(proven), Ring.PROVEN, 0)


def test_a_mail_only_queued_still_rings_as_if_nothing_had_been_sent() -> None:
    queued = replace(owed("2026-01-12"), passed_on=at("2026-01-08 15:00"))
    assert [ring for _, ring, _ in shown(queued, rule(), 3)] == ["REMINDER", "OVERRUN", "REMINDER"]


def test_the_last_line_repeats_even_when_it_is_the_day_itself() -> None:
    definition = rule(rappels=[], depassement={"J+0": ["dac"]})
    found = shown(owed("2026-02-04"), definition, 6)
    assert [days for _, ring, days in found if ring == "NOTICE"][:2] == [0, 30]


# --- Whatever the due date does. ---

STEPS = st.lists(st.tuples(st.integers(0, 25), st.sampled_from(["wait", "move", "stop", "go"]), st.integers(0, 40)))
ALL = rule(depassement={"J+3": ["dac"], "J+9": ["redacteur"]})


@settings(max_examples=150, derandomize=True, deadline=None)
@given(STEPS)
def test_no_ring_is_ever_heard_twice_whatever_the_due_date_does(steps: list[tuple[int, str, int]]) -> None:
    mine, now = owed("2026-02-04"), at("2026-01-05 09:00")
    heard: list[tuple[date | None, Ring, int]] = []
    for days, what, length in steps:
        now += timedelta(days=days)
        while (point := next_point(mine, ALL, HERE)) and point.at <= now:
            heard += [(mine.due, p.ring, p.offset) for p in points_at(mine, ALL, HERE, point.at)]
            mine.rung_until = point.at
        mine.paused_on = {"stop": HERE.local_date(now), "go": None}.get(what, mine.paused_on)
        if what in ("move", "go"):
            mine.due = HERE.next_working(HERE.local_date(now) + timedelta(days=length))
    assert len(heard) == len(set(heard))


# --- In a real situation, on the virtual clock. ---


@pytest.fixture
def world() -> World:
    return make_world(files=ten_steps())


def in_analysis(world: World) -> str:
    """Open D04 on 5 January: 30 j, due 4 February, J-7 on 28 January, J-2 on 2 February."""
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    return reference


def ask(world: World, reference: str) -> int:
    """Stop the analyst's clock."""
    world.decide(reference, "demander_complement", "nolwenn.prigent", {"questions": "Depuis quand ?"})
    return world.owed(reference, "complement")[0].n


def answer(world: World, reference: str, n: int) -> None:
    world.decide(reference, "acquitter", "maelle.riou", {"reponse": "Depuis un mois."}, due=n)


def reminded(world: World, reference: str) -> int:
    return len([1 for mail in world.mails(reference, "M12") if mail[1] == "Nolwenn Prigent"])


def test_a_paused_clock_is_silent_and_rings_again_from_its_new_date(world: World) -> None:
    reference = in_analysis(world)
    world.until("2026-01-15")
    n = ask(world, reference)  # 20 days left
    world.until("2026-01-29")
    assert reminded(world, reference) == 0  # 28 January would have been J-7
    answer(world, reference, n)
    assert str(world.owed(reference, "D04")[0].due) == "2026-02-18"
    world.until("2026-02-17")
    assert reminded(world, reference) == 2  # 11 and 16 February


def test_a_reminder_dated_before_the_clock_ran_again_is_skipped(world: World) -> None:
    reference = in_analysis(world)
    world.until("2026-01-30")
    assert reminded(world, reference) == 1  # 28 January
    n = ask(world, reference)  # 5 days left
    world.until("2026-02-10")
    answer(world, reference, n)  # due 16 February; its J-7 was yesterday
    world.until("2026-02-12")
    assert reminded(world, reference) == 1


def test_a_prolonged_clock_does_not_ring_for_a_morning_that_has_passed(world: World) -> None:
    reference = in_analysis(world)
    world.until("2026-01-29", "15:00")
    more = {"motif": "effectif_reduit", "jusqu_au": "2026-02-05"}
    world.decide(reference, "prolonger", "yann.lebihan", more, due=world.owed(reference, "D04")[0].n)
    world.until("2026-01-30")
    assert reminded(world, reference) == 1  # 28 January; the J-7 of the new date was this morning at eight


def test_after_an_outage_each_person_gets_one_reminder(world: World) -> None:
    reference = in_analysis(world)
    world.clock.set(at("2026-02-20 10:00"))  # J-7, J-2, J+1 and J+7 went by
    world.tick()
    assert reminded(world, reference) == 1
    assert world.kinds(reference).count("depassement_debut") == 1


def test_nobody_is_reminded_of_what_they_have_just_done(world: World) -> None:
    reference = in_analysis(world)
    world.clock.set(at("2026-01-28 09:00"))  # J-7 was an hour ago, and nothing ticked
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    assert reminded(world, reference) == 0


def test_the_debtor_s_own_direction_is_told_at_j_plus_7(world: World) -> None:
    reference = in_analysis(world)
    world.until("2026-02-12")  # D04, J+7: [direction]
    assert ("M13", "Hervé Guillou") in world.mails(reference)
