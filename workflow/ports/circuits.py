"""Published circuits, as the engine and the publisher ask for them."""

from collections.abc import Collection, Sequence
from typing import Protocol

from workflow.change import Find
from workflow.circuit.compiled import Circuit
from workflow.circuit.loader import Version
from workflow.model import Organisation
from workflow.records import Following, Publication


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
