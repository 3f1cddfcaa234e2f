"""One transaction, as the engine asks for it."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflow.circuit.composition import Published
from workflow.errors import Refusal
from workflow.incidents import Incident
from workflow.model import Dossier, Facts, Outcome, Party
from workflow.ports.circuits import Versions
from workflow.ports.mails import Gathering, Links, Outbox
from workflow.staffing import Directory


@dataclass(frozen=True, slots=True)
class Places:
    """The organisations a new situation will meet, found from the antenne and the département."""

    dac: str
    region_code: str
    dac_code: str
    parties: dict[str, Party]


@dataclass(frozen=True, slots=True)
class Write:
    """One outcome to be written over the revision it was computed from (None: a new situation)."""

    outcome: Outcome
    revision: int | None
    email: str | None = None
    """Where to write to the rédacteur of a new situation; None when nobody knows."""
    tracking: str | None = None
    """Tracking code of an anonymous one."""


class Situations(Protocol):
    """What is read before a situation begins, or moves."""

    def load(
        self,
        references: Collection[str],
        people: Collection[str],
        ids: Collection[str],
        at: datetime,
        named: Collection[str] = (),
    ) -> dict[str, Dossier]:
        """Return the dossiers that exist, with their facts at `at` (UTC), in a constant number of statements.

        `named` are identifiers a decision mentions: organisations and situations it may be about.

        Raises:
            Unwritable: what is kept of one of them can be read no more.
        """
        ...

    def places(self, pairs: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Places | Refusal]:
        """Return, for each pair (antenne, département), where a situation goes.

        A Refusal says that the antenne is unknown, or that the département lacks its delegation.
        """
        ...

    def published(self, now: datetime) -> Mapping[str, Published]:
        """Return, by layer, the version in force."""
        ...


class People(Protocol):
    """Structures, and who holds what there."""

    def facts(self, organisations: Collection[str], people: Collection[str], at: datetime) -> Facts:
        """Return what is known of organisations, of those who hold functions there, and of these people."""
        ...

    def everybody(self, at: datetime) -> Directory:
        """Return every organisation, its collèges, and whoever holds a function anywhere at `at`."""
        ...

    def addresses(self, people: Collection[str]) -> dict[str, str]:
        """Return the mail address of each of these people that exists."""
        ...


class Incidents(Protocol):
    """Situations that the software cannot move: one incident at most by situation."""

    def of(self, references: Collection[str]) -> dict[str, Incident]:
        """Return the incidents of these situations; saving a situation ends its incident."""
        ...

    def open(self, incidents: Sequence[Incident]) -> None:
        """Write incidents; a situation that is due waits for its next try, so that it starves no other."""
        ...


class Work(Situations, People, Protocol):
    """One transaction. Nothing is written before its `with` block ends without an exception."""

    @property
    def circuits(self) -> Versions:
        """The published versions."""
        ...

    @property
    def incidents(self) -> Incidents:
        """Situations that the software cannot move."""
        ...

    @property
    def outbox(self) -> Outbox:
        """The mails that are owed."""
        ...

    @property
    def gathering(self) -> Gathering:
        """The mails that wait to be gathered."""
        ...

    @property
    def links(self) -> Links:
        """The links of mails."""
        ...

    def load_played(self, ids: Collection[str], at: datetime) -> dict[str, Dossier]:
        """Return, by decision identifier, the dossiers of the decisions that were already played."""
        ...

    def attached(self, references: Collection[str]) -> list[str]:
        """Return the references of the situations attached to these."""
        ...

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the references of at most `limit` situations whose `wake_at` has come, oldest first.

        In a session that locks rows, those that another engine holds are left to it.
        """
        ...

    def behind(self, now: datetime) -> bool:
        """Say whether a situation still has something due; nothing is held."""
        ...

    def save(self, writes: Sequence[Write]) -> None:
        """Write situations, obligations, journal, texts and messages together.

        Raises:
            Conflict: somebody else wrote to one of them since it was loaded.
        """
        ...

    def numbers(self, dac: str, year: int, count: int) -> range:
        """Reserve `count` reference numbers; a number reserved and not used leaves a harmless gap."""
        ...


class Session(Protocol):
    """Gives transactions."""

    def reading(self) -> AbstractContextManager[Work]:
        """A consistent view, without a lock."""
        ...

    def writing(self) -> AbstractContextManager[Work]:
        """A transaction that will write: the lock is taken at once, and committed on a clean exit."""
        ...


class Store(Session, Protocol):
    """Gives transactions, and knows how its database keeps two engines apart."""

    def holding(self) -> AbstractContextManager[Session]:
        """A session in which to read situations, advance them, and save them.

        Where rows can be locked it is one transaction, and the situations that were read are ours until it ends.
        Where only the whole database can, advancing must stop nobody: somebody may write first, and saving says so.
        """
        ...
