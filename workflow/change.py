"""The work in progress of one `advance`: a copy of the dossier, an instant, and what follows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from workflow import journal
from workflow.alarms import next_point
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import SYSTEM
from workflow.circuit.terms import Earliest, Timing
from workflow.delays import Delay
from workflow.holders import calendar_for
from workflow.model import Case, Dossier, Holder, Obligation, Outcome
from workflow.working_days import Calendar

Find = Callable[[str], Circuit]
"""Gives another published circuit by its key: versions never change, so that it always gives the same."""


def alone(key: str) -> Circuit:
    """Give no other circuit."""
    raise LookupError(key)


@dataclass(slots=True)
class Change:
    """Passed from rule to rule; `at` is the true instant of what is being played, `now` when it is written."""

    circuit: Circuit
    outcome: Outcome
    now: datetime
    at: datetime
    find: Find
    by: str = ""
    """Who takes the decision being played: a person, or the DAC whose clock it is."""
    instead_of: str = ""
    """The one who is away and in whose place the decision being played is taken."""
    opened: list[Obligation] = field(default_factory=list)
    closed: list[Obligation] = field(default_factory=list)
    moved: list[Obligation] = field(default_factory=list)
    """Since the last journal line: each decision's line says what it opened, closed, moved."""
    touched: dict[int, Obligation] = field(default_factory=dict)
    """Those whose next ring is not known yet: they may be touched again before anybody asks."""

    @property
    def dossier(self) -> Dossier:
        """The dossier being changed."""
        return self.outcome.dossier

    @property
    def case(self) -> Case:
        """The situation being changed."""
        return self.outcome.dossier.case

    def touch(self, obligation: Obligation) -> None:
        """Remember that an obligation changed: it rings at another time perhaps, and it must be written."""
        self.outcome.changed[obligation.n] = self.touched[obligation.n] = obligation

    def rings(self) -> list[tuple[datetime, int]]:
        """Return when each open obligation rings next, with its number."""
        for obligation in self.touched.values():
            obligation.wake_at = None
            if obligation.is_open:  # what is closed may be of a circuit it no longer follows
                point = next_point(obligation, self.circuit.dues[obligation.code], self.calendar(obligation.debtor))
                obligation.wake_at = point.at if point else None
        self.touched.clear()
        return [(o.wake_at, o.n) for o in self.still_open() if o.wake_at]

    def still_open(self) -> list[Obligation]:
        """Return the obligations that are owed now."""
        return [obligation for obligation in self.dossier.obligations if obligation.is_open]

    def calendar(self, holder: Holder) -> Calendar:
        """Return the calendar of a holder's organisation."""
        return calendar_for(self.dossier, holder.organisation)

    def today(self, holder: Holder) -> date:
        """Return the civil date at the holder's, at the instant being played."""
        return self.calendar(holder).local_date(self.at)

    def note(self, kind: str, content: Mapping[str, Any], author: str = SYSTEM, decision_id: str | None = None) -> None:
        """Write a journal line that counts from the instant being played."""
        self.outcome.entries.append(
            journal.append(self.case, kind, content, at=self.at, now=self.now, author=author, decision_id=decision_id)
        )

    def record(
        self, kind: str, content: Mapping[str, Any], author: str = SYSTEM, decision_id: str | None = None
    ) -> None:
        """Write a journal line with all that was opened, closed and moved since the last such line."""
        follow = {
            "ouvre": [_opened(o) for o in self.opened],
            "solde": [_closed(o) for o in self.closed],
            "deplace": [{"n": n, "code": o.code, "echeance": _iso(o)} for n, o in {o.n: o for o in self.moved}.items()],
        }
        self.note(kind, {**content, **{key: lines for key, lines in follow.items() if lines}}, author, decision_id)
        self.opened, self.closed, self.moved = [], [], []


def begin(circuit: Circuit, dossier: Dossier, now: datetime, find: Find = alone) -> Change:
    """Copy what will be changed: `advance` never touches what it was given.

    Parties stand in the order of their slots, whatever that of the rows: the numbers of what they are owed follow it.
    """
    mine = replace(
        dossier,
        case=replace(dossier.case),
        obligations=[replace(o, answers=list(o.answers)) for o in dossier.obligations],
        parties={slot: replace(party) for slot, party in sorted(dossier.parties.items())},
    )
    mine.case.played = {name: replace(played) for name, played in mine.case.played.items()}
    mine.case.gates = list(mine.case.gates)
    return Change(circuit, Outcome(mine), now, now, find)


def due_date(change: Change, timing: Timing, holder: Holder, start: date, given: int = 0) -> date | None:
    """Return the civil date by which something that starts on `start` is due, or None without a delay.

    An urgent situation uses `urgent` where the circuit gives one (DESIGN §11). A term that counts from
    a meeting nobody knows yet is left out: the others cap it (D09), later by the `given` calendar days.
    """
    calendar = change.calendar(holder)
    if change.case.urgent and timing.urgent:
        return calendar.add(start, timing.urgent)
    if isinstance(timing.delay, Delay):
        return calendar.add(start, timing.delay)
    if isinstance(timing.delay, Earliest):
        meeting = next_meeting(change, timing, start)
        fixed = [calendar.add(start, term) for term in timing.delay.terms if isinstance(term, Delay)]
        waiting = [term.delay for term in timing.delay.terms if not isinstance(term, Delay)]
        days = [calendar.next_working(day + timedelta(days=given)) for day in fixed]
        days += [calendar.add(meeting, delay) for delay in waiting] if meeting else []
        return min(days, default=None)
    return None


def next_meeting(change: Change, timing: Timing, start: date) -> date | None:
    """The meeting the situation is on the agenda of, else the next one of the instance's calendar."""
    if change.case.meeting_on and change.case.meeting_on >= start:
        return change.case.meeting_on
    body = change.circuit.definition.bodies.get(timing.body or "")
    return body.calendar.next_after(start) if body and body.calendar else None


def _opened(obligation: Obligation) -> dict[str, Any]:
    return {
        "n": obligation.n,
        "code": obligation.code,
        "etat": obligation.status,
        "par": obligation.debtor.actor,
        "a": obligation.beneficiary.actor if obligation.beneficiary else None,
        "echeance": _iso(obligation),
    }


def _closed(obligation: Obligation) -> dict[str, Any]:
    return {"n": obligation.n, "code": obligation.code, "etat": obligation.status, "preuve": obligation.proof}


def _iso(obligation: Obligation) -> str | None:
    return obligation.due.isoformat() if obligation.due and not obligation.paused_on else None
