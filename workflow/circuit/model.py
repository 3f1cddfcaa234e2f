"""What a circuit file may say: frozen pydantic models, one field per YAML key.

Attributes are English, aliases are the French keys the authors write. An unknown key is an error.
These models check one value at a time; `checks.py` looks at the whole.
"""

import re
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf
from pydantic_core import PydanticCustomError

from workflow.delays import DELAY_EXPECTED, Delay


class Kind(StrEnum):
    """Kind of an obligation, in YAML `genre` (DESIGN §1)."""

    DECISION = "decision"
    COMPLEMENT = "complement"
    OPINION = "avis"
    ACTION = "action"
    RETOUR = "retour"
    TASK = "tache"


class Level(StrEnum):
    """Level of the funnel, in YAML `niveau` (INV-01)."""

    FIELD = "terrain"
    DAC = "dac"
    GOVERNANCE = "gouvernance"
    DD = "dd"
    REGION = "region"
    NATIONAL = "national"


class Slot(StrEnum):
    """The place an organisation takes in one situation, in YAML `structure`."""

    ANTENNE = "antenne"
    DAC = "dac"
    GOVERNANCE = "gouvernance"
    DD = "dd"
    REGION = "region"
    NATIONAL = "national"


class Issue(StrEnum):
    """How a situation ends, in YAML `issue`."""

    CLOSED = "cloturee"
    REDIRECTED = "reorientee"
    WITHDRAWN = "retiree"


SYSTEM = "systeme"
"""The actor that stands for the scheduler."""

WRITER = "redacteur"
"""The actor who wrote the form: known to the DAC only (DESIGN §7)."""

CROSSED_LEVELS = "niveaux_traverses"
"""Beneficiaries computed from the parties of the situation: every level it went through (INV-08)."""


def fault(code: str, sentence: str, expected: str = "") -> PydanticCustomError:
    """Build a validation error whose French text is already written; `{` and `}` in values are safe."""
    return PydanticCustomError("orp_" + code, "{sentence}", {"sentence": sentence, "expected": expected})


