"""Which situations a list shows: every condition on what is owed holds of one and the same obligation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, FromClause, Select, and_, exists, func, or_, select, tuple_, union

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
        found = mine(wanted.person, wanted.today).subquery()
        yield tuple_(OBLIGATIONS.c.reference, OBLIGATIONS.c.n).in_(select(found.c.reference, found.c.n))


def _selves(person: Person) -> list[str]:
    """Somebody, and those who are away and whom they replace."""
    return [person.id, *sorted(person.stands_for)]


def mine(person: Person, today: date | None) -> CompoundSelect[Any]:
    """Return what one person owes: each way to owe is looked up by an index of its own, whatever others owe."""
    owed = OBLIGATIONS.alias()
    chosen_by = (owed.c.reference, owed.c.n, owed.c.kind, owed.c.late, owed.c.due)
    all_owed = select(*chosen_by).where(owed.c.status == "ouvert")
    ways = [all_owed.where(owed.c.debtor_person.in_(_selves(person))), _standing_in(all_owed, owed, person, today)]
    if person.functions:
        held = all_owed.where(_holds(person, owed.c.debtor_organisation, owed))
        ways += [held, _second_team(all_owed, owed, person)]
    return union(*ways)


def _holds(person: Person, organisation: ColumnElement[Any], owed: FromClause) -> ColumnElement[bool]:
    pairs = sorted(person.functions)
    return or_(*(and_(organisation == o, owed.c.debtor_function == f) for o, f in pairs))


def _second_team(all_owed: Select[Any], owed: FromClause, person: Person) -> Select[Any]:
    """The same function in the second antenne of a shared follow-up may act too (`workflow.holders`)."""
    first, second = PARTIES.alias(), PARTIES.alias()
    return (
        all_owed.join(first, (first.c.reference == owed.c.reference) & (first.c.slot == str(Slot.ANTENNE)))
        .join(second, (second.c.reference == owed.c.reference) & (second.c.slot == str(Slot.CO_ANTENNE)))
        .where(first.c.organisation == owed.c.debtor_organisation, _holds(person, second.c.organisation, owed))
    )


def _standing_in(all_owed: Select[Any], owed: FromClause, person: Person, today: date | None) -> Select[Any]:
    slot = DELEGATION_SLOT + owed.c.debtor_organisation + ":" + owed.c.debtor_function
    return all_owed.join(PARTIES, (PARTIES.c.reference == owed.c.reference) & (PARTIES.c.slot == slot)).where(
        PARTIES.c.person.in_(_selves(person)), PARTIES.c.until >= today
    )
