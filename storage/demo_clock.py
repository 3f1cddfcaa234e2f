"""The clock of a demonstration database: one row, read by every command that opens it (DESIGN §4)."""

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, insert, inspect, select

from storage.database import transaction
from storage.tables import TABLES

CLOCK = TABLES["demo_clock"]


class DemoClock:
    """A clock kept in the database (implements `workflow.clock.Clock`)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def now(self) -> datetime:
        """Return the instant the demonstration is at, in UTC."""
        with transaction(self._engine, writes=False) as connection:
            return _read(connection) or datetime.fromtimestamp(0, UTC)

    def set(self, instant: datetime) -> None:
        """Move the demonstration to `instant` (UTC)."""
        with transaction(self._engine, writes=True) as connection:
            connection.execute(delete(CLOCK))
            connection.execute(insert(CLOCK), {"id": 1, "now": instant})


def read_demo_clock(engine: Engine) -> datetime | None:
    """Return the instant of a demonstration database, or None for a real one."""
    with transaction(engine, writes=False) as connection:
        return _read(connection) if inspect(connection).has_table("demo_clock") else None


def _read(connection: Connection) -> datetime | None:
    found: datetime | None = connection.execute(select(CLOCK.c.now)).scalar()
    return found
