"""Everything the pages stand on: one transaction by its parts, and the services around it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from web.ports.entry import Entry
from web.ports.mails import Links, Mailroom, Outbox
from web.ports.organisation import Beginnings, Staff
from web.ports.reading import Inbox, Journal, Retours, Screens, Typed
from web.secrets import Seal
from workflow.clock import Clock
from workflow.engine import Engine
from workflow.ports.circuits import Circuits
from workflow.ports.lists import Found, Looked
from workflow.ports.work import People, Situations
from workflow.records import QueuedMail


class Work(Situations, People, Protocol):
    """One transaction, as the pages use it."""

    def found(self, looked: Looked, most: int) -> list[Found]:
        """Return the situations where somebody has a seat and that hold these words, the latest first."""
        ...

    @property
    def entry(self) -> Entry: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def screens(self) -> Screens: ...
    @property
    def typed(self) -> Typed: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def links(self) -> Links: ...
    @property
    def retours(self) -> Retours: ...
    @property
    def mailroom(self) -> Mailroom: ...
    @property
    def staff(self) -> Staff: ...
    @property
    def beginnings(self) -> Beginnings: ...


class Store(Protocol):
    """Gives transactions."""

    def reading(self) -> AbstractContextManager[Work]:
        """A consistent view, without a lock."""
        ...

    def writing(self) -> AbstractContextManager[Work]:
        """A transaction that will write."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that the mail server of a demonstration took; `name` is unique."""

    name: str
    at: datetime
    to: str
    subject: str


class Demonstration(Protocol):
    """What only a demonstration has: everybody's mailbox, and a clock that is pushed."""

    def settle(self) -> None:
        """Play what is due and send what may leave, as the worker would."""
        ...

    def advance(self, until: datetime) -> None:
        """Let time pass until an instant."""
        ...

    def received(self) -> Sequence[Received]:
        """Return the mails received, latest first."""
        ...

    def text(self, name: str) -> str:
        """Return the text of a mail.

        Raises:
            UnknownReference: no mail bears this name.
        """
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the pages stand on."""

    store: Store
    circuits: Circuits
    engine: Engine
    clock: Clock
    public_url: str
    post: Callable[[], None]
    """Sends what may leave, after the answer: a code should not wait for the worker's next beat."""
    written: Callable[[QueuedMail], EmailMessage]
    """Writes a mail as it would leave."""
    tried: Callable[[QueuedMail, str], str]
    """Sends a copy to one address, marked as a trial; returns why it could not, as a code, nothing if it left."""
    guides: Path
    """Where the guides stand, one file for each role."""
    setup_code: str | None = None
    """Opens the page that makes the first administrator; printed on the console, kept nowhere."""
    demo: Demonstration | None = None
    seal: Seal | None = None
    """Without it no local key is kept (`CLE_REPERES`)."""
