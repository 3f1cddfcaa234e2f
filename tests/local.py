"""Stories on local circuits: one situation, and whoever holds each function where it happens."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from orp.directory_file import read_directory
from tests.world import ANALYSIS, DIRECTORY, FORM, IN_MEMORY, SPOKEN, VALIDATION, Fields, World, make_world
from workflow.circuit.compiled import Circuit
from workflow.circuit.loader import Version, load_circuit, shared_files, shipped_circuits, versions_of
from workflow.circuit.stack import file_of
from workflow.holders import holder_of
from workflow.model import Case, Obligation

FOLDERS = (
    Path(__file__).parent / "fixtures" / "annuaires",
    Path(__file__).parents[1] / "definitions" / "demonstration",
)
BEFORE = datetime(2020, 1, 1, tzinfo=UTC)


@cache
def shipped() -> dict[str, str]:
    """Every circuit of the project with what it needs, read once."""
    return shipped_circuits() | shared_files()


@cache
def local_circuit(name: str, antenne: str, departement: str) -> Circuit:
    """The circuit of one antenne of a DAC, received by one delegation; one without a file of its own says nothing."""
    dd = f"dd-{departement}"
    return load_circuit(shipped(), name, antenne, dd if file_of(shipped(), dd) else None)


@cache
def shipped_versions() -> list[Version]:
    """A version of every circuit of the project, checked once."""
    return versions_of(shipped())


def local_world(people: str = "", versions: Iterable[Version] = (), url: str = IN_MEMORY) -> World:
    """Build a world where every circuit of the project is published, then these.

    `people` names a directory beside that of the demonstration.
    """
    world = make_world(url, versions=[*shipped_versions(), *versions])
    if people:
        known = read_directory(DIRECTORY).organisations
        with world.store.writing() as work:
            found = next(path for folder in FOLDERS if (path := folder / f"{people}.yaml").exists())
            work.directory.add(*read_directory(found, known).rows(BEFORE))
    return world


class Local:
    """One situation on a local circuit; each act is by whoever the circuit says."""

    def __init__(self, world: World, antenne: str, departement: str, **draft: str) -> None:
        self.world = world
        self.begin(antenne, departement, **draft)

    def begin(self, antenne: str, departement: str, tracking: str = "", by: str = "") -> None:
        """Begin another situation, which becomes the one that is told; by the antenne's référent if none is named."""
        by = by or self.who(antenne, "referent_parcours")
        self.reference = self.world.open(by, departement, antenne, tracking or None)

    @property
    def case(self) -> Case:
        return self.world.case(self.reference)

    @property
    def circuit(self) -> Circuit:
        return self.world.circuits.get(self.case.circuit)

    def who(self, organisation: str, function: str) -> str:
        """The first person who holds a function."""
        with self.world.store.reading() as work:
            people = work.facts({organisation}, (), self.world.clock.now()).people.values()
        return min(p.id for p in people if (organisation, function) in p.functions and not p.mailbox)

    def actor(self, name: str) -> str:
        """The person behind a word of the circuit, here and now."""
        with self.world.store.reading() as work:
            dossier = work.load({self.reference}, (), (), self.world.clock.now())[self.reference]
        holder = holder_of(self.circuit, dossier, name)
        return holder.person or self.who(holder.organisation, holder.function)

    def decide(self, name: str, fields: Fields | None = None, by: str = "") -> Case:
        """Decide: an actor of the circuit may be named, else it is the first who may."""
        actor = by or self.circuit.decision(self.case.step, name).actors[0]
        return self.world.decide(self.reference, name, self.actor(actor), fields)

    def render(self, code: str, fields: Fields) -> None:
        """Render what is owed under a code, by whoever owes it."""
        self._render(self.world.owed(self.reference, code)[0], fields)

    def tell(self, fields: Fields = SPOKEN) -> None:
        """The last mile: tell the rédacteur, aloud unless said otherwise."""
        self._render(next(o for o in self.world.owed(self.reference) if o.last_mile), fields)

    def _render(self, due: Obligation, fields: Fields) -> None:
        by = due.debtor.person or self.who(due.debtor.organisation, due.debtor.function)
        self.world.decide(self.reference, "acquitter", by, fields, due=due.n)

    def deposit(self, fields: Fields = FORM) -> None:
        self.decide("deposer", fields)

    def to_analysis(self, fields: Fields = FORM) -> None:
        """From the draft to the analysis."""
        self.deposit(fields)
        self.decide("prendre_en_charge_antenne")
        self.decide("retenir_pour_analyse", {"nature": "averee"})

    def propose(self) -> None:
        """From the analysis to where the circuit leads then: the governance, or a step before it."""
        reviewed: Any = {
            "texte": "Une personne âgée, à domicile, sans soins.",
            "lecteur": self.actor("responsable_antenne"),
        }
        self.decide("proposer_gouvernance", {**ANALYSIS, "version_relue": reviewed})

    def to_dd(self, day: str) -> None:
        """From the governance to the delegation, which takes charge on the day of the meeting."""
        self.decide("inscrire_seance", {"seance": day})
        self.world.until(day)
        self.decide("valider", VALIDATION | {"dd": f"dd-{self.case.departement}"})
        self.world.wait(hours=3)

    def take_charge(self) -> None:
        """Somebody of the level reached takes charge."""
        by = self.actor(self.circuit.step(self.case.step).holder or "")
        self.world.decide(self.reference, "prendre_en_charge", by, {"officier": by})

    def dues(self) -> dict[str, str]:
        """What is owed, each with its date."""
        return {o.code: str(o.due) for o in self.world.owed(self.reference)}
