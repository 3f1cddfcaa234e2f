"""How far a DAC has come, and the documents it keeps: what the screen « Premiers pas » shows."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, literal, select

from storage.bulk import upsert
from storage.tables import TABLES
from workflow.circuit.model import Slot

CASES, PARTIES, OBLIGATIONS = TABLES["cases"], TABLES["parties"], TABLES["obligations"]
DOCUMENTS = TABLES["documents"]


class Beginnings:
    """First steps on one connection (implements `web.ports.organisation.Beginnings`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def reached(self, dac: str, first_step: str) -> dict[str, bool]:
        """Say what happened at least once in a DAC: `deposited`, `proposed`, `transmitted`, `told`."""
        ours = CASES.c.dac == dac
        told = and_(
            OBLIGATIONS.c.dac == dac,
            OBLIGATIONS.c.kind == "retour",
            OBLIGATIONS.c.beneficiary_actor == "redacteur",
            OBLIGATIONS.c.status == "rendu",
        )
        found = self._connection.execute(
            select(
                exists().where(ours, CASES.c.step != first_step).label("deposited"),
                _before(dac, Slot.GOVERNANCE).label("proposed"),
                _before(dac, Slot.DD).label("transmitted"),
                exists(select(literal(1)).select_from(OBLIGATIONS).where(told)).label("told"),
            )
        )
        return {name: bool(value) for name, value in found.mappings().one().items()}

    def documents(self, dacs: Collection[str]) -> list[dict[str, Any]]:
        """Return the documents of these DAC: organisation, kind, link, by, at."""
        query = select(DOCUMENTS).where(DOCUMENTS.c.organisation.in_(dacs))
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def keep(self, organisation: str, kind: str, link: str, by: str, at: datetime) -> None:
        """Write where a document is; the former address is replaced."""
        row = {"organisation": organisation, "kind": kind, "link": link, "by": by, "at": at}
        upsert(self._connection, DOCUMENTS, [row])

    def drop(self, organisation: str, kind: str) -> None:
        """Forget where a document was."""
        here = (DOCUMENTS.c.organisation == organisation) & (DOCUMENTS.c.kind == kind)
        self._connection.execute(delete(DOCUMENTS).where(here))


def _before(dac: str, slot: Slot) -> ColumnElement[bool]:
    """Some situation of the DAC came before an organisation of that slot."""
    return exists().where(PARTIES.c.dac == dac, PARTIES.c.slot == str(slot), PARTIES.c.since.is_not(None))
