"""What one person owes: counted by kind, and one page of it, in a constant number of statements."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from storage import listing, mapping
from storage.listing import Wanted
from storage.tables import TABLES
from workflow.circuit.model import Kind, Slot
from workflow.model import Person
from workflow.ports import Awaited

CASES, OBLIGATIONS, PARTIES = TABLES["cases"], TABLES["obligations"], TABLES["parties"]
ORGANISATIONS, ANSWERS = TABLES["organisations"], TABLES["form_answers"]
PLACED = PARTIES.alias("placed")
"""`owed_by` looks at parties of its own."""
MOST_OF_A_TEAM = 200
"""More than one meeting can look at."""


class Inbox:
    """The screen « À traiter » on one connection (implements `web.ports.Inbox`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counts(self, person: Person, today: date) -> dict[Kind, tuple[int, int]]:
        """Return, by kind, how many things are owed and how many of them are late."""
        late = func.sum(case((OBLIGATIONS.c.late, 1), else_=0)).label("late")
        mine = (OBLIGATIONS.c.status == "ouvert", *listing.owed_by(Wanted(person, today)))
        query = select(OBLIGATIONS.c.kind, func.count().label("number"), late).where(*mine)
        rows = self._connection.execute(query.group_by(OBLIGATIONS.c.kind))
        return {Kind(row.kind): (row.number, row.late) for row in rows}

    def page(self, person: Person, today: date, kinds: Collection[Kind], first: int, most: int) -> list[Awaited]:
        """Return what is owed of some kinds, late first, then by date: with its situation, debtor and antenne."""
        mine = listing.owed_by(Wanted(person, today))
        query = _lines().where(OBLIGATIONS.c.kind.in_(kinds), *mine).limit(most).offset(first)
        return [_awaited(row) for row in self._connection.execute(query).mappings()]

    def team(self, antenne: str, steps: Collection[str], reviews: Collection[str], soon: date) -> list[Awaited]:
        """Return the decisions owed on the situations of an antenne, late first.

        At `steps`, whatever their date; at `reviews`, those late or due by `soon`.
        """
        now = or_(CASES.c.step.in_(steps), CASES.c.step.in_(reviews) & (OBLIGATIONS.c.due <= soon))
        theirs = (PLACED.c.organisation == antenne, OBLIGATIONS.c.kind == str(Kind.DECISION), now)
        query = _lines().where(*theirs).limit(MOST_OF_A_TEAM)
        return [_awaited(row) for row in self._connection.execute(query).mappings()]

    def answers(self, references: Collection[str], fields: Collection[str]) -> dict[str, dict[str, str]]:
        """Return the latest coded answers to some questions, by situation."""
        query = select(ANSWERS.c.reference, ANSWERS.c.field, ANSWERS.c.value).where(
            ANSWERS.c.reference.in_(references), ANSWERS.c.field.in_(fields)
        )
        found: dict[str, dict[str, str]] = {}
        for row in self._connection.execute(query.order_by(ANSWERS.c.seq)):
            found.setdefault(row.reference, {})[row.field] = row.value
        return found


def _lines() -> Select[Any]:
    """What is owed and open, late first, then by date."""
    antenne = and_(PLACED.c.reference == CASES.c.reference, PLACED.c.slot == str(Slot.ANTENNE))
    there, debtor = ORGANISATIONS.alias("there"), ORGANISATIONS.alias("debtor")
    return (
        select(
            OBLIGATIONS,
            CASES.c.step,
            CASES.c.circuit,
            CASES.c.departement,
            CASES.c.urgent,
            CASES.c.version,
            there.c.name.label("antenne"),
            debtor.c.name.label("debtor_name"),
            debtor.c.departement.label("debtor_departement"),
        )
        .join(CASES, CASES.c.reference == OBLIGATIONS.c.reference)
        .join(debtor, debtor.c.id == OBLIGATIONS.c.debtor_organisation)
        .join(PLACED, antenne, isouter=True)
        .join(there, there.c.id == PLACED.c.organisation, isouter=True)
        .where(OBLIGATIONS.c.status == "ouvert")
        .order_by(
            OBLIGATIONS.c.late.desc(),
            OBLIGATIONS.c.due.is_(None),
            OBLIGATIONS.c.due,
            OBLIGATIONS.c.reference,
            OBLIGATIONS.c.n,
        )
    )


def _awaited(row: mapping.Row) -> Awaited:
    return Awaited(
        reference=row["reference"],
        circuit=row["circuit"],
        step=row["step"],
        urgent=row["urgent"],
        antenne=row["antenne"] or "",
        structure=row["debtor_name"],
        departement=row["debtor_departement"],
        obligation=mapping.obligation_from(row),
        version=row["version"],
    )
