"""What the file of a local layer may say beside what it changes (DESIGN §5)."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from workflow.circuit.model import Level
from workflow.circuit.values import Code, Day, Definition, DelayField, Name, Title, YesNo

LayerName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
ParentVersion = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}@[1-9][0-9]{0,3}$")]
Intercepted = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}\.[a-z][a-z0-9_]{1,40}$")]


class Rank(StrEnum):
    """Whose layer it is, in YAML `couche`."""

    NATIONAL = "national"
    REGION = "region"
    DAC = "dac"
    DD = "dd"
    ANTENNE = "antenne"


SIDE: dict[Rank, frozenset[Level]] = {
    Rank.NATIONAL: frozenset(Level),
    Rank.REGION: frozenset(Level) - {Level.NATIONAL},
    Rank.DAC: frozenset({Level.FIELD, Level.DAC, Level.GOVERNANCE}),
    Rank.ANTENNE: frozenset({Level.FIELD, Level.DAC, Level.GOVERNANCE}),
    Rank.DD: frozenset({Level.DD, Level.REGION}),
}
"""The steps a layer may change: a DAC's stop at its governance, a delegation's begin where it receives.

A région speaks for its DACs and for its own ARS: which of the two counts depends on the situation.
"""

EXTENDS: dict[Rank, tuple[Rank, ...]] = {
    Rank.NATIONAL: (Rank.NATIONAL,),
    Rank.REGION: (Rank.NATIONAL,),
    Rank.DAC: (Rank.NATIONAL, Rank.REGION, Rank.DAC),
    Rank.DD: (Rank.NATIONAL, Rank.REGION),
    Rank.ANTENNE: (Rank.DAC,),
}
"""What each may stand under; DACs that share an observatory share a layer above their own."""


class Addition(Definition):
    """A step put on the way of some decisions: they lead to it, and it leads where they led (`suite`)."""

    only: tuple[LayerName, ...] = Field((), alias="seulement")
    without: tuple[LayerName, ...] = Field((), alias="sans")
    after: tuple[Intercepted, ...] = Field((), alias="apres")
    step: dict[str, Any] | None = Field(None, alias="etape")

    def holds(self, antenne: str | None) -> bool:
        """Say whether this antenne takes the step."""
        return antenne not in self.without and (not self.only or antenne in self.only)


class Mandatory(Definition):
    """What no layer below may weaken (`incontournables`)."""

    steps: tuple[Name, ...] = Field((), alias="etapes")
    fields: tuple[Name, ...] = Field((), alias="champs")
    recipients: dict[Code, tuple[Name, ...]] = Field(default_factory=dict, alias="destinataires")
    delays: dict[Code, DelayField] = Field(default_factory=dict, alias="delais")


class Changes(Definition):
    """What a layer, or one of its antennes, changes: looked at once it is merged."""

    actors: dict[str, Any] = Field(default_factory=dict, alias="acteurs")
    bodies: dict[str, Any] = Field(default_factory=dict, alias="instances")
    reasons: dict[str, Any] = Field(default_factory=dict, alias="motifs")
    dues: dict[str, Any] = Field(default_factory=dict, alias="dus")
    steps: dict[str, Any] = Field(default_factory=dict, alias="etapes")
    additions: dict[Name, Addition] = Field(default_factory=dict, alias="ajouts")
    open_to_partners: YesNo | None = Field(None, alias="ouvert_aux_partenaires")
    anonymous: YesNo | None = Field(None, alias="depot_anonyme")


class LayerDefinition(Changes):
    """The file of a layer."""

    name: LayerName = Field(alias="circuit")
    version: int = Field(ge=1)
    title: Title = Field(alias="titre")
    rank: Rank = Field(alias="couche")
    extends: LayerName = Field(alias="etend")
    parent: ParentVersion | None = None
    """The version of the layer above that this one was checked against."""
    departements: tuple[str, ...] = ()
    approvals: tuple[Title, ...] = Field((), alias="approbations")
    on_trial_until: Day | None = Field(None, alias="a_l_essai_jusqu_au")
    undo: str | None = Field(None, alias="annulation")
    forms: tuple[LayerName, ...] | None = Field(None, alias="fiches")
    typology: LayerName | None = Field(None, alias="typologie")
    mandatory: Mandatory | None = Field(None, alias="incontournables")
    antennes: dict[LayerName, Changes] = Field(default_factory=dict)
