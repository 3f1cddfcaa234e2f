"""What the engine moves: situations, obligations, triggers, and what follows from them.

Definitions (the circuit) are frozen; the rows here are slotted dataclasses that `advance` copies
before it changes them. Instants are UTC, dates are civil dates of the responsible organisation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from workflow.circuit.composition import Published
from workflow.circuit.model import Kind
from workflow.circuit.position import Position
from workflow.delays import Delay
from workflow.records import Answer, Content, Entry, Message


class Status(StrEnum):
    """Where an obligation stands."""

    OPEN = "ouvert"
    DISCHARGED = "rendu"
    WAIVED = "dispense"
    LAPSED = "caduc"


@dataclass(slots=True, frozen=True)
class Holder:
    """Who owes or is owed: a function in an organisation, a person of it once somebody is named.

    `actor` is the circuit's word (« dac »); people are found when a message is written (DESIGN §6).
    """

    actor: str
    organisation: str
    function: str
    person: str | None = None


@dataclass(slots=True)
class Obligation:
    """One dû of one situation; its key is (reference of the situation, n) (DESIGN §1)."""

    n: int
    code: str
    kind: Kind
    debtor: Holder
    beneficiary: Holder | None
    opened_at: datetime
    due: date | None
    """Civil date of the debtor's organisation; it expires at the end of that day."""
    rung_until: datetime
    """Reminders and overruns up to this instant were dealt with and never ring again."""
    answers: list[str] = field(default_factory=list)
    """What this retour answers, as « F3:T18@7 »: loop, decision, journal position."""
    final: bool = False
    """A retour that tells how the situation ends; an interim one never discharges it."""
    blocks: bool = True
    """While it is open the situation cannot be closed."""
    status: Status = Status.OPEN
    late: bool = False
    paused_on: date | None = None
    left: Delay | None = None
    """What remained when the clock was paused, in days or working days."""
    extended: int = 0
    """Calendar days given by pauses and prolongations."""
    passed_on: datetime | None = None
    """The debtor sent the retour by mail; the proof is awaited (DESIGN §1, last mile)."""
    accepted_at: datetime | None = None
    """The mail server took that mail; three working days without refusal make the proof."""
    proof: str | None = None
    closed_at: datetime | None = None
    wake_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """True while it is owed."""
        return self.status is Status.OPEN

    @property
    def last_mile(self) -> bool:
        """True for a retour owed to the rédacteur: only these ask for a proof of receipt."""
        return self.kind is Kind.RETOUR and self.beneficiary is not None and self.beneficiary.actor == "redacteur"


@dataclass(slots=True)
class Played:
    """How often a decision was taken since its step was last entered, and when last (UTC)."""

    count: int
    last: datetime


@dataclass(slots=True)
class Party:
    """The organisation that takes a slot in one situation, and since when the situation is before it."""

    slot: str
    organisation: str
    since: datetime | None
    """None: designated, the situation has not reached it, so it may not see it."""
    person: str | None = None
    """Who is in charge there, once named."""
    until: date | None = None
    """Last day of a delegation (T49), in the time zone of the organisation; None for any other slot."""


@dataclass(slots=True, frozen=True)
class LastDecision:
    """What the second of two people is told: what was decided, by whom, when (UTC)."""

    title: str
    author: str
    at: datetime


@dataclass(slots=True)
class Case:
    """One situation, as the machinery sees it: never its texts."""

    reference: str
    dac: str
    """The DAC's organisation: partition key of access and of storage (DESIGN §9)."""
    departement: str
    circuit: str
    """Key of the circuit it follows (`workflow.circuit.composition`)."""
    step: str
    writer: str
    opened_at: datetime
    entered_at: datetime
    recorded_at: datetime
    """Instant of the latest journal entry; entries never go back in time (INV-38)."""
    issue: str | None = None
    urgent: bool = False
    anonymous: bool = False
    """Nobody knows where to write to the rédacteur: they come back with a tracking code."""
    parent: str | None = None
    """Reference of the situation this one is attached to (INV-33), and the step to come back to once detached."""
    resumes: str | None = None
    examined: str | None = None
    """Last step where a level examined it."""
    meeting_on: date | None = None
    gates: list[str] = field(default_factory=list)
    played: dict[str, Played] = field(default_factory=dict)
    version: int = 0
    """Decisions people have seen; a reminder never moves it."""
    revision: int = 0
    """Writes to the situation or its obligations; guards against two writers."""
    seq: int = 0
    head: str = ""
    next_n: int = 1
    wake_at: datetime | None = None
    settled_at: datetime | None = None
    """Instant of the latest arrival at a step or discharge of an obligation: when T45 counts from."""
    last: LastDecision | None = None
    next_circuit: str | None = None
    """The circuit to take up when it next enters a step where it can (INV-20)."""

    @property
    def position(self) -> Position:
        """What decides where it may go."""
        return Position(self.step, self.resumes, self.examined, tuple(self.gates))

    def stand(self, position: Position) -> None:
        """Take a position."""
        self.step, self.resumes, self.examined = position.step, position.resumes, position.examined
        self.gates = list(position.gates)


@dataclass(slots=True, frozen=True)
class Organisation:
    """A structure of the circuit. Its département gives its public holidays and its time zone."""

    id: str
    name: str
    departement: str
    kind: str = ""
    parent: str | None = None


@dataclass(slots=True, frozen=True)
class Person:
    """Somebody who holds functions, or the service mailbox of an organisation (`mailbox`)."""

    id: str
    name: str
    functions: frozenset[tuple[str, str]]
    """Pairs (organisation, function) held today."""
    mailbox: bool = False
    reachable: bool = True
    """False: the mail server refused the address for good, and took nothing there since."""
    stands_for: frozenset[str] = frozenset()
    """Who is away today and whom this person replaces: their functions are among `functions`."""
    lent: Mapping[tuple[str, str], str] = field(default_factory=dict, hash=False)
    """Of `functions`, those held only because somebody is away, and who."""


@dataclass(slots=True, frozen=True)
class Facts:
    """What `advance` may need to know of the world around the situation."""

    organisations: Mapping[str, Organisation]
    people: Mapping[str, Person]
    answered: frozenset[str] = frozenset()
    """Names of the form fields already stored: names, not texts."""
    steps: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """DAC and step of each other situation that a decision of this batch names."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """Decisions of this batch that were already played: their identifier, and the reference they were played on."""
    published: Mapping[str, Published] = field(default_factory=dict)
    """What is in force today, by layer: known where a situation may take it up, at T01 and T24."""

    def with_case(self, answered: Iterable[str], seen: Mapping[str, str]) -> "Facts":
        """Return the same world, around one situation."""
        return replace(self, answered=frozenset(answered), seen=seen)


@dataclass(slots=True)
class Dossier:
    """A situation, its open obligations, and all else that `advance` may look at."""

    case: Case
    obligations: list[Obligation]
    parties: dict[str, Party]
    facts: Facts


@dataclass(slots=True)
class Outcome:
    """All that follows from one trigger; it is written in one transaction or not at all."""

    dossier: Dossier
    changed: dict[int, Obligation] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    """Those that changed, by slot."""
    entries: list[Entry] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    ended: str | None = None
    """The issue a decision just gave it: the situations attached to it follow in the same transaction."""
