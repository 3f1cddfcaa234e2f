"""A small circuit with one of everything, and a dossier kept by hand: `advance` is played on them, no database."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from orp.directory_file import read_directory
from tests.world import ANALYSIS, DIRECTORY, FINAL, FORM, LONG, VALIDATION, action, ten_steps
from workflow.circuit.compiled import Circuit
from workflow.circuit.loader import load_circuit
from workflow.errors import Refusal
from workflow.model import Case, Dossier, Facts, Obligation, Organisation, Outcome, Party, Person
from workflow.records import Content, Entry, Message
from workflow.rules import advance, start
from workflow.triggers import Decision, FieldValue, Trigger

Fields = Mapping[str, FieldValue]
PARIS = ZoneInfo("Europe/Paris")

SMALL = """\
circuit: essai
version: 1
titre: Circuit d’essai
annulation: 15 min
fiches: [socle]
acteurs:
  redacteur: {titre: le rédacteur, structure: antenne, fonction: redacteur}
  antenne: {titre: l’antenne, structure: antenne, fonction: responsable_antenne, superieur: direction}
  dac: {titre: le DAC, structure: dac, fonction: pilote_orp, superieur: direction}
  direction: {titre: la direction, structure: dac, fonction: direction}
  gouvernance: {titre: la gouvernance, structure: gouvernance, fonction: secretaire, superieur: presidence}
  presidence: {titre: la présidence, structure: gouvernance, fonction: presidence}
  dd: {titre: la DD, structure: dd, fonction: instruction, superieur: direction_dd}
  direction_dd: {titre: la direction de la DD, structure: dd, fonction: direction_dd}
instances:
  equipe: {titre: Réunion de la DD}
motifs:
  suites: {courte: Offre absente, longue: Il manque une équipe mobile de soins de nuit sur le territoire de l’antenne}
  dispense: {sans_objet: Sans objet}
  prolongation: {instruction_longue: Instruction longue}
dus:
  complement: {genre: complement, par: dac, a: [dd], delai: 15 j, urgent: 3 jo, bornes: [5 j, 30 j], courriel: M02}
  avis: {genre: avis, par: partenaire, a: [dd], delai: 21 j}
  action: {genre: action, par: dac, a: [dd], delai: 20 j}
  tache: {genre: tache, par: gouvernance, delai: 60 j}
  point_fait: {genre: retour, par: dac, a: [redacteur], remis: [dac], delai: 10 j, courriel: M11}
  suites_donnees: {genre: retour, par: dac, a: [redacteur], remis: [dac], delai: 7 j, urgent: 2 jo, courriel: M11}
  seance:
    genre: decision
    par: dd
    pendant: [suite]
    instance: equipe
    delai: {au_plus_tot_de: [45 j, prochaine séance + 7 j]}
    urgent: 7 j
    bornes: [10 j, 120 j]
#dus
etapes:
  examen:
    niveau: dd
    titre: Examen
    responsable: dd
    horloge: D1
    delai: 30 j
    urgent: 7 j
    bornes: [10 j, 60 j]
    pause: oui
    decisions:
      demander: {code: X1, titre: Demander, par: [dd], vers: meme, exige: [questions], fois: 2, doit: [complement]}
      consulter: {code: X2, titre: Consulter, par: [dd], vers: meme, exige: [partenaires], doit: [avis]}
      confier: {code: X3, titre: Confier, par: [dd], vers: meme, exige: [actions], doit: [action]}
      noter: {code: X4, titre: Noter, par: [dd], vers: meme, doit: [tache]}
      faire_le_point: {code: X5, titre: Point, par: [dd], vers: meme, exige: [retour], doit: [point_fait]}
      hater: {code: X6, titre: Hâter, par: [dd], vers: meme, exige: [priorite]}
      passer: {code: X7, titre: Passer, par: [dd], vers: suite}
      conclure:
        code: X8
        titre: Conclure
        par: [dd]
        vers: retour_en_diffusion
        exige: [motif, retour]
        motifs: suites
        issue: cloturee
        doit: [suites_donnees]
