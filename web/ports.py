"""What the pages ask of the rest: implemented by `storage`, tied together by `orp`, cut by consumer."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

from web.secrets import Seal
from workflow.absences import Absence
from workflow.circuit.composition import Published
from workflow.circuit.model import Kind
from workflow.clock import Clock
from workflow.engine import Engine
from workflow.errors import Refusal
from workflow.links import MailLink
from workflow.mailroom import Posted, Reader, State
from workflow.model import Case, Dossier, Facts, Obligation, Organisation, Party, Person
from workflow.ports.circuits import Circuits
from workflow.ports.lists import Awaited, Found, Group, Looked, Sought
from workflow.ports.work import Places
from workflow.records import Answer, Consultation, Drafted, Glance, Message, QueuedMail, SignedIn
from workflow.records import Entry as Line
from workflow.staffing import Directory


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


class Inbox(Protocol):
    """What one person owes."""

    def groups(self, person: Person, today: date, looked: Looked | None) -> list[Group]:
        """Return how much is owed, by all that a list is chosen by, among what holds these words."""
        ...

    def page(
        self, person: Person, today: date, kinds: Collection[Kind], sought: Sought, window: tuple[int, int]
    ) -> list[Awaited]:
        """Return what is owed of some kinds, late first, then by date: `window` is the first line and how many."""
        ...

    def titles(self, references: Collection[str], houses: Collection[str]) -> dict[tuple[str, str], str]:
        """Return the intitulés that these houses gave these situations, by situation and house."""
        ...

    def keep_title(self, reference: str, dac: str, house: str, title: str, by: tuple[str, datetime]) -> None:
        """Write the intitulé that a house gives a situation, by somebody, at an instant."""
        ...

    def team(self, antenne: str, steps: Collection[str], reviews: Collection[str], soon: date) -> list[Awaited]:
        """Return the decisions owed on the situations of an antenne; at `reviews`, those due by `soon`."""
        ...

    def answers(self, references: Collection[str], fields: Collection[str]) -> dict[str, dict[str, str]]:
        """Return the latest coded answers to some questions, by situation."""
        ...


class Screens(Protocol):
    """Situations as they are read."""

    def tracked(self, code: str) -> Case | None:
        """Return the situation of a tracking code; None if nothing bears it."""
        ...

    def parties(self, reference: str) -> list[Party]:
        """Return the organisations of a situation."""
        ...

    def antennes_of(self, departements: Collection[str]) -> dict[str, Organisation]:
        """Return the antennes of some départements."""
        ...

    def obligations(self, reference: str) -> list[Obligation]:
        """Return all the obligations of a situation, the closed ones too."""
        ...

    def names(self) -> dict[str, str]:
        """Return the names of organisations and people by identifier."""
        ...

    def names_of(self, identifiers: Collection[str]) -> dict[str, str]:
        """Return the names of these organisations and people by identifier."""
        ...

    def within_reach(self, dacs: Collection[str], departements: Collection[str]) -> dict[str, Organisation]:
        """Return the organisations a decision may choose from, by identifier."""
        ...

    def decided(self, reference: str, fields: Collection[str], without: Collection[str]) -> dict[int, dict[str, str]]:
        """Return what was written with decisions and acts, by journal position: never a text of a form."""
        ...

    def answers(self, reference: str) -> list[Answer]:
        """Return every coded answer of a situation, oldest first."""
        ...

    def reviewed(self, reference: str) -> str | None:
        """Return the latest version relue of a situation."""
        ...


class Typed(Protocol):
    """What was written in one's own words: the database gives it to those of the DAC alone, whoever asks."""

    def answers(self, reference: str, person: Person) -> dict[str, str]:
        """Return the latest answer to each question of the forms, and the latest of each text, as typed."""
        ...

    def texts(self, reference: str, person: Person) -> dict[int, dict[str, str]]:
        """Return every text of a situation as typed, by journal position."""
        ...

    def begun(self, person: Person, step: str) -> list[tuple[str, datetime]]:
        """Return the situations that this person began and that are still at this step, the latest first."""
        ...

    def drafts(self, reference: str, person: Person) -> dict[str, Drafted]:
        """Return what is being written, by field."""
        ...

    def keep(self, reference: str, dac: str, fields: Mapping[str, str], person: Person, at: datetime) -> None:
        """Write what is being written over what was; a field left blank is dropped."""
        ...

    def drop(self, reference: str, fields: Collection[str]) -> None:
        """Forget what was being written under these fields."""
        ...

    def local_key(self, reference: str, person: Person) -> str | None:
        """Return the local key of a situation, still sealed."""
        ...

    def keyed(self, mark: str, person: Person) -> str | None:
        """Return the situation that bears a local key in the DAC of this person."""
        ...

    def keep_local_key(self, reference: str, dac: str, sealed: str, digest: str) -> None:
        """Keep the local key of a situation; an empty one is dropped."""
        ...


