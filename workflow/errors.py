"""Everything that can be refused or go wrong, with one root.

The message of each error is the French sentence a person reads; the data stays on the instance so
that a screen can say it otherwise. `exit_code` is what the command line returns.
"""

from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class OrpError(Exception):
    """Root of all errors of the project."""

    exit_code = 4


class Refusal(OrpError):
    """The rules of the circuit say no: nothing was written, the sentence says what is possible now."""

    exit_code = 1


class IllegalDecision(Refusal):
    """The decision does not exist at this step."""


class WrongRole(Refusal):
    """The person does not hold the function that may do this here."""


class MissingData(Refusal):
    """Something the decision must carry is absent or cannot be read; lists every fault at once."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class StaleVersion(Refusal):
    """Somebody decided since the page was read."""


class StillOwed(Refusal):
    """Something asked at this step is still awaited."""


class UnknownReference(Refusal):
    """No situation bears this reference."""


class UnknownPerson(Refusal):
    """Nobody bears this identifier."""


class SetAside(Refusal):
    """A fault of the software stops this situation; it is kept as an incident, and nothing else was written."""

    exit_code = 4


def accepted(result: T | Refusal) -> T:
    """Return what a verb did for one of many, or raise why it did not."""
    if isinstance(result, Refusal):
        raise result
    return result


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a definition file.

    `line` and `column` count from 1; 0 when the fault belongs to the file as a whole.
    `excerpt` is the source line; `expected` says what would have been right, may be empty.
    """

    file: str
    line: int
    column: int
    code: str
    sentence: str
    excerpt: str = ""
    expected: str = ""

    def __str__(self) -> str:
        place = (
            f"{self.file}:{self.line}:{self.column}: {self.sentence}" if self.line else f"{self.file}: {self.sentence}"
        )
        lines = [place]
        if self.excerpt:
            lines += [f"    {self.excerpt}", f"    {' ' * (self.column - 1)}^"]
        if self.expected:
            lines.append(f"    Attendu : {self.expected}")
        return "\n".join(lines)


class InvalidDefinition(OrpError):
    """A YAML definition cannot be used; holds every fault found in one reading."""

    exit_code = 3

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class Conflict(OrpError):
    """Another process wrote to the same situation first; the engine reads again and retries."""


class Infrastructure(OrpError):
    """The database, the disk or the mail server does not answer as it should."""

    exit_code = 4


class Unwritable(Infrastructure):
    """The database works, and refuses what was to be written, or holds what cannot be read: a row is at fault."""
