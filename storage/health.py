"""What the database says of itself and of what waits in it: read-only, for whoever runs the service."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select, text

from storage.tables import TABLES

CASES, OBLIGATIONS, MESSAGES = TABLES["cases"], TABLES["obligations"], TABLES["messages"]
ORGANISATIONS = TABLES["organisations"]


@dataclass(frozen=True, slots=True)
class Server:
    """The database: its kind and version, how it keeps its journal, its clock when it has one of its own (UTC)."""

    name: str
    journal: str
    clock: datetime | None


class Health:
    """Questions of `orp doctor`, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def server(self) -> Server:
        """Return what the database is. A SQLite file has the clock of the machine that reads it."""
        if self._connection.dialect.name == "sqlite":
            return Server(f"SQLite {self._text('SELECT sqlite_version()')}", self._text("PRAGMA journal_mode"), None)
        version, mode = self._text("SHOW server_version"), self._text("SHOW wal_level")
        clock: datetime = self._connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return Server(f"PostgreSQL {version}", mode, clock.astimezone(UTC))

    def next_due(self, now: datetime, most: int) -> list[dict[str, Any]]:
        """Return the next things owed by a date: on which situation, of what kind, by whom, until when."""
        query = (
            select(OBLIGATIONS.c.reference, OBLIGATIONS.c.kind, OBLIGATIONS.c.due, ORGANISATIONS.c.name)
            .join(ORGANISATIONS, ORGANISATIONS.c.id == OBLIGATIONS.c.debtor_organisation)
            .where(OBLIGATIONS.c.status == "ouvert", OBLIGATIONS.c.paused_on.is_(None))
            .where(OBLIGATIONS.c.due >= now.date())
            .order_by(OBLIGATIONS.c.due, OBLIGATIONS.c.reference, OBLIGATIONS.c.n)
            .limit(most)
        )
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def oldest_mail(self) -> dict[str, Any] | None:
        """Return the mail that has waited longest, since when (UTC), and why it did not leave."""
        query = (
            select(MESSAGES.c.id, MESSAGES.c.mail, MESSAGES.c.not_before, MESSAGES.c.attempts, MESSAGES.c.reason)
            .where(MESSAGES.c.status == "a_envoyer", MESSAGES.c.carrier.is_(None))
            .order_by(MESSAGES.c.not_before, MESSAGES.c.id)
            .limit(1)
        )
        row = self._connection.execute(query).mappings().first()
        return dict(row) if row else None

    def next_wake(self, after: datetime | None = None) -> datetime | None:
        """Return the earliest instant (UTC), beyond `after` if it is given, when something is due."""
        beyond = CASES.c.wake_at > after if after else CASES.c.wake_at.is_not(None)
        found: datetime | None = self._connection.execute(select(func.min(CASES.c.wake_at)).where(beyond)).scalar()
        return found

    def _text(self, question: str) -> str:
        return str(self._connection.execute(text(question)).scalar_one())
