"""Random people on random valid circuits: whatever they do, legal or not, the invariants hold after every event.

After each event, on the pure function: one state and one journal line for each change (INV-30), nothing owed to
anybody once closed (INV-31), no mail twice (INV-35), dates that never go back (INV-38), somebody who owes a decision
wherever the situation waits, a journal that verifies, and the same state if it is ticked again.
"""

import os
from collections import Counter
from collections.abc import Callable
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.random_circuits import random_circuits
from tests.small_circuit import facts
from tests.stories import (
    WAITS,
    Moves,
    begin,
    dated,
    hold,
    hold_so_far,
    moves_of,
    nothing_is_due,
    on_something_owed,
    picked,
)
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import Kind
from workflow.triggers import Decision, MailReport, ParentEnded, Trigger

EXAMPLES = int(os.environ.get("EXAMPLES", "5000"))
MARGIN = 125
"""Per cent: Hypothesis ends some stories early, and only the long ones are counted."""
EVENTS = 20
CIRCUITS = 24
HALVES = [1, 2]
"""Two tests of half the examples: both processes of the CI work on them."""
STRANGER = "didier.monnerais"
"""Holds functions of a partner only: takes no decision of the circuit."""
ENDS = ("cloturee", "reorientee", "retiree")
DICE = st.integers(0, 2**16)


