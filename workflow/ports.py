"""What the engine asks of storage, and what the mail sender asks of the engine: cut by consumer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from workflow.change import Find
from workflow.circuit.compiled import Circuit
from workflow.circuit.composition import Published
from workflow.circuit.loader import Version
from workflow.errors import Refusal
from workflow.incidents import Incident
from workflow.links import MailLink
from workflow.model import Dossier, Facts, Obligation, Organisation, Outcome, Party
from workflow.records import Following, Message, Publication, QueuedMail
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
class Awaited:
    """One line of « à traiter »: something owed, with what a row of the screen shows of its situation."""

    reference: str
    circuit: str
    step: str
    urgent: bool
    antenne: str
    structure: str
    """Name of the organisation that owes."""
    departement: str
    """Where that organisation is: its calendar."""
    obligation: Obligation
    title: str = ""
    """The intitulé its house gave it; empty: the one composed from its form."""
    version: int = 0
    """Of the situation, as it is read now."""
    parent: str = ""
    """The situation it is attached to; empty if it is to none."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word that is looked for: in references, in intitulés, and in the words of coded answers."""

    text: str
    """Without accents, in small letters."""
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By question, the codes whose words hold it."""


@dataclass(frozen=True, slots=True)
class Seats:
    """From where one person may see situations, whatever they owe there."""

    people: frozenset[str]
    """Who they are: themselves, and those who are away and whom they replace."""
    seated: frozenset[str]
    """The organisations where they do more than write forms."""
    opinions: frozenset[str]
    """Organisations in whose name they give opinions."""
    organisations: frozenset[str]
    """All those they work in: one may carry an action."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Words that somebody looks for, and from where they may see situations."""

    words: tuple[Word, ...]
    seats: Seats


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines of a list somebody asks to see; nothing given: all of them."""

    looked: Looked | None = None
    step: str = ""
    dac: str = ""
    urgent: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """How many things of one kind somebody owes on the situations of one DAC that stand at one step."""

    kind: str
    circuit: str
    step: str
    dac: str
    dac_name: str
    urgent: bool
    late: bool
    number: int


@dataclass(frozen=True, slots=True)
class Found:
    """One situation that was looked for."""

    reference: str
    antenne: str
    parent: str
    """The situation it is attached to; empty if it is to none."""
    titles: dict[str, str]
    """The intitulés it was given, by house."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A mail that tells of others, and the identifiers of those."""

    message: Message
    tells_of: tuple[int, ...]


class Circuits(Protocol):
    """Compiled circuits by key; each is compiled once per process."""

    def get(self, key: str) -> Circuit:
        """Return the circuit that published versions make, such as « dactiv@3+dd-44@1 »."""
        ...

    def trying(self, version: Version) -> Find:
        """Return what gives circuits as they would be with a version that is not published yet."""
        ...

    def national(self) -> Circuit:
        """Return the national circuit in force, where no situation is looked at."""
        ...


class Versions(Protocol):
    """The published versions, on one transaction."""

    def all(self) -> list[Publication]:
        """Return every version, without its texts, in the order they were published."""
        ...

    def files(self, key: str) -> dict[str, str] | None:
        """Return the files of a version and of those above it."""
        ...

    def publish(self, version: Version, publication: Publication) -> None:
        """Add a version; one of this number that is there already is a conflict."""
        ...

    def owners(self, rank: str, names: Collection[str]) -> list[Organisation]:
        """Return the organisations of this kind that bear one of these identifiers; the national one in any case."""
        ...

    def running(self) -> list[Following]:
        """Return the situations, with what each follows."""
        ...

    def take_up(self, taking: Sequence[tuple[Following, str]]) -> None:
        """Let situations take up, each, a circuit when they next enter a step.

        Raises:
            Conflict: somebody wrote to one of them since it was looked at.
        """
        ...


class Situations(Protocol):
    """Situations as they are read before they are advanced."""

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


class Work(Situations, People, Protocol):
    """One transaction. Nothing is written before its `with` block ends without an exception."""

    @property
    def circuits(self) -> Versions:
        """The published versions."""
        ...

    @property
    def incidents(self) -> "Incidents":
        """Situations that the software cannot move."""
        ...

    @property
    def outbox(self) -> "Outbox":
        """The mails that are owed."""
        ...

    @property
    def gathering(self) -> "Gathering":
        """The mails that wait to be gathered."""
        ...

    @property
    def links(self) -> "Links":
        """The links of mails."""
        ...

    def load_played(self, ids: Collection[str], at: datetime) -> dict[str, Dossier]:
        """Return, by decision identifier, the dossiers of the decisions that were already played."""
        ...

    def published(self, now: datetime) -> Mapping[str, Published]:
        """Return, by layer, the version in force."""
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

    def places(self, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], Places | Refusal]:
        """Return, for each pair (antenne, département), where a situation goes.

        A Refusal says that the antenne is unknown, or that the département lacks its delegation.
        """
        ...

    def numbers(self, dac: str, year: int, count: int) -> range:
        """Reserve `count` reference numbers; a number reserved and not used leaves a harmless gap."""
        ...


class Incidents(Protocol):
    """Situations that the software cannot move: one incident at most by situation."""

    def of(self, references: Collection[str]) -> dict[str, Incident]:
        """Return the incidents of these situations; saving a situation ends its incident."""
        ...

    def open(self, incidents: Sequence[Incident]) -> None:
        """Write incidents; a situation that is due waits for its next try, so that it starves no other."""
        ...


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
