"""Working days, due dates and the sending window, against tables worked out by hand."""

import runpy
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow import working_days
from workflow.delays import Delay, Unit
from workflow.working_days import CLOSING, DEPARTEMENTS, OPENING, Calendar, calendar_of

# --- Legal days. Easter Sunday is 2026-04-05 and 2027-03-28. ---

NATIONAL_2026 = "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"
NATIONAL_2027 = "01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25"

LEGAL_DAYS = {  # territory: what it adds in 2026, in 2027
    "35": ("", ""),
    "54": ("", ""),
    "2A": ("", ""),
    "57": ("04-03 12-26", "03-26 12-26"),
    "67": ("04-03 12-26", "03-26 12-26"),
    "68": ("04-03 12-26", "03-26 12-26"),
    "971": ("05-27", "05-27"),
    "972": ("05-22", "05-22"),
    "973": ("06-10", "06-10"),
    "974": ("12-20", "12-20"),
    "976": ("04-27", "04-27"),
}

ALL_DEPARTEMENTS = (
    "01 03 07 15 26 38 42 43 63 69 73 74 21 25 39 58 70 71 89 90 22 29 35 56 18 28 36 37 41 45 2A 2B "
    "08 10 51 52 54 55 57 67 68 88 02 59 60 62 80 75 77 78 91 92 93 94 95 14 27 50 61 76 "
    "16 17 19 23 24 33 40 47 64 79 86 87 09 11 12 30 31 32 34 46 48 65 66 81 82 44 49 53 72 85 "
    "04 05 06 13 83 84 971 972 973 974 976"
)


def days(year: int, texts: str) -> set[date]:
    return {date.fromisoformat(f"{year}-{text}") for text in texts.split()}


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize(("year", "national"), [(2026, NATIONAL_2026), (2027, NATIONAL_2027)])
@pytest.mark.parametrize("departement", LEGAL_DAYS)
def test_legal_days_are_those_of_the_table(departement: str, year: int, national: str) -> None:
    legal = days(year, national) | days(year, LEGAL_DAYS[departement][year - 2026])
    calendar = calendar_of(departement)
    off = {day for day in days_of(year) if not calendar.is_working(day)}
    assert off == {day for day in days_of(year) if day.weekday() >= 5 or day in legal}


@pytest.mark.parametrize(
    ("departement", "day", "working"),
    [
        ("57", "2027-03-26", False),  # Good Friday
        ("54", "2027-03-26", True),
        ("971", "2027-03-26", True),  # listed by the package, kept by custom only
        ("971", "2026-03-12", True),  # Mi-Carême, same
        ("971", "2026-07-21", True),  # Victor Schœlcher, same
        ("972", "2026-07-21", True),
        ("67", "2028-12-26", False),  # a Tuesday; the table's two years have it on a week-end
        ("57", "2028-12-26", False),
        ("54", "2028-12-26", True),
        ("972", "2028-05-22", False),
        ("971", "2003-05-29", False),  # Ascension
        ("971", "2008-05-01", False),  # Ascension and 1 May on the same day
    ],
)
def test_local_days(departement: str, day: str, *, working: bool) -> None:
    assert calendar_of(departement).is_working(date.fromisoformat(day)) is working


@pytest.mark.parametrize("variable", ["LANGUAGE", "LC_ALL", "LANG"])
def test_legal_days_do_not_depend_on_the_language_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "en_US")
    working_days._legal_days.cache_clear()
    assert calendar_of("971").is_working(date(2027, 3, 26))
    assert not calendar_of("971").is_working(date(2027, 5, 27))


def test_all_101_departements_load() -> None:
    codes = ALL_DEPARTEMENTS.split()
    assert len(codes) == len(DEPARTEMENTS) == 101
    assert set(codes) == DEPARTEMENTS
    for code in codes:
        assert not calendar_of(code).is_working(date(2026, 5, 1))
        assert calendar_of(code).is_working(date(2026, 5, 4))


@pytest.mark.parametrize("code", ["", "1", "20", "96", "2a", "35 ", "975", "978"])
def test_an_unknown_departement_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=f"« {code} » n'est pas un code de département"):
        calendar_of(code)


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("35", "Europe/Paris"),
        ("2B", "Europe/Paris"),
        ("971", "America/Guadeloupe"),
        ("972", "America/Martinique"),
        ("973", "America/Cayenne"),
        ("974", "Indian/Reunion"),
        ("976", "Indian/Mayotte"),
    ],
)
def test_time_zones(code: str, zone: str) -> None:
    assert calendar_of(code).timezone == ZoneInfo(zone)


