"""The decisions the scheduler may take, and nothing else (DESIGN §4, INV-10)."""

from datetime import datetime

from workflow.change import Change
from workflow.circuit.model import Kind, When
from workflow.circuit.terms import UNDO
from workflow.delays import Delay
from workflow.holders import SLOT_OF_LEVEL, calendar_for, holder_of, recipients


def next_scheduled(change: Change) -> tuple[datetime, str] | None:
    """Return the instant (UTC) and name of the scheduler's next decision at this step, or None."""
    step = change.circuit.step(change.case.step)
    found = (
        (_instant(change, d.when, d.target), name)
        for name, d in step.decisions.items()
        if d.when and not _often_enough(change, name, d.times)
    )
    return min(((at, name) for at, name in found if at), default=None)


def _often_enough(change: Change, name: str, times: int | None) -> bool:
    played = change.case.played.get(name)
    return times is not None and played is not None and played.count >= times


def _instant(change: Change, when: When, target: str) -> datetime | None:
    if when.nothing_owed:
        owed = any(obligation.blocks for obligation in change.still_open())
        return None if owed or change.case.issue != when.issue else change.case.settled_at
    since = change.case.played.get(when.since or "")
    if since is None or when.after is None:
        return None
    if isinstance(when.after, Delay):
        calendar = calendar_for(change.dossier, change.case.dac)
        return calendar.end_of(calendar.add(calendar.local_date(since.last), when.after))
    return _transmission(change, since.last, target) if when.after == UNDO else None


def _transmission(change: Change, decided: datetime, target: str) -> datetime | None:
    """The end of the undo delay, inside the sending window of whoever receives (T22).

    Without anybody to receive, it cannot be played: the secretary's own dû (D10) then rings. Once that one
    is late, it leaves when somebody is there: nobody is late for what they could not receive.
    """
    step = change.circuit.step(target)
    if step.holder is None:
        return None
    holder = holder_of(change.circuit, change.dossier, step.holder)
    if not recipients(change.dossier, holder, change.today(holder)):
        return None
    slot = SLOT_OF_LEVEL[step.level]
    calendar = calendar_for(change.dossier, change.dossier.parties[slot].organisation)
    late = any(o.late and o.kind is Kind.DECISION for o in change.still_open())
    return calendar.in_window(change.now if late else decided + change.circuit.undo)
