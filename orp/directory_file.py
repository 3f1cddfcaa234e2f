"""The directory as a YAML file: organisations, people, service mailboxes."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from notifications.transport import TransportError, checked_address
from workflow.circuit.model import Definition
from workflow.circuit.reader import read
from workflow.circuit.validation import validate
from workflow.circuit.values import Name, Title, fault
from workflow.errors import InvalidDefinition

GOVERNANCE = "gouvernance"

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,60}$")]
Seats = Annotated[int, Field(ge=1, le=99)]


def _address(value: str) -> str:
    try:
        return checked_address(value)
    except TransportError:
        raise fault(
            "courriel", f"« {value} » n’est pas une adresse électronique.", "par exemple prenom.nom@exemple.fr"
        ) from None


class OrganisationEntry(Definition):
    """One organisation of the file."""

    colleges: dict[Title, Seats] | None = None
    """Composition of a governance: seats by collège. Read before `kind`, which is checked against it."""
    name: Title = Field(alias="nom")
    kind: Name = Field(alias="genre")
    departement: Annotated[str, Field(pattern=r"^(\d{2}|2[AB]|97[1-6])$")]
    parent: Identifier | None = None
    code: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,12}$")] | None = None

    @field_validator("kind")
    @classmethod
    def _alone_has_colleges(cls, kind: str, info: ValidationInfo) -> str:
        if info.data.get("colleges") and kind != GOVERNANCE:
            raise fault("colleges", "Seule une gouvernance a des collèges.", f"« {GOVERNANCE} », ou aucun collège")
        return kind


class PersonEntry(Definition):
    """One person, or one service mailbox."""

    name: Title = Field(alias="nom")
    email: Annotated[str, AfterValidator(_address)] = Field(alias="courriel")
    functions: dict[Identifier, tuple[Name, ...]] = Field(default_factory=dict, alias="fonctions")


class DirectoryFile(Definition):
    """A whole directory file."""

    organisations: dict[Identifier, OrganisationEntry]
    people: dict[Identifier, PersonEntry] = Field(alias="personnes")
    mailboxes: dict[Identifier, PersonEntry] = Field(default_factory=dict, alias="boites")

    def rows(self, since: datetime) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
        """Return organisations, people and functions as rows; functions are held from `since`."""
        organisations = [{"id": key, **entry.model_dump()} for key, entry in self.organisations.items()]
        everybody = [(key, entry, False) for key, entry in self.people.items()]
        everybody += [(key, entry, True) for key, entry in self.mailboxes.items()]
        people = [
            {"id": key, "name": entry.name, "email": entry.email, "mailbox": mailbox}
            for key, entry, mailbox in everybody
        ]
        functions = [
            {"person": key, "organisation": organisation, "function": function, "since": since, "until": None}
            for key, entry, _ in everybody
            for organisation, held in entry.functions.items()
            for function in held
        ]
        return organisations, people, functions


def read_directory(path: Path) -> DirectoryFile:
    """Read a directory file.

    Raises:
        InvalidDefinition: every fault of the file, each on its line.
    """
    found = validate(read(path.name, path.read_bytes()), DirectoryFile)
    if found.definition is None or found.faults:
        raise InvalidDefinition(tuple(found.faults))
    return found.definition
