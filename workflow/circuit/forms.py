"""What a form file may say: frozen pydantic models, one field per YAML key (domain.md 4)."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from workflow.circuit.values import Code, Definition, FormName, Name, Title


class FieldType(StrEnum):
    """Type of a form field."""

    TEXT = "texte"
    TEXTS = "liste_texte"
    CHOICE = "choix"
    CHOICES = "choix_multiple"
    CODES = "typologie"
    MONTH = "mois"
    DATE = "date"
    NUMBER = "nombre"
    YES_NO = "oui_non"


FREE_TEXT = frozenset({FieldType.TEXT, FieldType.TEXTS})
"""Written in one's own words: kept apart from the codes, and never seen above the DAC as typed (DESIGN §7)."""


class Reach(StrEnum):
    """The highest level that sees an answer, in YAML `visible_jusqu_a`, from the lowest up."""

    DAC = "dac"
    GOVERNANCE = "gouvernance"
    DD = "dd"
    REGION = "region"
    NATIONAL = "national"


class Sensitivity(StrEnum):
    """What an answer could give away of the person concerned, in YAML `sensibilite` (INV-17)."""

    NONE = "aucune"
    INDIRECT = "indirecte"
    IDENTIFYING = "identifiante"


class Mark(StrEnum):
    """Where the text of a form comes from, in YAML `marque`; shown with its title."""

    OFFICIAL = "officielle"
    RECONSTRUCTION = "reconstruction"
    PROPOSAL = "proposition"


Help = Annotated[str, Field(min_length=1, max_length=400)]
Bound = Annotated[int, Field(ge=0, le=1_000_000)]
Question = Annotated[int, Field(ge=1, le=99)]

_MOST_TEXTS = 20


class FieldDefinition(Definition):
    """One question of a form; what is not written is the most careful: the DAC only, indirectly telling."""

    title: Title = Field(alias="libelle")
    type: FieldType
    help: Help | None = Field(None, alias="aide")
    heading: Title | None = Field(None, alias="rubrique")
    """Shown above this field: a new part of the form begins here."""
    question: Question | None = None
    """Its number in the form it comes from; several fields may answer one question."""
    values: dict[Name, Title] = Field(default_factory=dict, alias="valeurs")
    typology: FormName | None = Field(None, alias="typologie")
    """The list its codes come from, when it is not the circuit's own."""
    level: int | None = Field(None, alias="niveau", ge=1, le=2)
    longest: int = Field(600, alias="longueur", ge=1, le=10_000)
    """Characters of a text, or of each text of a list."""
    least: Bound | None = Field(None, alias="min")
    most: Bound | None = Field(None, alias="max")
    """Smallest and largest number; or how few and how many answers, where several may be given."""
    required_for: tuple[Code, ...] = Field((), alias="exige_pour")
    visible_to: Reach = Field(Reach.DAC, alias="visible_jusqu_a")
    sensitivity: Sensitivity = Field(Sensitivity.INDIRECT, alias="sensibilite")

    @property
    def free_text(self) -> bool:
        """True if the answer is written in one's own words."""
        return self.type in FREE_TEXT

    @property
    def most_answers(self) -> int:
        """How many answers may be given at once: one cause unless `max` says more, all the values of a list."""
        usual = {FieldType.TEXTS: _MOST_TEXTS, FieldType.CHOICES: len(self.values)}
        return self.most or usual.get(self.type, 1)


class FieldReference(Definition):
    """A question that another form of the circuit already asks: it is answered there, once."""

    form: FormName = Field(alias="comme_dans")
    heading: Title | None = Field(None, alias="rubrique")
    question: Question | None = None
    required_for: tuple[Code, ...] = Field((), alias="exige_pour")


def _kind(value: Any) -> str:
    return FieldReference.__name__ if isinstance(value, dict) and "comme_dans" in value else FieldDefinition.__name__


# A tag is no legal key of a file, so that the place of a fault is never mistaken for one.
AskedField = Annotated[
    Annotated[FieldDefinition, Tag(FieldDefinition.__name__)] | Annotated[FieldReference, Tag(FieldReference.__name__)],
    Discriminator(_kind),
]


class FormDefinition(Definition):
    """A form ("fiche") and its version: answers keep the version they were given in."""

    name: FormName = Field(alias="fiche")
    version: int = Field(ge=1)
    title: Title = Field(alias="titre")
    mark: Mark = Field(Mark.PROPOSAL, alias="marque")
    replaces: FormName | None = Field(None, alias="remplace")
    """The form it stands for: what another form says is answered there is answered here (`comme_dans`)."""
    asked: dict[Name, AskedField] = Field(alias="champs", min_length=1)
    """Every question in order, those answered in another form included."""

    @cached_property
    def fields(self) -> dict[str, FieldDefinition]:
        """The questions that are answered here."""
        return {name: field for name, field in self.asked.items() if isinstance(field, FieldDefinition)}

    @property
    def shown_title(self) -> str:
        """Title as a reader must see it: a reconstruction never passes for the official form (domain.md 4.3)."""
        return self.title if self.mark is Mark.OFFICIAL else f"{self.title} ({self.mark})"
