"""What is read of situations: lists, screens, texts as typed, retours, the journal."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Protocol

from workflow.circuit.model import Kind
from workflow.model import Case, Obligation, Organisation, Party, Person
from workflow.ports.lists import Awaited, Group, Looked, Sought
from workflow.records import Answer, Drafted
from workflow.records import Entry as Line


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
