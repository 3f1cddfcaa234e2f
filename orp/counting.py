"""How a due date was counted: the delay used, the day it starts from, the days off it stepped over."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from workflow.change import Change, next_meeting
from workflow.circuit.model import DueDefinition, Kind
from workflow.circuit.terms import Earliest
from workflow.delays import Delay
from workflow.model import Obligation
from workflow.records import Entry
from workflow.sentences.followed import Followed
from workflow.sentences.wording import day
from workflow.words import counted
from workflow.working_days import Calendar

Entries = list[tuple[Entry, dict[str, Any]]]
"""Lines of a journal, each with its content."""


@dataclass(frozen=True, slots=True)
class Count:
    """One delay, counted."""

    delay: Delay
    start: date
    due: date
    skipped: tuple[date, ...]
    name: str = "Délai"
    """« Délai », « Délai de la situation urgente », « Renouvellement », « Délai du retour F3 »."""
    since: str = ""
    """Which day the start is, when it is not the day it was opened."""
    given: int = 0
    """Days that pauses and prolongations added to this term."""


def counts(
    change: Change, o: Obligation, everything: list[Obligation], entries: Entries, followed: Followed
) -> list[Count]:
    """Return the counts an obligation's date is the earliest of, before pauses, prolongations and urgency."""
    definition, calendar = change.circuit.dues[o.code], change.calendar(o.debtor)
    opened = calendar.local_date(o.opened_at)
    if definition.renewed and any(_comes_before(other, o) for other in everything):
        return [_count(calendar, definition.renewed, opened, name="Renouvelé")]
    if o.kind is Kind.RETOUR and o.answers:
        return _merged(change, o, entries, followed)
    return _usual(change, o, definition, opened, urgent=_is_urgent(followed, entries, o.opened_at))


def _comes_before(other: Obligation, o: Obligation) -> bool:
    same = (other.code, other.debtor.organisation, other.beneficiary) == (o.code, o.debtor.organisation, o.beneficiary)
    return same and other.n < o.n and other.closed_at == o.opened_at


def _merged(change: Change, o: Obligation, entries: Entries, followed: Followed) -> list[Count]:
    """A retour that several decisions opened keeps the earliest of their dates (DESIGN §1)."""
    instants = {entry.seq: datetime.fromisoformat(entry.effective_at) for entry, _ in entries}
    found = []
    for answer in o.answers:
        code, _, decided = answer.partition(":")
        at = instants.get(int(decided.rpartition("@")[2]), o.opened_at)
        start = change.calendar(o.debtor).local_date(at)
        found += _usual(change, o, change.circuit.dues[code], start, urgent=_is_urgent(followed, entries, at))
    return list(dict.fromkeys(found))


def _usual(change: Change, o: Obligation, definition: DueDefinition, start: date, *, urgent: bool) -> list[Count]:
    calendar = change.calendar(o.debtor)
    if urgent and definition.urgent:
        return [_count(calendar, definition.urgent, start, name="Délai d’une situation urgente")]
    if isinstance(definition.delay, Delay):
        return [_count(calendar, definition.delay, start)]
    if isinstance(definition.delay, Earliest):
        return _earliest(change, o, definition, start)
    return []


def _earliest(change: Change, o: Obligation, definition: DueDefinition, start: date) -> list[Count]:
    """« 45 j, prochaine séance + 7 j » : a meeting nobody knows yet is left out."""
    calendar, meeting, found = change.calendar(o.debtor), next_meeting(change, definition, start), []
    for term in definition.delay.terms if isinstance(definition.delay, Earliest) else ():
        if isinstance(term, Delay):
            found.append(_later(calendar, _count(calendar, term, start), o.extended))
        elif meeting:
            found.append(_count(calendar, term.delay, meeting, since="jour de la prochaine séance"))
    return found


def _later(calendar: Calendar, count: Count, days: int) -> Count:
    """A term that does not wait for a meeting keeps what pauses and prolongations gave."""
    return replace(count, due=calendar.next_working(count.due + timedelta(days=days)), given=days) if days else count


def _is_urgent(followed: Followed, entries: Entries, at: datetime) -> bool:
    """True when the urgent track was already granted at that instant: it then gave the delay."""
    for entry, content in entries:
        if entry.kind == "decision" and datetime.fromisoformat(entry.effective_at) <= at:
            granted = followed.at(entry.seq).decision(content["de"], content["decision"]).urgent
            if granted or content.get("codes", {}).get("priorite") == "urgente":
                return True
    return False


def _count(calendar: Calendar, delay: Delay, start: date, *, name: str = "Délai", since: str = "") -> Count:
    return Count(delay, start, calendar.add(start, delay), tuple(calendar.skipped(start, delay)), name, since)


def in_words(count: Count) -> str:
    """Return « Délai : 60 jours après le lundi 5 janvier 2026, soit le vendredi 6 mars 2026 »."""
    since = f" ({count.since})" if count.since else ""
    given = f", plus {counted(count.given, 'jour')} de pause ou de prolongation" if count.given else ""
    counting = f"{count.delay.in_words()} après le {day(count.start)}{since}{given}"
    return f"{count.name} : {counting}, soit le {day(count.due)}"
