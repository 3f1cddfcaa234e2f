"""What a list shows, what it is chosen by, and what somebody looks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.model import Obligation


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