def test_a_calendar_is_built_once() -> None:
    assert calendar_of("35") is calendar_of("35")


def test_the_holidays_package_is_loaded_only_when_a_day_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)  # importing it now fails
    module = runpy.run_path(str(working_days.__file__))
    assert module["calendar_of"]("35").local_date(datetime(2026, 1, 1, tzinfo=UTC)) == date(2026, 1, 1)


# --- What a circuit changes ---

BRIDGE = date(2026, 5, 15)  # Friday after Ascension
WHIT_MONDAY = date(2026, 5, 25)
SATURDAY = date(2026, 5, 16)


def test_a_circuit_closes_days_and_works_holidays() -> None:
    local = calendar_of("35", frozenset({BRIDGE}), frozenset({WHIT_MONDAY}))
    assert local.add(date(2026, 5, 13), Delay.parse("1 jo")) == date(2026, 5, 18)
    assert local.add(date(2026, 5, 22), Delay.parse("1 jo")) == WHIT_MONDAY
    assert calendar_of("35").add(date(2026, 5, 13), Delay.parse("1 jo")) == BRIDGE


def test_a_week_end_cannot_be_opened_and_closing_wins() -> None:
    local = calendar_of("35", frozenset({WHIT_MONDAY}), frozenset({WHIT_MONDAY, SATURDAY}))
    assert not local.is_working(SATURDAY)
    assert not local.is_working(WHIT_MONDAY)


# --- Due dates ---


@pytest.mark.parametrize(
    ("departement", "start", "delay", "due"),
    [
        # month ends, leap years
        ("35", "2026-01-31", "1 mois", "2026-03-02"),  # 28 February is a Saturday
        ("35", "2027-01-31", "1 mois", "2027-03-01"),  # 28 February is a Sunday
        ("35", "2028-01-31", "1 mois", "2028-02-29"),
        ("35", "2028-02-29", "12 mois", "2029-02-28"),
        ("35", "2028-02-29", "48 mois", "2032-03-01"),  # 29 February is a Sunday
        ("35", "2026-03-31", "1 mois", "2026-04-30"),
        ("35", "2026-11-30", "3 mois", "2027-03-01"),
        ("35", "2026-12-15", "1 mois", "2027-01-15"),
        ("35", "2026-02-28", "1 mois", "2026-03-30"),  # the 28th, a Saturday, not the 31st
        # terms on a day off
        ("35", "2026-04-01", "30 j", "2026-05-04"),  # Friday 1 May
        ("35", "2026-03-23", "2 semaines", "2026-04-07"),  # Easter Monday
        ("35", "2026-03-27", "1 j", "2026-03-30"),
        ("35", "2026-03-28", "1 j", "2026-03-30"),  # the night of the change of hour
        ("35", "2026-10-24", "2 j", "2026-10-26"),
        ("973", "2026-05-27", "2 semaines", "2026-06-11"),
        ("976", "2026-03-27", "1 mois", "2026-04-28"),
        # working days
        ("35", "2026-04-02", "2 jo", "2026-04-07"),
        ("57", "2026-04-02", "2 jo", "2026-04-08"),
        ("35", "2026-12-24", "2 jo", "2026-12-29"),
        ("54", "2028-12-22", "1 jo", "2028-12-26"),
        ("57", "2028-12-22", "1 jo", "2028-12-27"),
        ("54", "2027-03-25", "1 jo", "2027-03-26"),
        ("57", "2027-03-25", "1 jo", "2027-03-30"),
        ("971", "2027-03-25", "1 jo", "2027-03-26"),
        ("35", "2026-05-20", "2 jo", "2026-05-22"),
        ("972", "2026-05-20", "2 jo", "2026-05-26"),
        ("974", "2026-07-13", "1 jo", "2026-07-15"),
        ("974", "2027-12-17", "1 jo", "2027-12-21"),
        ("35", "2026-01-02", "5 jo", "2026-01-09"),
        ("35", "2026-01-03", "1 jo", "2026-01-05"),  # from a Saturday
        # nothing to wait for
        ("35", "2026-01-05", "0 j", "2026-01-05"),
        ("35", "2026-01-05", "0 jo", "2026-01-05"),
        ("35", "2026-01-03", "0 j", "2026-01-05"),
        ("35", "2026-01-03", "0 jo", "2026-01-05"),
    ],
)
def test_due_dates(departement: str, start: str, delay: str, due: str) -> None:
    calendar = calendar_of(departement)
    assert calendar.add(date.fromisoformat(start), Delay.parse(delay)) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2026-04-02", "2026-04-07", 2),
        ("2026-04-03", "2026-04-03", 0),
        ("2026-04-07", "2026-04-02", 0),
        ("2026-04-04", "2026-04-06", 0),
        ("2025-12-31", "2026-12-31", 252),  # 261 weekdays, 9 holidays among them
    ],
)
def test_working_days_between(start: str, end: str, count: int) -> None:
    calendar = calendar_of("35")
    assert calendar.working_days_between(date.fromisoformat(start), date.fromisoformat(end)) == count


