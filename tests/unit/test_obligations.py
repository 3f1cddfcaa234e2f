"""The life of each kind of obligation (the table of DESIGN §1), on a small circuit and on the national one.

Everything but the last section is played on the pure function: `advance` and a dossier kept by hand.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from orp.directory_file import read_directory
from tests.world import ANALYSIS, DIRECTORY, FINAL, FORM, LONG, VALIDATION, World, action, make_world, ten_steps
from workflow.circuit.compiled import Circuit
from workflow.circuit.loader import load_circuit
from workflow.delays import Delay, Unit
from workflow.engine import Draft
from workflow.errors import (
    IllegalDecision,
    InvalidDefinition,
    MissingData,
    Refusal,
    StaleVersion,
    StillOwed,
    UnknownPerson,
    WrongRole,
)
from workflow.model import (
    Case,
    Decision,
    Dossier,
    Facts,
    FieldValue,
    MailReport,
    Obligation,
    Organisation,
    Outcome,
    Party,
    Person,
    Status,
    Trigger,
)
from workflow.records import Content, Entry, Message
from workflow.rules import advance, start

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


@pytest.fixture
def story() -> Story:
    return Story(small())


# --- Décision. ---


def test_a_decision_is_discharged_by_a_decision_of_its_step(story: Story) -> None:
    story.on("2026-01-12").decide("passer", DD)
    decided = story.one("D1")
    assert (decided.status, decided.proof, decided.closed_at) == (Status.DISCHARGED, "décision X7", story.now)


def test_a_decision_that_stays_does_not_discharge_it(story: Story) -> None:
    story.decide("consulter", DD, CONSULT)
    assert story.one("D1").is_open


@pytest.mark.parametrize("verb", ["acquitter", "dispenser"])
def test_a_decision_is_never_discharged_by_a_verb(story: Story, verb: str) -> None:
    assert "« Passer » (passer)" in refused(story, IllegalDecision, verb, DIRECTION_DD, WAIVE, code="D1")


def test_silence_never_decides(story: Story) -> None:
    for day in ("2026-02-05", "2026-05-05", "2027-01-05"):
        story.on(day)
    assert (story.case.step, story.one("D1").is_open, story.one("D1").late) == ("examen", True, True)
    assert story.kinds() == ["ouvrir", "depassement_debut"]
    assert story.case.version == 0


# --- Complément. ---


def asked(story: Story) -> Story:
    story.decide("demander", DD, ASK)
    return story


def test_a_complement_is_discharged_by_the_answer(story: Story) -> None:
    asked(story).decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert (story.one("complement").status, story.one("complement").proof) == (Status.DISCHARGED, "réponse")


def test_an_empty_answer_is_no_answer(story: Story) -> None:
    refused(asked(story), MissingData, "acquitter", DAC, {"reponse": "  "}, code="complement")


def test_the_asker_goes_on_without_a_complement_with_a_reason(story: Story) -> None:
    refused(asked(story), MissingData, "dispenser", DD, {}, code="complement")
    refused(story, MissingData, "dispenser", DD, {"motif": "parce que"}, code="complement")
    story.decide("dispenser", DD, WAIVE, story.one("complement"))
    assert (story.one("complement").status, story.one("complement").proof) == (Status.WAIVED, "dispense : sans_objet")


def test_a_complement_is_never_discharged_by_silence_and_holds_the_step(story: Story) -> None:
    asked(story).on("2026-06-01")
    assert (story.one("complement").is_open, story.one("complement").late) == (True, True)
    sentence = refused(story, StillOwed, "passer", DD)
    assert "le DAC (DAC’tiv)" in sentence
    assert f"n° {story.one('complement').n}" in sentence


def test_the_third_complement_of_a_step_is_refused_until_the_step_is_entered_again(story: Story) -> None:
    for _ in range(2):
        asked(story).decide("acquitter", DAC, ANSWER, story.owed("complement")[0])
    refused(story, IllegalDecision, "demander", DD, ASK)
    story.decide("passer", DD)
    story.decide("revenir", DD)
    assert asked(story).owed("complement")


def test_the_analyst_who_asked_may_go_on_without_the_complement() -> None:
    story = to_analysis()
    story.decide("demander_complement", ANALYST, ASK)
    story.decide("dispenser", ANALYST, WAIVE, story.one("complement"))


# --- Avis, action, tâche. ---


def test_an_opinion_is_discharged_by_the_opinion(story: Story) -> None:
    story.decide("consulter", DD, CONSULT)
    story.decide("acquitter", PARTNER, {"reponse": "Favorable."}, story.one("avis"))
    assert story.one("avis").status is Status.DISCHARGED


def test_the_asker_closes_a_consultation_without_the_opinion(story: Story) -> None:
    story.decide("consulter", DD, CONSULT)
    story.decide("dispenser", DD, WAIVE, story.one("avis"))
    assert story.one("avis").status is Status.WAIVED


def test_an_opinion_that_does_not_come_holds_nobody(story: Story) -> None:
    story.decide("consulter", DD, CONSULT)
    story.on("2026-02-02").decide("passer", DD)
    assert story.case.step == "suite"


def test_an_opinion_not_received_is_over_once_the_asker_decides(story: Story) -> None:
    story.decide("consulter", DD, CONSULT)
    story.decide("conclure", DD, END)
    assert not story.owed("avis")


@pytest.mark.parametrize(
    ("fields", "proof"),
    [
        ({"etat": "faite"}, "faite"),
        ({"etat": "abandonnee", "raison": "Le partenaire a fermé."}, "abandonnee"),
        ({"etat": "hors_circuit"}, "hors_circuit"),
    ],
)
def test_an_action_is_done_or_dropped_or_goes_on_elsewhere(story: Story, fields: Fields, proof: str) -> None:
    story.decide("confier", DD, ENTRUST)
    story.decide("acquitter", DAC, fields, story.one("action"))
    assert (story.one("action").status, story.one("action").proof) == (Status.DISCHARGED, proof)


@pytest.mark.parametrize("fields", [{}, {"etat": "en cours"}, {"etat": "abandonnee"}])
def test_an_action_does_not_end_without_a_state_nor_is_dropped_without_a_reason(story: Story, fields: Fields) -> None:
    story.decide("confier", DD, ENTRUST)
    refused(story, MissingData, "acquitter", DAC, fields, code="action")


def test_an_action_is_never_discharged_by_its_date(story: Story) -> None:
    story.decide("confier", DD, ENTRUST)
    story.on("2026-06-01")
    assert story.one("action").is_open


def test_a_task_is_ticked(story: Story) -> None:
    story.decide("noter", DD)
    story.decide("acquitter", SECRETARY, None, story.one("tache"))
    assert (story.one("tache").status, story.one("tache").proof) == (Status.DISCHARGED, "fait")


# --- Who may do it. ---

OPENED = {
    "complement": "demander",
    "avis": "consulter",
    "action": "confier",
    "tache": "noter",
    "point_fait": "faire_le_point",
}
DEBTORS = {"complement": DAC, "avis": PARTNER, "action": DAC, "tache": SECRETARY, "point_fait": DAC}
MASTERS = {
    "complement": [DD, DIRECTION_DD],
    "avis": [DD, DIRECTION_DD],
    "action": [DIRECTION],
    "tache": [PRESIDENT],
    "point_fait": [DIRECTION],
}
GOOD: dict[str, Fields] = {
    "complement": ANSWER,
    "avis": ANSWER,
    "action": {"etat": "faite"},
    "tache": {},
    "point_fait": ORAL,
}
EVERYBODY = [DAC, DIRECTION, DD, DIRECTION_DD, WRITER, ANTENNE, SECRETARY, PRESIDENT, ANALYST, PARTNER]


def opened(code: str) -> Story:
    story = Story(small())
    story.decide(OPENED[code], DD, CARRY.get(OPENED[code]))
    return story


@pytest.mark.parametrize("code", OPENED)
def test_only_the_debtor_discharges(code: str) -> None:
    story = opened(code)
    for person in EVERYBODY:
        if person != DEBTORS[code]:
            refused(story, WrongRole, "acquitter", person, GOOD[code], code=code)
    story.decide("acquitter", DEBTORS[code], GOOD[code], story.one(code))
    assert story.one(code).status is Status.DISCHARGED


@pytest.mark.parametrize("code", OPENED)
def test_the_asker_or_the_debtor_s_supervisor_waives_and_nobody_else(code: str) -> None:
    story = opened(code)
    for person in EVERYBODY:
        if person not in MASTERS[code]:
            refused(story, WrongRole, "dispenser", person, WAIVE, code=code)
    refused(story, MissingData, "dispenser", MASTERS[code][0], {"motif": "autre"}, code=code)
    story.decide("dispenser", MASTERS[code][0], WAIVE, story.one(code))
    assert (story.one(code).status, story.one(code).proof) == (Status.WAIVED, "dispense : sans_objet")


def test_a_waiver_is_counted_in_the_journal() -> None:
    story = opened("action")
    story.decide("dispenser", DIRECTION, WAIVE, story.one("action"))
    assert '"etat":"dispense"' in story.entries[-1].content
    assert '"motif":"sans_objet"' in story.entries[-1].content


def test_a_decision_belongs_to_those_it_names(story: Story) -> None:
    for person in EVERYBODY:
        if person != DD:
            assert "la DD (DD 35" in refused(story, WrongRole, "passer", person)


def test_the_same_function_elsewhere_gives_no_right_here(story: Story) -> None:
    elsewhere = Person("ailleurs", "Ailleurs", frozenset({("dd-22", "instruction"), ("dd-35", "direction_dd")}))
    people = {**facts().people, "ailleurs": elsewhere}
    story.dossier = replace(story.dossier, facts=replace(story.dossier.facts, people=people))
    refused(story, WrongRole, "passer", "ailleurs")


def test_a_service_mailbox_decides_nothing(story: Story) -> None:
    assert "boîte de service" in refused(story, UnknownPerson, "passer", MAILBOX)
    story.decide("confier", DD, ENTRUST)
    refused(story, UnknownPerson, "acquitter", MAILBOX, {"etat": "faite"}, code="action")


def test_nobody_unknown_decides(story: Story) -> None:
    refused(story, UnknownPerson, "passer", "personne")
    refused(story, UnknownPerson, "passer", "systeme")


def test_a_verb_without_the_number_of_what_is_owed_says_what_is(story: Story) -> None:
    story.decide("confier", DD, ENTRUST)
    with pytest.raises(IllegalDecision) as caught:
        story.decide("acquitter", DAC, {"etat": "faite"})
    assert f"{story.one('action').n} (action, le DAC (DAC’tiv))" in str(caught.value)


def test_what_is_discharged_once_is_not_discharged_twice(story: Story) -> None:
    story.decide("confier", DD, ENTRUST)
    story.decide("acquitter", DAC, {"etat": "faite"}, story.one("action"))
    refused(story, IllegalDecision, "acquitter", DAC, {"etat": "faite"}, code="action")


# --- Retours between structures. ---

REPORT = """\
  etat: {genre: retour, par: dd, a: [dac, gouvernance], delai: 7 j, courriel: M11}
