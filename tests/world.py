"""A small world for tests: DAC'tiv, its governance and DD 35, on a real database with a virtual clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from orp.directory_file import read_directory
from storage.circuits import PublishedCircuits
from storage.database import open_database
from storage.schema import upgrade
from storage.unit_of_work import SqlStore
from workflow.circuit.loader import load_circuit, shipped_files
from workflow.clock import VirtualClock
from workflow.engine import Draft, Engine
from workflow.errors import Refusal
from workflow.model import Case, Decision, FieldValue, Obligation
from workflow.posting import Posting

PARIS = ZoneInfo("Europe/Paris")
DIRECTORY = Path(__file__).parents[1] / "definitions" / "territoires" / "bretagne.yaml"
START = datetime(2026, 1, 5, 9, 0, tzinfo=PARIS)

LONG = "La demande a été examinée avec les partenaires du territoire et la suite est décrite ici."
FORM: dict[str, FieldValue] = {
    "qui": "infirmier",
    "fait": "arrete",
    "quoi": "soins",
    "pourquoi": "Le logement ne permet plus de faire les soins.",
    "ou": "domicile",
    "age": "a75_84",
    "resume": "Les soins quotidiens se sont arrêtés sans relais.",
}
ANALYSIS: dict[str, FieldValue] = {
    "causes": "offre",
    "impact": "La personne a été hospitalisée deux fois.",
    "compensations": "La référente a appelé chaque jour.",
    "preconisations": "Une équipe mobile de soins sur le territoire.",
    "version_relue": {"texte": "Une personne âgée, à domicile, sans soins depuis un mois.", "lecteur": "katell.morvan"},
}
VALIDATION: dict[str, FieldValue] = {
    "presences": "Six collèges présents sur six.",
    "dd": "dd-35",
    "priorite": "normale",
    "retour": LONG,
}
FINAL: dict[str, FieldValue] = {
    "motif": "offre_insuffisante",
    "retour": {
        "texte": LONG,
        "actions": "Aucune action possible à ce niveau cette année.",
        "conserve": "La situation compte dans la carte des manques d’offre.",
        "prochaine": "aucune",
        "contact": "Pôle parcours de la DD 35",
    },
}


@dataclass
class World:
    """The parts a story needs, and short words to tell it."""

    store: SqlStore
    circuits: PublishedCircuits
    engine: Engine
    clock: VirtualClock
    posting: Posting
    ids: "count[int]" = field(default_factory=lambda: count(1))

    def open(self, by: str = "maelle.riou", departement: str = "35") -> str:
        """Begin a draft and return its reference."""
        return self.engine.open([Draft(f"o{next(self.ids)}", by, "antenne-fougeres", departement)])[0].reference

    def decision(
        self, reference: str, name: str, by: str, fields: Mapping[str, FieldValue] | None = None, due: int | None = None
    ) -> Decision:
        """Build a decision with an identifier of its own."""
        return Decision(f"d{next(self.ids)}", reference, name, by, fields or {}, due=due, salt="sel")

    def decide(
        self, reference: str, name: str, by: str, fields: Mapping[str, FieldValue] | None = None, due: int | None = None
    ) -> Case:
        """Decide, and expect it to be accepted."""
        result = self.engine.decide([self.decision(reference, name, by, fields, due)])[0]
        if isinstance(result, Refusal):
            raise result
        return result

    def wait(self, days: int = 0, *, hours: int = 0, minutes: int = 0, step: timedelta = timedelta(hours=6)) -> None:
        """Let time pass, ticking as a worker would."""
        end = self.clock.now() + timedelta(days=days, hours=hours, minutes=minutes)
        while self.clock.now() < end:
            self.clock.set(min(end, self.clock.now() + step))
            self.tick()

    def until(self, day: str, at: str = "09:00") -> None:
        """Let time pass until a local day and hour."""
        end = datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=PARIS)
        self.wait(minutes=int((end - self.clock.now()) / timedelta(minutes=1)))

    def tick(self) -> None:
        """Play all that is due."""
        while self.engine.tick().cases:
            pass

    def case(self, reference: str) -> Case:
        """Return a situation as it is stored."""
        with self.store.reading() as work:
            return work.screens.case(reference)

    def owed(self, reference: str, code: str = "") -> list[Obligation]:
        """Return what is open on a situation, or the open ones of one code."""
        with self.store.reading() as work:
            return [o for o in work.screens.obligations(reference) if o.is_open and code in ("", o.code)]

    def mails(self, reference: str, mail: str = "") -> list[tuple[str, str]]:
        """Return the queued mails of a situation as (code, recipient), in order."""
        with self.store.reading() as work:
            rows = [row for row in work.screens.messages() if row["reference"] == reference]
        return [(row["mail"], row["recipient"] or "rédacteur") for row in rows if mail in ("", row["mail"])]

    def kinds(self, reference: str) -> list[str]:
        """Return the kinds of the journal's lines."""
        with self.store.reading() as work:
            return [entry.kind for entry in work.journal.of(reference)]

    def to_dd(self, *, instruct: bool = True) -> str:
        """Bring a situation before DD 35, taken in charge unless told otherwise."""
        reference = self.open()
        self.decide(reference, "deposer", "maelle.riou", FORM)
        self.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
        self.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
        self.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
        self.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-01-20"})
        self.decide(reference, "valider", "claire.legoff", VALIDATION)
        self.wait(hours=3)
        if instruct:
            self.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
        return reference


def make_world(url: str = "sqlite:///:memory:", start: datetime = START) -> World:
    """Build the world on a fresh database."""
    database = open_database(url)
    upgrade(database)
    store = SqlStore(database, "orp.example")
    files = shipped_files("national")
    with store.writing() as work:
        work.circuits.publish(load_circuit(files, "national").key, files, start)
        work.directory.add(*read_directory(DIRECTORY).rows(datetime(2020, 1, 1, tzinfo=UTC)))
    circuits, clock = PublishedCircuits(store.reading), VirtualClock(start)
    engine = Engine(store, circuits, clock)
    return World(store, circuits, engine, clock, Posting(store, engine))
