"""Mails owed: added once, claimed with a lease, marked. They leave after the transaction, never in it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import mapping
from storage.tables import TABLES
from workflow.records import Message, QueuedMail

MESSAGES, PEOPLE, CONTACTS = TABLES["messages"], TABLES["people"], TABLES["redacteur_contacts"]


def _insert_new(dialect: str) -> Executable:
    """Insert unless the key is there: both databases know it, each by a construct of its own."""
    if dialect == "sqlite":
        return sqlite.insert(MESSAGES).on_conflict_do_nothing(index_elements=["key"])
    return postgresql.insert(MESSAGES).on_conflict_do_nothing(index_elements=["key"])


def _free(now: datetime) -> ColumnElement[bool]:
    unheld = or_(MESSAGES.c.lease_until.is_(None), MESSAGES.c.lease_until <= now)
    return (MESSAGES.c.status == "a_envoyer") & (MESSAGES.c.not_before <= now) & unheld


class Outbox:
    """The outbox on one connection."""

    def __init__(self, connection: Connection, domain: str) -> None:
        self._connection = connection
        self._domain = domain

    def add(self, dac: str, messages: Iterable[Message]) -> None:
        """Queue messages; one whose key is already there was already queued."""
        rows = [
            mapping.message_values(dac, message) | {"message_id": self._message_id(message)} for message in messages
        ]
        if rows:
            self._connection.execute(_insert_new(self._connection.dialect.name), rows)

    def _message_id(self, message: Message) -> str:
        """Stable and telling nothing: a digest of the key."""
        return f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@{self._domain}>"

    def waits(self, now: datetime) -> bool:
        """Say whether any mail may leave."""
        return self._connection.execute(select(MESSAGES.c.id).where(_free(now)).limit(1)).first() is not None

    def claim(self, now: datetime, until: datetime, limit: int) -> list[QueuedMail]:
        """Take mails that may leave and that nobody else holds."""
        query = select(MESSAGES).where(_free(now)).order_by(MESSAGES.c.not_before, MESSAGES.c.id).limit(limit)
        claimed = query.with_for_update(skip_locked=True)  # SQLite, which has one writer, leaves this out
        rows = [dict(row) for row in self._connection.execute(claimed).mappings()]
        taken = update(MESSAGES).where(MESSAGES.c.id.in_([row["id"] for row in rows]))
        self._connection.execute(taken.values(lease_until=until, attempts=MESSAGES.c.attempts + 1))
        return [mapping.mail_from(row | {"attempts": row["attempts"] + 1}, self._address(row)) for row in rows]

    def mark(self, mail: QueuedMail, status: str, *, at: datetime, reason: str | None) -> None:
        """Say what became of a claimed mail."""
        when = {"not_before": at} if status == "a_envoyer" else {"sent_at": at}
        values = {"status": status, "lease_until": None, "reason": reason, **when}
        self._connection.execute(update(MESSAGES).where(MESSAGES.c.id == mail.id).values(values))

    def _address(self, row: dict[str, Any]) -> str:
        """The address as of today: it may have been corrected since the mail was queued."""
        if row["recipient"] is None:
            query = select(CONTACTS.c.email).where(CONTACTS.c.reference == row["reference"])
        else:
            query = select(PEOPLE.c.email).where(PEOPLE.c.id == row["recipient"])
        return str(self._connection.execute(query).scalar() or "")
