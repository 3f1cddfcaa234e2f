"""A situation takes up another circuit: at its deposit, with another delegation or antenne, or as it was published.

A situation keeps the versions it follows until it enters a step (INV-20); the step entered, everything it owes and
all it remembers must be known there, else it waits for the next one. Dates already running never move.
"""

from collections.abc import Mapping
from dataclasses import replace

from workflow.change import Change
from workflow.circuit.compiled import Circuit
from workflow.circuit.composition import Composition, Published
from workflow.circuit.model import CROSSED_LEVELS, PARTNERS, DecisionDefinition, Slot
from workflow.composing import of_the_day, side_of
from workflow.model import Party, Status
from workflow.obligations import discharge

_COMPUTED = (CROSSED_LEVELS, PARTNERS)


def follow(change: Change, decision: DecisionDefinition, step: str, codes: Mapping[str, str]) -> None:
    """Let a situation that is about to enter `step` take up the circuit it must follow from there."""
    case, facts = change.case, change.dossier.facts
    if not (case.next_circuit or facts.published or "antenne" in codes):
        return
    wanted = _wanted(change, codes)
    if str(wanted) == case.circuit:
        case.next_circuit = None
        return
    circuit = change.find(str(wanted))
    if facts.published and "dd_competente" in codes:
        _end_unknown(change, circuit, decision)
    if _fits(change, circuit, decision, step):
        take_up(change, circuit)
    else:
        case.next_circuit = str(wanted)


def take_up(change: Change, circuit: Circuit) -> None:
    """Follow another circuit from here on; what should have rung before now never does."""
    change.case.circuit, change.case.next_circuit, change.circuit = circuit.key, None, circuit
    for obligation in change.still_open():
        obligation.rung_until = max(obligation.rung_until, change.at)
        change.touch(obligation)


def undeposited(parties: Mapping[str, Party]) -> bool:
    """Say whether a situation is still a draft: its DAC has not been reached."""
    return Slot.DAC in parties and parties[Slot.DAC].since is None


def _wanted(change: Change, codes: Mapping[str, str]) -> Composition:
    """Return what the situation must follow: at T01 all that is of the day, at T24 what is of its new delegation."""
    case, dossier = change.case, change.dossier
    facts, parties = dossier.facts, dossier.parties
    if facts.published and undeposited(parties):
        return of_the_day(facts.published, facts.organisations, parties)
    wanted = Composition.of(case.next_circuit or case.circuit)
    if facts.published and "dd_competente" in codes:
        wanted = replace(wanted, dd=side_of(facts.published, facts.organisations[parties[Slot.DD].organisation]).key)
    # the versions stay those the situation follows: only which of their circuits is the antenne's own may change
    alone = Composition(wanted.dac, wanted.dac)
    same = wanted.dac == Composition.of(case.circuit).dac
    of_side = Published(wanted.dac, (change.circuit if same else change.find(str(alone))).variants)
    return replace(wanted, antenne=of_side.variant(parties[Slot.ANTENNE].organisation))


def _end_unknown(change: Change, circuit: Circuit, decision: DecisionDefinition) -> None:
    """What only the former delegation's layer makes owed ends with it (T24)."""
    for obligation in change.still_open():
        if obligation.code not in circuit.dues:
            discharge(change, obligation, f"décision {decision.code}", Status.LAPSED)


def _fits(change: Change, circuit: Circuit, decision: DecisionDefinition, step: str) -> bool:
    """Say whether another circuit knows the step, what is owed or about to be, and what is remembered."""
    case, known = change.case, circuit.definition
    steps = {step, case.examined or step, case.resumes or step}
    codes = {obligation.code for obligation in change.still_open()} | {*decision.opens}
    told = {*decision.informs} - {*_COMPUTED}
    return steps <= known.steps.keys() and codes <= circuit.dues.keys() and told <= known.actors.keys()
