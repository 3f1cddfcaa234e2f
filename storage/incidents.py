"""Incidents: situations that the software cannot move. One at most by situation; it ends when the situation moves."""

from collections.abc import Collection, Sequence

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select, update

from storage import mapping
from storage.tables import TABLES
from workflow.incidents import Incident

INCIDENTS, CASES = TABLES["incidents"], TABLES["cases"]
WANTED: BindParameter[str] = bindparam("wanted", expanding=True)
THEIRS_END = delete(INCIDENTS).where(INCIDENTS.c.reference.in_(WANTED))


class Incidents:
    """Reads and writes incidents on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, references: Collection[str]) -> dict[str, Incident]:
        """Return the incidents of these situations."""
        query = select(INCIDENTS).where(INCIDENTS.c.reference.in_(references))
        return {row["reference"]: mapping.incident_from(row) for row in self._connection.execute(query).mappings()}

    def all(self) -> list[Incident]:
        """Return every incident, the oldest first."""
        query = select(INCIDENTS).order_by(INCIDENTS.c.since, INCIDENTS.c.reference)
        return [mapping.incident_from(row) for row in self._connection.execute(query).mappings()]

    def open(self, incidents: Sequence[Incident]) -> None:
        """Write incidents over the earlier ones; a situation that is due is not due before its next try."""
        self.close([incident.reference for incident in incidents])
        for incident in incidents:
            self._connection.execute(insert(INCIDENTS), mapping.incident_values(incident))
            due = (CASES.c.reference == incident.reference) & (CASES.c.wake_at <= incident.last)
            self._connection.execute(update(CASES).where(due).values(wake_at=incident.next_try))

    def close(self, references: Sequence[str]) -> None:
        """Forget the incidents of situations that moved."""
        self._connection.execute(THEIRS_END, {"wanted": list(references)})