#examen
  suite:
    niveau: dd
    titre: Suite
    responsable: dd
    decisions:
      fixer: {code: X9, titre: Fixer, par: [dd], vers: meme, exige: [seance]}
      presser: {code: X6, titre: Presser, par: [dd], vers: meme, exige: [priorite]}
      revenir: {code: X10, titre: Revenir, par: [dd], vers: examen}
  retour_en_diffusion:
    niveau: dd
    titre: Retour en diffusion
    decisions:
      cloturer:
        code: X45
        titre: Clôturer
        par: [systeme]
        vers: cloturee
        quand: {plus_rien_du: oui, issue: cloturee}
        informe: [dac, redacteur]
        courriel: M15
  cloturee: {niveau: dac, titre: Clôturée}
"""

SOCLE = """\
fiche: socle
version: 1
titre: Ce que tout le pays compte
champs:
  nature: {libelle: Nature, type: choix, valeurs: {averee: Avérée}}
  causes: {libelle: Causes, type: typologie, niveau: 1}
  impact: {libelle: Impact, type: texte}
  recurrence: {libelle: Récurrence, type: choix, valeurs: {isolee: Isolée}}
  depuis: {libelle: Depuis, type: mois}
"""
CAUSES = """\
typologie: nationale
version: 1
titre: Causes
codes:
  OFFRE: {libelle: Offre absente}
