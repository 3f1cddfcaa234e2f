"""What is legal where: a small circuit as a table written by hand, and what the engine says of the rest."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.tables import TABLES
from tests.world import ANALYSIS, FINAL, FORM, LONG, VALIDATION, World, make_world, ten_steps
from workflow.circuit.loader import load_circuit
from workflow.errors import IllegalDecision, Refusal
from workflow.triggers import FieldValue

LEGAL = {
    "brouillon": {"deposer": "deposee", "retirer": "retiree", "expirer": "retiree"},
    "deposee": {"retenir_pour_analyse": "en_analyse"},
    "en_analyse": {"demander_complement": "meme", "proposer_gouvernance": "proposee_gouvernance"},
    "proposee_gouvernance": {
        "demander_complement": "meme",
        "inscrire_seance": "inscrite_seance",
    },
    "inscrite_seance": {"ajourner": "meme", "valider": "validee"},
    "validee": {"transmettre": "transmise_dd"},
    "transmise_dd": {"prendre_en_charge": "en_instruction_dd"},
    "en_instruction_dd": {"demander_complement": "meme", "constater": "retour_en_diffusion"},
    "retour_en_diffusion": {"cloturer": "cloturee"},
    "cloturee": {},
    "retiree": {},
}
NAMES = sorted({name for decisions in LEGAL.values() for name in decisions})
STRANGE = ["*", "meme", "=", "to_validee", "trigger", "__init__", "Valider", "valider ", "ouvrir", "may_valider"]
BY_SYSTEM = {"expirer", "transmettre", "cloturer"}
ILLEGAL = [(step, name) for step, known in LEGAL.items() for name in (*NAMES, *STRANGE) if name not in known]
MOVES = load_circuit(ten_steps(), "national").moves

STORY: list[tuple[str, str, str, dict[str, FieldValue]]] = [
    ("brouillon", "deposer", "maelle.riou", FORM),
    ("deposee", "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"}),
    ("en_analyse", "proposer_gouvernance", "katell.morvan", ANALYSIS),
    ("proposee_gouvernance", "inscrire_seance", "claire.legoff", {"seance": "2026-01-20"}),
    ("inscrite_seance", "valider", "claire.legoff", VALIDATION),
    ("validee", "", "", {}),  # transmitted by the scheduler
    ("transmise_dd", "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"}),
    ("en_instruction_dd", "constater", "sophie.carre", FINAL),
    ("retour_en_diffusion", "", "", {}),  # closed by the scheduler
    ("cloturee", "", "", {}),
]
"""The way through the circuit: at each step, what is decided, by whom, carrying what."""

TITLES = {
    "brouillon": ["« Déposer » (deposer)", "« Retirer le brouillon » (retirer)"],
    "deposee": ["« Retenir pour analyse » (retenir_pour_analyse)"],
    "en_analyse": [
        "« Demander un complément au rédacteur » (demander_complement)",
        "« Proposer à la gouvernance » (proposer_gouvernance)",
    ],
    "proposee_gouvernance": [
        "« Demander un complément au DAC » (demander_complement)",
        "« Inscrire à l’ordre du jour » (inscrire_seance)",
    ],
    "inscrite_seance": ["« Ajourner » (ajourner)", "« Valider la transmission à l’ARS » (valider)"],
    "transmise_dd": ["« Prendre en charge » (prendre_en_charge)"],
    "en_instruction_dd": [
        "« Demander un complément au DAC » (demander_complement)",
        "« Constat partagé, pas de moyen d’action à ce niveau » (constater)",
    ],
}
"""What a refusal names as possible, step by step; nothing where only the scheduler moves."""


@pytest.mark.parametrize("step", LEGAL)
def test_the_decisions_of_a_step_are_those_of_the_table(step: str) -> None:
    assert sorted(MOVES.decisions(step)) == sorted(LEGAL[step])


@pytest.mark.parametrize(
    ("step", "name", "target"), [(s, n, target) for s, decisions in LEGAL.items() for n, target in decisions.items()]
)
def test_a_legal_decision_leads_where_the_table_says(step: str, name: str, target: str) -> None:
    assert MOVES.target(step, name) == target


@pytest.mark.parametrize(("step", "name"), ILLEGAL)
def test_every_other_decision_is_illegal(step: str, name: str) -> None:
    assert MOVES.target(step, name) is None


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.sampled_from(sorted(LEGAL)), st.text("abdeiorst_*=. éVÉ\x00", min_size=1))
def test_any_other_word_is_illegal_and_never_an_exception(step: str, name: str) -> None:
    assert MOVES.target(step, name) == LEGAL[step].get(name)


def test_a_decision_without_a_name_is_illegal() -> None:
    assert [step for step in LEGAL if MOVES.target(step, "")] == []


def test_nothing_is_legal_at_a_step_that_does_not_exist() -> None:
    assert MOVES.target("nulle_part", "valider") is None
    assert MOVES.decisions("nulle_part") == []


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(files=ten_steps())


def bring(world: World, step: str) -> str:
    """Bring a new situation to a step."""
    reference = world.open()
    for here, name, by, fields in STORY:
        if here == step:
            break
        if name:
            world.decide(reference, name, by, fields | _meeting(world, name))
        elif here == "validee":
            world.wait(days=3)
        else:
            pass_everything_on(world, reference)
            world.tick()
    return reference


def _meeting(world: World, name: str) -> dict[str, FieldValue]:
    day = world.clock.now().date().isoformat()
    return {"seance": day} if name == "inscrire_seance" else {}


def pass_everything_on(world: World, reference: str) -> None:
    """Discharge the last mile."""
    for obligation in world.owed(reference):
        world.decide(reference, "acquitter", "katell.morvan", {"moyen": "oral"}, due=obligation.n)


def everything(world: World) -> dict[str, list[Any]]:
    """Return all the rows of all the tables."""
    with world.store.engine.connect() as connection:
        return {name: list(map(tuple, connection.execute(table.select()))) for name, table in TABLES.items()}


def refused(world: World, reference: str, name: str, by: str = "claire.legoff") -> Refusal:
    """Decide, and expect a refusal that writes nothing."""
    before = everything(world)
    result = world.engine.decide([world.decision(reference, name, by, {"retour": LONG})])[0]
    assert isinstance(result, Refusal)
    assert everything(world) == before
    return result


@pytest.mark.parametrize("step", [step for step, *_ in STORY])
def test_an_illegal_decision_is_refused_with_what_is_possible_and_nothing_is_written(world: World, step: str) -> None:
    reference = bring(world, step)
    assert world.case(reference).step == step
    before = everything(world)
    illegal = [name for name in (*NAMES, *STRANGE) if name in BY_SYSTEM or name not in LEGAL[step]]
    for refusal in world.engine.decide([world.decision(reference, name, "claire.legoff") for name in illegal]):
        assert isinstance(refusal, IllegalDecision)
        assert all(title in str(refusal) for title in TITLES.get(step, ["Plus aucune décision n’y est attendue"]))
    assert everything(world) == before


@pytest.mark.parametrize(("step", "name"), [("brouillon", "expirer"), ("validee", "transmettre")])
def test_nobody_plays_the_decisions_of_the_scheduler(world: World, step: str, name: str) -> None:
    assert isinstance(refused(world, bring(world, step), name), IllegalDecision)


def test_a_decision_without_a_name_is_refused_like_any_other(world: World) -> None:
    assert isinstance(refused(world, bring(world, "deposee"), ""), IllegalDecision)


def test_a_loop_that_was_taken_often_enough_is_refused(world: World) -> None:
    reference = bring(world, "en_analyse")
    ask: dict[str, FieldValue] = {"questions": "Depuis quand ?"}
    for _ in range(2):
        world.decide(reference, "demander_complement", "nolwenn.prigent", ask)
    refusal = refused(world, reference, "demander_complement", "nolwenn.prigent")
    assert isinstance(refusal, IllegalDecision)
    assert "2 fois" in str(refusal)
    assert "(proposer_gouvernance)" in str(refusal)


def test_a_refusal_never_offers_what_it_refuses(world: World) -> None:
    reference = bring(world, "en_analyse")
    ask: dict[str, FieldValue] = {"questions": "Depuis quand ?"}
    for _ in range(2):
        world.decide(reference, "demander_complement", "nolwenn.prigent", ask)
    refusal = refused(world, reference, "demander_complement", "nolwenn.prigent")
    assert "(demander_complement)" not in str(refusal)


def test_a_refusal_stops_no_other_decision_of_the_batch(world: World) -> None:
    first, second = bring(world, "deposee"), bring(world, "deposee")
    keep: dict[str, FieldValue] = {"nature": "averee"}
    results = world.engine.decide(
        [
            world.decision(first, "valider", "claire.legoff"),
            world.decision("BRE-DACTIV-2026-9999-X", "valider", "claire.legoff"),
            world.decision(second, "retenir_pour_analyse", "yann.lebihan", keep),
        ]
    )
    assert [isinstance(result, Refusal) for result in results] == [True, True, False]
    assert world.case(first).step == "deposee"
    assert world.case(second).step == "en_analyse"


def test_two_decisions_on_one_situation_in_a_batch_are_chained(world: World) -> None:
    reference = bring(world, "deposee")
    keep: dict[str, FieldValue] = {"nature": "averee"}
    results = world.engine.decide(
        [
            world.decision(reference, "retenir_pour_analyse", "yann.lebihan", keep),
            world.decision(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS),
        ]
    )
    assert not [result for result in results if isinstance(result, Refusal)]
    assert world.case(reference).step == "proposee_gouvernance"


FAR: dict[str, FieldValue] = {"seance": "9999-12-31"}
BROKEN: dict[str, FieldValue] = {**FORM, "resume": "Un texte coupé au milieu d’un symbole \ud83d"}


def test_a_meeting_at_the_end_of_time_is_refused_in_words(world: World) -> None:
    reference = bring(world, "proposee_gouvernance")
    result = world.engine.decide([world.decision(reference, "inscrire_seance", "claire.legoff", FAR)])[0]
    assert isinstance(result, Refusal)


def test_a_text_that_no_file_can_hold_is_refused_in_words(world: World) -> None:
    result = world.engine.decide([world.decision(bring(world, "brouillon"), "deposer", "maelle.riou", BROKEN)])[0]
    assert isinstance(result, Refusal)
