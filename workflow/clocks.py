"""Clocks that stop, run again, hasten or follow a meeting: every change of a due date (DESIGN §4)."""

from datetime import date, timedelta

from workflow.change import Change, due_date
from workflow.circuit.model import DueDefinition, Kind
from workflow.circuit.terms import AfterMeeting, Earliest
from workflow.delays import Delay, Unit
from workflow.model import Obligation

INSTANT = timedelta.resolution
"""The shortest time there is: « just before »."""


def pause(change: Change, complement: Obligation) -> None:
    """Stop the decision clock of the one who asks, and no other (INV-18); a late clock is not stopped."""
    for obligation in _clocks_of_asker(change, complement):
        if obligation.due and not obligation.late and not obligation.paused_on:
            today = change.today(obligation.debtor)
            obligation.left = _left(change, obligation, today, obligation.due)
            obligation.paused_on = today
            change.moved.append(obligation)
            change.touch(obligation)


def resume(change: Change, complement: Obligation, day: date) -> None:
    """Let the asker's clock run again from `day`, unless another complement is still awaited in time."""
    asker = _asker(complement)
    if any(o.kind is Kind.COMPLEMENT and not o.late and _asker(o) == asker for o in change.still_open()):
        return
    for obligation in _clocks_of_asker(change, complement):
        if obligation.paused_on and obligation.left:
            stopped, left = obligation.paused_on, obligation.left
            obligation.paused_on, obligation.left = None, None
            paused = (day - stopped).days if left.unit is Unit.DAYS else 0
            extend(change, obligation, change.calendar(obligation.debtor).add(day, left), least=paused)


def _asker(complement: Obligation) -> str:
    return complement.beneficiary.organisation if complement.beneficiary else ""


def _clocks_of_asker(change: Change, complement: Obligation) -> list[Obligation]:
    return [
        obligation
        for obligation in change.still_open()
        if obligation.kind is Kind.DECISION
        and obligation.debtor.organisation == _asker(complement)
        and change.circuit.dues[obligation.code].pause
    ]


def unit_of(change: Change, obligation: Obligation) -> Unit:
    """A clock in working days keeps working days; every other keeps calendar days."""
    definition = change.circuit.dues[obligation.code]
    delay = definition.urgent if change.case.urgent and definition.urgent else definition.delay
    return Unit.WORKING_DAYS if isinstance(delay, Delay) and delay.unit is Unit.WORKING_DAYS else Unit.DAYS


def _left(change: Change, obligation: Obligation, today: date, due: date) -> Delay:
    unit = unit_of(change, obligation)
    if unit is Unit.WORKING_DAYS:
        return Delay(change.calendar(obligation.debtor).working_days_between(today, due), unit)
    return Delay((due - today).days, unit)


def hasten(change: Change) -> None:
    """Grant the urgent track: each open dû that has an urgent delay takes the earlier date (DESIGN §11).

    A clock that is stopped keeps at most the urgent delay for when it runs again.
    """
    change.case.urgent = True
    for obligation in change.still_open():
        urgent = change.circuit.dues[obligation.code].urgent
        if urgent and obligation.left:
            obligation.left = min(obligation.left, urgent, key=Delay.approximate_days)
            change.touch(obligation)
        elif urgent and obligation.due:
            sooner = change.calendar(obligation.debtor).add(change.today(obligation.debtor), urgent)
            if sooner < obligation.due:
                _move(change, obligation, sooner)


def follow_meeting(change: Change, code: str) -> None:
    """Count again a term that depends on the next meeting, now that its date is known (D09).

    The other terms keep what pauses and prolongations gave them. An urgent delay does not wait for a
    meeting, and a date that has passed stays passed.
    """
    definition = change.circuit.dues[code]
    if not isinstance(definition.delay, Earliest) or (change.case.urgent and definition.urgent):
        return
    for obligation in change.still_open():
        if obligation.code != code or obligation.late:
            continue
        if obligation.paused_on and obligation.left:
            _shorten(change, obligation, definition)
            continue
        start = change.calendar(obligation.debtor).local_date(obligation.opened_at)
        due = due_date(change, definition, obligation.debtor, start, given=obligation.extended)
        if due != obligation.due:
            _move(change, obligation, due)


def _shorten(change: Change, obligation: Obligation, definition: DueDefinition) -> None:
    """A meeting named while the clock is stopped: what is left reaches it, and no further."""
    meeting = change.case.meeting_on
    terms = definition.delay.terms if isinstance(definition.delay, Earliest) else ()
    delays = [term.delay for term in terms if isinstance(term, AfterMeeting)]
    if meeting and delays and obligation.paused_on and obligation.left:
        term = min(change.calendar(obligation.debtor).add(meeting, delay) for delay in delays)
        reach = Delay(max(0, (term - obligation.paused_on).days), Unit.DAYS)
        obligation.left = min(obligation.left, reach, key=Delay.approximate_days)
        change.touch(obligation)


def extend(change: Change, obligation: Obligation, due: date, least: int = 0) -> None:
    """Give another due date, and remember by how many days.

    What was left may have been cut while the clock stood still: the pause still gave the `least` days it lasted.
    """
    if obligation.due:
        obligation.extended += max(least, (due - obligation.due).days)
    _move(change, obligation, due)


def _move(change: Change, obligation: Obligation, due: date | None) -> None:
    """A reminder whose day is past by the new date never rings; a date that has itself passed rings as late."""
    passed = change.at
    if due:
        passed = min(passed, change.calendar(obligation.debtor).end_of(due) - INSTANT)
    obligation.due, obligation.rung_until = due, max(obligation.rung_until, passed)
    change.moved.append(obligation)
    change.touch(obligation)