"""

RETOUR: Fields = {"retour": LONG}
END: Fields = {"motif": "courte", "retour": FINAL["retour"]}
ASK: Fields = {"questions": "Depuis quand ?"}
ANSWER: Fields = {"reponse": "Depuis un mois."}
WAIVE: Fields = {"motif": "sans_objet"}
URGENT: Fields = {"priorite": "urgente"}
CONSULT: Fields = {"partenaires": "mdph-35"}
ENTRUST: Fields = {"actions": action("dactiv", "2026-01-26")}
CARRY: dict[str, Fields] = {"demander": ASK, "consulter": CONSULT, "confier": ENTRUST, "faire_le_point": RETOUR}
ORAL: Fields = {"moyen": "oral"}
BY_MAIL: Fields = {"moyen": "courriel"}
READ: Fields = {"moyen": "lu"}

DAC, DIRECTION, DD, DIRECTION_DD = "katell.morvan", "herve.guillou", "sophie.carre", "marc.aubin"
WRITER, ANTENNE, SECRETARY, PRESIDENT = "maelle.riou", "yann.lebihan", "claire.legoff", "paul.tanguy"
ANALYST, PARTNER, MAILBOX = "nolwenn.prigent", "didier.monnerais", "boite-dd-35"
EVERYBODY = [DAC, DIRECTION, DD, DIRECTION_DD, WRITER, ANTENNE, SECRETARY, PRESIDENT, ANALYST, PARTNER]
FOLLOW = "  suivi: {genre: retour, par: dd, a: [dac], pendant: [examen, suite], delai: 30 j, renouvelle: 90 j}\n"


@cache
def small(dus: str = "", examen: str = "", text: str = SMALL) -> Circuit:
    """Compile the small circuit with more dûs and more decisions of its first step."""
    more = text.replace("#dus\n", f"{dus}\n").replace("#examen\n", f"{examen}\n")
    files = {"circuits/essai.yaml": more, "fiches/socle.yaml": SOCLE, "typologies/nationale.yaml": CAUSES}
    return load_circuit(files, "essai")


@cache
def national() -> Circuit:
    return load_circuit(ten_steps(), "national")


@cache
def facts() -> Facts:
    organisations, people, functions = read_directory(DIRECTORY).rows(datetime(2020, 1, 1, tzinfo=UTC))
    held = {row["id"]: frozenset[tuple[str, str]]() for row in people}
    for row in functions:
        held[row["person"]] |= {(row["organisation"], row["function"])}
    return Facts(
        {
            row["id"]: Organisation(row["id"], row["name"], row["departement"], row["kind"], row["parent"])
            for row in organisations
        },
        {row["id"]: Person(row["id"], row["name"], held[row["id"]], row["mailbox"]) for row in people},
    )


def instant(day: str, hour: str = "09:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=PARIS).astimezone(UTC)


class Story:
    """One situation and all that was ever written about it, kept as the database would keep it."""

    def __init__(self, circuit: Circuit, day: str = "2026-01-05", hour: str = "09:00") -> None:
        self.circuit, self.now, self.ids = circuit, instant(day, hour), count(1)
        self.all: dict[int, Obligation] = {}
        self.entries: list[Entry] = []
        self.contents: list[Content] = []
        self.messages: list[Message] = []
        places = {"antenne": "antenne-fougeres", "dac": "dactiv", "gouvernance": "gouvernance-dactiv", "dd": "dd-35"}
        parties = {slot: Party(slot, organisation, None) for slot, organisation in places.items()}
        case = Case("R", "dactiv", "35", circuit.key, circuit.initial, WRITER, self.now, self.now, self.now)
        self.dossier = Dossier(case, [], parties, facts())
        self._keep(start(circuit, self.dossier, Decision("d0", "R", "ouvrir", WRITER), self.now))

    @property
    def case(self) -> Case:
        return self.dossier.case

    def play(self, trigger: Trigger = None) -> Outcome:
        outcome = advance(self.circuit, self.dossier, trigger, self.now)
        self._keep(outcome)
        return outcome

    def on(self, day: str, hour: str = "09:00") -> "Story":
        """Let time pass until a local day and hour, then tick."""
        self.now = instant(day, hour)
        self.play()
        return self

    def decide(self, name: str, by: str, fields: Fields | None = None, due: Obligation | None = None) -> Outcome:
        """Decide, or raise the refusal; nothing is kept of a refused decision."""
        return self.play(self.decision(name, by, fields, due))

    def decision(self, name: str, by: str, fields: Fields | None = None, due: Obligation | None = None) -> Decision:
        return Decision(f"d{next(self.ids)}", "R", name, by, fields or {}, due.n if due else None, salt="sel")

    def owed(self, code: str = "") -> list[Obligation]:
        """Return what is open, or what is open under one code."""
        return [o for o in self.dossier.obligations if code in ("", o.code)]

    def one(self, code: str) -> Obligation:
        """Return the only obligation ever opened under this code and left to a person."""
        (found,) = [o for o in self.all.values() if o.code == code and o.proof != "remis"]
        return found

    def due(self, code: str) -> str:
        """Return the date of the only one open under this code."""
        (found,) = self.owed(code)
        return str(found.due)

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.entries]

    def _keep(self, outcome: Outcome) -> None:
        self.all |= outcome.changed
        self.entries += outcome.entries
        self.contents += outcome.contents
        self.messages += outcome.messages
        stored = {content.field for content in outcome.contents} | {answer.field for answer in outcome.answers}
        after, known = outcome.dossier, self.dossier.facts
        self.dossier = replace(
            after,
            obligations=[obligation for obligation in after.obligations if obligation.is_open],
            facts=known.with_case(known.answered | stored, known.seen),
        )


def refused(
    story: Story, kind: type[Refusal], name: str, by: str, fields: Fields | None = None, *, code: str = ""
) -> str:
    """Decide about the one dû of a code, expect a refusal, and return its sentence."""
    with pytest.raises(kind) as caught:
        story.decide(name, by, fields, story.one(code) if code else None)
    return str(caught.value)


def asked(story: Story) -> Story:
    story.decide("demander", DD, ASK)
    return story


def to_analysis(day: str = "2026-01-05", hour: str = "09:00") -> Story:
    story = Story(national(), day, hour)
    story.decide("deposer", WRITER, FORM)
    story.decide("retenir_pour_analyse", ANTENNE, {"nature": "averee"})
    return story


def to_governance(day: str = "2026-01-05", hour: str = "09:00") -> Story:
    story = to_analysis(day, hour)
    story.decide("proposer_gouvernance", DAC, ANALYSIS)
    return story


def validated(day: str, hour: str) -> Story:
    story = to_governance(day, hour)
    story.decide("inscrire_seance", SECRETARY, {"seance": day})
    story.decide("valider", SECRETARY, VALIDATION)
    return story
