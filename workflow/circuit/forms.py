"""What a form file may say: frozen pydantic models, one field per YAML key."""

from enum import StrEnum

from pydantic import Field

from workflow.circuit.model import Definition
from workflow.circuit.values import Name, Title


class FieldType(StrEnum):
    """Type of a form field."""

    TEXT = "texte"
    CHOICE = "choix"
    MONTH = "mois"


class FieldDefinition(Definition):
    """One question of a form."""

    title: Title = Field(alias="libelle")
    type: FieldType
    values: dict[Name, Title] = Field(default_factory=dict, alias="valeurs")
    longest: int = Field(600, alias="longueur", ge=1, le=10_000)


class FormDefinition(Definition):
    """A form ("fiche") and its version: answers keep the version they were given in."""

    name: str = Field(alias="fiche", pattern=r"^[a-z][a-z0-9-]{1,40}$")
    version: int = Field(ge=1)
    title: Title = Field(alias="titre")
    fields: dict[Name, FieldDefinition] = Field(alias="champs", min_length=1)
