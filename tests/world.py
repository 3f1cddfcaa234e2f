"""A small world for tests: DAC'tiv, its governance and DD 35, on a real database with a virtual clock."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine as Database
from sqlalchemy import func, select

from orp.directory_file import DirectoryFile, read_directory
from storage.circuits import PublishedCircuits
from storage.database import open_database
from storage.schema import upgrade
from storage.tables import TABLES
from storage.unit_of_work import SqlStore
from workflow.circuit.loader import Version, shared_files, shipped_files, version_of, versions_of
from workflow.clock import VirtualClock
from workflow.engine import Engine
from workflow.errors import accepted
from workflow.model import Case, Obligation
from workflow.opening import Draft
from workflow.posting import Posting
from workflow.proposals import unsigned
from workflow.triggers import Decision, FieldValue

PARIS = ZoneInfo("Europe/Paris")
DIRECTORY = Path(__file__).parents[1] / "definitions" / "territoires" / "bretagne.yaml"
TEN_STEPS = Path(__file__).parent / "fixtures" / "dix_etapes" / "circuits" / "national.yaml"
IN_MEMORY = "sqlite:///:memory:"
START = datetime(2026, 1, 5, 9, 0, tzinfo=PARIS)

Fields = Mapping[str, FieldValue]
"""What a decision carries."""

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
NATIONAL: dict[str, FieldValue] = {
    "domaines": "soins, aides",
    "causes_profondes": "OFFRE_ABSENCE",
    "gravite": "forte",
    "atteintes": "sante",
    "compensations_suffisantes": "non",
    "tente": "Trois cabinets ont été appelés.",
    "recurrence": "repetee",
    "preconisations_niveau": "departement",
}
"""What the national form asks beyond the short form and the analysis."""
SPOKEN: dict[str, FieldValue] = {"moyen": "oral"}
PASSED_ON: dict[str, FieldValue] = {"moyen": "courriel"}
OWN_WORDS: dict[str, FieldValue] = {"moyen": "courriel", "mot": LONG}
CONCLUSION: dict[str, FieldValue] = {
    "motif": "resolue",
    "resultat": "Les soins ont repris et tiennent depuis un mois.",
    "retour": FINAL["retour"],
}
REVIEW = "Un cabinet a accepté de reprendre les soins, à confirmer."


def action(carrier: str, due: str) -> list[Mapping[str, str]]:
    """Return one action, as `actions` expects it."""
    return [{"intitule": "Chercher un cabinet qui reprend les soins.", "porteur": carrier, "echeance": due}]


@dataclass
class World:
    """The parts a story needs, and short words to tell it."""

    store: SqlStore
    circuits: PublishedCircuits
    engine: Engine
    clock: VirtualClock
    posting: Posting
    ids: "count[int]" = field(default_factory=lambda: count(1))
    seen: set[int] = field(default_factory=set)

    def open(
        self,
        by: str = "maelle.riou",
        departement: str = "35",
        antenne: str = "antenne-fougeres",
        tracking: str | None = None,
    ) -> str:
        """Begin a draft and return its reference."""
        return accepted(
            self.engine.open([Draft(f"o{next(self.ids)}", by, antenne, departement, tracking)])[0]
        ).reference

    def decision(
        self, reference: str, name: str, by: str, fields: Mapping[str, Any] | None = None, due: int | None = None
    ) -> Decision:
        """Build a decision with an identifier of its own."""
        return Decision(f"d{next(self.ids)}", reference, name, by, fields or {}, due=due, salt="sel")

    def decide(
        self, reference: str, name: str, by: str, fields: Mapping[str, Any] | None = None, due: int | None = None
    ) -> Case:
        """Decide, and expect it to be accepted."""
        return accepted(self.engine.decide([self.decision(reference, name, by, fields, due)])[0])

    def act(self, reference: str, code: str, by: str, fields: Mapping[str, Any] | None = None) -> Case:
        """Render (`acquitter`) the first open dû of a code."""
        return self.decide(reference, "acquitter", by, fields, due=self.owed(reference, code)[0].n)

    def waive(self, reference: str, code: str, by: str, motif: str = "sans_reponse") -> Case:
        """Go on without the first open dû of a code (`dispenser`)."""
        return self.decide(reference, "dispenser", by, {"motif": motif}, due=self.owed(reference, code)[0].n)

    def post(self) -> None:
        """Let the mail server accept every mail that may leave."""
        while mails := self.posting.claim(100):
            self.posting.accepted(mails)

    def wait(self, days: int = 0, *, hours: int = 0, minutes: int = 0, step: timedelta = timedelta(hours=6)) -> None:
        """Let time pass, ticking as a worker would."""
        end = self.clock.now() + timedelta(days=days, hours=hours, minutes=minutes)
        while self.clock.now() < end:
            self.clock.set(min(end, self.clock.now() + step))
            self.tick()

    def leap(self, days: int) -> None:
        """Let time pass, ticking only when something is due: long silences at their true pace."""
        end = self.clock.now() + timedelta(days=days)
        while (due := self._next_due()) and due <= end:
            self.clock.set(max(due, self.clock.now()))
            self.tick()
            assert self._next_due() != due, "a situation is due and does not advance"
        self.clock.set(end)

    def _next_due(self) -> datetime | None:
        with self.store.reading() as work:
            rows = work.screens._rows(select(func.min(TABLES["cases"].c.wake_at).label("due")))
        found: datetime | None = rows[0]["due"]
        return found

    def until(self, day: str, at: str = "09:00", *, step: timedelta = timedelta(hours=6)) -> None:
        """Let time pass until a local day and hour."""
        end = datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=PARIS)
        self.wait(minutes=int((end - self.clock.now()) / timedelta(minutes=1)), step=step)

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

    def fresh(self, reference: str) -> list[tuple[str, str]]:
        """Return the mails queued since the last call, sorted."""
        new = [row for row in self.queue(reference) if row["id"] not in self.seen]
        self.seen |= {row["id"] for row in new}
        return sorted((row["mail"], row["name"] or "rédacteur") for row in new)

    def queue(self, reference: str) -> list[dict[str, Any]]:
        """Return the queued mails of a situation as rows, with the unique key and the name of the recipient."""
        mails, people = TABLES["messages"], TABLES["people"]
        query = (
            select(mails, people.c.name.label("name"))
            .join(people, people.c.id == mails.c.recipient, isouter=True)
            .where(mails.c.reference == reference)
            .order_by(mails.c.not_before, mails.c.id)
        )
        with self.store.reading() as work:
            return [dict(row) for row in work.screens._rows(query)]

    def every(self, reference: str, code: str) -> list[Obligation]:
        """Return all the obligations of one code, the closed ones too."""
        return [o for o in self.every_due(reference) if o.code == code]

    def every_due(self, reference: str) -> list[Obligation]:
        """Return all the obligations of a situation, the closed ones too."""
        with self.store.reading() as work:
            return work.screens.obligations(reference)

    def journal(self, reference: str) -> list[dict[str, Any]]:
        """Return the journal's lines, each with its kind and its author beside its content."""
        with self.store.reading() as work:
            lines = work.journal.of(reference)
        return [{"kind": line.kind, "author": line.author, **json.loads(line.content)} for line in lines]

    def kinds(self, reference: str) -> list[str]:
        """Return the kinds of the journal's lines."""
        with self.store.reading() as work:
            return [entry.kind for entry in work.journal.of(reference)]

    def to_analysis(self, tracking: str | None = None) -> str:
        """Bring a situation to the analysis of the antenne de Fougères."""
        reference = self.open(tracking=tracking)
        self.decide(reference, "deposer", "maelle.riou", FORM)
        self.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
        self.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
        return reference

    def to_agenda(self, tracking: str | None = None) -> str:
        """Bring a situation to the agenda of the governance, on 20 January."""
        reference = self.to_analysis(tracking)
        self.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
        self.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-01-20"})
        return reference

    def to_dd(self, *, instruct: bool = True, tracking: str | None = None) -> str:
        """Bring a situation before DD 35, taken in charge unless told otherwise."""
        reference = self.to_agenda(tracking)
        self.decide(reference, "valider", "claire.legoff", VALIDATION)
        self.wait(hours=3)
        if instruct:
            self.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
        return reference