"""
REPORTING = """\
      annoncer: {code: X11, titre: Annoncer, par: [dd], vers: meme, doit: [etat]}
"""


def reporting() -> Story:
    story = Story(small(REPORT, REPORTING))
    story.decide("annoncer", DD)
    return story


def test_a_retour_between_structures_is_owed_to_each_beneficiary() -> None:
    owed = reporting().owed("etat")
    assert [o.beneficiary.organisation for o in owed if o.beneficiary] == ["dactiv", "gouvernance-dactiv"]


def test_a_retour_between_structures_is_written_once_and_delivered_to_all_at_that_instant() -> None:
    story = reporting().on("2026-01-08", "10:00")
    outcome = story.decide("acquitter", DD, RETOUR, story.owed("etat")[0])
    assert not story.owed("etat")
    assert {o.closed_at for o in story.all.values() if o.code == "etat"} == {instant("2026-01-08", "10:00")}
    assert {m.recipient for m in outcome.messages if m.mail == "M11"} == {DAC, SECRETARY}
    assert [content.field for content in outcome.contents] == ["retour.texte"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 59, f"  {'x' * 59}  "])
def test_a_retour_under_sixty_characters_is_refused(text: str) -> None:
    story = reporting()
    with pytest.raises(MissingData, match="60 caractères"):
        story.decide("acquitter", DD, {"retour": text}, story.owed("etat")[0])


def test_a_retour_of_sixty_characters_is_enough() -> None:
    story = reporting()
    story.decide("acquitter", DD, {"retour": "x" * 60}, story.owed("etat")[0])
    assert not story.owed("etat")


def test_what_the_tool_delivers_is_born_discharged_with_its_proof(story: Story) -> None:
    outcome = story.decide("faire_le_point", DD, RETOUR)
    (row,) = [o for o in outcome.changed.values() if o.proof == "remis"]
    assert (row.status, row.closed_at, row.due, row.wake_at) == (Status.DISCHARGED, story.now, None, None)
    assert (row.debtor.organisation, row.beneficiary and row.beneficiary.actor) == ("dd-35", "dac")
    assert row.answers == [f"point_fait:X5@{story.case.seq}"]


# --- Merging. ---


def test_one_open_retour_per_debtor_and_beneficiary_remembers_each_decision(story: Story) -> None:
    story.decide("faire_le_point", DD, RETOUR)
    first = story.case.seq
    story.on("2026-01-07").decide("faire_le_point", DD, RETOUR)
    second = story.case.seq
    story.on("2026-01-08").decide("conclure", DD, END)
    (owed,) = story.owed()
    answers = [f"point_fait:X5@{first}", f"point_fait:X5@{second}", f"suites_donnees:X8@{story.case.seq}"]
    assert owed.answers == answers


def test_the_earliest_date_stands_whichever_came_first(story: Story) -> None:
    story.decide("faire_le_point", DD, RETOUR)  # 10 j: 15 January
    story.on("2026-01-06").decide("conclure", DD, END)  # 7 j: 13 January
    assert story.due("point_fait") == "2026-01-13"
    later = Story(small())
    later.decide("faire_le_point", DD, RETOUR)
    later.on("2026-01-12").decide("conclure", DD, END)  # 7 j: 19 January
    assert later.due("point_fait") == "2026-01-15"


def test_a_retour_already_passed_on_is_not_merged_into(story: Story) -> None:
    story.decide("faire_le_point", DD, RETOUR)
    story.decide("acquitter", DAC, BY_MAIL, story.one("point_fait"))
    story.on("2026-01-06").decide("conclure", DD, END)
    assert [(o.code, len(o.answers)) for o in story.owed()] == [("point_fait", 1), ("suites_donnees", 1)]


def test_a_retour_already_rendered_is_not_merged_into(story: Story) -> None:
    story.decide("faire_le_point", DD, RETOUR)
    story.decide("acquitter", DAC, ORAL, story.one("point_fait"))
    story.decide("faire_le_point", DD, RETOUR)
    assert [len(o.answers) for o in story.owed("point_fait")] == [1]


def test_an_interim_retour_joined_by_a_final_one_becomes_final(story: Story) -> None:
    story.decide("faire_le_point", DD, RETOUR)
    assert not story.one("point_fait").final
    story.decide("conclure", DD, END)
    assert story.one("point_fait").final


ALREADY = """\
      annoncer_la_fin:
        code: X15
        titre: Annoncer la fin
        par: [dd]
        vers: meme
        exige: [motif, retour]
        motifs: suites
        issue: cloturee
        doit: [suites_donnees]
