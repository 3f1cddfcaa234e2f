"""The retours that one person is owed, and what rédacteurs said of those they had: few statements at any size."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from storage import mapping
from storage.tables import TABLES
from workflow.circuit.model import WRITER, Kind
from workflow.judging import JUDGE, VERDICT
from workflow.model import Person
from workflow.obligations import DELIVERED
from workflow.ports.lists import Awaited

CASES, OBLIGATIONS, ORGANISATIONS = TABLES["cases"], TABLES["obligations"], TABLES["organisations"]
JOURNAL = TABLES["journal"]
OWED = OBLIGATIONS.c.status == "ouvert"
DONE = OBLIGATIONS.c.status == "rendu"


class Retours:
    """Retours as their beneficiaries see them (implements `web.ports.reading.Retours`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def expected(self, person: Person, most: int) -> list[Awaited]:
        """Return what others owe this person, or the functions they hold, late first, then by date."""
        late_first = (OBLIGATIONS.c.late.desc(), OBLIGATIONS.c.due.is_(None), OBLIGATIONS.c.due)
        return self._page(OWED & ~_owed_by(person), person, late_first, most)

    def received(self, person: Person, since: datetime, most: int) -> list[Awaited]:
        """Return the retours made to them since an instant (UTC), the latest first; a receipt tells nothing yet."""
        receipt = (OBLIGATIONS.c.beneficiary_actor == WRITER) & (OBLIGATIONS.c.proof == DELIVERED)
        made = DONE & (OBLIGATIONS.c.closed_at > since) & ~receipt
        return self._page(made, person, (OBLIGATIONS.c.closed_at.desc(),), most)

    def judged(self, person: str, references: Collection[str]) -> set[tuple[str, int]]:
        """Return the retours, situation and number, of which this rédacteur said whether they answer."""
        mine = (JOURNAL.c.author == person) & JOURNAL.c.reference.in_(references) & _verdicts()
        lines = self._connection.execute(select(JOURNAL.c.reference, JOURNAL.c.content).where(mine))
        return {(line.reference, json.loads(line.content)["du"]) for line in lines}

    def verdicts(self, dacs: Collection[str], since: datetime) -> tuple[int, int]:
        """Return how often rédacteurs of these DAC said so since an instant (UTC), and how often it was « non »."""
        here = JOURNAL.c.dac.in_(dacs) & (JOURNAL.c.recorded_at > since.isoformat()) & _verdicts()
        lines = self._connection.execute(select(JOURNAL.c.content).where(here))
        said = [json.loads(line.content)["codes"][VERDICT] for line in lines]
        return len(said), said.count("non")

    def _page(
        self, which: ColumnElement[bool], person: Person, order: tuple[ColumnElement[Any], ...], most: int
    ) -> list[Awaited]:
        query = (
            select(
                OBLIGATIONS,
                CASES.c.step,
                CASES.c.circuit,
                CASES.c.urgent,
                CASES.c.version,
                ORGANISATIONS.c.name.label("structure"),
                ORGANISATIONS.c.departement.label("debtor_departement"),
            )
            .join(CASES, CASES.c.reference == OBLIGATIONS.c.reference)
            .join(ORGANISATIONS, ORGANISATIONS.c.id == OBLIGATIONS.c.debtor_organisation)
            .where(which, OBLIGATIONS.c.kind == str(Kind.RETOUR), _owed_to(person))
            .order_by(*order, OBLIGATIONS.c.reference, OBLIGATIONS.c.n)
            .limit(most)
        )
        return [_awaited(row) for row in self._connection.execute(query).mappings()]


def _verdicts() -> ColumnElement[bool]:
    return (JOURNAL.c.kind == "acte") & JOURNAL.c.content.contains(f'"verbe":"{JUDGE}"')


def _owed_to(person: Person) -> ColumnElement[bool]:
    mine = (OBLIGATIONS.c.beneficiary_actor == WRITER) & (OBLIGATIONS.c.beneficiary_person == person.id)
    return or_(
        mine,
        (OBLIGATIONS.c.beneficiary_actor != WRITER)
        & _one_of(person, OBLIGATIONS.c.beneficiary_organisation, OBLIGATIONS.c.beneficiary_function),
    )


def _owed_by(person: Person) -> ColumnElement[bool]:
    return _one_of(person, OBLIGATIONS.c.debtor_organisation, OBLIGATIONS.c.debtor_function)


def _one_of(person: Person, organisation: ColumnElement[Any], function: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(false(), *(and_(organisation == o, function == f) for o, f in sorted(person.functions)))


def _awaited(row: mapping.Row) -> Awaited:
    return Awaited(
        reference=row["reference"],
        circuit=row["circuit"],
        step=row["step"],
        urgent=row["urgent"],
        antenne="",
        structure=row["structure"],
        departement=row["debtor_departement"],
        obligation=mapping.obligation_from(row),
        title="",
        version=row["version"],
    )
