"""What makes a situation move: somebody, the mail server, another situation, a new version of its circuit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workflow.records import QueuedMail

FieldValue = str | Mapping[str, str] | Sequence[str | Mapping[str, str]]
"""What a decision carries under one name: a text, a code, named parts (a retour), or several (actions, answers)."""


@dataclass(slots=True, frozen=True)
class Decision:
    """A person decides. `id` is chosen by the caller and unique: a double click is harmless.

    `name` is a decision of the step, or a verb; a verb says on which obligation with its number, `due`.
    `salt` keeps the digests of the texts from being guessed once the texts are dropped.
    """

    id: str
    reference: str
    name: str
    by: str
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    due: int | None = None
    expected_version: int | None = None
    salt: str = ""


@dataclass(slots=True, frozen=True)
class MailReport:
    """The mail server took, or refused for good, the mail that passes a retour on to the rédacteur."""

    obligation: int
    accepted: bool


@dataclass(slots=True, frozen=True)
class Returned:
    """The mail server refused the address of a mail for good, whatever the mail was about."""

    mail: QueuedMail


@dataclass(slots=True, frozen=True)
class ParentEnded:
    """The situation this one is attached to was concluded: it follows, or comes back to its own path (INV-33)."""

    issue: str


@dataclass(slots=True, frozen=True)
class Revised:
    """A new version of the circuit has no longer the step where this situation is: it goes to another."""

    version: str
    circuit: str
    """Key of the circuit it follows from there."""
    step: str
    by: str
    """Who published it."""


Trigger = Decision | MailReport | Returned | ParentEnded | Revised | None
"""None: nothing but the alarms already due (a tick)."""
