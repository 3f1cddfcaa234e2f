"""Mails gathered into one for the same person: a morning's reminders, a bordereau of transmission."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select, true, union, update

from storage import mapping
from storage.bulk import insert_keyed
from storage.outbox import addressed, message_id, ready
from storage.tables import TABLES
from workflow.messages import REMINDERS
from workflow.ports.mails import Carrier, Owed
from workflow.records import QueuedMail

MESSAGES, OBLIGATIONS, CASES = TABLES["messages"], TABLES["obligations"], TABLES["cases"]
ASSIGNMENTS, PEOPLE, ORGANISATIONS = TABLES["assignments"], TABLES["people"], TABLES["organisations"]
REPLACED = {"status": "remplace", "lease_until": None}


class OutboxGathering:
    """The mails to gather, on one connection (implements `workflow.ports.mails.Gathering`)."""

    def __init__(self, connection: Connection, domain: str) -> None:
        self._connection = connection
        self._domain = domain

    def drop_outdated(self, now: datetime) -> None:
        """Leave out all but the latest of what comes back, and what was rendered since."""
        again = ready(now) & MESSAGES.c.reminds.is_not(None)
        latest = (
            select(func.max(MESSAGES.c.id))
            .where(again)
            .group_by(MESSAGES.c.reference, MESSAGES.c.mail, MESSAGES.c.recipient)
        )
        here = (OBLIGATIONS.c.reference == MESSAGES.c.reference) & (OBLIGATIONS.c.n == MESSAGES.c.reminds)
        still = select(OBLIGATIONS.c.n).where(here, OBLIGATIONS.c.status == "ouvert").exists()
        outdated = update(MESSAGES).where(again, or_(MESSAGES.c.id.not_in(latest), ~still))
        self._connection.execute(outdated.values(REPLACED))

    def unsent(self, now: datetime) -> list[QueuedMail]:
        """Return the gathered reminders that have not left."""
        return self._mails(
            addressed().where(
                ready(now), MESSAGES.c.reference.is_(None), MESSAGES.c.key.startswith(f"{REMINDERS}:", autoescape=True)
            )
        )

    def undo(self, carriers: Collection[int]) -> None:
        """Let what these told of wait again, but for one that left since it was read: a slow sender was not dead."""
        if not carriers:
            return
        unsent = update(MESSAGES).where(MESSAGES.c.id.in_(carriers), MESSAGES.c.status == "a_envoyer")
        undone = self._connection.execute(unsent.values(REPLACED).returning(MESSAGES.c.id)).scalars().all()
        self._connection.execute(update(MESSAGES).where(MESSAGES.c.carrier.in_(undone)).values(carrier=None))

    def waiting(self, now: datetime) -> list[QueuedMail]:
        """Return what waits to be gathered, oldest first."""
        return self._mails(
            addressed().where(ready(now), MESSAGES.c.batch.is_not(None)).order_by(MESSAGES.c.not_before, MESSAGES.c.id)
        )

    def owed(self, reminders: Collection[int], at: datetime) -> list[Owed]:
        """Return what these mails remind of, and what else their recipients owe by a date."""
        mine = MESSAGES.c.id.in_(reminders)
        reminded = select(
            MESSAGES.c.recipient.label("person"), MESSAGES.c.reference.label("about"), MESSAGES.c.reminds.label("which")
        ).where(mine)
        holding = (
            (ASSIGNMENTS.c.organisation == OBLIGATIONS.c.debtor_organisation)
            & (ASSIGNMENTS.c.function == OBLIGATIONS.c.debtor_function)
            & (ASSIGNMENTS.c.since <= at)
            & (ASSIGNMENTS.c.until.is_(None) | (ASSIGNMENTS.c.until > at))
        )
        by_function = (
            select(ASSIGNMENTS.c.person, OBLIGATIONS.c.reference, OBLIGATIONS.c.n)
            .join(OBLIGATIONS, holding)
            .join(PEOPLE, PEOPLE.c.id == ASSIGNMENTS.c.person)
            .where(OBLIGATIONS.c.status == "ouvert", ASSIGNMENTS.c.person.in_(select(MESSAGES.c.recipient).where(mine)))
            .where(PEOPLE.c.mailbox | func.coalesce(OBLIGATIONS.c.debtor_person == ASSIGNMENTS.c.person, true()))
        )
        which = union(reminded, by_function).subquery()
        query = (
            select(
                which.c.person,
                CASES.c.circuit,
                CASES.c.step,
                ORGANISATIONS.c.name,
                ORGANISATIONS.c.departement,
                *OBLIGATIONS.c,
            )
            .join(OBLIGATIONS, (OBLIGATIONS.c.reference == which.c.about) & (OBLIGATIONS.c.n == which.c.which))
            .join(CASES, CASES.c.reference == OBLIGATIONS.c.reference)
            .join(ORGANISATIONS, ORGANISATIONS.c.id == OBLIGATIONS.c.debtor_organisation)
            .where(OBLIGATIONS.c.status == "ouvert", OBLIGATIONS.c.due.is_not(None), OBLIGATIONS.c.paused_on.is_(None))
            .where(OBLIGATIONS.c.accepted_at.is_(None))
        )
        return [_owed(row) for row in self._connection.execute(query).mappings()]

    def still_waiting(self, mails: Collection[int]) -> set[int]:
        """Return those that nobody gathered meanwhile, and hold them."""
        free = MESSAGES.c.batch.is_not(None) & MESSAGES.c.carrier.is_(None) & (MESSAGES.c.status == "a_envoyer")
        query = select(MESSAGES.c.id).where(MESSAGES.c.id.in_(mails), free).order_by(MESSAGES.c.id)
        return set(self._connection.execute(query.with_for_update()).scalars())

    def carry(self, carriers: Sequence[Carrier]) -> list[Carrier]:
        """Queue carriers, each key once; return those that were not."""
        rows = [
            mapping.message_values(None, one.message) | {"message_id": message_id(one.message.key, self._domain)}
            for one in carriers
        ]
        made = insert_keyed(self._connection, MESSAGES, rows, MESSAGES.c.key)
        links = [{"row": n, "by": made[c.message.key]} for c in carriers if c.message.key in made for n in c.tells_of]
        if links:
            link = update(MESSAGES).where(MESSAGES.c.id == bindparam("row")).values(carrier=bindparam("by"))
            self._connection.execute(link, links)
        return [one for one in carriers if one.message.key not in made]

    def leave_apart(self, mails: Collection[int]) -> None:
        """Let them leave by themselves."""
        self._set(mails, {"batch": None})

    def put_off(self, mails: Collection[int], opening: datetime) -> None:
        """Let them wait."""
        self._set(mails, {"not_before": opening})

    def settle(self, mails: Collection[int]) -> None:
        """Leave them out."""
        self._set(mails, REPLACED)

    def carried(self, carrier: int) -> list[QueuedMail]:
        """Return the mails that another tells of."""
        return self._mails(addressed().where(MESSAGES.c.carrier == carrier).order_by(MESSAGES.c.id))

    def _set(self, mails: Collection[int], values: dict[str, Any]) -> None:
        if mails:
            self._connection.execute(update(MESSAGES).where(MESSAGES.c.id.in_(mails)).values(values))

    def _mails(self, query: Select[Any]) -> list[QueuedMail]:
        return [mapping.mail_from(row) for row in self._connection.execute(query).mappings()]


def _owed(row: Any) -> Owed:
    return Owed(
        person=row["person"],
        reference=row["reference"],
        circuit=row["circuit"],
        step=row["step"],
        structure=row["name"],
        departement=row["departement"],
        obligation=mapping.obligation_from(row),
    )
