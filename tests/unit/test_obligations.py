"""The life of each kind of obligation, and who may end it (the table of DESIGN §1): `advance` on a small circuit."""

from dataclasses import replace

import pytest

from tests.small_circuit import (
    ANALYST,
    ANSWER,
    ASK,
    CARRY,
    CONSULT,
    DAC,
    DD,
    DIRECTION,
    DIRECTION_DD,
    END,
    ENTRUST,
    EVERYBODY,
    MAILBOX,
    ORAL,
    PARTNER,
    PRESIDENT,
    SECRETARY,
    WAIVE,
    Fields,
    Story,
    asked,
    facts,
    refused,
    small,
    to_analysis,
)
from workflow.errors import IllegalDecision, MissingData, StillOwed, UnknownPerson, WrongRole
from workflow.model import Person, Status

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
