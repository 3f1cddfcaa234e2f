"""Read-only queries shaped for what people look at. Never a free text."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from storage import mapping
from storage.tables import TABLES
from workflow.errors import UnknownReference
from workflow.model import Case, Obligation, Party

CASES, OBLIGATIONS, PARTIES = TABLES["cases"], TABLES["obligations"], TABLES["parties"]
MESSAGES, ORGANISATIONS, PEOPLE = TABLES["messages"], TABLES["organisations"], TABLES["people"]


class Screens:
    """Queries for the command line and, later, the pages."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def case(self, reference: str) -> Case:
        """Return a situation.

        Raises:
            UnknownReference: no situation bears it.
        """
        row = self._connection.execute(select(CASES).where(CASES.c.reference == reference)).mappings().first()
        if row is None:
            raise UnknownReference(f"Aucune situation ne porte la référence « {reference} ».")
        return mapping.case_from(row)

    def obligations(self, reference: str) -> list[Obligation]:
        """Return all the obligations of a situation, the closed ones too."""
        query = select(OBLIGATIONS).where(OBLIGATIONS.c.reference == reference).order_by(OBLIGATIONS.c.n)
        return [mapping.obligation_from(row) for row in self._rows(query)]

    def parties(self, reference: str) -> list[Party]:
        """Return the organisations of a situation."""
        return [mapping.party_from(row) for row in self._rows(select(PARTIES).where(PARTIES.c.reference == reference))]

    def cases(self) -> list[dict[str, Any]]:
        """Return every situation with its first due date and who owes the decision of its step; the oldest first."""
        first = (
            select(OBLIGATIONS.c.reference, func.min(OBLIGATIONS.c.due).label("due"))
            .where(OBLIGATIONS.c.status == "ouvert", OBLIGATIONS.c.paused_on.is_(None))
            .group_by(OBLIGATIONS.c.reference)
            .subquery()
        )
        decision = (OBLIGATIONS.c.status == "ouvert") & (OBLIGATIONS.c.kind == "decision")
        holder = select(OBLIGATIONS.c.reference, OBLIGATIONS.c.debtor_organisation).where(decision).subquery()
        late = exists().where(
            OBLIGATIONS.c.reference == CASES.c.reference, OBLIGATIONS.c.status == "ouvert", OBLIGATIONS.c.late
        )
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
            .order_by(first.c.due.is_(None), first.c.due, CASES.c.reference)
        )
        return [dict(row) for row in self._rows(query)]

    def messages(self) -> list[dict[str, Any]]:
        """Return the outbox, oldest first: what, about which situation, to whom, and what became of it."""
        query = (
            select(
                MESSAGES.c.id,
                MESSAGES.c.mail,
                MESSAGES.c.reference,
                MESSAGES.c.not_before,
                MESSAGES.c.status,
                MESSAGES.c.attempts,
                MESSAGES.c.sent_at,
                MESSAGES.c.reason,
                PEOPLE.c.name.label("recipient"),
            )
            .join(PEOPLE, PEOPLE.c.id == MESSAGES.c.recipient, isouter=True)
            .order_by(MESSAGES.c.not_before, MESSAGES.c.id)
        )
        return [dict(row) for row in self._rows(query)]

    def departements(self) -> dict[str, str]:
        """Return the département of each organisation: it gives its calendar."""
        return {
            row["id"]: row["departement"] for row in self._rows(select(ORGANISATIONS.c.id, ORGANISATIONS.c.departement))
        }

    def names(self) -> dict[str, str]:
        """Return the names of organisations and people by identifier."""
        return {
            row["id"]: row["name"]
            for table in (ORGANISATIONS, PEOPLE)
            for row in self._rows(select(table.c.id, table.c.name))
        }

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        return self._connection.execute(query).mappings().all()
