"""The pace of ticking never changes what happens, and the invariants hold after every step of any story.

Random people take random decisions, legal or not, with random waits over the national circuit. Each story
is played twice on the pure function: without a single tick, then with ticks at random instants between.
"""

import pickle
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from orp.directory_file import read_directory
from tests.world import ANALYSIS, DIRECTORY, FINAL, FORM, LONG, START, VALIDATION, World, action, make_world, ten_steps
from workflow.circuit.compiled import Circuit
from workflow.circuit.decision_fields import PLAIN_TEXTS
from workflow.circuit.loader import load_circuit, load_shipped
from workflow.circuit.model import Kind
from workflow.errors import Refusal
from workflow.journal import verify
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
    Trigger,
)
from workflow.records import Entry, Message
from workflow.rules import advance, start

CIRCUIT = load_circuit(ten_steps(), "national")
SHIPPED = load_shipped("national")
BEGIN = START.astimezone(UTC)
ASK: dict[str, FieldValue] = {"questions": "Depuis quand ?"}
WITHDRAW: dict[str, FieldValue] = {"motif": {"code": "erreur", "texte": "Commencée deux fois."}}
GOOD: dict[str, list[tuple[str, str, dict[str, FieldValue]]]] = {
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
"""What somebody reasonable does at each step; « +12 » is a day twelve days later."""
CARRIED: dict[str, FieldValue] = {
    **FORM,
    **ANALYSIS,
    **VALIDATION,
    **dict.fromkeys(PLAIN_TEXTS, "Une phrase entière pour le dire."),
    "actions": action("mdph-35", "2027-11-30"),
    "antenne": "antenne-vitre",
    "co_antenne": "antenne-redon",
    "dd_competente": "dd-22",
    "nature": "averee",
    "partenaires": "mdph-35, ptsm-35",
    "prochaine_date": "+25",
    "retour": FINAL["retour"],
    "seance": "+12",
}
"""A good value for each field that the shipped circuit may ask."""
NAMES = sorted({name for step in CIRCUIT.definition.steps.values() for name in step.decisions} | {"rien"})
VERBS = ("acquitter", "dispenser", "prolonger")
RENDERING: list[dict[str, FieldValue]] = [
    {"moyen": "courriel", "mot": LONG},
    {"moyen": "oral"},
    {"moyen": "lu"},
    {"reponse": "Depuis un mois."},
    {"retour": LONG},
    {"motif": "sans_objet"},
    {"motif": "effectif_reduit", "jusqu_au": "+20"},
    {},
]
ABOVE = ["yann.lebihan", "herve.guillou", "marc.aubin", "paul.tanguy", "katell.morvan", "sophie.carre", "claire.legoff"]
WAITS = [timedelta(), timedelta(minutes=1), timedelta(minutes=20), timedelta(hours=7)] + [
    timedelta(days=days, hours=hours)
    for days, hours in ((1, 0), (1, 3), (2, 0), (4, 2), (7, 11), (11, 0), (29, 5), (64, 0))
]


class Event(NamedTuple):
    """One moment of a story: how long nothing happened, then what, with dice, and when it ticked meanwhile."""

    wait: int
    what: int
    dice: int
    ticks: int


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


@dataclass
class Play:
    """One situation and all that was written about it, as a database would keep it."""

    dossier: Dossier
    circuit: Circuit = CIRCUIT
    now: datetime = BEGIN
    all: dict[int, Obligation] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def advance(self, trigger: Trigger = None) -> None:
        """Advance and keep what follows; nothing is kept of a refusal, and nothing changes what was given."""
        given, before = self.dossier, fingerprint(self.dossier)
        try:
            outcome = advance(self.circuit, given, trigger, self.now)
        except Refusal as refusal:
            self.refusals.append(f"{type(refusal).__name__} {refusal}")
        else:
            self.keep(outcome)
            moved = outcome.dossier.case.version - given.case.version
            assert moved == len([e for e in outcome.entries if e.kind in ("decision", "acte")])
        assert fingerprint(given) == before

    def keep(self, outcome: Outcome) -> None:
        self.all |= outcome.changed
        self.entries += outcome.entries
        self.messages += outcome.messages
        known, ids = self.dossier.facts, {e.decision_id for e in outcome.entries if e.decision_id}
        stored = {answer.field for answer in outcome.answers} | {content.field for content in outcome.contents}
        self.dossier = replace(
            outcome.dossier,
            obligations=[o for o in outcome.dossier.obligations if o.is_open],
            facts=replace(known, answered=known.answered | stored, seen={**known.seen, **dict.fromkeys(ids, "R")}),
        )


def fingerprint(dossier: Dossier) -> bytes:
    """Tell whether a dossier was changed, but for `answers` (test_retours.py has that one)."""
    rows = [(o.n, o.status, o.due, o.rung_until, o.late, o.paused_on, o.left, o.extended) for o in dossier.obligations]
    more = [(o.passed_on, o.accepted_at, o.closed_at, o.wake_at, o.final, o.proof) for o in dossier.obligations]
    return pickle.dumps((dossier.case, dossier.parties, rows, more))


def begin(circuit: Circuit) -> Play:
    places = {"antenne": "antenne-fougeres", "dac": "dactiv", "gouvernance": "gouvernance-dactiv", "dd": "dd-35"}
    places |= {"region": "ars-bretagne", "national": "equipe-nationale"} if circuit is SHIPPED else {}
    parties = {slot: Party(slot, organisation, None) for slot, organisation in places.items()}
    case = Case("R", "dactiv", "35", circuit.key, circuit.initial, "maelle.riou", BEGIN, BEGIN, BEGIN)
    play = Play(Dossier(case, [], parties, facts()), circuit)
    play.keep(start(circuit, play.dossier, Decision("d0", "R", "ouvrir", "maelle.riou"), BEGIN))
    return play


# --- What somebody does. ---


def trigger_of(play: Play, n: int, event: Event) -> Trigger:
    """Return what happens: mostly something reasonable, often not."""
    if event.what < 9:
        return reasonable(play, n, event.dice)
    if event.what < 13:
        return on_something_owed(play, n, event.dice)
    if event.what in (13, 14):
        sent = [o.n for o in play.all.values() if o.passed_on and o.is_open]
        return MailReport(picked(sent or list(play.all), event.dice), accepted=event.dice % 5 > 0)
    people = sorted(facts().people)
    name, by = picked([*NAMES, *VERBS], event.dice), picked(people, event.dice // 7)
    identifier = f"d{n - event.dice % 3}"  # sometimes that of a decision already taken
    return Decision(identifier, "R", name, by, dated(picked(RENDERING, event.dice // 3), play), event.dice % 9)


def reasonable(play: Play, n: int, dice: int) -> Trigger:
    known = (GOOD if play.circuit is CIRCUIT else shipped_good())[play.dossier.case.step]
    if not known:
        return on_something_owed(play, n, dice)
    name, by, fields = picked(known, dice)
    if dice % 13 == 0:
        fields = dict(list(fields.items())[1:])
    version = play.dossier.case.version - (dice % 11 == 0)  # one page in eleven is stale
    return Decision(f"d{n}", "R", name, by, dated(fields, play), expected_version=version, salt="sel")


@cache
def shipped_good() -> dict[str, list[tuple[str, str, dict[str, FieldValue]]]]:
    """Every decision of people in the shipped circuit, by who may take it, with what it carries; seldom an end."""
    found: dict[str, list[tuple[str, str, dict[str, FieldValue]]]] = {}
    for step, definition in SHIPPED.definition.steps.items():
        mine = found.setdefault(step, [])
        for name, decision in definition.decisions.items():
            if decision.by_system:
                continue
            fields = {field: CARRIED[field] for field in SHIPPED.required(step, name) if field in CARRIED}
            if decision.reasons:
                code = next(iter(SHIPPED.definition.reasons[decision.reasons]))
                fields["motif"] = code if "retour" in decision.requires else {"code": code, "texte": "Dit en clair."}
            if "officier" in decision.requires:
                fields["officier"] = officer(SHIPPED.definition.steps[decision.target].holder or "dd")
            mine += [(name, officer(decision.actors[0]), fields)] * (1 if decision.issue else 5)
    return found


def officer(actor: str) -> str:
    """Return somebody of Fougères, of DAC’tiv or above who acts for an actor."""
    if actor == "redacteur":
        return "maelle.riou"
    function = SHIPPED.definition.actors[actor].function
    homes = ("antenne-fougeres", "dactiv", "gouvernance-dactiv", "dd-35", "ars-bretagne", "equipe-nationale")
    people = (p for p in facts().people.values() if not p.mailbox)
    return next(p.id for p in people if any((home, function) in p.functions for home in homes))


def on_something_owed(play: Play, n: int, dice: int) -> Trigger:
    """Return a verb on something open: most often the right one, by the right person."""
    owed = [o for o in play.all.values() if o.is_open and (o.kind is not Kind.DECISION or dice % 4 == 0)]
    if not owed:
        return None
    mine = picked(owed, dice)
    if dice % 3 == 0:
        by, fields = picked(ABOVE, dice // 5), RENDERING[5 + dice % 2]
        return Decision(f"d{n}", "R", VERBS[1 + dice % 2], by, dated(fields, play), mine.n)
    fields = RENDERING[{Kind.COMPLEMENT: 3, Kind.RETOUR: 4}.get(mine.kind, 7)]
    by = debtor(mine)
    if mine.last_mile:
        fields = RENDERING[dice % 5 % 3]
        by = "maelle.riou" if fields == {"moyen": "lu"} else by
    return Decision(f"d{n}", "R", "acquitter", by, fields, mine.n)


def debtor(obligation: Obligation) -> str:
    """Return somebody who may act for whoever owes."""
    function = (obligation.debtor.organisation, obligation.debtor.function)
    able = (p.id for p in facts().people.values() if function in p.functions and not p.mailbox)
    return obligation.debtor.person or next(able)


def dated(fields: dict[str, FieldValue], play: Play) -> dict[str, FieldValue]:
    """Turn « +12 » into the day twelve days from now."""
    return {
        name: (play.now + timedelta(days=int(value))).date().isoformat()
        if isinstance(value, str) and value.startswith("+")
        else value
        for name, value in fields.items()
    }


def picked(choices: Any, dice: int) -> Any:
    return choices[dice % len(choices)]


# --- Two ways to play one story. ---


def without_ticks(events: list[Event], circuit: Circuit = CIRCUIT) -> tuple[Play, list[tuple[datetime, Trigger]]]:
    """Play a story without a tick, and write down what happened when."""
    play, script = begin(circuit), []
    for n, event in enumerate(events, 1):
        play.now += WAITS[event.wait]
        trigger = trigger_of(play, n, event)
        script.append((play.now, trigger))
        play.advance(trigger)
        hold(play)
    return play, script


def with_ticks(script: list[tuple[datetime, Trigger]], events: list[Event], circuit: Circuit = CIRCUIT) -> Play:
    """Play what was written down, ticking in between."""
    play = begin(circuit)
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
    wake, wait = play.dossier.case.wake_at, end - play.now
    exact = [wake] if ticks & 1 and wake and play.now <= wake <= end else []
    return sorted(exact + [play.now + wait * (ticks >> shift & 7) / 7 for shift in (1, 4) if ticks >> shift & 7])


def state(play: Play) -> dict[str, Any]:
    """Return all that must not depend on ticking."""
    case = replace(play.dossier.case, recorded_at=BEGIN, head="", revision=0)
    lines = [(e.seq, e.kind, e.effective_at, e.author, e.decision_id, e.content) for e in play.entries]
    sure = {m.key for m in play.messages if m.reminds is None}
    return {"case": case, "all": play.all, "lines": lines, "refused": play.refusals, "mails": sure}


def reminded(play: Play) -> set[tuple[str, str | None]]:
    """Return who was reminded by which mail: which of several dûs stands for all depends on the pace."""
    return {(m.mail, m.recipient) for m in play.messages if m.reminds is not None}


def keys(play: Play) -> list[str]:
    return [message.key for message in play.messages]


# --- What always holds. ---


def hold(play: Play) -> None:
    """Check what must hold after every step."""
    case, owed = play.dossier.case, [o for o in play.all.values() if o.is_open]
    decisions = [o for o in owed if o.kind is Kind.DECISION]
    dues = play.circuit.dues
    assert len(decisions) == len([code for code in play.circuit.during(case.step) if dues[code].kind is Kind.DECISION])
    assert all(case.step in dues[o.code].during for o in decisions)
    assert not (case.step == "cloturee" and [o for o in owed if o.blocks])
    assert all((o.closed_at is None) is o.is_open for o in play.all.values())
    assert all((o.paused_on is None) is (o.left is None) for o in owed)
    assert not [o for o in owed if o.paused_on and (o.late or not dues[o.code].pause)]
    assert all(o.due for o in owed)  # nothing waits without a date


def hold_at_the_end(play: Play) -> None:
    """Check what only grows: the journal and the messages."""
    case = play.dossier.case
    assert verify(play.entries, case.seq, case.head)
    recorded = [entry.recorded_at for entry in play.entries]
    assert recorded == sorted(recorded)
    assert len(keys(play)) == len(set(keys(play)))
    assert one_step_at_a_time(play)
    assert sorted(play.all) == list(range(1, case.next_n))
    assert all(o.wake_at is None or o.wake_at > play.now for o in play.all.values() if o.is_open)
    assert case.wake_at is None or case.wake_at > play.now


def one_step_at_a_time(play: Play) -> bool:
    """Each change of step has one line, which starts where the line before arrived (INV-30)."""
    moves = [entry.content for entry in play.entries if entry.kind == "decision"]
    steps = ["brouillon", *(part(content, "vers") for content in moves)]
    return [part(content, "de") for content in moves] == steps[:-1] and steps[-1] == play.dossier.case.step


def part(content: str, key: str) -> str:
    return content.split(f'"{key}":"')[1].split('"')[0]


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
        hold_at_the_end(play)
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
