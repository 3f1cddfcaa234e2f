"""What is written beside the situation and never changed: journal lines, texts, answers, mails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(slots=True, frozen=True)
class Entry:
    """One line of the journal: codes, references and digests, never a text."""

    reference: str
    dac: str
    seq: int
    kind: str
    recorded_at: str
    """`enregistre_le`, ISO 8601 UTC: when it was written, never earlier than the line before."""
    effective_at: str
    """`vaut_au`, ISO 8601 UTC: the instant it counts from."""
    author: str
    decision_id: str | None
    content: str
    """Canonical JSON."""
    previous: str
    digest: str


@dataclass(slots=True, frozen=True)
class Content:
    """A free text of one decision, kept apart so that it can be dropped without breaking the journal."""

    reference: str
    seq: int
    field: str
    level: str
    text: str
    salt: str
    digest: str


@dataclass(slots=True, frozen=True)
class Answer:
    """A coded answer to a form field; texts are `Content`."""

    reference: str
    seq: int
    form: str
    form_version: int
    field: str
    value: str


@dataclass(slots=True, frozen=True)
class Message:
    """A mail that is owed to one person. `key` is unique: the same message is never queued twice."""

    key: str
    mail: str
    """Catalogue code, such as « M07 » (domain.md §3.9)."""
    reference: str | None
    """None: it tells of several situations."""
    recipient: str | None
    """Identifier of a person or service mailbox; None: the rédacteur's private contact."""
    not_before: datetime
    context: Mapping[str, Any]
    """What the template may say: reference, step, dates, names of structures. Never a text (INV-17)."""
    obligation: int | None = None
    """The last-mile obligation that this mail discharges, if it does."""
    actor: str = ""
    """The actor it is for, in which organisation, by which function: somebody else there may have to be served."""
    organisation: str = ""
    function: str = ""
    departement: str | None = None
    """The département in whose sending window it leaves; None: it leaves at any hour."""
    reminds: int | None = None
    """The obligation it reminds of: it is dropped if that was rendered meanwhile."""
    batch: str | None = None
    """What it may be gathered with, for the same person, into one mail; None: it leaves by itself."""


@dataclass(slots=True, frozen=True)
class QueuedMail:
    """A message claimed from the outbox, with the address it goes to as of today."""

    id: int
    message_id: str
    """Stable over retries, so that a receiver recognises a second copy (RFC 5322)."""
    mail: str
    reference: str | None
    """None: it tells of several situations."""
    address: str
    context: Mapping[str, Any]
    attempts: int
    """Times it was claimed, this one included."""
    obligation: int | None = None
    """The last-mile obligation it discharges, if it does."""
    key: str = ""
    recipient: str | None = None
    actor: str = ""
    organisation: str = ""
    function: str = ""
    departement: str | None = None
    reminds: int | None = None
    batch: str | None = None
    """As in the message it was queued as."""
    links: Mapping[str, str] = field(default_factory=dict)
    """By situation it tells of, the secret of its link: in the mail alone, never kept."""


@dataclass(slots=True, frozen=True)
class Consultation:
    """Somebody read a situation: kept apart from its journal, for as long as access logs are (product C.6)."""

    reference: str
    dac: str
    person: str
    at: datetime
    page: str
    proof: str
    """How sure the tool was of them (`preuve`)."""


@dataclass(slots=True, frozen=True)
class SignedIn:
    """Who came in on one browser, and how sure the tool is of them."""

    person: str
    proof: str
    agent: str
    """What the browser says it is, in plain French."""
    reference: str | None = None
    """The one situation it opens, for whoever came with a tracking code."""


@dataclass(slots=True, frozen=True)
class Glance:
    """Somebody looked at a list, which shows the intitulé of each situation."""

    person: str
    at: datetime
    page: str
    proof: str
    since: datetime
    """A line they saw on that page since then is not noted again."""


@dataclass(slots=True, frozen=True)
class Drafted:
    """The answer to one question, or one text, that is being written: not decided yet."""

    text: str
    person: str
    """Who wrote it last, and when (UTC)."""
    at: datetime


@dataclass(slots=True, frozen=True)
class Publication:
    """A version of a circuit as it was published, without its texts. Instants are UTC."""

    key: str
    name: str
    number: int
    rank: str
    """Whose layer it is (`couche`)."""
    parent: str | None
    """The version of the layer above it was checked against; None for the national circuit."""
    variants: frozenset[str]
    """Antennes that it, or a layer above, treats apart."""
    published_at: datetime
    effective_at: datetime
    author: str | None = None
    """Who published it; None for those that came with the software."""
    note: str | None = None
    approvals: Mapping[str, str] | None = None
    """What each instance that had to approve it said."""
    applies: str = "new"
    trial_until: date | None = None
    """Day on which it must be looked at again."""
    adopt_before: date | None = None
    """Day by which the layers below must have taken it up."""


@dataclass(slots=True, frozen=True)
class Following:
    """A situation under way, and what it follows."""

    reference: str
    circuit: str
    next_circuit: str | None
    step: str
    dac: str
    dd: str
    antenne: str
    revision: int
