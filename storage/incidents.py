"""Incidents: situations that the software cannot move. One at most by situation; it ends when the situation moves.

An incident remembers the revision at which the situation stood: once that has changed, it counts no more. So
nothing has to be erased when a situation moves, which is what nearly every transaction does.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Select, delete, insert, select, update

from storage import mapping
from storage.tables import TABLES
from workflow.incidents import Incident

INCIDENTS, CASES = TABLES["incidents"], TABLES["cases"]
OPEN = select(INCIDENTS).join(
    CASES, (CASES.c.reference == INCIDENTS.c.reference) & (CASES.c.revision == INCIDENTS.c.revision)
)


class Incidents:
    """Reads and writes incidents on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, references: Collection[str]) -> dict[str, Incident]:
        """Return the incidents of these situations."""
        found = self._read(OPEN.where(INCIDENTS.c.reference.in_(references)))
        return {incident.reference: incident for incident in found}

    def all(self) -> list[Incident]:
        """Return every incident, the oldest first."""
        return self._read(OPEN.order_by(INCIDENTS.c.since, INCIDENTS.c.reference))

    def open(self, incidents: Sequence[Incident]) -> None:
        """Write incidents over the earlier ones; a situation that is due is not due before its next try."""
        for incident in incidents:
            self._connection.execute(delete(INCIDENTS).where(INCIDENTS.c.reference == incident.reference))
            here = CASES.c.reference == incident.reference
            case = {name: select(CASES.c[name]).where(here).scalar_subquery() for name in ("dac", "revision")}
            self._connection.execute(insert(INCIDENTS).values(mapping.incident_values(incident) | case))
            due = here & (CASES.c.wake_at <= incident.last)
            self._connection.execute(update(CASES).where(due).values(wake_at=incident.next_try))

    def _read(self, query: Select[tuple[object, ...]]) -> list[Incident]:
        return [mapping.incident_from(row) for row in self._connection.execute(query).mappings()]
