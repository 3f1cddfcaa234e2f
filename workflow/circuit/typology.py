"""A typology: causes in two levels, codes that are closed with a successor and never deleted (domain.md 4.4).

The first level is national; a region adds second-level codes below it (`etend: nationale`), so that each of
them counts under exactly one national code (INV-14).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, InstanceOf

from workflow.circuit.values import Definition, Title, fault

NATIONAL = "nationale"
"""The typology all others extend; a circuit that names none uses it."""

TypologyCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,40}$")]


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise fault("date", f"« {value} » n’est pas une date.", "une date de la forme « 2026-01-31 »") from None


class CodeDefinition(Definition):
    """One code: first level without `parent`, second level with it."""

    title: Title = Field(alias="libelle")
    parent: TypologyCode | None = None
    closed_on: Annotated[InstanceOf[date], BeforeValidator(_day)] | None = Field(None, alias="ferme_le")
    """First day on which the code is no longer given; answers that hold it stay."""
    successor: TypologyCode | None = Field(None, alias="successeur")


class TypologyDefinition(Definition):
    """A whole typology file."""

    name: str = Field(alias="typologie", pattern=r"^[a-z][a-z0-9-]{1,40}$")
    version: int = Field(ge=1)
    title: Title = Field(alias="titre")
    extends: Literal["nationale"] | None = Field(None, alias="etend")
    codes: dict[TypologyCode, CodeDefinition] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Typology:
    """A typology that was checked, with the codes of the one it extends."""

    name: str
    version: int
    codes: Mapping[str, CodeDefinition]

    def level(self, code: str) -> int | None:
        """Return 1 or 2, None for a code that never existed."""
        definition = self.codes.get(code)
        return None if definition is None else 2 if definition.parent else 1

    def first_level(self, code: str) -> str:
        """Return the first-level code under which a known code counts (INV-14)."""
        return self.codes[code].parent or code

    def is_open(self, code: str, on: date) -> bool:
        """True if a known code may be given on that day."""
        closed = self.codes[code].closed_on
        return closed is None or on < closed

    def resolve(self, code: str, on: date) -> str | None:
        """Return the code that stands for `code` on that day: itself while open, else its successor's.

        None for a code that never existed.
        """
        found: str | None = code if code in self.codes else None
        while found and not self.is_open(found, on):
            found = self.codes[found].successor
        return found

    def open_codes(self, on: date, level: int | None = None) -> dict[str, str]:
        """Return the codes that may be given on that day, of one level or of both, with their titles."""
        return {
            code: definition.title
            for code, definition in self.codes.items()
            if self.is_open(code, on) and level in (None, self.level(code))
        }


def compile_typology(definition: TypologyDefinition, parent: TypologyDefinition | None = None) -> Typology:
    """Compile a typology that was already checked, over the one it extends."""
    inherited = parent.codes if parent else {}
    return Typology(definition.name, definition.version, {**inherited, **definition.codes})