class Journal(Protocol):
    """The history of a situation."""

    def of(self, reference: str) -> list[Line]:
        """Return its lines, oldest first."""
        ...


class Retours(Protocol):
    """Retours as those who are owed them see them."""

    def expected(self, person: Person, most: int) -> list[Awaited]:
        """Return what others owe this person, late first, then by date."""
        ...

    def received(self, person: Person, since: datetime, most: int) -> list[Awaited]:
        """Return the retours made to them since an instant, the latest first."""
        ...

    def judged(self, person: str, references: Collection[str]) -> set[tuple[str, int]]:
        """Return the retours, situation and number, of which this rédacteur said whether they answer."""
        ...

    def verdicts(self, dacs: Collection[str], since: datetime) -> tuple[int, int]:
        """Return how often rédacteurs of these DAC said so since an instant, and how often it was « non »."""
        ...


class Links(Protocol):
    """The links that mails bear."""

    def find(self, digest: str) -> MailLink | None:
        """Return the link of a digest."""
        ...


class Outbox(Protocol):
    """Mails owed."""

    def add(self, messages: Iterable[tuple[str | None, Message]]) -> None:
        """Queue messages, each with its DAC if it has one."""
        ...


class Mailroom(Protocol):
    """Mails as people look at them."""

    def counts(self, reader: Reader) -> dict[State, int]:
        """Return how many mails each heap holds."""
        ...

    def page(self, reader: Reader, state: State, first: int, most: int) -> list[Posted]:
        """Return mails of one heap."""
        ...

    def one(self, reader: Reader, number: int) -> Posted | None:
        """Return one mail, None if it does not exist for this reader."""
        ...

    def send_again(self, posted: Posted, now: datetime) -> bool:
        """Let a mail leave now; False if it changed meanwhile."""
        ...

    def cancel(self, posted: Posted, by: str, now: datetime) -> bool:
        """Leave a mail out; False if it changed meanwhile."""
        ...

    def refused(self, reader: Reader) -> list[dict[str, Any]]:
        """Return the addresses that the mail server refuses."""
        ...


class Staff(Protocol):
    """The directory as people change it."""

    def directory(self) -> dict[str, Organisation]:
        """Return every organisation by identifier."""
        ...

    def holding(self, organisations: Collection[str], now: datetime) -> list[dict[str, Any]]:
        """Return who holds what there now or later."""
        ...

    def give(self, person: str, organisation: str, function: str, since: datetime) -> bool:
        """Let somebody hold a function; False if they already do."""
        ...

    def end(self, person: str, organisation: str, function: str, until: datetime) -> bool:
        """Let somebody hold a function until an instant; False if they do not hold it then."""
        ...

    def correct(self, person: str, email: str) -> None:
        """Write another address."""
        ...

    def correct_writer(self, reference: str, dacs: Collection[str], email: str) -> bool:
        """Write where a rédacteur is written to; False if it is not for these DAC to say."""
        ...

    def absences(self, now: datetime) -> list[Absence]:
        """Return the absences that run or will."""
        ...

    def declare(self, absence: Absence) -> None:
        """Write an absence."""
        ...

    def end_absence(self, absence: Absence, now: datetime) -> None:
        """End an absence now."""
        ...

    def note(self, at: datetime, by: str, what: str, person: str | None, organisation: str | None) -> None:
        """Remember who changed what."""
        ...

    def notes(self, organisation: str, most: int) -> list[dict[str, Any]]:
        """Return the latest changes of an organisation."""
        ...


class Beginnings(Protocol):
    """How far a DAC has come, and its documents."""

    def reached(self, dac: str, first_step: str) -> dict[str, bool]:
        """Say what happened at least once in a DAC."""
        ...

    def documents(self, dacs: Collection[str]) -> list[dict[str, Any]]:
        """Return the documents of these DAC."""
        ...

    def keep(self, organisation: str, kind: str, link: str, by: str, at: datetime) -> None:
        """Write where a document is."""
        ...

    def drop(self, organisation: str, kind: str) -> None:
        """Forget where a document was."""
        ...


class Work(Protocol):
    """One transaction, as the pages use it."""

    def addresses(self, people: Collection[str]) -> dict[str, str]:
        """Return the mail address of each of these people that exists."""
        ...

    def places(self, pairs: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Places | Refusal]:
        """Return where situations of an antenne and a département go, or why there is nowhere to go."""
        ...

    def published(self, now: datetime) -> Mapping[str, Published]:
        """Return, by layer, the version in force."""
        ...

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

    def load(
        self,
        references: Collection[str],
        people: Collection[str],
        ids: Collection[str],
        at: datetime,
        named: Collection[str] = (),
    ) -> dict[str, Dossier]:
        """Return the dossiers that exist."""
        ...

    def everybody(self, at: datetime) -> Directory:
        """Return every organisation, and whoever holds a function anywhere."""
        ...

    def facts(self, organisations: Collection[str], people: Collection[str], at: datetime) -> Facts:
        """Return what is known of organisations and people."""
        ...


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
