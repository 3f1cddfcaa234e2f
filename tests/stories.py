"""Stories told at random on the pure core: who may do what at each step, carrying what, and what always holds."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from tests.small_circuit import facts
from tests.world import ANALYSIS, FINAL, FORM, LONG, START, VALIDATION, action
from workflow.circuit.compiled import Circuit
from workflow.circuit.decision_fields import PLAIN_TEXTS
from workflow.circuit.model import Kind
from workflow.errors import Refusal
from workflow.journal import verify
from workflow.model import Case, Dossier, Obligation, Outcome, Party
from workflow.records import Entry, Message
from workflow.rules import advance, start
from workflow.triggers import Decision, FieldValue, Trigger
from workflow.working_days import Calendar, calendar_of

BEGIN = START.astimezone(UTC)
PARENT = "P"
"""Reference of the situation that another may be attached to."""
Fields: TypeAlias = dict[str, FieldValue]
Moves: TypeAlias = Mapping[str, list[tuple[str, str, Fields]]]
"""What somebody reasonable does at each step: which decision, who takes it, what it carries."""

CARRIED: Fields = {
    **FORM,
    **ANALYSIS,
    **VALIDATION,
    **dict.fromkeys(PLAIN_TEXTS, "Une phrase entière pour le dire."),
    "actions": action("mdph-35", "2027-11-30"),
    "antenne": "antenne-vitre",
    "co_antenne": "antenne-redon",
    "dd_competente": "dd-22",
    "nature": "averee",
    "parent": PARENT,
    "partenaires": "mdph-35, ptsm-35",
    "prochaine_date": "+25",
    "retour": FINAL["retour"],
    "seance": "+12",
}
"""A good value for each field that the shipped circuit may ask; « +12 » is a day twelve days later."""
VERBS = ("acquitter", "dispenser", "prolonger")
RENDERING: list[Fields] = [
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


@dataclass
class Play:
    """One situation and all that was written about it, as a database would keep it."""

    dossier: Dossier
    circuit: Circuit
    moves: Moves
    now: datetime = BEGIN
    all: dict[int, Obligation] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def case(self) -> Case:
        return self.dossier.case

    def advance(self, trigger: Trigger = None) -> bool:
        """Advance and keep what follows; nothing is kept of a refusal, and nothing changes what was given."""
        given, before = self.dossier, fingerprint(self.dossier)
        try:
            outcome = advance(self.circuit, given, trigger, self.now)
        except Refusal as refusal:
            self.refusals.append(f"{type(refusal).__name__} {refusal}")
            assert fingerprint(given) == before
            return False
        assert fingerprint(given) == before
        self.keep(outcome)
        moved = outcome.dossier.case.version - given.case.version
        assert moved == len([e for e in outcome.entries if e.kind in ("decision", "acte")])
        return True

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


def begin(circuit: Circuit, moves: Moves) -> Play:
    """Begin a draft in Fougères, where another situation of the same DAC is under way."""
    places = {"antenne": "antenne-fougeres", "dac": "dactiv", "gouvernance": "gouvernance-dactiv", "dd": "dd-35"}
    places |= {"region": "ars-bretagne", "national": "equipe-nationale"}
    parties = {slot: Party(slot, organisation, None) for slot, organisation in places.items()}
    case = Case("R", "dactiv", "35", circuit.key, circuit.initial, "maelle.riou", BEGIN, BEGIN, BEGIN)
    around = replace(facts(), steps={PARENT: ("dactiv", "en_analyse")})
    play = Play(Dossier(case, [], parties, around), circuit, moves)
    play.keep(start(circuit, play.dossier, Decision("d0", "R", "ouvrir", "maelle.riou"), BEGIN))
    return play


# --- What somebody does. ---


def moves_of(circuit: Circuit) -> Moves:
    """Every decision of people in a circuit, by who may take it, with what it carries; seldom an end."""
    found: dict[str, list[tuple[str, str, Fields]]] = {}
    for step, definition in circuit.definition.steps.items():
        mine = found.setdefault(step, [])
        for name, decision in definition.decisions.items():
            if decision.by_system:
                continue
            fields = {field: CARRIED[field] for field in circuit.required(step, name) if field in CARRIED}
            if decision.reasons:
                code = next(iter(circuit.definition.reasons[decision.reasons]))
                fields["motif"] = code if "retour" in decision.requires else {"code": code, "texte": "Dit en clair."}
            if "officier" in decision.requires:
                fields["officier"] = officer(circuit, decision.actors[0])
            mine += [(name, officer(circuit, decision.actors[0]), fields)] * (1 if decision.issue else 5)
    return found


def officer(circuit: Circuit, actor: str) -> str:
    """Return somebody of Fougères, of DAC’tiv or above who acts for an actor."""
    if actor == "redacteur":
        return "maelle.riou"
    function = circuit.definition.actors[actor].function
    homes = ("antenne-fougeres", "dactiv", "gouvernance-dactiv", "dd-35", "ars-bretagne", "equipe-nationale")
    people = (p for p in facts().people.values() if not p.mailbox)
    return next(p.id for p in people if any((home, function) in p.functions for home in homes))


def on_something_owed(play: Play, identifier: str, dice: int) -> Decision | None:
    """Return a verb on something open: most often the right one, by the right person."""
    owed = [o for o in play.all.values() if o.is_open and (o.kind is not Kind.DECISION or dice % 4 == 0)]
    if not owed:
        return None
    mine = picked(owed, dice)
    if dice % 3 == 0:
        by, fields = picked(ABOVE, dice // 5), RENDERING[5 + dice % 2]
        return Decision(identifier, play.case.reference, VERBS[1 + dice % 2], by, dated(fields, play.now), mine.n)
    fields = RENDERING[{Kind.COMPLEMENT: 3, Kind.RETOUR: 4}.get(mine.kind, 7)]
    by = debtor(mine)
    if mine.last_mile:
        fields = RENDERING[dice % 5 % 3]
        by = "maelle.riou" if fields == {"moyen": "lu"} else by
    return Decision(identifier, play.case.reference, "acquitter", by, fields, mine.n, salt="sel")


def debtor(obligation: Obligation) -> str:
    """Return somebody who may act for whoever owes."""
    function = (obligation.debtor.organisation, obligation.debtor.function)
    able = (p.id for p in facts().people.values() if function in p.functions and not p.mailbox)
    return obligation.debtor.person or next(able)


def dated(fields: Fields, now: datetime) -> Fields:
    """Turn « +12 » into the day twelve days from now."""
    return {
        name: (now + timedelta(days=int(value))).date().isoformat()
        if isinstance(value, str) and value.startswith("+")
        else value
        for name, value in fields.items()
    }


def picked(choices: Any, dice: int) -> Any:
    return choices[dice % len(choices)]


# --- What always holds. ---


def hold(play: Play) -> None:
    """Check what must hold after every step."""
    case, owed = play.case, [o for o in play.all.values() if o.is_open]
    decisions = [o for o in owed if o.kind is Kind.DECISION]
    dues = play.circuit.dues
    assert len(decisions) == len([code for code in play.circuit.during(case.step) if dues[code].kind is Kind.DECISION])
    assert all(case.step in dues[o.code].during for o in decisions)
    assert not (case.step == "cloturee" and [o for o in owed if o.blocks])  # INV-31
    assert all((o.closed_at is None) is o.is_open for o in play.all.values())
    assert all((o.paused_on is None) is (o.left is None) for o in owed)
    assert not [o for o in owed if o.paused_on and (o.late or not dues[o.code].pause)]
    assert all(o.due for o in owed)  # nothing waits without a date
    assert all(o.left is None or o.left.count >= 0 for o in owed)


def hold_so_far(play: Play) -> None:
    """Check what only grows: the journal and the messages."""
    case = play.case
    assert verify(play.entries, case.seq, case.head)
    recorded = [entry.recorded_at for entry in play.entries]
    assert recorded == sorted(recorded)  # INV-38
    keys = [message.key for message in play.messages]
    assert len(keys) == len(set(keys))  # INV-35
    assert one_step_at_a_time(play)
    assert sorted(play.all) == list(range(1, case.next_n))


def nothing_is_due(play: Play) -> None:
    """Check that what was due at this instant has been played."""
    assert all(o.wake_at is None or o.wake_at > play.now for o in play.all.values() if o.is_open)
    assert play.case.wake_at is None or play.case.wake_at > play.now
    for o in play.dossier.obligations:
        assert o.late or o.paused_on or o.passed_on or not o.due or calendar(play, o).end_of(o.due) > play.now


def calendar(play: Play, owed: Obligation) -> Calendar:
    return calendar_of(play.dossier.facts.organisations[owed.debtor.organisation].departement)


def one_step_at_a_time(play: Play) -> bool:
    """Each change of step has one line, which starts where the line before arrived (INV-30)."""
    moves = [entry.content for entry in play.entries if entry.kind == "decision"]
    steps = [play.circuit.initial, *(part(content, "vers") for content in moves)]
    return [part(content, "de") for content in moves] == steps[:-1] and steps[-1] == play.case.step


def part(content: str, key: str) -> str:
    return content.split(f'"{key}":"')[1].split('"')[0]
