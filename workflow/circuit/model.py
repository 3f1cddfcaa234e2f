"""What a circuit file may say: frozen pydantic models, one field per YAML key.

Attributes are English, aliases are the French keys the authors write. An unknown key is an error.
These models check one value at a time; `checks.py` looks at the whole.
"""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from workflow.circuit.terms import After, Timing
from workflow.circuit.values import (
    Code,
    Day,
    Definition,
    DelayField,
    FormName,
    MeetingRule,
    Minutes,
    Name,
    Title,
    YesNo,
)


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
    CO_ANTENNE = "co_antenne"
    """The second antenne of a shared follow-up (T03)."""
    DAC = "dac"
    GOVERNANCE = "gouvernance"
    DD = "dd"
    REGION = "region"
    NATIONAL = "national"


REGULATORS = (Level.DD, Level.REGION, Level.NATIONAL)
"""The levels above the DAC and its governance."""
OF_THE_DAC = (Slot.ANTENNE, Slot.CO_ANTENNE, Slot.DAC)
"""The places that one house takes: a DAC and its antennes."""
LEVEL_OF_SLOT = {slot: Level.DAC if slot in OF_THE_DAC else Level(slot) for slot in Slot}


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

PARTNERS = "partenaires_consultes"
"""Beneficiaries computed from the parties: every partner whose opinion was asked (F9, INV-08)."""

PARTNER = "partenaire"
"""The debtor of an opinion: each organisation that the decision names."""


WRONG_ADDRESS = "adresse_en_erreur"
"""The task that opens when the mail server refuses an address for good (DESIGN §1)."""
CALL_BACK = "rappeler_redacteur"
"""The task that opens when the rédacteur says that a retour does not answer the situation (DESIGN §1)."""


class DueDefinition(Timing):
    """One dû of the catalogue: who owes what, to whom, by when (DESIGN §1, §5)."""

    kind: Kind = Field(alias="genre")
    title: Title | None = Field(None, alias="titre")
    """What is to be done, where the kind alone does not say it: a task."""
    debtor: Name = Field(alias="par")
    beneficiaries: tuple[Name, ...] = Field((), alias="a")
    delivered: tuple[Name, ...] = Field((), alias="remis")
    during: tuple[Name, ...] = Field((), alias="pendant")
    renewed: DelayField | None = Field(None, alias="renouvelle")
    form: FormName | None = Field(None, alias="fiche")
    """The form this task waits for (D27): it ends with its answers, and does not open if they are already there."""

    def left(self, here: str, target: str) -> bool:
        """True when going from a step to another leaves those it covers; sent on at the same one, it is due anew."""
        return here in self.during and (target not in self.during or (target == here and self.kind is Kind.DECISION))

    def entered(self, left: str | None, step: str) -> bool:
        """True when coming to a step enters the steps it covers from outside, or anew."""
        return step in self.during and (left not in self.during or (left == step and self.kind is Kind.DECISION))

    @property
    def indicative(self) -> bool:
        """True until the owner of the delay accepted it by name (DESIGN §4)."""
        return self.accepted_by is None


class When(Definition):
    """When the scheduler plays a decision by itself (DESIGN §5)."""

    after: After | None = Field(None, alias="apres")
    since: Name | None = Field(None, alias="depuis")
    nothing_owed: YesNo = Field(default=False, alias="plus_rien_du")
    issue: Issue | None = None
    parent_ended: Issue | None = Field(None, alias="fin_du_parent")
    """Played when the situation this one is attached to is concluded that way (INV-33)."""


class Proof(StrEnum):
    """How sure the tool must be of who decides, in YAML `preuve` (DESIGN §7)."""

    LINK = "lien"
    CODE = "code"
    STRONG = "forte"


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
    supposes: tuple[Code, ...] = Field((), alias="suppose")
    """Dûs that must be open for this decision to be legal."""
    renders: tuple[Code, ...] = Field((), alias="rend")
    """Dûs it discharges in passing; one that is renewed opens again."""
    waives: tuple[Code, ...] = Field((), alias="dispense")
    """Dûs it makes pointless."""
    urgent: YesNo | None = None
    """True grants the urgent track, which shortens delays and nothing else; False withdraws it."""
    proof: Proof = Field(Proof.STRONG, alias="preuve")

    @property
    def by_system(self) -> bool:
        """True when the scheduler, and nobody else, plays it."""
        return self.actors == (SYSTEM,)


