"""The pace of ticking never changes what happens, and the invariants hold after every step of any story.

Random people take random decisions, legal or not, with random waits over the national circuit. Each story
is played twice on the pure function: without a single tick, then with ticks at random instants between.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.small_circuit import facts
from tests.stories import (
    BEGIN,
    RENDERING,
    VERBS,
    WAITS,
    Moves,
    Play,
    begin,
    dated,
    hold,
    hold_so_far,
    moves_of,
    nothing_is_due,
    on_something_owed,
    picked,
)
from tests.world import ANALYSIS, FINAL, FORM, LONG, START, VALIDATION, World, make_world, ten_steps
from workflow.circuit.compiled import Circuit
from workflow.circuit.loader import load_circuit, load_shipped
from workflow.triggers import Decision, FieldValue, MailReport, Trigger

CIRCUIT = load_circuit(ten_steps(), "national")
SHIPPED = load_shipped("national")
ASK: dict[str, FieldValue] = {"questions": "Depuis quand ?"}
WITHDRAW: dict[str, FieldValue] = {"motif": {"code": "erreur", "texte": "Commencée deux fois."}}
GOOD: Moves = {
    "brouillon": [("deposer", "maelle.riou", FORM)] * 14 + [("retirer", "maelle.riou", WITHDRAW)],
    "deposee": [("retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})],
    "en_analyse": [
        ("proposer_gouvernance", "katell.morvan", ANALYSIS),
        ("demander_complement", "nolwenn.prigent", ASK),
        ("proposer_gouvernance", "katell.morvan", ANALYSIS),
    ],
    "proposee_gouvernance": [
        ("inscrire_seance", "claire.legoff", {"seance": "+12"}),
        ("demander_complement", "claire.legoff", ASK),
        ("inscrire_seance", "claire.legoff", {"seance": "+40"}),
    ],
    "inscrite_seance": [
        ("valider", "claire.legoff", VALIDATION),
        ("valider", "claire.legoff", VALIDATION | {"priorite": "urgente"}),
        ("ajourner", "claire.legoff", {"motif": "quorum", "seance": "+25", "retour": LONG}),
    ],
    "validee": [],  # transmitted by the scheduler
    "transmise_dd": [("prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})],
    "en_instruction_dd": [
        ("constater", "sophie.carre", FINAL),
        ("demander_complement", "sophie.carre", ASK),
        ("constater", "sophie.carre", FINAL),
    ],
    "retour_en_diffusion": [],
    "cloturee": [],
    "retiree": [],
}
NAMES = sorted({name for step in CIRCUIT.definition.steps.values() for name in step.decisions} | {"rien"})
SHIPPED_MOVES = moves_of(SHIPPED)


class Event(NamedTuple):
    """One moment of a story: how long nothing happened, then what, with dice, and when it ticked meanwhile."""

    wait: int
    what: int
    dice: int
    ticks: int


# --- What somebody does. ---


def trigger_of(play: Play, n: int, event: Event) -> Trigger:
    """Return what happens: mostly something reasonable, often not."""
    if event.what < 9:
        return reasonable(play, n, event.dice)
    if event.what < 13:
        return on_something_owed(play, f"d{n}", event.dice)
    if event.what in (13, 14):
        sent = [o.n for o in play.all.values() if o.passed_on and o.is_open]
        return MailReport(picked(sent or list(play.all), event.dice), accepted=event.dice % 5 > 0)
    people = sorted(facts().people)
    name, by = picked([*NAMES, *VERBS], event.dice), picked(people, event.dice // 7)
    identifier = f"d{n - event.dice % 3}"  # sometimes that of a decision already taken
    return Decision(identifier, "R", name, by, dated(picked(RENDERING, event.dice // 3), play.now), event.dice % 9)


def reasonable(play: Play, n: int, dice: int) -> Trigger:
    known = play.moves[play.case.step]
    if not known:
        return on_something_owed(play, f"d{n}", dice)
    name, by, fields = picked(known, dice)
    if dice % 13 == 0:
        fields = dict(list(fields.items())[1:])
    version = play.case.version - (dice % 11 == 0)  # one page in eleven is stale
    return Decision(f"d{n}", "R", name, by, dated(fields, play.now), expected_version=version, salt="sel")


# --- Two ways to play one story. ---


def opened(circuit: Circuit) -> Play:
    return begin(circuit, GOOD if circuit is CIRCUIT else SHIPPED_MOVES)


def without_ticks(events: list[Event], circuit: Circuit = CIRCUIT) -> tuple[Play, list[tuple[datetime, Trigger]]]:
    """Play a story without a tick, and write down what happened when."""
    play, script = opened(circuit), []
    for n, event in enumerate(events, 1):
        play.now += WAITS[event.wait]
        trigger = trigger_of(play, n, event)
        script.append((play.now, trigger))
        play.advance(trigger)
        hold(play)
    return play, script


def with_ticks(script: list[tuple[datetime, Trigger]], events: list[Event], circuit: Circuit = CIRCUIT) -> Play:
    """Play what was written down, ticking in between."""
    play = opened(circuit)
    for (at, trigger), event in zip(script, events, strict=True):
        for instant in instants(play, at, event.ticks):
            play.now = instant
            play.advance()
            hold(play)
        play.now = at
        play.advance(trigger)
    return play


def instants(play: Play, end: datetime, ticks: int) -> list[datetime]:
    """Return up to three instants of the wait, one of them when something is exactly due."""
    wake, wait = play.case.wake_at, end - play.now
    exact = [wake] if ticks & 1 and wake and play.now <= wake <= end else []
    return sorted(exact + [play.now + wait * (ticks >> shift & 7) / 7 for shift in (1, 4) if ticks >> shift & 7])


def state(play: Play) -> dict[str, Any]:
    """Return all that must not depend on ticking."""
    case = replace(play.case, recorded_at=BEGIN, head="", revision=0)
    lines = [(e.seq, e.kind, e.effective_at, e.author, e.decision_id, e.content) for e in play.entries]
    sure = {m.key for m in play.messages if m.reminds is None}
    return {"case": case, "all": play.all, "lines": lines, "refused": play.refusals, "mails": sure}


def reminded(play: Play) -> set[tuple[str, str | None]]:
    """Return who was reminded by which mail: which of several dûs stands for all depends on the pace."""
    return {(m.mail, m.recipient) for m in play.messages if m.reminds is not None}


def stories(least: int, most: int) -> st.SearchStrategy[list[Event]]:
    event = st.builds(
        Event, st.integers(0, len(WAITS) - 1), st.integers(0, 15), st.integers(0, 999), st.integers(0, 127)
    )
    return st.lists(event, min_size=least, max_size=most)


def same_at_any_pace(events: list[Event], circuit: Circuit = CIRCUIT) -> None:
    seldom, script = without_ticks(events, circuit)
    often = with_ticks(script, events, circuit)
    for play in (seldom, often):
        play.now += timedelta(days=1)
        play.advance()
        hold(play)
        hold_so_far(play)
        nothing_is_due(play)
    assert state(seldom) == state(often)
    assert reminded(seldom) <= reminded(often)  # an outage collapses reminders, and invents none


@settings(max_examples=170, derandomize=True, deadline=None)
@given(stories(15, 19))
def test_ticking_more_or_less_often_gives_the_same_state(events: list[Event]) -> None:
    same_at_any_pace(events)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(stories(12, 18))
def test_the_pace_does_not_matter_on_the_shipped_circuit(events: list[Event]) -> None:
    same_at_any_pace(events, SHIPPED)


STRAIGHT = [Event(0, 0, dice, 0) for dice in (2, 2, 3, 3, 12)] + [Event(5, 0, 2, 0), Event(2, 0, 2, 0)]
"""From the deposit to the instruction by the delegation, nobody losing a day."""


@settings(max_examples=140, derandomize=True, deadline=None)
@given(stories(10, 15))
def test_the_pace_does_not_matter_either_once_the_delegation_instructs(events: list[Event]) -> None:
    same_at_any_pace(STRAIGHT + events)


def test_the_straight_way_leads_to_the_delegation() -> None:
    assert without_ticks(STRAIGHT)[0].dossier.case.step == "en_instruction_dd"


# --- The same through the database. ---


def told(world: World, *steps: timedelta) -> tuple[Any, ...]:
    """Tell one story to its end, ticking as often as said in each of its three silences, and return what is stored."""
    first, second, third = steps
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    world.decide(reference, "demander_complement", "nolwenn.prigent", ASK)
    world.wait(days=50, step=first)  # the complement, then the analysis, become late
    answer: dict[str, FieldValue] = {"reponse": "Depuis un mois."}
    world.decide(reference, "acquitter", "maelle.riou", answer, due=world.owed(reference, "complement")[0].n)
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    world.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-03-10"})
    world.decide(reference, "valider", "claire.legoff", VALIDATION)
    world.wait(days=2, step=second)
    world.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    world.decide(reference, "constater", "sophie.carre", FINAL)
    for obligation in world.owed(reference):
        world.decide(reference, "acquitter", "katell.morvan", {"moyen": "oral"}, due=obligation.n)
    world.wait(days=3, step=third)
    with world.store.reading() as work:
        lines = [(e.kind, e.effective_at, e.content) for e in work.journal.of(reference)]
        rows = [replace(o, beneficiary=None) for o in work.screens.obligations(reference)]
        assert work.journal.audit().broken == ()
    return replace(world.case(reference), recorded_at=START, head="", revision=0), rows, lines


def test_the_database_keeps_the_same_story_whatever_the_ticker_does() -> None:
    hourly, weekly = timedelta(hours=3), timedelta(days=90)
    often = told(make_world(files=ten_steps()), hourly, hourly, hourly)
    assert often[0].step == "cloturee"
    assert told(make_world(files=ten_steps()), weekly, weekly, weekly) == often
    assert told(make_world(files=ten_steps()), weekly, hourly, weekly) == often


def test_a_situation_that_cannot_advance_does_not_stop_the_others() -> None:
    world = make_world(files=ten_steps())
    broken, sound = world.open(), world.open()
    with world.store.engine.begin() as connection:
        connection.execute(text("UPDATE obligations SET code = 'D99' WHERE reference = :r"), {"r": broken})
    world.clock.set(START + timedelta(days=100))
    world.engine.tick()
    assert world.case(sound).step == "retiree"
