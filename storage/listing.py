"""Which situations a list shows: every condition on what is owed holds of one and the same obligation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select

from storage.tables import TABLES
from workflow.circuit.model import Slot
from workflow.holders import DELEGATION_SLOT
from workflow.model import Person

CASES, OBLIGATIONS, PARTIES = TABLES["cases"], TABLES["obligations"], TABLES["parties"]
ORGANISATIONS = TABLES["organisations"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks to see; nothing given: every situation."""

    person: Person | None = None
    """Only what this person owes, in their own name, by a function they hold, or standing in for somebody."""
    today: date | None = None
    """Day on which a delegation must still run."""
    late: bool = False
    structure: str | None = None
    step: str | None = None


def overview(wanted: Wanted) -> Select[Any]:
    """Return each situation with its first due date and who owes the decision of its step; the oldest first."""
    first = (
        select(OBLIGATIONS.c.reference, func.min(OBLIGATIONS.c.due).label("due"))
        .where(OBLIGATIONS.c.status == "ouvert", OBLIGATIONS.c.paused_on.is_(None))
        .group_by(OBLIGATIONS.c.reference)
        .subquery()
    )
    decision = (OBLIGATIONS.c.status == "ouvert") & (OBLIGATIONS.c.kind == "decision")
    holder = select(OBLIGATIONS.c.reference, OBLIGATIONS.c.debtor_organisation).where(decision).subquery()
    here = OBLIGATIONS.c.reference == CASES.c.reference
    late = exists().where(here, OBLIGATIONS.c.status == "ouvert", OBLIGATIONS.c.late)
    conditions = list(owed_by(wanted))
    query = (
        select(
            CASES.c.reference,
            CASES.c.step,
            CASES.c.circuit,
            first.c.due,
            late.label("late"),
            ORGANISATIONS.c.name.label("holder"),
        )
        .join(first, first.c.reference == CASES.c.reference, isouter=True)
        .join(holder, holder.c.reference == CASES.c.reference, isouter=True)
        .join(ORGANISATIONS, ORGANISATIONS.c.id == holder.c.debtor_organisation, isouter=True)
        .where(*_at(wanted))
        .order_by(first.c.due.is_(None), first.c.due, CASES.c.reference)
    )
    return query.where(exists().where(here, OBLIGATIONS.c.status == "ouvert", *conditions)) if conditions else query


def owed(wanted: Wanted) -> Select[Any]:
    """Return the open obligations that make the situations of `overview` be listed."""
    return (
        select(OBLIGATIONS)
        .join(CASES, CASES.c.reference == OBLIGATIONS.c.reference)
        .where(OBLIGATIONS.c.status == "ouvert", *owed_by(wanted), *_at(wanted))
        .order_by(OBLIGATIONS.c.reference, OBLIGATIONS.c.n)
    )


def _at(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.step:
        yield CASES.c.step == wanted.step


def owed_by(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """Return the conditions that make an open obligation one of those asked for."""
    if wanted.late:
        yield OBLIGATIONS.c.late
    if wanted.structure:
        yield OBLIGATIONS.c.debtor_organisation == wanted.structure
    if wanted.person:
        held = (_holds(wanted.person, OBLIGATIONS.c.debtor_organisation), _second_team(wanted.person))
        mine = OBLIGATIONS.c.debtor_person.in_(_selves(wanted.person))
        yield or_(mine, *held, _stands_in(wanted.person, wanted.today))


def _selves(person: Person) -> list[str]:
    """Somebody, and those who are away and whom they replace."""
    return [person.id, *sorted(person.stands_for)]


def _holds(person: Person, organisation: ColumnElement[Any]) -> ColumnElement[bool]:
    pairs = sorted(person.functions)
    return or_(false(), *(and_(organisation == o, OBLIGATIONS.c.debtor_function == f) for o, f in pairs))


def _second_team(person: Person) -> ColumnElement[bool]:
    """The same function in the second antenne of a shared follow-up may act too (`workflow.holders`)."""
    first, second = PARTIES.alias(), PARTIES.alias()
    return exists().where(
        first.c.reference == OBLIGATIONS.c.reference,
        first.c.slot == str(Slot.ANTENNE),
        first.c.organisation == OBLIGATIONS.c.debtor_organisation,
        second.c.reference == OBLIGATIONS.c.reference,
        second.c.slot == str(Slot.CO_ANTENNE),
        _holds(person, second.c.organisation),
    )


def _stands_in(person: Person, today: date | None) -> ColumnElement[bool]:
    return exists().where(
        PARTIES.c.reference == OBLIGATIONS.c.reference,
        PARTIES.c.slot == DELEGATION_SLOT + OBLIGATIONS.c.debtor_organisation + ":" + OBLIGATIONS.c.debtor_function,
        PARTIES.c.person.in_(_selves(person)),
        PARTIES.c.until >= today,
    )