def _delay(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return Delay.parse(value)
    except ValueError:
        raise fault("delai", f"« {value} » n’est pas un délai.", DELAY_EXPECTED) from None


def _yes_no(value: Any) -> Any:
    if value in ("oui", "non"):
        return value == "oui"
    if isinstance(value, bool):
        return value
    raise fault("oui_non", f"« {value} » n’est ni « oui » ni « non ».", "oui ou non")


def _offset(value: Any) -> Any:
    if isinstance(value, int):
        return value
    if not re.fullmatch(r"J[+-]\d{1,3}", str(value)):
        raise fault(
            "jalon", f"« {value} » n’est pas un jour compté depuis l’échéance.", "par exemple « J-7 » ou « J+30 »"
        )
    return int(str(value)[1:])


def _minutes(value: Any) -> Any:
    if isinstance(value, int):
        return value
    match = re.fullmatch(r"(\d{1,3}) min", str(value))
    if not match or int(match[1]) > 120:
        raise fault("minutes", f"« {value} » n’est pas un délai d’annulation.", "de « 0 min » à « 120 min »")
    return int(match[1])


# InstanceOf: without it pydantic would also build a Delay out of `{count: 3, unit: j}`.
DelayField = Annotated[InstanceOf[Delay], BeforeValidator(_delay)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Offset = Annotated[int, BeforeValidator(_offset)]
Minutes = Annotated[int, BeforeValidator(_minutes)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{1,40}$")]
Title = Annotated[str, Field(min_length=1, max_length=160)]


class Definition(BaseModel):
    """Common ground of the models below."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False, arbitrary_types_allowed=True)


class AfterMeeting(Definition):
    """« prochaine séance + 7 j »: a number of days after the next meeting of the debtor's instance."""

    delay: DelayField


def _term(value: Any) -> Any:
    match = re.fullmatch(r"prochaine séance \+ (.+)", str(value))
    return AfterMeeting(delay=_delay(match[1])) if match else _delay(value)


Term = Annotated[InstanceOf[Delay] | InstanceOf[AfterMeeting], BeforeValidator(_term)]


class Earliest(Definition):
    """The earliest of several terms; one that is not known yet is left out."""

    terms: tuple[Term, ...] = Field(alias="au_plus_tot_de", min_length=1)


UNDO = "annulation"
"""« apres: annulation »: as long as the circuit lets a validation be undone (T22)."""


def _after(value: Any) -> Any:
    return value if value == UNDO else _delay(value)


DueTerm = Annotated[InstanceOf[Delay] | Earliest, BeforeValidator(_delay)]

USUAL_REMINDERS = (-7, -2, 1, 7)
"""Days from the due date on which the debtor is reminded (DESIGN §4)."""


class Timing(Definition):
    """The keys a dû and the shorthand on a step have in common."""

    delay: DueTerm | None = Field(None, alias="delai")
    urgent: DelayField | None = None
    bounds: tuple[DelayField, DelayField] | None = Field(None, alias="bornes")
    pause: YesNo = False
    reminders: tuple[Offset, ...] = Field(USUAL_REMINDERS, alias="rappels")
    overrun: dict[Offset, tuple[Name, ...]] = Field(default_factory=dict, alias="depassement")
    mail: Code | None = Field(None, alias="courriel")
    accepted_by: Title | None = Field(None, alias="accepte_par")
    accepted_on: str | None = Field(None, alias="accepte_le", pattern=r"^\d{4}-\d{2}-\d{2}$")


class DueDefinition(Timing):
    """One dû of the catalogue: who owes what, to whom, by when (DESIGN §1, §5)."""

    kind: Kind = Field(alias="genre")
    debtor: Name = Field(alias="par")
    beneficiaries: tuple[Name, ...] = Field((), alias="a")
    delivered: tuple[Name, ...] = Field((), alias="remis")
    during: tuple[Name, ...] = Field((), alias="pendant")
    renewed: DelayField | None = Field(None, alias="renouvelle")

    @property
    def indicative(self) -> bool:
        """True until the owner of the delay accepted it by name (DESIGN §4)."""
        return self.accepted_by is None


class When(Definition):
    """When the scheduler plays a decision by itself (DESIGN §5)."""

    after: Annotated[InstanceOf[Delay] | Literal["annulation"], BeforeValidator(_after)] | None = Field(
        None, alias="apres"
    )
    since: Name | None = Field(None, alias="depuis")
    nothing_owed: YesNo = Field(default=False, alias="plus_rien_du")
    issue: Issue | None = None


class DecisionDefinition(Definition):
    """One decision of a step; it has exactly one target."""

    code: Code
    title: Title = Field(alias="titre")
    actors: tuple[Name, ...] = Field(alias="par", min_length=1)
    target: Name = Field(alias="vers")
    requires: tuple[Name, ...] = Field((), alias="exige")
    opens: tuple[Code, ...] = Field((), alias="doit")
    gate: Name | None = Field(None, alias="porte")
    times: int | None = Field(None, alias="fois", ge=1, le=9)
    issue: Issue | None = None
    reasons: Name | None = Field(None, alias="motifs")
    informs: tuple[Name, ...] = Field((), alias="informe")
    mail: Code | None = Field(None, alias="courriel")
    when: When | None = Field(None, alias="quand")

    @property
    def by_system(self) -> bool:
        """True when the scheduler, and nobody else, plays it."""
        return self.actors == (SYSTEM,)


class StepDefinition(Timing):
    """One step of the circuit."""

    level: Level = Field(alias="niveau")
    title: Title = Field(alias="titre")
    holder: Name | None = Field(None, alias="responsable")
    clock: Code | None = Field(None, alias="horloge")
    decisions: dict[Name, DecisionDefinition] = Field(default_factory=dict)


class ActorDefinition(Definition):
    """A name used in `par`, `a`, `remis`…: a function inside the organisation that takes a slot."""

    title: Title = Field(alias="titre")
    slot: Slot = Field(alias="structure")
    function: Name = Field(alias="fonction")
    supervisor: Name | None = Field(None, alias="superieur")


class CircuitDefinition(Definition):
    """A whole circuit file."""

    name: str = Field(alias="circuit", pattern=r"^[a-z][a-z0-9-]{1,40}$")
    version: int = Field(ge=1)
    title: Title = Field(alias="titre")
    undo: Minutes = Field(alias="annulation")
    forms: tuple[str, ...] = Field((), alias="fiches")
    typology: str = Field("nationale", alias="typologie", pattern=r"^[a-z][a-z0-9-]{1,40}$")
    actors: dict[Name, ActorDefinition] = Field(alias="acteurs")
    reasons: dict[Name, dict[Name, Title]] = Field(default_factory=dict, alias="motifs")
    dues: dict[Code, DueDefinition] = Field(alias="dus")
    steps: dict[Name, StepDefinition] = Field(alias="etapes", min_length=1)