def ten_steps() -> dict[str, str]:
    """Return the files of the small, stable circuit that the tests of the core play."""
    return {"circuits/national.yaml": TEN_STEPS.read_text(encoding="utf-8"), **shared_files()}


@cache
def _shipped() -> Version:
    """The national circuit and its files, read and checked once for all the tests."""
    return version_of(shipped_files("national"), "national")


@cache
def _directory() -> DirectoryFile:
    return read_directory(DIRECTORY)


def make_world(
    url: str = IN_MEMORY,
    start: datetime = START,
    without: tuple[str, ...] = (),
    files: dict[str, str] | None = None,
    versions: Sequence[Version] = (),
) -> World:
    """Build the world on a fresh database; `without` leaves people and mailboxes out of the directory.

    `files` holds other circuits than the national one that is shipped; `versions`, those that were checked already.
    """
    database = open_database(url)
    store = SqlStore(database, "orp.example")
    plain = files is None and not versions
    if url == IN_MEMORY and plain:
        _memory(database).deserialize(_image(start, without))
    else:
        _fill(store, start, without, versions or (versions_of(files) if files else [_shipped()]))
    clock = VirtualClock(start)
    circuits = PublishedCircuits(store.reading, clock)
    if plain:
        circuits._compiled[_shipped().key] = _shipped().circuit  # compiled once for all the tests
    engine = Engine(store, circuits, clock)
    return World(store, circuits, engine, clock, Posting(store, engine))


def _fill(store: SqlStore, start: datetime, without: tuple[str, ...], versions: Sequence[Version]) -> None:
    upgrade(store.engine)
    with store.writing() as work:
        for version in versions:
            if work.circuits.files(version.key) is None:  # two worlds may share a base
                work.circuits.publish(version, unsigned(version, start))
        organisations, people, functions = _directory().rows(datetime(2020, 1, 1, tzinfo=UTC))
        work.directory.add(organisations, people, [row for row in functions if row["person"] not in without])


@cache
def _image(start: datetime, without: tuple[str, ...]) -> bytes:
    """A filled base, byte by byte: migrating one anew for each test would take most of their time."""
    store = SqlStore(open_database(IN_MEMORY), "orp.example")
    _fill(store, start, without, [_shipped()])
    image: bytes = _memory(store.engine).serialize()
    store.engine.dispose()
    return image


def _memory(database: Database) -> Any:
    """Return the one connection of a base in memory."""
    return database.raw_connection().driver_connection
