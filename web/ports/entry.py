"""Coming in: accounts, codes, sessions, and who read what."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol

from workflow.records import Consultation, Glance, SignedIn


class AskedCode(Protocol):
    """The code that a browser asked."""

    person: str | None
    digest: str
    expires_at: datetime
    tries: int


class OpenSession(Protocol):
    """Somebody who signed in; `id` is the digest of the cookie."""

    id: str
    person: str
    proof: str
    agent: str
    opened_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    reference: str | None
    """The one situation it opens, for whoever came with a tracking code."""
    name: str
    administrator: bool


class Entry(Protocol):
    """Accounts, codes, sessions, throttling. Secrets never reach it: it keeps digests."""

    def person_at(self, email: str) -> str | None:
        """Return who receives mails at an address; a service mailbox is nobody."""
        ...

    def mailbox_at(self, email: str) -> str | None:
        """Return the service mailbox that has this address."""
        ...

    def add_person(self, identifier: str, name: str, email: str) -> None:
        """Add somebody to the directory."""
        ...

    def has_administrator(self) -> bool:
        """Say whether somebody runs the service already."""
        ...

    def account(self, person: str) -> dict[str, Any]:
        """Return the account of a person."""
        ...

    def keep_account(self, person: str, **values: Any) -> None:
        """Write what changes of an account."""
        ...

    def ask_code(self, browser: str, person: str | None, digest: str, expires_at: datetime, now: datetime) -> None:
        """Keep the code a browser asked; it replaces the former one."""
        ...

    def try_code(self, browser: str) -> AskedCode | None:
        """Count one try, and return the code this browser asked."""
        ...

    def asked_code(self, browser: str) -> AskedCode | None:
        """Return the code that a browser asked, without counting a try."""
        ...

    def drop_code(self, browser: str) -> None:
        """Forget a code."""
        ...

    def open_session(self, digest: str, who: SignedIn, now: datetime) -> None:
        """Begin a session."""
        ...

    def session(self, digest: str) -> OpenSession | None:
        """Return a session, ended or not."""
        ...

    def sessions(self, person: str, since: datetime) -> Sequence[OpenSession]:
        """Return the sessions of a person that were not ended."""
        ...

    def touch(self, digest: str, now: datetime) -> None:
        """Remember that a session is in use."""
        ...

    def end_sessions(self, person: str, now: datetime, only: str | None = None) -> None:
        """End the sessions of a person, or the one whose identifier begins with `only`."""
        ...

    def count(self, key: str, now: datetime, since: datetime) -> int:
        """Count one more try under a key and return how many there were after `since`."""
        ...

    def log(self, consultations: Sequence[Consultation]) -> None:
        """Remember who read which situations."""
        ...

    def log_list(self, references: Collection[str], glance: Glance) -> None:
        """Remember who saw which situations in a list, each once in the time that the glance says."""
        ...