"""


def test_a_final_retour_joined_by_an_interim_one_stays_final() -> None:
    story = Story(small("", ALREADY))
    story.decide("annoncer_la_fin", DD, END)
    story.decide("faire_le_point", DD, RETOUR)
    assert story.one("suites_donnees").final


FINAL_REPORT = """\
  suivi: {genre: retour, par: dd, a: [dac], pendant: [examen], delai: 30 j, renouvelle: 90 j}
  reponse: {genre: retour, par: dd, a: [gouvernance], delai: 7 j}
"""
FINALLY = """\
      repondre: {code: X12, titre: Répondre, par: [dd], vers: retour_en_diffusion, issue: cloturee, doit: [reponse]}
"""


def ended() -> Story:
    story = Story(small(FINAL_REPORT, FINALLY))
    story.decide("repondre", DD)
    return story


def test_a_final_retour_between_structures_holds_all_its_parts() -> None:
    story = ended()
    assert "prochaine" in refused(story, MissingData, "acquitter", DD, RETOUR, code="reponse")
    story.decide("acquitter", DD, {"retour": FINAL["retour"]}, story.one("reponse"))
    assert story.one("reponse").status is Status.DISCHARGED


def test_an_interim_retour_never_discharges_a_final_one() -> None:
    story = ended()
    story.decide("acquitter", DD, RETOUR, story.one("suivi"))  # to the DAC, without the parts of a final one
    assert story.one("reponse").is_open


def test_merging_leaves_the_dossier_that_was_given_untouched(story: Story) -> None:
    story.decide("faire_le_point", DD, RETOUR)
    given, trigger = story.dossier, story.decision("faire_le_point", DD, RETOUR)
    advance(story.circuit, given, trigger, story.now)
    assert [len(o.answers) for o in given.obligations if o.code == "point_fait"] == [1]


# --- What a final retour says. ---

PARTS: dict[str, str] = dict(FINAL["retour"])  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["texte", "actions", "conserve", "prochaine", "contact"])
@pytest.mark.parametrize("value", ["", "   "])
def test_each_part_of_a_final_retour_is_required(story: Story, part: str, value: str) -> None:
    refused(story, MissingData, "conclure", DD, {"motif": "courte", "retour": PARTS | {part: value}})


def test_a_final_retour_is_not_the_label_of_its_motif(story: Story) -> None:
    label = story.circuit.definition.reasons["suites"]["longue"]
    assert len(label) >= 60
    for text in (label, f"{label}.", label.upper(), f"  {label} "):
        refused(story, MissingData, "conclure", DD, {"motif": "longue", "retour": PARTS | {"texte": text}})


def test_a_final_retour_of_fifty_nine_characters_is_refused_and_of_sixty_accepted(story: Story) -> None:
    refused(story, MissingData, "conclure", DD, {"motif": "courte", "retour": PARTS | {"texte": "x" * 59}})
    story.decide("conclure", DD, {"motif": "courte", "retour": PARTS | {"texte": "x" * 60}})
    assert story.case.step == "retour_en_diffusion"


def test_the_next_date_is_a_date_or_none(story: Story) -> None:
    refused(story, MissingData, "conclure", DD, {"motif": "courte", "retour": PARTS | {"prochaine": "on verra"}})


def test_all_faults_of_a_decision_are_said_at_once(story: Story) -> None:
    with pytest.raises(MissingData) as caught:
        story.decide("conclure", DD, {"retour": "court", "couleur": "bleu"})
    assert len(caught.value.faults) == 7  # the motif, the retour and its four parts, a field with no place here


# --- `pendant` and `renouvelle`. ---

FOLLOW = "  suivi: {genre: retour, par: dd, a: [dac], pendant: [examen, suite], delai: 30 j, renouvelle: 90 j}\n"
LEFT = """\
  suivi: {genre: retour, par: dd, a: [dac], pendant: [examen], delai: 30 j, renouvelle: 90 j}
  remise: {genre: retour, par: dd, remis: [dac]}
  ailleurs: {genre: retour, par: dd, remis: [gouvernance]}
"""
LEAVING = """\
      dire: {code: X13, titre: Dire, par: [dd], vers: suite, exige: [retour], doit: [remise]}
      dire_ailleurs: {code: X14, titre: Dire ailleurs, par: [dd], vers: suite, exige: [retour], doit: [ailleurs]}
