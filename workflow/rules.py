"""The heart: `advance(circuit, dossier, trigger, now) -> Outcome`, a pure function (DESIGN §3).

A person's decision, the scheduler's and a mail report all come through here. Whatever the clock
already made due is settled first, each thing at its true instant, so that the pace of ticking never
changes what happens.
"""

from collections.abc import Mapping
from datetime import datetime

from workflow.change import Change, Find, alone, begin
from workflow.circuit.compiled import START, Circuit
from workflow.circuit.model import SYSTEM, Proof
from workflow.errors import IllegalDecision
from workflow.fields import read_fields
from workflow.holders import holder_of
from workflow.keeping import instead, keep, kept, sign
from workflow.machine import STAY
from workflow.messages import collapse
from workflow.model import Dossier, Outcome, Party, Played
from workflow.moving import Move, enter, play
from workflow.permits import (
    author_of,
    authorised,
    legal,
    may_collect,
    must_be_named,
    not_stale,
    nothing_awaited,
    resolve,
)
from workflow.returned import come_back
from workflow.revising import revise
from workflow.ringing import ring
from workflow.scheduled import next_scheduled
from workflow.triggers import Decision, MailReport, ParentEnded, Returned, Revised, Trigger
from workflow.verbs import VERBS


def advance(circuit: Circuit, dossier: Dossier, trigger: Trigger, now: datetime, find: Find = alone) -> Outcome:
    """Settle what is due at `now` (UTC), then apply the trigger; the dossier given is left untouched.

    `circuit` is the one the situation follows; `find` gives one it may take up.

    Raises:
        Refusal: the rules say no to the decision; nothing of this call must be kept.
    """
    change = begin(circuit, dossier, now, find)
    _settle(change)
    if isinstance(trigger, Decision) and not _already_played(dossier, trigger):
        _decide(change, trigger)
    elif isinstance(trigger, MailReport):
        _report(change, trigger)
    elif isinstance(trigger, Returned):
        come_back(change, trigger.mail)
    elif isinstance(trigger, ParentEnded):
        _follow(change, trigger)
    elif isinstance(trigger, Revised):
        revise(change, trigger)
    change.outcome.messages = collapse(change.outcome.messages, {o.n for o in change.still_open()})
    return _finished(change, dossier.parties)


def start(circuit: Circuit, dossier: Dossier, decision: Decision, now: datetime) -> Outcome:
    """Begin a draft: `dossier` holds a situation that was never written, at the circuit's first step."""
    change = begin(circuit, dossier, now)
    person = author_of(change, decision)
    must_be_named(person)
    may_collect(change, person)
    change.case.played[START] = Played(1, now)
    enter(change, change.case.step, None)
    change.record(START, {"circuit": circuit.key, "etape": change.case.step}, decision.by, decision.id)
    return _finished(change, {})


def _finished(change: Change, before: Mapping[str, Party]) -> Outcome:
    """Say when the situation must be looked at again, and which of its parties are to be written."""
    alarm = _next_alarm(change)
    change.case.wake_at = alarm[0] if alarm else None
    change.outcome.parties = {slot: p for slot, p in change.dossier.parties.items() if before.get(slot) != p}
    return change.outcome


def _settle(change: Change) -> None:
    while (alarm := _next_alarm(change)) and alarm[0] <= change.now:
        change.at, order, which = alarm
        if order:
            ring(change, int(which))
        else:
            _play_scheduled(change, str(which))
    change.at = change.now


def _next_alarm(change: Change) -> tuple[datetime, int, str | int] | None:
    """The earliest of what the scheduler decides (first, at the same instant) and of what rings."""
    scheduled = next_scheduled(change)
    alarms: list[tuple[datetime, int, str | int]] = [(at, 1, n) for at, n in change.rings()]
    if scheduled:
        alarms.append((scheduled[0], 0, scheduled[1]))
    return min(alarms, default=None)


def _already_played(dossier: Dossier, decision: Decision) -> bool:
    """A double click is harmless; an identifier used for another situation is a mistake, never « done »."""
    reference = dossier.facts.seen.get(decision.id)
    if reference not in (None, decision.reference):
        raise IllegalDecision(
            f"L’identifiant « {decision.id} » a déjà servi à une décision sur une autre situation. "
            "Rien n’a été écrit : choisissez-en un autre."
        )
    return reference is not None


def _decide(change: Change, decision: Decision) -> None:
    person = author_of(change, decision)
    not_stale(change, decision)
    if verb := VERBS.get(decision.name):
        must_be_named(person)
        carried = verb(change, decision, person)
        keep(change, carried, decision.salt, {organisation for organisation, _ in person.functions})
        sign(change, decision.name.capitalize(), decision.by)
        content = {"verbe": decision.name, "du": decision.due, **instead(change), **kept(carried, decision.salt)}
        change.record("acte", content, decision.by, decision.id)
        return
    definition, target = legal(change, decision)
    if definition.proof is not Proof.LINK:  # a link shows that the service was reached, not who opened it
        must_be_named(person)
    author = authorised(change, person, definition)
    nothing_awaited(change, definition, author)
    carried = read_fields(change, decision, definition)
    play(change, Move(decision.name, definition, target, author, person.id, decision.id, decision.salt, carried))


def _follow(change: Change, trigger: ParentEnded) -> None:
    """Play what the step foresees for that end of the parent; a step that foresees nothing stays where it is."""
    for name, definition in change.circuit.step(change.case.step).decisions.items():
        if definition.when and definition.when.parent_ended == trigger.issue:
            _play_scheduled(change, name)
            return


def _play_scheduled(change: Change, name: str) -> None:
    definition = change.circuit.decision(change.case.step, name)
    target = resolve(change, change.circuit.moves.target(change.case.step, name) or STAY)
    play(change, Move(name, definition, target, holder_of(change.circuit, change.dossier, SYSTEM), SYSTEM))


def _report(change: Change, report: MailReport) -> None:
    """The mail of a last mile was taken, or its address refused for good: then the DAC owes it again."""
    for obligation in change.still_open():
        if obligation.n == report.obligation and obligation.passed_on:
            if report.accepted and obligation.accepted_at:
                return  # told twice by a crash between the report and the mark
            if report.accepted:
                obligation.accepted_at = change.at
            else:
                obligation.passed_on, obligation.accepted_at = None, None
            change.touch(obligation)
            kind = "courriel_accepte" if report.accepted else "courriel_refuse"
            change.note(kind, {"n": obligation.n, "code": obligation.code})
