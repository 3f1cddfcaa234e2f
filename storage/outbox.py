"""Mails owed: added once, claimed with a lease, marked. They leave after the transaction, never in it."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Select, case, func, literal, or_, select, update

from storage import mapping
from storage.bulk import insert_new
from storage.tables import TABLES
from workflow.records import Message, QueuedMail

MESSAGES, PEOPLE, CONTACTS = TABLES["messages"], TABLES["people"], TABLES["redacteur_contacts"]
OBLIGATIONS = TABLES["obligations"]


def ready(now: datetime) -> ColumnElement[bool]:
    """The mails whose time has come, those that wait to be gathered included."""
    unheld = or_(MESSAGES.c.lease_until.is_(None), MESSAGES.c.lease_until <= now)
    due = (MESSAGES.c.status == "a_envoyer") & (MESSAGES.c.not_before <= now)
    return due & unheld & MESSAGES.c.carrier.is_(None)


def addressed() -> Select[Any]:
    """Mails with their address as of today: it may have been corrected since they were queued."""
    to_writer = (CONTACTS.c.reference == MESSAGES.c.reference) & MESSAGES.c.recipient.is_(None)
    return (
        select(MESSAGES, func.coalesce(PEOPLE.c.email, CONTACTS.c.email, "").label("address"))
        .join(PEOPLE, PEOPLE.c.id == MESSAGES.c.recipient, isouter=True)
        .join(CONTACTS, to_writer, isouter=True)
    )


def message_id(key: str, domain: str) -> str:
    """Return the Message-ID of a mail: stable, and a digest of its key, which tells nothing."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


SECRET = ("M20",)
"""Mails whose content is forgotten once they left: a code is in one mailbox, and nowhere else."""


class Outbox:
    """The outbox on one connection."""

    def __init__(self, connection: Connection, domain: str) -> None:
        self._connection = connection
        self._domain = domain

    def add(self, messages: Iterable[tuple[str | None, Message]]) -> None:
        """Queue messages, each with its DAC if it has one; one whose key is already there was already queued."""
        rows = [mapping.message_values(dac, m) | {"message_id": self._message_id(m)} for dac, m in messages]
        insert_new(self._connection, MESSAGES, rows, "key")

    def _message_id(self, message: Message) -> str:
        return message_id(message.key, self._domain)

    def waits(self, now: datetime) -> bool:
        """Say whether any mail may leave."""
        return self._connection.execute(select(MESSAGES.c.id).where(ready(now)).limit(1)).first() is not None

    def departements(self, now: datetime) -> list[str]:
        """Return the départements whose sending window mails that may leave depend on."""
        query = select(MESSAGES.c.departement).where(ready(now), MESSAGES.c.departement.is_not(None)).distinct()
        return list(self._connection.execute(query).scalars())

    def hold(self, departement: str, now: datetime, opening: datetime) -> None:
        """Put off to its opening the mails that depend on this département's window."""
        held = update(MESSAGES).where(ready(now), MESSAGES.c.departement == departement)
        self._connection.execute(held.values(not_before=opening))

    def claim(self, now: datetime, until: datetime, limit: int) -> list[QueuedMail]:
        """Take mails that may leave and that nobody else holds."""
        free = ready(now) & MESSAGES.c.batch.is_(None)
        query = addressed().where(free).order_by(MESSAGES.c.not_before, MESSAGES.c.id).limit(limit)
        rows = self._connection.execute(query.with_for_update(of=MESSAGES, skip_locked=True)).mappings().all()
        taken = update(MESSAGES).where(MESSAGES.c.id.in_([row["id"] for row in rows]))
        self._connection.execute(taken.values(lease_until=until, attempts=MESSAGES.c.attempts + 1))
        return [replace(mapping.mail_from(row), attempts=row["attempts"] + 1) for row in rows]

    def mark(self, mails: Sequence[QueuedMail], status: str, *, at: datetime, reason: str | None = None) -> None:
        """Say what became of claimed mails, and of those they tell of."""
        when = {"not_before": at} if status == "a_envoyer" else {"sent_at": at}
        values: dict[str, Any] = {"status": status, "lease_until": None, "reason": reason, **when}
        if status != "a_envoyer":
            values["context"] = case((MESSAGES.c.mail.in_(SECRET), literal({}, JSON)), else_=MESSAGES.c.context)
        ids = [mail.id for mail in mails]
        told_of = or_(MESSAGES.c.id.in_(ids), MESSAGES.c.carrier.in_(ids))
        self._connection.execute(update(MESSAGES).where(told_of).values(values))
        if status != "a_envoyer":
            addresses = {mail.address.lower() for mail in mails}
            self._mark_addresses(addresses, refused_at=at if status == "refuse" else None)

    def _mark_addresses(self, addresses: Collection[str], *, refused_at: datetime | None) -> None:
        """The last answer counts: an address that takes a mail again needs no correction any more."""
        for table in (PEOPLE, CONTACTS):
            here = func.lower(table.c.email).in_(addresses)
            known = here if refused_at else here & table.c.refused_at.is_not(None)
            self._connection.execute(update(table).where(known).values(refused_at=refused_at))

    def tell_again(self, mail: QueuedMail, at: datetime | None) -> None:
        """Remember that the situation has yet to hear what became of a mail, not before `at`; None: it knows."""
        self._connection.execute(update(MESSAGES).where(MESSAGES.c.id == mail.id).values(tell_at=at))

    def untold(self, now: datetime) -> list[tuple[QueuedMail, bool]]:
        """Return the mails whose situation must be told again, each with whether it was accepted."""
        query = addressed().where(MESSAGES.c.tell_at <= now).order_by(MESSAGES.c.id)
        rows = self._connection.execute(query).mappings()
        return [(mapping.mail_from(row), row["status"] == "envoye") for row in rows]

    def awaiting_proof(self, address: str) -> list[tuple[str, int]]:
        """Return the retours that a mail accepted at this address is about to prove."""
        query = (
            select(OBLIGATIONS.c.reference, OBLIGATIONS.c.n)
            .join(CONTACTS, CONTACTS.c.reference == OBLIGATIONS.c.reference)
            .where(OBLIGATIONS.c.status == "ouvert", OBLIGATIONS.c.accepted_at.is_not(None))
            .where(func.lower(CONTACTS.c.email) == address.lower())
        )
        return [(row.reference, row.n) for row in self._connection.execute(query)]
