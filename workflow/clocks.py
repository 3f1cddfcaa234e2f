"""Clocks that stop, run again, hasten or follow a meeting: every change of a due date (DESIGN §4)."""

from datetime import date, timedelta

from workflow.change import Change, due_date
from workflow.circuit.model import Earliest, Kind
from workflow.delays import Delay, Unit
from workflow.model import Obligation


def pause(change: Change, complement: Obligation) -> None:
    """Stop the decision clock of the one who asks, and no other (INV-18); a late clock is not stopped."""
    for obligation in _clocks_of_asker(change, complement):
        if obligation.due and not obligation.late and not obligation.paused_on:
            today = change.today(obligation.debtor)
            obligation.left = _days_left(change, obligation, today, obligation.due)
            obligation.paused_on = today
            change.moved.append(obligation)
            change.touch(obligation)


def resume(change: Change, complement: Obligation, day: date) -> None:
    """Let the asker's clock run again from `day`, unless another complement is still awaited in time."""
    waiting = [
        o
        for o in change.still_open()
        if o.kind is Kind.COMPLEMENT and not o.late and o.beneficiary == complement.beneficiary
    ]
    if waiting:
        return
    for obligation in _clocks_of_asker(change, complement):
        if obligation.paused_on and obligation.left is not None:
            delay = Delay(obligation.left, _unit(change, obligation))
            obligation.paused_on, obligation.left = None, None
            extend(change, obligation, change.calendar(obligation.debtor).add(day, delay))
            follow_meeting(change, obligation.code)


def _clocks_of_asker(change: Change, complement: Obligation) -> list[Obligation]:
    asker = complement.beneficiary.organisation if complement.beneficiary else ""
    return [
        obligation
        for obligation in change.still_open()
        if obligation.kind is Kind.DECISION
        and obligation.debtor.organisation == asker
        and change.circuit.dues[obligation.code].pause
    ]


def _unit(change: Change, obligation: Obligation) -> Unit:
    """A clock in working days keeps working days; every other keeps calendar days."""
    definition = change.circuit.dues[obligation.code]
    delay = definition.urgent if change.case.urgent and definition.urgent else definition.delay
    return Unit.WORKING_DAYS if isinstance(delay, Delay) and delay.unit is Unit.WORKING_DAYS else Unit.DAYS


def _days_left(change: Change, obligation: Obligation, today: date, due: date) -> int:
    if _unit(change, obligation) is Unit.WORKING_DAYS:
        return change.calendar(obligation.debtor).working_days_between(today, due)
    return (due - today).days


def hasten(change: Change) -> None:
    """Grant the urgent track: each open dû that has an urgent delay takes the earlier date (DESIGN §11)."""
    change.case.urgent = True
    for obligation in change.still_open():
        definition = change.circuit.dues[obligation.code]
        if definition.urgent and obligation.due and not obligation.paused_on:
            sooner = change.calendar(obligation.debtor).add(change.today(obligation.debtor), definition.urgent)
            if sooner < obligation.due:
                _move(change, obligation, sooner)


def follow_meeting(change: Change, code: str) -> None:
    """Count again a term that depends on the next meeting, now that its date is known (D09).

    The other terms keep what pauses and prolongations gave them.
    """
    definition = change.circuit.dues[code]
    if not isinstance(definition.delay, Earliest):
        return
    for obligation in change.still_open():
        if obligation.code == code and not obligation.paused_on:
            start = change.calendar(obligation.debtor).local_date(obligation.opened_at) + timedelta(obligation.extended)
            due = due_date(change, definition, obligation.debtor, start)
            if due != obligation.due:
                _move(change, obligation, due)


def extend(change: Change, obligation: Obligation, due: date) -> None:
    """Give a later due date, and remember by how many days."""
    if obligation.due:
        obligation.extended += (due - obligation.due).days
    _move(change, obligation, due)


def _move(change: Change, obligation: Obligation, due: date | None) -> None:
    obligation.due = due
    change.moved.append(obligation)
    change.touch(obligation)