"""


def test_moving_inside_the_steps_of_a_due_does_not_restart_it() -> None:
    story = Story(small(FOLLOW))
    story.on("2026-01-12").decide("passer", DD)
    story.on("2026-01-14").decide("revenir", DD)
    assert story.due("suivi") == "2026-02-04"
    assert len([o for o in story.all.values() if o.code == "suivi"]) == 1


def test_a_retour_opens_again_after_it_was_written_while_the_situation_stays() -> None:
    story = Story(small(FOLLOW))
    story.on("2026-01-20").decide("acquitter", DD, RETOUR, story.one("suivi"))
    assert story.due("suivi") == "2026-04-20"  # 90 j from that day
    story.on("2026-01-21").decide("acquitter", DD, RETOUR, story.owed("suivi")[0])
    assert story.due("suivi") == "2026-04-21"


def test_on_leaving_it_lapses_when_the_decision_delivers_to_the_same_beneficiary() -> None:
    story = Story(small(LEFT, LEAVING))
    story.decide("dire", DD, RETOUR)
    assert (story.one("suivi").status, story.one("suivi").proof) == (Status.LAPSED, "remplacé par X13")


@pytest.mark.parametrize(("name", "fields"), [("passer", {}), ("dire_ailleurs", RETOUR)])
def test_on_leaving_it_stays_owed_when_nothing_reaches_its_beneficiary(name: str, fields: Fields) -> None:
    story = Story(small(LEFT, LEAVING))
    story.decide(name, DD, fields)
    assert story.one("suivi").is_open


def test_a_retour_still_owed_after_leaving_is_not_renewed_once_written() -> None:
    story = Story(small(LEFT, LEAVING))
    story.decide("passer", DD)
    story.decide("acquitter", DD, RETOUR, story.one("suivi"))
    assert not story.owed("suivi")


def test_entering_again_does_not_owe_twice_what_is_still_owed() -> None:
    story = Story(small(LEFT, LEAVING))
    story.decide("passer", DD)
    story.decide("revenir", DD)
    assert len(story.owed("suivi")) == 1


WRITER_WAITS = """\
  suivi: {genre: retour, par: dac, a: [redacteur], pendant: [examen], delai: 30 j}
  remise: {genre: retour, par: dd, remis: [antenne]}
