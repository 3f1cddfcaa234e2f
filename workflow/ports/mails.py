"""The outbox: mails owed, gathered, linked, claimed and marked."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflow.links import MailLink
from workflow.model import Obligation
from workflow.records import Message, QueuedMail


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that a person owes, on which situation, and where its debtor is."""

    person: str
    reference: str
    circuit: str
    step: str
    structure: str
    """Name of the organisation that owes."""
    departement: str
    obligation: Obligation


@dataclass(frozen=True, slots=True)
class Carrier:
    """A mail that tells of others, and the identifiers of those."""

    message: Message
    tells_of: tuple[int, ...]


class Outbox(Protocol):
    """The mails that are owed: added once, claimed with a lease, marked."""

    def add(self, messages: Iterable[tuple[str | None, Message]]) -> None:
        """Queue mails, each with the DAC of its situation if it is about one; the same one is never queued twice."""
        ...

    def waits(self, now: datetime) -> bool:
        """Say whether any mail may leave: looking takes no lock."""
        ...

    def departements(self, now: datetime) -> list[str]:
        """Return the départements whose sending window mails that may leave depend on."""
        ...

    def hold(self, departement: str, now: datetime, opening: datetime) -> None:
        """Put off to its opening the mails that may leave and depend on this département's window."""
        ...

    def claim(self, now: datetime, until: datetime, limit: int) -> list[QueuedMail]:
        """Take mails that may leave, with a lease that ends at `until`: another sender leaves them alone."""
        ...

    def mark(self, mails: Sequence[QueuedMail], status: str, *, at: datetime, reason: str | None = None) -> None:
        """Say what became of claimed mails; « a_envoyer » puts them back, not before `at`."""
        ...

    def tell_again(self, mail: QueuedMail, at: datetime | None) -> None:
        """Remember that the situation has yet to hear, not before `at`, what became of a mail; None: it knows."""
        ...

    def untold(self, now: datetime) -> list[tuple[QueuedMail, bool]]:
        """Return the mails whose situation must be told again, each with whether it was accepted."""
        ...

    def awaiting_proof(self, address: str) -> list[tuple[str, int]]:
        """Return the retours (situation, number) that a mail accepted at this address is about to prove."""
        ...


class Gathering(Protocol):
    """Mails of the outbox that are gathered, for one person, into a mail that carries them."""

    def drop_outdated(self, now: datetime) -> None:
        """Leave out, among the mails that come back, all but the latest, and what was rendered since."""
        ...

    def unsent(self, now: datetime) -> list[QueuedMail]:
        """Return the gathered reminders that have not left yet."""
        ...

    def undo(self, carriers: Collection[int]) -> None:
        """Replace carriers that never left: what they told of waits to be gathered again."""
        ...

    def waiting(self, now: datetime) -> list[QueuedMail]:
        """Return the mails that wait to be gathered and whose time has come, oldest first."""
        ...

    def owed(self, reminders: Collection[int], at: datetime) -> list[Owed]:
        """Return what these mails remind of and, to their recipients, all else they owe by a date."""
        ...

    def still_waiting(self, mails: Collection[int]) -> set[int]:
        """Return those that still wait; they are ours until the end of the transaction."""
        ...

    def carry(self, carriers: Sequence[Carrier]) -> list[Carrier]:
        """Queue mails that carry others; return those whose key was there already, which carry nothing."""
        ...

    def leave_apart(self, mails: Collection[int]) -> None:
        """Let mails leave by themselves."""
        ...

    def put_off(self, mails: Collection[int], opening: datetime) -> None:
        """Let mails wait for another morning."""
        ...

    def settle(self, mails: Collection[int]) -> None:
        """Leave out mails that have no object any more."""
        ...

    def carried(self, carrier: int) -> list[QueuedMail]:
        """Return the mails that another tells of."""
        ...


class Links(Protocol):
    """The links that mails bear."""

    def positions(self, references: Collection[str]) -> dict[str, int]:
        """Return the last journal position of situations."""
        ...

    def keep(self, links: Sequence[MailLink], since: datetime) -> None:
        """Keep links, and forget those made before `since`; one that is there already is left as it is."""
        ...


class MailQueue(Protocol):
    """The outbox as the sender sees it. Instants are UTC."""

    def claim(self, limit: int) -> list[QueuedMail]:
        """Take at most `limit` mails that may leave now, for the length of a lease."""
        ...

    def accepted(self, mails: Sequence[QueuedMail]) -> None:
        """The server took them."""
        ...

    def refused(self, mail: QueuedMail, reason: str) -> None:
        """The server refuses this address for good; `reason` is a code, never the server's free text."""
        ...

    def postponed(self, mail: QueuedMail, reason: str) -> None:
        """Nothing is known of it: it will be tried again later, with the same Message-ID."""
        ...
