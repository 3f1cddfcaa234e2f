"""When an obligation rings: reminders, overruns, notices of lateness, proof of a mail (DESIGN §4).

Everything is computed from the due date and from `rung_until`; there is no list of alarms to keep
in step. Days count from the due date, in the calendar of the organisation that owes.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from itertools import count, dropwhile, islice, takewhile

from workflow.circuit.model import DueDefinition
from workflow.delays import Delay, Unit
from workflow.model import Obligation
from workflow.working_days import OPENING, Calendar

SUPERVISOR_EVERY = 14
"""Days between two reminders to the debtor's supervisor, once the debtor's own are used up."""
NOTICE_EVERY = 30
"""Days between two repetitions of the last line of `depassement`."""
LONGEST_CLOSING = 15
"""Days by which days off may at most put off a ring, with a wide margin."""
PROOF_DELAY = Delay(3, Unit.WORKING_DAYS)
"""An accepted mail proves the last mile after this long without a permanent refusal (DESIGN §1)."""


class Ring(IntEnum):
    """What rings; at the same instant the smaller comes first."""

    PROVEN = 0
    OVERRUN = 1
    REMINDER = 2
    SUPERVISOR = 3
    NOTICE = 4


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One ring: the instant (UTC), what, how many days from the due date, and which actors are told."""

    at: datetime
    ring: Ring
    offset: int
    actors: tuple[str, ...] = ()


def next_point(obligation: Obligation, definition: DueDefinition, calendar: Calendar) -> Point | None:
    """Return the next ring of an obligation after `rung_until`, or None if it will never ring."""
    firsts = (next(points, None) for points in _coming(obligation, definition, calendar))
    return min((point for point in firsts if point), default=None)


def points_at(obligation: Obligation, definition: DueDefinition, calendar: Calendar, at: datetime) -> list[Point]:
    """Return every ring after `rung_until` and up to that very instant."""
    streams = _coming(obligation, definition, calendar)
    return sorted(point for points in streams for point in takewhile(lambda point: point.at <= at, points))


def upcoming(
    obligation: Obligation, definition: DueDefinition, calendar: Calendar, after: datetime, most: int
) -> list[Point]:
    """Return the rings to come after an instant, at most so many: what `orp explain` announces."""
    coming = heapq.merge(*_coming(obligation, definition, calendar))
    return list(islice((point for point in coming if point.at > after or point.ring is Ring.PROVEN), most))


def _coming(obligation: Obligation, definition: DueDefinition, calendar: Calendar) -> list[Iterator[Point]]:
    """Return the rings after `rung_until`, as streams each in order."""
    if not obligation.is_open:
        return []
    if obligation.accepted_at:
        proven = calendar.add(calendar.local_date(obligation.accepted_at), PROOF_DELAY)
        return [iter([Point(calendar.end_of(proven), Ring.PROVEN, 0)])]
    if obligation.due is None or obligation.paused_on:
        return []
    rung = obligation.rung_until
    streams = _streams(obligation.due, rung, definition, calendar)
    return [dropwhile(lambda point: point.at <= rung, points) for points in streams]


def _streams(due: date, rung_until: datetime, definition: DueDefinition, calendar: Calendar) -> list[Iterator[Point]]:
    """All rings, some without end: a late obligation goes on being told of."""
    reminders, rung = sorted(definition.reminders), (rung_until.date() - due).days
    last = max([days for days in reminders if days > 0], default=0)
    own = (Point(_morning(calendar, due, days), Ring.REMINDER, days) for days in reminders)
    above = (
        Point(_morning(calendar, due, days), Ring.SUPERVISOR, days) for days in _every(SUPERVISOR_EVERY, last, rung)
    )
    overrun = iter([Point(_midnight(calendar, due), Ring.OVERRUN, 0)])
    return [overrun, own, above, _notices(definition, calendar, due, rung)]


def _every(days: int, last: int, rung: int) -> Iterator[int]:
    """Every so many days after `last`, without those that rang long ago: a case late for years is no slower."""
    return count(last + days + max(0, (rung - LONGEST_CLOSING - last - days) // days) * days, days)


def _notices(definition: DueDefinition, calendar: Calendar, due: date, rung: int) -> Iterator[Point]:
    """The lines of `depassement`; the last repeats."""
    for days in sorted(definition.overrun):
        yield Point(_morning(calendar, due, days), Ring.NOTICE, days, definition.overrun[days])
    if definition.overrun:
        last = max(definition.overrun)
        for days in _every(NOTICE_EVERY, last, rung):
            yield Point(_morning(calendar, due, days), Ring.NOTICE, days, definition.overrun[last])


@lru_cache(maxsize=16_384)
def _morning(calendar: Calendar, due: date, days: int) -> datetime:
    """Eight o'clock that day; before the due date a closed day moves back, after it forward."""
    day = due + timedelta(days=days)
    day = calendar.previous_working(day) if days < 0 else calendar.next_working(day)
    return calendar.at(day, OPENING)


@lru_cache(maxsize=4096)
def _midnight(calendar: Calendar, due: date) -> datetime:
    return calendar.end_of(due)