"""
TELL_ANTENNE = "      dire: {code: X13, titre: Dire, par: [dd], vers: suite, exige: [retour], doit: [remise]}\n"


def test_telling_the_antenne_does_not_end_what_is_owed_to_the_redacteur() -> None:
    story = Story(small(WRITER_WAITS, TELL_ANTENNE))
    story.decide("dire", DD, RETOUR)
    assert story.one("suivi").is_open


TWO_WAIT = "  suivi: {genre: retour, par: dd, a: [dac, gouvernance], pendant: [examen], delai: 30 j}\n"


def test_a_retour_that_opens_with_its_steps_is_owed_to_all_its_beneficiaries() -> None:
    story = Story(small(TWO_WAIT))
    assert [o.beneficiary.actor for o in story.owed("suivi") if o.beneficiary] == ["dac", "gouvernance"]


NO_ANTENNE = SMALL.replace("#dus\n", "  tous: {genre: retour, par: dd, remis: [niveaux_traverses]}\n").replace(
    "  antenne: {titre: l’antenne, structure: antenne, fonction: responsable_antenne, superieur: direction}\n", ""
)
TELL_ALL = "      dire: {code: X13, titre: Dire, par: [dd], vers: meme, exige: [retour], doit: [tous]}\n"


def test_a_circuit_without_an_actor_for_a_crossed_level_is_refused_or_runs() -> None:
    try:
        circuit = small("", TELL_ALL, NO_ANTENNE)
    except InvalidDefinition:
        return
    story = Story(circuit)
    story.dossier.parties["antenne"].since = story.now
    story.decide("dire", DD, RETOUR)


# --- Last mile. ---


def to_pass_on() -> Story:
    story = Story(small())
    story.decide("faire_le_point", DD, RETOUR)
    return story


def test_the_last_mile_is_discharged_when_the_redacteur_says_it_was_read() -> None:
    story = to_pass_on()
    story.decide("acquitter", WRITER, READ, story.one("point_fait"))
    assert (story.one("point_fait").status, story.one("point_fait").proof) == (Status.DISCHARGED, "lu")


@pytest.mark.parametrize("person", [DAC, DIRECTION, DD, ANTENNE, ANALYST])
def test_nobody_reads_in_the_redacteur_s_place(person: str) -> None:
    refused(to_pass_on(), WrongRole, "acquitter", person, READ, code="point_fait")


@pytest.mark.parametrize("fields", [{}, {"moyen": ""}, {"moyen": "pigeon"}])
def test_the_last_mile_needs_a_means(fields: Fields) -> None:
    refused(to_pass_on(), MissingData, "acquitter", DAC, fields, code="point_fait")


@pytest.mark.parametrize(("day", "accepted"), [("2026-01-05", True), ("2026-01-09", True), ("2026-01-12", True)])
def test_it_may_have_been_told_aloud_any_day_since_it_was_owed(day: str, accepted: bool) -> None:  # noqa: FBT001
    story = to_pass_on().on("2026-01-12")
    story.decide("acquitter", DAC, {"moyen": "oral", "le": day}, story.one("point_fait"))
    assert (story.one("point_fait").proof == f"oral {day}") is accepted


@pytest.mark.parametrize("day", ["2026-01-04", "2026-01-13", "hier", "2026-02-30"])
def test_it_was_not_told_aloud_before_it_was_owed_nor_tomorrow(day: str) -> None:
    story = to_pass_on().on("2026-01-12")
    refused(story, MissingData, "acquitter", DAC, {"moyen": "oral", "le": day}, code="point_fait")


def test_a_mail_merely_queued_proves_nothing() -> None:
    story = to_pass_on()
    story.decide("acquitter", DAC, BY_MAIL, story.one("point_fait"))
    story.on("2026-01-30")
    assert (story.one("point_fait").is_open, story.one("point_fait").late) == (True, True)


def test_an_accepted_mail_proves_three_working_days_later_and_not_before() -> None:
    story = to_pass_on()
    story.decide("acquitter", DAC, BY_MAIL, story.one("point_fait"))
    story.play(MailReport(story.one("point_fait").n, accepted=True))
    assert story.on("2026-01-08", "23:59").one("point_fait").is_open
    story.on("2026-01-12")
    assert story.one("point_fait").proof == "courriel accepté le 2026-01-05"
    assert story.one("point_fait").closed_at == instant("2026-01-09", "00:00")


def test_a_second_acceptance_does_not_start_the_three_days_again() -> None:
    story = to_pass_on()
    story.decide("acquitter", DAC, BY_MAIL, story.one("point_fait"))
    story.play(MailReport(story.one("point_fait").n, accepted=True))
    story.on("2026-01-08").play(MailReport(story.one("point_fait").n, accepted=True))
    assert not story.on("2026-01-09").one("point_fait").is_open


def test_a_mail_refused_for_good_is_owed_again_with_its_date() -> None:
    story = to_pass_on()
    story.decide("acquitter", DAC, BY_MAIL, story.one("point_fait"))
    story.play(MailReport(story.one("point_fait").n, accepted=True))
    story.on("2026-01-07").play(MailReport(story.one("point_fait").n, accepted=False))
    story.on("2026-01-16")
    assert (story.one("point_fait").is_open, story.one("point_fait").late) == (True, True)
    assert story.one("point_fait").passed_on is None


def test_a_report_about_something_else_changes_nothing() -> None:
    story = to_pass_on()
    before = replace(story.one("point_fait"))
    for n in (0, before.n, 99):
        outcome = story.play(MailReport(n, accepted=True))
        assert (outcome.changed, outcome.entries) == ({}, [])
    assert story.one("point_fait") == before


BARE = "  mot: {genre: retour, par: dac, a: [redacteur], delai: 7 j}\n"
SAY = "      dire: {code: X13, titre: Dire, par: [dd], vers: meme, doit: [mot]}\n"


def test_a_retour_nobody_wrote_needs_the_dac_s_own_words_to_leave_by_mail() -> None:
    story = Story(small(BARE, SAY))
    story.decide("dire", DD)
    refused(story, MissingData, "acquitter", DAC, BY_MAIL, code="mot")
    story.decide("acquitter", DAC, {**BY_MAIL, "mot": LONG}, story.one("mot"))
    assert story.one("mot").passed_on == story.now


# --- Pause and resume. ---


def test_a_complement_stops_the_asker_s_clock_and_keeps_the_days_left(story: Story) -> None:
    story.on("2026-01-15")
    asked(story)
    assert (story.one("D1").paused_on, story.one("D1").left) == (date(2026, 1, 15), Delay(20, Unit.DAYS))
    story.on("2026-01-22").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert (story.due("D1"), story.one("D1").paused_on) == ("2026-02-11", None)


def test_the_clock_runs_again_when_the_asker_goes_on_without_the_complement(story: Story) -> None:
    story.on("2026-01-15")
    asked(story).on("2026-01-22").decide("dispenser", DD, WAIVE, story.one("complement"))
    assert story.due("D1") == "2026-02-11"


@pytest.mark.parametrize("tick", ["2026-01-31", "2026-02-05", "2026-02-18"])
def test_the_clock_runs_again_from_the_complement_s_due_date_if_no_answer_came(story: Story, tick: str) -> None:
    story.on("2026-01-15")
    asked(story).on(tick)  # due 30 January
    assert (story.due("D1"), story.one("complement").late) == ("2026-02-19", True)


def test_an_answer_after_the_due_date_moves_nothing_more(story: Story) -> None:
    story.on("2026-01-15")
    asked(story).on("2026-02-10").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert story.due("D1") == "2026-02-19"


IN_WORKING_DAYS = SMALL.replace(
    "    delai: 30 j\n    urgent: 7 j\n    bornes: [10 j, 60 j]", "    delai: 20 jo\n    bornes: [10 jo, 40 jo]"
)


def test_a_clock_in_working_days_keeps_working_days() -> None:
    story = Story(small(text=IN_WORKING_DAYS))
    assert story.due("D1") == "2026-02-02"
    asked(story.on("2026-01-15"))
    assert story.one("D1").left == Delay(12, Unit.WORKING_DAYS)
    story.on("2026-01-21").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert story.due("D1") == "2026-02-06"


def test_a_late_clock_is_not_paused(story: Story) -> None:
    asked(story.on("2026-02-10"))
    assert (story.one("D1").paused_on, story.due("D1")) == (None, "2026-02-04")


def test_a_paused_clock_never_becomes_late(story: Story) -> None:
    asked(story.on("2026-01-30")).on("2026-02-13")
    assert not story.one("D1").late


def test_with_two_complements_the_clock_waits_for_both(story: Story) -> None:
    asked(asked(story.on("2026-01-15")))
    first, second = story.owed("complement")
    story.on("2026-01-19").decide("acquitter", DAC, ANSWER, first)
    assert story.one("D1").paused_on
    story.on("2026-01-22").decide("acquitter", DAC, ANSWER, second)
    assert story.due("D1") == "2026-02-11"


def test_no_other_clock_is_paused() -> None:
    story = Story(small(FOLLOW))
    for name in ("consulter", "confier", "noter", "faire_le_point"):
        story.decide(name, DD, CARRY.get(name))
    before = {o.code: o.due for o in story.owed() if o.code != "D1"}
    asked(story)
    assert {o.code: o.due for o in story.owed() if o.code in before} == before
    assert {o.code for o in story.owed() if o.paused_on} == {"D1"}


def test_a_clock_without_pause_goes_on() -> None:
    story = Story(small(text=SMALL.replace("    pause: oui\n", "")))
    asked(story.on("2026-01-15")).on("2026-02-05")
    assert story.one("D1").late


def test_a_clock_paused_twice_keeps_what_the_first_pause_gave(story: Story) -> None:
    for day, back in (("2026-01-12", "2026-01-14"), ("2026-01-19", "2026-01-21")):
        asked(story.on(day)).on(back).decide("acquitter", DAC, ANSWER, story.owed("complement")[0])
    assert story.due("D1") == "2026-02-09"  # 4 February and two times two days, a Sunday


def test_the_clock_waits_for_both_complements_even_if_the_officer_changed_between(story: Story) -> None:
    story.dossier.parties["dd"].person = DD
    asked(story.on("2026-01-15"))
    colleague = replace(facts().people[DD], id="colleague", name="Collègue")
    gone = replace(facts().people[DD], functions=frozenset())
    story.dossier = replace(
        story.dossier, facts=replace(story.dossier.facts, people={**facts().people, DD: gone, "colleague": colleague})
    )
    story.decide("demander", "colleague", ASK)
    story.on("2026-01-19").decide("acquitter", DAC, ANSWER, story.owed("complement")[0])
    assert story.one("D1").paused_on


# --- The earliest of two terms, and the meeting. ---


def in_suite() -> Story:
    story = Story(small())
    story.decide("passer", DD)
    return story


@pytest.mark.parametrize(
    ("meeting", "due"),
    [
        ("2026-01-05", "2026-01-12"),
        ("2026-01-20", "2026-01-27"),
        ("2026-02-12", "2026-02-19"),
        ("2026-02-13", "2026-02-19"),  # 45 j come first
        ("2026-06-01", "2026-02-19"),
    ],
)
def test_the_date_is_the_earliest_of_the_delay_and_the_meeting(meeting: str, due: str) -> None:
    story = in_suite()
    assert story.due("seance") == "2026-02-19"
    story.decide("fixer", DD, {"seance": meeting})
    assert story.due("seance") == due


def test_the_date_follows_the_meeting_both_ways() -> None:
    story = in_suite()
    for meeting, due in (("2026-01-20", "2026-01-27"), ("2026-02-03", "2026-02-10"), ("2026-01-13", "2026-01-20")):
        story.decide("fixer", DD, {"seance": meeting})
        assert story.due("seance") == due


@pytest.mark.parametrize("meeting", ["2026-01-04", "bientôt", "", "2026-02-30"])
def test_a_meeting_is_on_a_day_to_come(meeting: str) -> None:
    refused(in_suite(), MissingData, "fixer", DD, {"seance": meeting})


def test_the_governance_s_clock_follows_its_meeting() -> None:
    story = to_governance()
    assert story.due("D09") == "2026-02-19"
    story.decide("inscrire_seance", SECRETARY, {"seance": "2026-01-20"})
    assert story.due("D09") == "2026-01-27"
    story.decide("ajourner", SECRETARY, {"motif": "quorum", "seance": "2026-03-10", "retour": LONG})
    assert story.due("D09") == "2026-02-19"


def test_postponing_when_late_does_not_start_a_second_overrun() -> None:
    story = to_governance()
    story.decide("inscrire_seance", SECRETARY, {"seance": "2026-01-20"})
    story.on("2026-01-28").decide("ajourner", SECRETARY, {"motif": "quorum", "seance": "2026-02-10", "retour": LONG})
    story.on("2026-02-20").decide("valider", SECRETARY, VALIDATION)
    mine = [entry for entry in story.entries if '"code":"D09"' in entry.content and "depassement" in entry.kind]
    starts = [entry.kind for entry in mine].count("depassement_debut")
    assert starts == [entry.kind for entry in mine].count("depassement_fin")


def test_after_a_prolongation_the_next_meeting_still_caps_the_date() -> None:
    story = to_governance()
    more = {"motif": "effectif_reduit", "jusqu_au": "2026-03-20"}
    story.decide("prolonger", PRESIDENT, more, story.one("D09"))
    story.decide("inscrire_seance", SECRETARY, {"seance": "2026-01-20"})
    assert story.due("D09") == "2026-01-27"


def test_a_pause_of_the_governance_s_clock_gives_back_the_days_that_were_left() -> None:
    story = to_governance("2026-01-08")
    assert story.due("D09") == "2026-02-23"  # 45 j end on a Sunday
    story.on("2026-01-12").decide("demander_complement", SECRETARY, ASK)
    assert story.one("D09").left == Delay(42, Unit.DAYS)
    story.on("2026-01-15").decide("acquitter", DAC, ANSWER, story.one("complement_gouvernance"))
    assert story.due("D09") == "2026-02-26"  # 42 days from 15 January


PAUSED_MEETING = SMALL.replace("    bornes: [10 j, 120 j]\n", "    bornes: [10 j, 120 j]\n    pause: oui\n").replace(
    "      fixer:",
    "      redemander: {code: X1, titre: Redemander, par: [dd], vers: meme, exige: [questions], doit: [complement]}\n"
    "      fixer:",
)


def test_a_pause_over_the_meeting_gives_back_the_days_that_were_left() -> None:
    story = Story(small(text=PAUSED_MEETING))
    story.decide("passer", DD)
    story.decide("fixer", DD, {"seance": "2026-01-08"})  # due 15 January
    story.on("2026-01-06").decide("redemander", DD, ASK)
    assert story.one("seance").left == Delay(9, Unit.DAYS)
    story.on("2026-01-20").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert story.due("seance") == "2026-01-29"


# --- Urgent. ---


@pytest.mark.parametrize(
    ("granted", "due"),
    [
        ("2026-01-05", "2026-01-12"),
        ("2026-01-20", "2026-01-27"),
        ("2026-01-28", "2026-02-04"),
        ("2026-02-02", "2026-02-04"),
    ],
)
def test_an_open_due_takes_the_earlier_of_its_date_and_the_urgent_one(granted: str, due: str) -> None:
    story = Story(small()).on(granted)
    story.decide("hater", DD, URGENT)
    assert story.due("D1") == due


def test_what_opens_later_uses_the_urgent_delay(story: Story) -> None:
    story.decide("hater", DD, URGENT)
    asked(story)
    assert story.due("complement") == "2026-01-08"  # 3 jo
    story.decide("dispenser", DD, WAIVE, story.one("complement"))
    story.decide("conclure", DD, END)
    assert story.due("suites_donnees") == "2026-01-07"  # 2 jo


def test_what_has_no_urgent_delay_keeps_its_own(story: Story) -> None:
    story.decide("consulter", DD, CONSULT)
    story.decide("hater", DD, URGENT)
    story.decide("faire_le_point", DD, RETOUR)
    assert (story.due("avis"), story.due("point_fait")) == ("2026-01-26", "2026-01-15")


def test_withdrawing_urgency_changes_no_date(story: Story) -> None:
    story.decide("hater", DD, URGENT)
    story.decide("hater", DD, {"priorite": "normale"})
    assert story.due("D1") == "2026-01-12"


def test_validated_as_urgent_everything_after_is_urgent() -> None:
    story = to_governance()
    story.decide("inscrire_seance", SECRETARY, {"seance": "2026-01-20"})
    story.decide("valider", SECRETARY, {**VALIDATION, **URGENT})
    assert story.due("D10") == "2026-01-06"  # 1 jo
    assert story.due("F2") == "2026-01-07"  # was 12 January; 2 jo
    assert story.on("2026-01-05", "09:20").due("D11") == "2026-01-06"


def test_urgency_granted_during_a_pause_counts_when_the_clock_runs_again(story: Story) -> None:
    asked(story)
    story.decide("hater", DD, URGENT)
    story.on("2026-01-12").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert story.due("D1") <= "2026-01-19"


def test_days_kept_in_calendar_days_are_given_back_in_calendar_days() -> None:
    text = SMALL.replace("    delai: 30 j\n    urgent: 7 j", "    delai: 30 j\n    urgent: 5 jo")
    story = asked(Story(small(text=text)))
    story.decide("hater", DD, URGENT)
    story.on("2026-01-12").decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert story.due("D1") <= "2026-02-11"  # 30 days from 12 January


def test_a_meeting_fixed_after_urgency_was_granted_makes_nothing_late() -> None:
    story = in_suite().on("2026-01-20")
    story.decide("presser", DD, URGENT)
    assert story.due("seance") == "2026-01-27"
    story.on("2026-01-21").decide("fixer", DD, {"seance": "2026-01-22"})
    assert story.due("seance") == "2026-01-27"


# --- Prolonging. ---


def longer(day: str) -> Fields:
    return {"motif": "instruction_longue", "jusqu_au": day}


@pytest.mark.parametrize("day", ["2026-02-05", "2026-02-20", "2026-03-06"])
def test_the_supervisor_prolongs_within_the_bounds(story: Story, day: str) -> None:
    story.decide("prolonger", DIRECTION_DD, longer(day), story.one("D1"))
    assert story.due("D1") == day


@pytest.mark.parametrize("day", ["2026-03-07", "2027-01-01", "2026-02-04", "2026-01-20", "", "demain"])
def test_nobody_prolongs_beyond_the_bounds_nor_backwards(story: Story, day: str) -> None:
    refused(story, MissingData, "prolonger", DIRECTION_DD, longer(day), code="D1")
    assert story.due("D1") == "2026-02-04"


def test_a_prolongation_to_a_closed_day_goes_to_the_next_working_day(story: Story) -> None:
    story.decide("prolonger", DIRECTION_DD, longer("2026-02-14"), story.one("D1"))
    assert story.due("D1") == "2026-02-16"


def test_the_bounds_count_from_the_opening_however_often_it_is_prolonged(story: Story) -> None:
    for day in ("2026-02-20", "2026-03-06"):
        story.decide("prolonger", DIRECTION_DD, longer(day), story.one("D1"))
    refused(story, MissingData, "prolonger", DIRECTION_DD, longer("2026-03-09"), code="D1")


def test_a_prolongation_needs_a_motif_of_the_list(story: Story) -> None:
    refused(story, MissingData, "prolonger", DIRECTION_DD, {"jusqu_au": "2026-02-20"}, code="D1")
    refused(story, MissingData, "prolonger", DIRECTION_DD, {"jusqu_au": "2026-02-20", "motif": "sans_objet"}, code="D1")


def test_only_the_debtor_s_supervisor_prolongs(story: Story) -> None:
    for person in EVERYBODY:
        if person != DIRECTION_DD:
            refused(story, WrongRole, "prolonger", person, longer("2026-02-20"), code="D1")


def test_the_asker_prolongs_a_complement_and_the_clock_waits_as_long(story: Story) -> None:
    asked(story)
    refused(story, WrongRole, "prolonger", DIRECTION, longer("2026-02-02"), code="complement")
    story.decide("prolonger", DD, longer("2026-02-02"), story.one("complement"))
    story.on("2026-02-03")
    assert (story.one("complement").late, story.due("D1")) == (True, "2026-03-04")  # 30 days from 2 February


def test_neither_a_paused_nor_a_late_clock_is_prolonged(story: Story) -> None:
    asked(story)
    refused(story, IllegalDecision, "prolonger", DIRECTION_DD, longer("2026-02-20"), code="D1")
    story.decide("dispenser", DD, WAIVE, story.one("complement"))
    story.on("2026-02-05")
    refused(story, IllegalDecision, "prolonger", DIRECTION_DD, longer("2026-02-20"), code="D1")


# --- Closing. ---


def concluded() -> Story:
    story = Story(small())
    story.decide("conclure", DD, END)
    return story


def test_nothing_closes_while_something_blocking_is_owed() -> None:
    story = concluded()
    for day in ("2026-01-13", "2026-06-01", "2027-01-01"):
        assert story.on(day).case.step == "retour_en_diffusion"
    refused(story, IllegalDecision, "cloturer", DD)


@pytest.mark.parametrize("tick", ["2026-01-08", "2026-03-01"])
def test_the_end_counts_from_the_last_discharge_whenever_it_is_played(tick: str) -> None:
    story = concluded().on("2026-01-07", "10:30")
    story.decide("acquitter", WRITER, READ, story.one("suites_donnees"))
    story.on(tick)
    assert (story.case.step, story.case.entered_at) == ("cloturee", instant("2026-01-07", "10:30"))
    assert story.entries[-1].effective_at == "2026-01-07T09:30:00.000000+00:00"


def test_the_end_counts_from_the_proof_of_the_mail() -> None:
    story = concluded()
    story.decide("acquitter", DAC, BY_MAIL, story.one("suites_donnees"))
    story.play(MailReport(story.one("suites_donnees").n, accepted=True))
    assert story.on("2026-02-01").case.entered_at == instant("2026-01-09", "00:00")


@pytest.mark.parametrize(("opening", "blocks"), [("confier", True), ("consulter", False), ("noter", False)])
def test_an_action_blocks_the_end_an_opinion_or_a_task_does_not(opening: str, blocks: bool) -> None:  # noqa: FBT001
    story = Story(small())
    story.decide(opening, DD, CARRY.get(opening))
    story.decide("conclure", DD, END)
    story.decide("acquitter", WRITER, READ, story.one("suites_donnees"))
    assert (story.on("2026-01-06").case.step == "retour_en_diffusion") is blocks


def test_the_last_blocking_thing_ends_it_wherever_it_comes_from() -> None:
    story = Story(small())
    story.decide("confier", DD, ENTRUST)
    story.decide("conclure", DD, END)
    story.decide("acquitter", WRITER, READ, story.one("suites_donnees"))
    story.on("2026-01-20").decide("acquitter", DAC, {"etat": "faite"}, story.one("action"))
    assert story.on("2026-01-21").case.entered_at == instant("2026-01-20")


def test_a_waiver_ends_it_too() -> None:
    story = concluded().on("2026-01-07")
    story.decide("dispenser", DIRECTION, WAIVE, story.one("suites_donnees"))
    assert story.on("2026-01-08").case.entered_at == instant("2026-01-07")


def test_a_task_is_still_ticked_after_the_end() -> None:
    story = Story(small())
    story.decide("noter", DD)
    story.decide("conclure", DD, END)
    story.decide("acquitter", WRITER, READ, story.one("suites_donnees"))
    story.on("2026-02-01").decide("acquitter", SECRETARY, None, story.one("tache"))
    assert (story.case.step, story.owed()) == ("cloturee", [])


# --- Transmission and drafts, on the national circuit. ---


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


@pytest.mark.parametrize(
    ("validation", "transmission"),
    [
        ("2026-01-05 09:00", "2026-01-05 09:15"),
        ("2026-01-05 18:14", "2026-01-05 18:29"),
        ("2026-01-05 18:15", "2026-01-06 08:00"),  # 18:30 is closed
        ("2026-01-05 23:50", "2026-01-06 08:00"),
        ("2026-01-06 02:00", "2026-01-06 08:00"),
        ("2026-01-06 07:44", "2026-01-06 08:00"),
        ("2026-01-06 07:45", "2026-01-06 08:00"),
        ("2026-01-06 07:46", "2026-01-06 08:01"),
        ("2026-01-09 18:20", "2026-01-12 08:00"),  # Friday evening
        ("2026-01-10 11:00", "2026-01-12 08:00"),  # Saturday
        ("2026-04-30 18:20", "2026-05-04 08:00"),  # 1 May is closed, and a Friday
        ("2026-05-13 18:20", "2026-05-15 08:00"),  # Ascension Day
    ],
)
def test_a_validation_is_transmitted_after_a_quarter_of_an_hour_inside_the_window(
    validation: str, transmission: str
) -> None:
    story = validated(*validation.split())
    day, hour = transmission.split()
    before = instant(day, hour)
    story.now = (
        before.replace(second=0) - (before - before.replace(second=0)) - (instant(day, "00:01") - instant(day, "00:00"))
    )
    if story.now > story.case.entered_at:
        story.play()
    assert story.case.step == "validee"
    story.now = instant("2026-07-01")  # however late the tick
    story.play()
    assert (story.case.step, story.case.entered_at) == ("transmise_dd", instant(day, hour))


def test_nobody_shortens_or_plays_the_transmission() -> None:
    story = validated("2026-01-05", "09:00")
    for person in (SECRETARY, PRESIDENT, DD, DAC):
        refused(story, IllegalDecision, "transmettre", person)


def test_the_secretary_s_own_clock_rings_only_when_nothing_could_be_transmitted() -> None:
    story = validated("2026-01-09", "18:20").on("2026-01-20")
    assert not story.one("D10").late
    alone = validated("2026-01-09", "18:20")
    alone.dossier = replace(alone.dossier, facts=replace(facts(), people=without_delegation()))
    alone.on("2026-01-20")
    assert (alone.case.step, alone.one("D10").late) == ("validee", True)


def without_delegation() -> dict[str, Person]:
    return {key: person for key, person in facts().people.items() if person.id not in (DD, MAILBOX)}


def test_a_delegation_is_not_late_for_what_it_could_not_receive() -> None:
    story = validated("2026-01-05", "09:00")
    story.dossier = replace(story.dossier, facts=replace(story.dossier.facts, people=without_delegation()))
    story.on("2026-01-20")
    story.dossier = replace(story.dossier, facts=replace(story.dossier.facts, people=facts().people))
    story.on("2026-01-21")
    assert story.case.step == "transmise_dd"
    assert story.case.entered_at >= instant("2026-01-20")


@pytest.mark.parametrize("tick", ["2026-04-07", "2026-12-01"])
def test_a_draft_expires_at_the_end_of_its_ninetieth_day(tick: str) -> None:
    story = Story(national())  # 5 April is Easter Sunday: Tuesday 7 April
    assert story.on("2026-04-07", "23:59").case.step == "brouillon"
    story.on(tick if tick > "2026-04-07" else "2026-04-08", "10:00")
    assert (story.case.step, story.case.issue) == ("retiree", "retiree")
    assert story.case.entered_at == instant("2026-04-08", "00:00")
    assert not story.owed()
    assert not story.one("D01").late


def test_a_draft_is_reminded_thirty_and_seven_days_before() -> None:
    story = Story(national())
    for day in ("2026-03-06", "2026-03-09", "2026-03-30", "2026-03-31", "2026-04-08"):
        story.on(day)
    assert [(m.mail, m.recipient) for m in story.messages] == [("M12", None), ("M12", None), ("M15", None)]


def test_a_deposited_draft_no_longer_expires() -> None:
    story = Story(national())
    story.on("2026-04-07").decide("deposer", WRITER, FORM)
    assert story.on("2027-01-01").case.step == "deposee"


# --- Stale pages, double clicks, journal. ---


def test_a_stale_page_is_told_who_decided_what_and_when(story: Story) -> None:
    story.on("2026-01-20").decide("consulter", DD, CONSULT)
    stale = replace(story.decision("passer", DD), expected_version=0)
    with pytest.raises(StaleVersion) as caught:
        story.play(stale)
    assert "« Consulter », par Sophie Carré, le mardi 20 janvier 2026" in str(caught.value)
    story.play(replace(stale, expected_version=story.case.version))
    assert story.case.step == "suite"


def test_a_reminder_or_an_overrun_never_makes_a_page_stale(story: Story) -> None:
    version = story.case.version
    story.on("2026-03-01")
    story.play(replace(story.decision("passer", DD), expected_version=version))
    assert story.case.step == "suite"


def test_a_verb_makes_other_pages_stale_too(story: Story) -> None:
    story.decide("confier", DD, ENTRUST)
    version = story.case.version
    story.decide("acquitter", DAC, {"etat": "faite"}, story.one("action"))
    with pytest.raises(StaleVersion, match="Katell Morvan"):
        story.play(replace(story.decision("passer", DD), expected_version=version))


def test_a_stale_page_says_the_day_of_those_who_decided() -> None:
    story = Story(small()).on("2026-01-20", "00:30")
    story.decide("consulter", DD, CONSULT)
    with pytest.raises(StaleVersion) as caught:
        story.play(replace(story.decision("passer", DD), expected_version=0))
    assert "mardi 20 janvier" in str(caught.value)


def test_a_decision_already_seen_changes_nothing(story: Story) -> None:
    again = story.decision("consulter", DD, CONSULT)
    story.play(again)
    story.dossier = replace(story.dossier, facts=replace(story.dossier.facts, seen={again.id: again.reference}))
    before = replace(story.case)
    outcome = story.play(again)
    assert (outcome.entries, outcome.messages, outcome.changed) == ([], [], {})
    assert story.case == before


def test_an_overrun_is_written_when_it_starts_and_when_it_ends(story: Story) -> None:
    story.on("2026-02-10").decide("passer", DD)
    assert story.kinds() == ["ouvrir", "depassement_debut", "depassement_fin", "decision"]
    assert [entry.effective_at[:16] for entry in story.entries[1:]] == [
        "2026-02-04T23:00",
        "2026-02-10T08:00",
        "2026-02-10T08:00",
    ]


def test_a_text_bears_the_level_of_its_author(story: Story) -> None:
    asked(story).decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert [content.level for content in story.contents if content.field == "reponse"] == ["dac"]


def test_the_delegation_does_not_rewrite_the_form() -> None:
    story = validated("2026-01-05", "09:00").on("2026-01-06")
    story.decide("prendre_en_charge", DD, {"officier": DD})
    refused(story, MissingData, "constater", DD, FINAL | {"resume": "Une autre histoire."})


# --- On the database. ---


@pytest.fixture
def world() -> World:
    return make_world(files=ten_steps())


def test_a_double_submission_is_harmless(world: World) -> None:
    reference = world.open()
    deposit = world.decision(reference, "deposer", WRITER, FORM)
    world.engine.decide([deposit])
    before = (world.case(reference), world.kinds(reference), world.mails(reference))
    (again,) = world.engine.decide([deposit])
    assert isinstance(again, Case)
    after = (world.case(reference), world.kinds(reference), world.mails(reference))
    assert replace(after[0], revision=0) == replace(before[0], revision=0) == replace(again, revision=0)
    assert after[1:] == before[1:]


def test_opening_twice_under_one_identifier_begins_one_draft(world: World) -> None:
    draft = Draft("o-unique", WRITER, "antenne-fougeres", "35")
    first, second = world.engine.open([draft])[0], world.engine.open([draft])[0]
    assert first.reference == second.reference
    assert world.kinds(first.reference) == ["ouvrir"]


def test_a_double_submission_inside_one_batch_is_harmless(world: World) -> None:
    reference = world.open()
    world.decide(reference, "deposer", WRITER, FORM)
    world.decide(reference, "retenir_pour_analyse", ANTENNE, {"nature": "averee"})
    ask = world.decision(reference, "demander_complement", ANALYST, ASK)
    world.engine.decide([ask, ask])
    assert len(world.owed(reference, "complement")) == 1