class StepDefinition(Timing):
    """One step of the circuit."""

    like: Name | None = Field(None, alias="comme")
    """The step whose keys it took over, apart from its own; it was written out before (`inheritance`)."""
    level: Level = Field(alias="niveau")
    title: Title = Field(alias="titre")
    holder: Name | None = Field(None, alias="responsable")
    clock: Code | None = Field(None, alias="horloge")
    no_delay: Literal["suit le parent"] | None = Field(None, alias="sans_delai")
    """Nothing is due here: the situation follows the one it is attached to."""
    examines: YesNo = Field(default=False, alias="instruction")
    """A level examines the situation here: where a reopening comes back to."""
    final: YesNo = Field(default=False, alias="finale")
    """No decision is owed here any more; some may still be taken."""
    decisions: dict[Name, DecisionDefinition] = Field(default_factory=dict)


class ActorDefinition(Definition):
    """A name used in `par`, `a`, `remis`…: a function inside the organisation that takes a slot."""

    title: Title = Field(alias="titre")
    slot: Slot = Field(alias="structure")
    function: Name = Field(alias="fonction")
    supervisor: Name | None = Field(None, alias="superieur")


class Sector(StrEnum):
    """Whom a collège speaks for, in YAML `colleges` (INV-16)."""

    HEALTH = "sanitaire"
    SOCIAL = "social"
    MEDICO_SOCIAL = "medico_social"
    USERS = "usagers"
    DEPARTEMENT = "conseil_departemental"
    COMMUNITIES = "communautes"
    OTHER = "autre"


class Quorum(StrEnum):
    """The share of the seats without which an instance decides nothing, in YAML `quorum`."""

    THIRD = "un tiers des sièges"
    HALF = "la moitié des sièges"
    TWO_THIRDS = "les deux tiers des sièges"


class BodyDefinition(Definition):
    """An instance that meets: the governance, the strategic instance, a team."""

    title: Title = Field(alias="titre")
    calendar: MeetingRule | None = Field(None, alias="calendrier")
    """« 2e mardi du mois »; without it, what counts on its next meeting takes the cap."""
    colleges: dict[Title, tuple[Sector, ...]] = Field(default_factory=dict)
    """Whom each collège speaks for; how many seats it has, the directory says for each DAC."""
    quorum: Quorum | None = None


class CircuitDefinition(Definition):
    """A whole circuit file."""

    name: str = Field(alias="circuit", pattern=r"^[a-z][a-z0-9-]{1,40}$")
    version: int = Field(ge=1)
    title: Title = Field(alias="titre")
    approvals: tuple[Title, ...] = Field((), alias="approbations")
    on_trial_until: Day | None = Field(None, alias="a_l_essai_jusqu_au")
    undo: Minutes = Field(alias="annulation")
    open_to_partners: YesNo = Field(default=False, alias="ouvert_aux_partenaires")
    """Professionals of the territory may describe a situation too, not only those of the DAC."""
    anonymous: YesNo = Field(default=False, alias="depot_anonyme")
    """Nobody's address is kept: every rédacteur comes back with a tracking code."""
    forms: tuple[str, ...] = Field((), alias="fiches")
    typology: str = Field("nationale", alias="typologie", pattern=r"^[a-z][a-z0-9-]{1,40}$")
    actors: dict[Name, ActorDefinition] = Field(alias="acteurs")
    bodies: dict[Name, BodyDefinition] = Field(default_factory=dict, alias="instances")
    reasons: dict[Name, dict[Name, Title]] = Field(default_factory=dict, alias="motifs")
    dues: dict[Code, DueDefinition] = Field(alias="dus")
    steps: dict[Name, StepDefinition] = Field(alias="etapes", min_length=1)