def test_next_and_previous_working_day() -> None:
    calendar = calendar_of("57")
    for off in days_of(2026)[92:96]:  # Good Friday to Easter Monday
        assert calendar.next_working(off) == date(2026, 4, 7)
        assert calendar.previous_working(off) == date(2026, 4, 2)
    assert calendar.next_working(date(2026, 4, 7)) == calendar.previous_working(date(2026, 4, 7))


# --- Instants ---


@pytest.mark.parametrize(
    ("departement", "day", "end"),
    [
        ("35", "2026-03-28", "2026-03-28T23:00Z"),
        ("35", "2026-03-29", "2026-03-29T22:00Z"),  # a day of 23 hours
        ("35", "2026-10-24", "2026-10-24T22:00Z"),
        ("35", "2026-10-25", "2026-10-25T23:00Z"),  # a day of 25 hours
        ("57", "2026-12-31", "2026-12-31T23:00Z"),
        ("971", "2026-05-26", "2026-05-27T04:00Z"),
        ("972", "2026-05-26", "2026-05-27T04:00Z"),
        ("973", "2026-05-26", "2026-05-27T03:00Z"),
        ("974", "2026-07-15", "2026-07-15T20:00Z"),
        ("976", "2026-07-15", "2026-07-15T21:00Z"),
    ],
)
def test_a_day_ends_at_local_midnight(departement: str, day: str, end: str) -> None:
    found = calendar_of(departement).end_of(date.fromisoformat(day))
    assert found == datetime.fromisoformat(end)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "local_time", "instant"),
    [
        ("2026-03-28", time(2, 30), "2026-03-28T01:30Z"),
        ("2026-03-29", time(2, 30), "2026-03-29T01:30Z"),  # skipped: 03:30 on the clocks
        ("2026-03-29", time(3, 30), "2026-03-29T01:30Z"),
        ("2026-10-25", time(2, 30), "2026-10-25T00:30Z"),  # shown twice: the first
        ("2026-10-25", time(2, 30, fold=1), "2026-10-25T00:30Z"),
        ("2026-07-14", OPENING, "2026-07-14T06:00Z"),
    ],
)
def test_local_times(day: str, local_time: time, instant: str) -> None:
    found = calendar_of("35").at(date.fromisoformat(day), local_time)
    assert found == datetime.fromisoformat(instant)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("departement", "instant", "day"),
    [
        ("35", "2026-12-31T23:00Z", "2027-01-01"),
        ("972", "2026-01-01T03:59Z", "2025-12-31"),
        ("974", "2026-01-01T20:00Z", "2026-01-02"),
    ],
)
def test_local_date(departement: str, instant: str, day: str) -> None:
    assert calendar_of(departement).local_date(datetime.fromisoformat(instant)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("departement", "instant", "leaves"),
    [
        ("35", "2026-03-30T05:59:59Z", "2026-03-30T06:00Z"),  # 07:59:59 on a Monday
        ("35", "2026-03-30T06:00Z", "2026-03-30T06:00Z"),
        ("35", "2026-03-30T16:29:59Z", "2026-03-30T16:29:59Z"),  # 18:29:59
        ("35", "2026-03-30T16:30Z", "2026-03-31T06:00Z"),
        ("35", "2026-03-27T17:30Z", "2026-03-30T06:00Z"),  # over the change of hour
        ("35", "2026-03-28T10:00Z", "2026-03-30T06:00Z"),
        ("35", "2026-04-30T20:00Z", "2026-05-04T06:00Z"),
        ("35", "2026-07-13T22:30Z", "2026-07-15T06:00Z"),  # already 14 July in Paris
        ("57", "2027-03-26T09:00Z", "2027-03-30T06:00Z"),
        ("54", "2027-03-26T09:00Z", "2027-03-26T09:00Z"),
        ("972", "2026-05-22T12:00Z", "2026-05-26T12:00Z"),
        ("974", "2026-07-16T03:59Z", "2026-07-16T04:00Z"),
        ("974", "2026-07-16T04:00Z", "2026-07-16T04:00Z"),
    ],
)
def test_sending_window(departement: str, instant: str, leaves: str) -> None:
    found = calendar_of(departement).in_window(datetime.fromisoformat(instant))
    assert found == datetime.fromisoformat(leaves)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="fuseau horaire"):
        calendar_of("35").in_window(naive)
    with pytest.raises(ValueError, match="fuseau horaire"):
        calendar_of("35").local_date(naive)


