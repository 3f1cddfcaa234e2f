"""The directory as people change it, and how far a DAC has come."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol

from workflow.absences import Absence
from workflow.model import Organisation


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
