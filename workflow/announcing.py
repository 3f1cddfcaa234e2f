"""Who is told of a published version: those whose circuit extends it, and its publisher when a trial ends."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from workflow.circuit.layer import Rank
from workflow.model import Organisation
from workflow.ports.work import Work
from workflow.proposals import PUBLISHES, owners_of
from workflow.records import Message, Publication
from workflow.versions import below
from workflow.working_days import OPENING, calendar_of

MAIL = "M21"


def to_those_below(work: Work, new: Publication, rows: Sequence[Publication], now: datetime) -> list[Message]:
    """Tell whoever publishes a circuit that extends this one: they look at it, and adopt it or not."""
    return [
        _mail(new, "parent", person, calendar_of(place.departement).in_window(now), new.adopt_before, row.name)
        for row in below(rows, new.name)
        for place in work.circuits.owners(row.rank, owners_of(row.name))
        for person in _publishers(work, place, Rank(row.rank), now)
    ]


def of_the_trial(new: Publication, owner: Organisation) -> list[Message]:
    """Tell the publisher, that morning, that a trial ends."""
    if new.trial_until is None or new.author is None:
        return []
    calendar = calendar_of(owner.departement)
    morning = calendar.at(calendar.next_working(new.trial_until), OPENING)
    return [_mail(new, "essai", new.author, morning, new.trial_until, new.name)]


def _publishers(work: Work, place: Organisation, rank: Rank, now: datetime) -> list[str]:
    people = work.facts({place.id}, (), now).people.values()
    return sorted(person.id for person in people if (place.id, PUBLISHES[rank]) in person.functions)


def _mail(  # noqa: PLR0913, PLR0917 - what a mail says
    new: Publication, why: str, to: str, at: datetime, day: date | None, circuit: str
) -> Message:
    context: dict[str, Any] = {
        "pourquoi": why,
        "circuit": circuit,
        "version": new.key,
        "le": day.isoformat() if day else None,
    }
    return Message(f"{new.key}:{why}:{to}", MAIL, None, to, at, context)