class Situation(RuleBasedStateMachine):
    """One situation, on a circuit drawn at random."""

    pool: ClassVar[tuple[tuple[Circuit, Moves], ...]]
    seen: ClassVar[Counter[str]]

    @initialize(which=DICE)
    def open(self, which: int) -> None:
        circuit, moves = picked(self.pool, which)
        self.play, self.events = begin(circuit, moves), 0
        self.seen["histoires"] += 1

    def happen(self, trigger: Trigger, kind: str) -> bool:
        """Let something happen, and count it; the scheduler then plays what is due at that instant."""
        self.events += 1
        accepted = self.play.advance(trigger)
        self.play.advance()
        self.seen["événements"] += 1
        self.seen["histoires longues"] += self.events == EVENTS
        self.seen[f"{kind} {'acceptée' if accepted else 'refusée'}"] += 1
        return accepted

    def decision(self, name: str, by: str, fields: object, version: int | None = None) -> Decision:
        carried = dated(dict(fields), self.play.now)  # type: ignore[call-overload]
        return Decision(f"d{self.events}-", "R", name, by, carried, expected_version=version, salt="sel")

    # --- What happens ---

    @rule(dice=DICE, wait=st.integers(0, 7))
    def somebody_decides(self, dice: int, wait: int) -> None:
        self.play.now += WAITS[wait]
        known = self.play.moves[self.play.case.step]
        if known:
            name, by, fields = picked(known, dice)
            self.happen(self.decision(name, by, fields, self.play.case.version), "décision")
        else:
            self.happen(on_something_owed(self.play, f"v{self.events}", dice), "verbe")

    @rule(dice=DICE)
    def somebody_decides_at_once(self, dice: int) -> None:
        self.somebody_decides(dice, 0)

    @rule(dice=DICE)
    def somebody_renders(self, dice: int) -> None:
        self.happen(on_something_owed(self.play, f"v{self.events}", dice), "verbe")

    @rule(dice=DICE)
    def somebody_errs(self, dice: int) -> None:
        """A stranger, a stale page, a decision of another step, nothing filled in, a verb on nothing."""
        case, circuit = self.play.case, self.play.circuit
        known = self.play.moves[case.step] or [("deposer", "maelle.riou", {})]
        name, by, fields = picked(known, dice // 8)
        everywhere = sorted({move[0] for moves in self.play.moves.values() for move in moves})
        elsewhere = [n for n in everywhere if circuit.moves.target(case.step, n) is None] or ["rien"]
        wrong = [
            lambda: self.decision(name, STRANGER, fields),
            lambda: self.decision(name, by, fields, case.version - 1),
            lambda: self.decision(picked(elsewhere, dice // 8), by, fields),
            lambda: Decision(f"d{self.events}-", "R", "acquitter", by, {"moyen": "oral"}, case.next_n + 1),
            lambda: self.decision(name, picked(sorted(facts().people), dice // 64), {}),
        ]
        certain = dice % len(wrong) < 4
        accepted = self.happen(wrong[dice % len(wrong)](), "erreur")
        assert not (accepted and certain)

    @rule(dice=DICE)
    def a_decision_is_sent_again(self, dice: int) -> None:
        """A double click: whatever it carries, nothing more is written of it."""
        played = [entry.decision_id for entry in self.play.entries if entry.decision_id]
        self.play.advance()
        before = len(self.play.entries)
        self.happen(Decision(picked(played, dice), "R", "deposer", "maelle.riou"), "rediffusion")
        assert len(self.play.entries) == before

    @rule(dice=DICE)
    def the_outside_answers(self, dice: int) -> None:
        """The mail server about a retour passed on, or the end of the situation this one follows."""
        if self.play.case.parent and dice % 2:
            self.happen(ParentEnded(picked(ENDS, dice // 2)), "dehors")
            return
        sent = [o.n for o in self.play.all.values() if o.passed_on and o.is_open]
        number = picked(sent or sorted(self.play.all) or [1], dice)
        self.happen(MailReport(number, accepted=dice % 5 > 0), "dehors")

    @rule(wait=st.integers(0, len(WAITS) - 1))
    def time_passes(self, wait: int) -> None:
        self.play.now += WAITS[wait]
        self.happen(None, "temps")

    # --- What holds ---

    @invariant()
    def all_is_well(self) -> None:
        play = self.play
        hold(play)
        hold_so_far(play)
        nothing_is_due(play)
        self.somebody_decides_next()
        self.ticked_again()

    def somebody_decides_next(self) -> None:
        """One decision is owed wherever the situation waits, but while it follows another or its retours go out."""
        case, step = self.play.case, self.play.circuit.step(self.play.case.step)
        owed = [o for o in self.play.dossier.obligations if o.kind is Kind.DECISION]
        quiet = step.final or not step.decisions or case.parent or case.step == "retour_en_diffusion"
        assert len(owed) == (0 if quiet else 1), (self.play.case.step, owed)

    def ticked_again(self) -> None:
        play = self.play
        before = len(play.entries), len(play.messages), play.case, play.dossier.obligations
        play.advance()
        assert (len(play.entries), len(play.messages), play.case, play.dossier.obligations) == before


@pytest.mark.parametrize("half", HALVES)
def test_whatever_happens_on_any_valid_circuit_the_invariants_hold(
    half: int, record_property: Callable[[str, object], None]
) -> None:
    pool = tuple((circuit, moves_of(circuit)) for circuit in random_circuits(CIRCUITS // len(HALVES), seed=half))
    seen: Counter[str] = Counter()
    machine = type("Situation", (Situation,), {"pool": pool, "seen": seen})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=MARGIN * EXAMPLES // len(HALVES) // 100,
            stateful_step_count=EVENTS + 1,  # the opening counts as a step
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    acts = [(kind, n) for kind, n in sorted(seen.items()) if kind.endswith(("acceptée", "refusée"))]
    tried = [(kind, n) for kind, n in acts if kind.split()[0] in ("décision", "verbe", "erreur")]
    legal = sum(n for kind, n in tried if kind.endswith("acceptée")) / sum(n for _, n in tried)
    stories = f"{seen['histoires longues']} histoires d’au moins {EVENTS} événements sur {seen['histoires']}"
    share = f"{seen['événements']} événements, {legal:.0%} d’actes légaux"
    record_property("Machine à états", f"{stories}, {share} ({', '.join(f'{kind} {n}' for kind, n in acts)})")
    assert seen["histoires longues"] >= EXAMPLES // len(HALVES)