# --- Properties ---

CALENDARS = [calendar_of(code) for code in LEGAL_DAYS]
CALENDARS.append(calendar_of("35", frozenset({BRIDGE}), frozenset({WHIT_MONDAY})))

a_calendar = st.sampled_from(CALENDARS)
a_day = st.dates(date(2024, 1, 1), date(2045, 12, 31))
a_count = st.integers(0, 130)
a_delay = st.builds(Delay, a_count, st.sampled_from(Unit))
an_instant = st.datetimes(datetime(2024, 1, 1), datetime(2045, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
unhurried = settings(deadline=None)  # the first example loads the holidays package


@unhurried
@given(a_calendar, a_day, a_delay)
def test_a_due_date_is_a_working_day_not_before_the_start(cal: Calendar, start: date, delay: Delay) -> None:
    due = cal.add(start, delay)
    assert cal.is_working(due)
    assert due >= start


@unhurried
@given(a_calendar, a_day, st.integers(0, 40), a_delay)
def test_starting_later_is_never_due_earlier(cal: Calendar, start: date, later: int, delay: Delay) -> None:
    assert cal.add(start, delay) <= cal.add(start + timedelta(days=later), delay)


@unhurried
@given(a_calendar, a_day, a_delay, st.integers(0, 40))
def test_a_longer_delay_is_never_due_earlier(cal: Calendar, start: date, delay: Delay, more: int) -> None:
    assert cal.add(start, delay) <= cal.add(start, Delay(delay.count + more, delay.unit))


@unhurried
@given(a_calendar, a_day, st.integers(1, 60), a_count)
def test_working_days_add_up(cal: Calendar, start: date, first: int, second: int) -> None:
    half_way = cal.add(start, Delay(first, Unit.WORKING_DAYS))
    both = cal.add(start, Delay(first + second, Unit.WORKING_DAYS))
    assert cal.add(half_way, Delay(second, Unit.WORKING_DAYS)) == both


@unhurried
@given(a_calendar, a_day, st.integers(1, 130))
def test_counting_undoes_adding(cal: Calendar, start: date, count: int) -> None:
    assert cal.working_days_between(start, cal.add(start, Delay(count, Unit.WORKING_DAYS))) == count


@unhurried
@given(a_calendar, a_day, a_count)
def test_zero_working_days_is_neutral_from_a_working_day(cal: Calendar, start: date, count: int) -> None:
    working = cal.next_working(start)
    nothing = Delay(0, Unit.WORKING_DAYS)
    assert cal.add(working, nothing) == working
    due = cal.add(working, Delay(count, Unit.WORKING_DAYS))
    assert cal.add(due, nothing) == due
    assert cal.working_days_between(working, due) == count


@unhurried
@given(a_calendar, a_day)
def test_neighbours_leave_no_working_day_between(cal: Calendar, day: date) -> None:
    after, before = cal.next_working(day), cal.previous_working(day)
    assert before <= day <= after
    assert cal.working_days_between(before, after) == (before != after)


@unhurried
@given(a_calendar, a_day)
def test_the_end_of_a_day_is_a_local_midnight(cal: Calendar, day: date) -> None:
    end = cal.end_of(day)
    assert end.astimezone(cal.timezone).time() == time(0)
    assert cal.local_date(end) == day + timedelta(days=1)
    assert cal.local_date(end - timedelta(microseconds=1)) == day


@unhurried
@given(a_calendar, an_instant)
def test_the_window_delays_once_and_never_advances(cal: Calendar, instant: datetime) -> None:
    leaves = cal.in_window(instant)
    local = leaves.astimezone(cal.timezone)
    assert leaves >= instant
    assert cal.in_window(leaves) == leaves
    assert cal.is_working(local.date())
    assert OPENING <= local.time() < CLOSING
    assert leaves == instant or local.time() == OPENING
