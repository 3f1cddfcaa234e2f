"""Civil dates of a département: working days, due dates, the sending window.

Nothing here reads the time of day. Dates are local civil dates, instants are aware datetimes; every
instant computed here is in UTC.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from workflow.delays import Delay, Unit

OPENING = time(8, 0)
"""Local time from which a message may leave, included."""

CLOSING = time(18, 30)
"""Local time from which a message waits for the next opening."""

_OVERSEAS = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "976": "Indian/Mayotte",
}
_MAINLAND = "Europe/Paris"

DEPARTEMENTS = frozenset({f"{n:02}" for n in range(1, 96) if n != 20} | {"2A", "2B"} | set(_OVERSEAS))
"""Codes of the 101 départements."""

# Where the `holidays` package knows more than the eleven national days; it refuses any other code.
_SUBDIVISIONS = {"57": "57", "67": "6AE", "68": "6AE"} | {code: code for code in _OVERSEAS}

# (subdivision, French name) of days the package lists though no law makes them public holidays there:
# article L3422-2 of the Code du travail gives each overseas département its abolition day, and only that.
# The same Good Friday stays a holiday in 57, 67 and 68, where article L3134-13 names it.
_LOCAL_CUSTOMS = frozenset(
    {
        ("971", "Mi-Carême"),
        ("971", "Vendredi saint"),
        ("971", "Fête de Victor Schoelcher"),
        ("972", "Fête de Victor Schoelcher"),
    }
)

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days and local time of one département; got from `calendar_of`.

    `closed` are days the circuit takes off, `opened` public holidays it works; a day in both is off,
    and a Saturday or a Sunday stays off whatever the circuit says.
    Public holidays are known up to 2100; beyond, only week-ends and `closed` are off.
    """

    departement: str
    timezone: ZoneInfo
    closed: frozenset[date]
    opened: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Say whether people work on `day`: Monday to Friday without the public holidays."""
        if day.weekday() >= _SATURDAY or day in self.closed:
            return False
        return day in self.opened or day not in _legal_days(_SUBDIVISIONS.get(self.departement), day.year)

    def next_working(self, day: date) -> date:
        """Return `day` if it is working, else the first working day after it."""
        while not self.is_working(day):
            day += _ONE_DAY
        return day

    def previous_working(self, day: date) -> date:
        """Return `day` if it is working, else the last working day before it."""
        while not self.is_working(day):
            day -= _ONE_DAY
        return day

    def add(self, start: date, delay: Delay) -> date:
        """Return the due date of a `delay` that starts on `start`; always a working day.

        The starting day is not counted. `jo` count working days; `j`, `semaines` and `mois` (date to
        date, clipped to the end of the month) that end on a day off move to the next working day.
        A delay of zero is due on `start`, or on the next working day.
        """
        if delay.unit is Unit.WORKING_DAYS:
            return self._add_working_days(start, delay.count)
        return self.next_working(_term(start, delay))

    def skipped(self, start: date, delay: Delay) -> list[date]:
        """Return the days off that `add` steps over: in working days all of them, else those at the end."""
        inside = delay.unit is Unit.WORKING_DAYS and delay.count > 0
        first, last = start + _ONE_DAY if inside else _term(start, delay), self.add(start, delay)
        days = (first + timedelta(days=n) for n in range((last - first).days))
        return [day for day in days if not self.is_working(day)]

    def _add_working_days(self, start: date, count: int) -> date:
        day = start
        for _ in range(count):
            day = self.next_working(day + _ONE_DAY)
        return self.next_working(day)

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and including `end`; 0 if `end` is not after `start`."""
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def end_of(self, day: date) -> datetime:
        """Return the instant at which `day` ends: the local midnight that follows it."""
        return self.at(day + _ONE_DAY, time.min)

    def at(self, day: date, local_time: time) -> datetime:
        """Return the instant at which clocks show `local_time` on `day`.

        A time that clocks skip in spring gives the instant as much later: 02:30 is then 03:30. One
        that they show twice in autumn gives the first of the two.
        """
        return datetime.combine(day, local_time.replace(fold=0), self.timezone).astimezone(UTC)

    def local_date(self, instant: datetime) -> date:
        """Return the civil date on which `instant` (aware) falls."""
        return self._local(instant).date()

    def in_window(self, instant: datetime) -> datetime:
        """Return `instant` if a message may leave then, else the instant of the next opening.

        Messages leave on working days from `OPENING` included to `CLOSING` excluded, local time.
        """
        local = self._local(instant)
        day = local.date()
        if not self.is_working(day) or local.time() >= CLOSING:
            return self.at(self.next_working(day + _ONE_DAY), OPENING)
        return instant if local.time() >= OPENING else self.at(day, OPENING)

    def _local(self, instant: datetime) -> datetime:
        if instant.tzinfo is None:  # astimezone would take it for the time of this machine
            raise ValueError(f"L'instant {instant.isoformat()} n'a pas de fuseau horaire.")
        return instant.astimezone(self.timezone)


@lru_cache(maxsize=1024)
def calendar_of(
    departement: str, closed: frozenset[date] = frozenset(), opened: frozenset[date] = frozenset()
) -> Calendar:
    """Return the calendar of a département: « 01 », « 2A », « 971 ».

    Args:
        departement: its INSEE code, one of `DEPARTEMENTS`.
        closed: days the circuit takes off besides.
        opened: public holidays the circuit works.

    Raises:
        ValueError: no département bears this code.
    """
    if departement not in DEPARTEMENTS:
        raise ValueError(f"« {departement} » n'est pas un code de département : attendu « 01 », « 2A » ou « 971 ».")
    return Calendar(departement, ZoneInfo(_OVERSEAS.get(departement, _MAINLAND)), closed, opened)


@lru_cache(maxsize=1024)
def _legal_days(subdivision: str | None, year: int) -> frozenset[date]:
    """Return the public holidays of one year, the same for all the départements without a subdivision."""
    import holidays  # here and not above: it costs 0.1 s

    # Without a language the package names the days after the machine's locale, and no custom is recognised.
    listed = holidays.country_holidays("FR", subdiv=subdivision, years=year, expand=False, language="fr")
    return frozenset(
        day for day in listed if any((subdivision, name) not in _LOCAL_CUSTOMS for name in listed.get_list(day))
    )


def _term(start: date, delay: Delay) -> date:
    """Return the calendar day on which a delay in days, weeks or months ends."""
    if delay.unit is Unit.MONTHS:
        return _months_later(start, delay.count)
    return start + timedelta(days=delay.count * (7 if delay.unit is Unit.WEEKS else 1))


def _months_later(day: date, count: int) -> date:
    """Return the same day of the month `count` months later, or the last day of that month."""
    years, month = divmod(day.month - 1 + count, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))
