"""Who may come in: accounts, codes, sessions, throttling, and who read what. Digests only, never a secret."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, literal, select, update

from storage.bulk import upsert
from storage.tables import TABLES
from workflow.records import Consultation, Glance, SignedIn

ACCOUNTS, CODES, SESSIONS = TABLES["accounts"], TABLES["sign_in_codes"], TABLES["sessions"]
THROTTLE, CONSULTATIONS, PEOPLE = TABLES["throttle"], TABLES["access_log"], TABLES["people"]
CASES = TABLES["cases"]


class Entry:
    """Accounts, codes and sessions on one connection (implements `web.ports.entry.Entry`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def person_at(self, email: str) -> str | None:
        """Return who receives mails at an address, None if nobody does; a service mailbox is nobody."""
        return self._at(email, ~PEOPLE.c.mailbox)

    def mailbox_at(self, email: str) -> str | None:
        """Return the service mailbox that has this address."""
        return self._at(email, PEOPLE.c.mailbox)

    def _at(self, email: str, which: ColumnElement[bool]) -> str | None:
        here = (func.lower(PEOPLE.c.email) == email.lower()) & (PEOPLE.c.email != "") & which
        found: str | None = self._connection.execute(select(PEOPLE.c.id).where(here).order_by(PEOPLE.c.id)).scalar()
        return found

    def add_person(self, identifier: str, name: str, email: str) -> None:
        """Add somebody to the directory, who holds no function yet."""
        self._connection.execute(
            insert(PEOPLE), {"id": identifier, "name": name, "email": email, "mailbox": False, "refused_at": None}
        )

    def has_administrator(self) -> bool:
        """Say whether somebody runs the service already."""
        query = select(ACCOUNTS.c.person).where(ACCOUNTS.c.administrator).limit(1)
        return self._connection.execute(query).first() is not None

    def account(self, person: str) -> dict[str, Any]:
        """Return the account of a person: `password`, `administrator`, `activation`, `activation_until`."""
        row = self._connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.person == person)).mappings().first()
        return dict(row) if row else {column.name: None for column in ACCOUNTS.c} | {"administrator": False}

    def keep_account(self, person: str, **values: Any) -> None:
        """Write what changes of an account; it begins with the first change."""
        upsert(self._connection, ACCOUNTS, [self.account(person) | {"person": person} | values])

    def ask_code(self, browser: str, person: str | None, digest: str, expires_at: datetime, now: datetime) -> None:
        """Keep the digest of the code a browser asked; it replaces the former one, and old ones go."""
        self._connection.execute(delete(CODES).where((CODES.c.expires_at < now) | (CODES.c.browser == browser)))
        self._connection.execute(
            insert(CODES),
            {"browser": browser, "person": person, "digest": digest, "expires_at": expires_at, "tries": 0},
        )

    def try_code(self, browser: str) -> Row[Any] | None:
        """Count one try, and return the code this browser asked: `person`, `digest`, `expires_at`, `tries`."""
        tried = update(CODES).where(CODES.c.browser == browser).values(tries=CODES.c.tries + 1)
        return self._connection.execute(tried.returning(CODES)).first()

    def asked_code(self, browser: str) -> Row[Any] | None:
        """Return the code that a browser asked, without counting a try."""
        return self._connection.execute(select(CODES).where(CODES.c.browser == browser)).first()

    def drop_code(self, browser: str) -> None:
        """Forget a code: it was used, or tried too often."""
        self._connection.execute(delete(CODES).where(CODES.c.browser == browser))

    def open_session(self, digest: str, who: SignedIn, now: datetime) -> None:
        """Begin a session."""
        self._connection.execute(insert(SESSIONS), asdict(who) | {"id": digest, "opened_at": now, "seen_at": now})

    def session(self, digest: str) -> Row[Any] | None:
        """Return a session with the `name` of its person and whether they are `administrator`."""
        query = (
            select(SESSIONS, PEOPLE.c.name, func.coalesce(ACCOUNTS.c.administrator, False).label("administrator"))
            .join(PEOPLE, PEOPLE.c.id == SESSIONS.c.person)
            .join(ACCOUNTS, ACCOUNTS.c.person == SESSIONS.c.person, isouter=True)
        )
        return self._connection.execute(query.where(SESSIONS.c.id == digest)).first()

    def sessions(self, person: str, since: datetime) -> Sequence[Row[Any]]:
        """Return the sessions of a person that were not ended and opened `since`, the latest first."""
        mine = (SESSIONS.c.person == person) & SESSIONS.c.ended_at.is_(None) & (SESSIONS.c.opened_at > since)
        return self._connection.execute(select(SESSIONS).where(mine).order_by(SESSIONS.c.opened_at.desc())).all()

    def touch(self, digest: str, now: datetime) -> None:
        """Remember that a session is in use."""
        self._connection.execute(update(SESSIONS).where(SESSIONS.c.id == digest).values(seen_at=now))

    def end_sessions(self, person: str, now: datetime, only: str | None = None) -> None:
        """End the sessions of a person, or the one whose identifier begins with `only`."""
        mine = (SESSIONS.c.person == person) & SESSIONS.c.ended_at.is_(None)
        if only is not None:
            mine &= func.substr(SESSIONS.c.id, 1, len(only)) == only
        self._connection.execute(update(SESSIONS).where(mine).values(ended_at=now))

    def count(self, key: str, now: datetime, since: datetime) -> int:
        """Count one more try under a key and return how many there were after `since`."""
        self._connection.execute(delete(THROTTLE).where(THROTTLE.c.since <= since, THROTTLE.c.key == key))
        row = self._connection.execute(select(THROTTLE).where(THROTTLE.c.key == key).with_for_update()).first()
        tries = (row.count if row else 0) + 1  # type: ignore[operator]  # the column, not the method of a tuple
        upsert(self._connection, THROTTLE, [{"key": key, "since": row.since if row else now, "count": tries}])
        return tries

    def log(self, consultations: Sequence[Consultation]) -> None:
        """Remember who read which situations."""
        self._connection.execute(insert(CONSULTATIONS), [asdict(one) for one in consultations])

    def log_list(self, references: Collection[str], glance: Glance) -> None:
        """Remember who saw which situations in a list, each once in the time that the glance says."""
        again = (
            (CONSULTATIONS.c.reference == CASES.c.reference)
            & (CONSULTATIONS.c.at >= glance.since)
            & (CONSULTATIONS.c.person == glance.person)
            & (CONSULTATIONS.c.page == glance.page)
        )
        values = {name: getattr(glance, name) for name in ("person", "at", "page", "proof")}
        same = (literal(value, CONSULTATIONS.c[name].type) for name, value in values.items())
        new = select(CASES.c.reference, CASES.c.dac, *same).where(CASES.c.reference.in_(references))
        new = new.where(~select(CONSULTATIONS.c.id).where(again).exists())
        self._connection.execute(insert(CONSULTATIONS).from_select(["reference", "dac", *values], new))
