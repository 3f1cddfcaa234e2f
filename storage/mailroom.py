"""The screen « Courriels » on one connection: the outbox as somebody may see it, sent again, cancelled."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, null, or_, select, true, update

from storage import mapping
from storage.outbox import CONTACTS, MESSAGES, PEOPLE, SECRET, addressed
from workflow.mailroom import Posted, Reader, State

WAITS, FAILED = MESSAGES.c.status == "a_envoyer", MESSAGES.c.reason.is_not(None)
HEAPS = {
    State.WAITING: WAITS & ~FAILED,
    State.SENT: MESSAGES.c.status == "envoye",
    State.FAILED: or_(MESSAGES.c.status == "refuse", WAITS & FAILED),
    State.DROPPED: MESSAGES.c.status.in_(("annule", "remplace")),
}
"""The mails that lie on each heap of the screen."""
TELLS = MESSAGES.c.mail.not_in(SECRET)
"""A code is its owner's alone: no screen shows it."""


class Mailroom:
    """Mails as people look at them (implements `web.ports.mails.Mailroom`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counts(self, reader: Reader) -> dict[State, int]:
        """Return how many mails each heap holds."""
        heap = case(*((lies, str(state)) for state, lies in HEAPS.items())).label("heap")
        query = select(heap, func.count().label("number")).where(*_seen(reader)).group_by("heap")
        return {State(row.heap): row.number for row in self._connection.execute(query)}

    def page(self, reader: Reader, state: State, first: int, most: int) -> list[Posted]:
        """Return the mails of one heap, the next to leave first, of the others the latest first."""
        when = MESSAGES.c.not_before if state is State.WAITING else MESSAGES.c.not_before.desc()
        order = (when, MESSAGES.c.id.desc())
        here = select(MESSAGES.c.id).where(HEAPS[state], *_seen(reader)).order_by(*order).limit(most).offset(first)
        # which ones is read in the index alone, and only those are then read whole
        query = _posted().where(MESSAGES.c.id.in_(here)).order_by(*order)
        return [_read(row) for row in self._connection.execute(query).mappings()]

    def one(self, reader: Reader, number: int) -> Posted | None:
        """Return one mail, None if it does not exist for this reader."""
        row = self._connection.execute(_posted().where(MESSAGES.c.id == number, *_seen(reader))).mappings().first()
        return _read(row) if row else None

    def send_again(self, posted: Posted, now: datetime) -> bool:
        """Let a mail leave now, by itself; False if it changed meanwhile."""
        return self._change(posted, now, not_before=now, carrier=None, batch=None, reason=None, status="a_envoyer")

    def cancel(self, posted: Posted, by: str, now: datetime) -> bool:
        """Leave a mail out, and remember who did; False if it changed meanwhile."""
        return self._change(posted, now, status="annule", reason=by, sent_at=now)

    def _change(self, posted: Posted, now: datetime, **values: Any) -> bool:
        free = or_(MESSAGES.c.lease_until.is_(None), MESSAGES.c.lease_until <= now)
        same = (MESSAGES.c.id == posted.mail.id) & (MESSAGES.c.status == posted.status) & free
        changed = update(MESSAGES).where(same).values(lease_until=None, **values)
        return self._connection.execute(changed).rowcount == 1

    def refused(self, reader: Reader) -> list[dict[str, Any]]:
        """Return the addresses that the mail server refuses: `person` or `reference`, `name`, `email`, `refused_at`.

        Those of people who were written to about what this reader sees, and of the rédacteurs of their DAC.
        """
        written = select(MESSAGES.c.recipient).where(MESSAGES.c.recipient.is_not(None), *_seen(reader))
        people = select(
            PEOPLE.c.id.label("person"), null().label("reference"), PEOPLE.c.name, PEOPLE.c.email, PEOPLE.c.refused_at
        ).where(PEOPLE.c.refused_at.is_not(None), true() if reader.everything else PEOPLE.c.id.in_(written))
        writers = select(
            null().label("person"), CONTACTS.c.reference, null().label("name"), CONTACTS.c.email, CONTACTS.c.refused_at
        ).where(CONTACTS.c.refused_at.is_not(None), CONTACTS.c.dac.in_(reader.organisations))
        found = [dict(row) for query in (people, writers) for row in self._connection.execute(query).mappings()]
        return sorted(found, key=lambda row: row["refused_at"])


def _seen(reader: Reader) -> list[ColumnElement[bool]]:
    """A carrier tells of several situations, and so of several DACs: who runs one sees the mails it carries."""
    if reader.everything:
        return [TELLS]
    ours = MESSAGES.c.dac.in_(reader.organisations) | MESSAGES.c.organisation.in_(reader.organisations)
    mine = MESSAGES.c.recipient == reader.person
    return [TELLS, mine | (ours & MESSAGES.c.reference.is_not(None))]


def _posted() -> Select[Any]:
    return addressed().add_columns(PEOPLE.c.name)


def _read(row: mapping.Row) -> Posted:
    return Posted(
        mail=mapping.mail_from(row),
        dac=row["dac"],
        status=row["status"],
        not_before=row["not_before"],
        sent_at=row["sent_at"],
        reason=row["reason"],
        name=row["name"],
        carrier=row["carrier"],
        lease_until=row["lease_until"],
    )
