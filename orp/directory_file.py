"""The directory as a YAML file: organisations, people, service mailboxes."""

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from notifications.transport import TransportError, checked_address
from workflow.circuit.reader import read
from workflow.circuit.source import Source
from workflow.circuit.validation import validate
from workflow.circuit.values import Definition, Name, Title, fault
from workflow.errors import Fault, InvalidDefinition
from workflow.territories import DepartementCode, UnknownPlace, departement

GOVERNANCE = "gouvernance"
ABOVE = {"antenne": "dac", GOVERNANCE: "dac", "dac": "region", "dd": "region"}
"""Kind of the structure that another depends on; the others depend on none."""
DEPENDENT = ("antenne", "dac")
NUMBERED = ("dac", "region")
"""Their codes make the references."""
ALONE = {"dd": "departement", GOVERNANCE: "parent"}
"""A situation must find the one of its département, the one of its DAC."""

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,60}$")]
Seats = Annotated[int, Field(ge=1, le=99)]


def _address(value: str) -> str:
    try:
        return checked_address(value)
    except TransportError:
        raise fault(
            "courriel", f"« {value} » n’est pas une adresse électronique.", "par exemple prenom.nom@exemple.fr"
        ) from None


def _departement(value: str) -> str:
    try:
        return departement(DepartementCode(value)).code
    except UnknownPlace as error:
        raise fault("departement", str(error), "par exemple 35, 2A ou 974") from None


class OrganisationEntry(Definition):
    """One organisation of the file."""

    colleges: dict[Title, Seats] | None = None
    """Composition of a governance: seats by collège. Read before `kind`, which is checked against it."""
    name: Title = Field(alias="nom")
    kind: Name = Field(alias="genre")
    departement: Annotated[str, AfterValidator(_departement)]
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


def read_directory(path: Path, known: Collection[str] = ()) -> DirectoryFile:
    """Read a directory file; it may name organisations that are already `known`.

    Raises:
        InvalidDefinition: every fault of the file, each on its line.
    """
    source = read(path.name, path.read_bytes())
    found = validate(source, DirectoryFile)
    if found.definition is None or found.faults:
        raise InvalidDefinition(tuple(found.faults))
    if faults := [*_of_organisations(source, found.definition, known), *_of_people(source, found.definition, known)]:
        raise InvalidDefinition(tuple(faults))
    return found.definition


def _of_organisations(source: Source, file: DirectoryFile, known: Collection[str]) -> Iterator[Fault]:
    alone: dict[tuple[str, str], str] = {}
    for key, entry in file.organisations.items():
        here = ("organisations", key)
        if entry.kind in NUMBERED and not entry.code:
            yield source.fault(here, "code", f"« {key} » attend un code : il figure dans les références.", at_key=True)
        yield from _of_parent(source, file, key, known)
        place = entry.departement if entry.kind == "dd" else entry.parent
        if entry.kind in ALONE and place:
            first = alone.setdefault((entry.kind, place), key)
            if first != key:
                sentence = f"« {place} » a déjà une structure de ce genre : « {first} »."
                yield source.fault((*here, ALONE[entry.kind]), "double", sentence, "une seule")


def _of_parent(source: Source, file: DirectoryFile, key: str, known: Collection[str]) -> Iterator[Fault]:
    entry, place = file.organisations[key], ("organisations", key, "parent")
    above = ABOVE.get(entry.kind)
    if entry.parent is None:
        if entry.kind in DEPENDENT:
            yield source.fault(
                place[:2], "parent", f"« {key} » attend une structure parente.", above or "", at_key=True
            )
    elif not above:
        yield source.fault(place, "parent", "Une structure de ce genre ne dépend d’aucune autre.", "pas de parent")
    elif parent := file.organisations.get(entry.parent):
        if parent.kind != above:
            yield source.fault(place, "parent", f"« {entry.parent} » est du genre « {parent.kind} ».", f"« {above} »")
    elif entry.parent not in known:
        yield _stranger(source, place, entry.parent)


def _of_people(source: Source, file: DirectoryFile, known: Collection[str]) -> Iterator[Fault]:
    for block, entries in (("personnes", file.people), ("boites", file.mailboxes)):
        for key, entry in entries.items():
            if block == "boites" and key in file.people:
                yield source.fault((block, key), "double", f"« {key} » désigne déjà une personne.", at_key=True)
            for organisation in entry.functions:
                if organisation not in file.organisations and organisation not in known:
                    yield _stranger(source, (block, key, "fonctions", organisation), organisation, at_key=True)


def _stranger(source: Source, place: tuple[str, ...], name: str, *, at_key: bool = False) -> Fault:
    return source.fault(place, "inconnue", f"La structure « {name} » n’existe pas.", at_key=at_key)
