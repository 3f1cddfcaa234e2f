"""The heart: `advance(circuit, dossier, trigger, now) -> Outcome`, a pure function (DESIGN §3).

A person's decision, the scheduler's and a mail report all come through here. Whatever the clock
already made due is settled first, each thing at its true instant, so that the pace of ticking never
changes what happens.
"""

from dataclasses import dataclass, field
from datetime import datetime

from workflow.change import Change, begin
from workflow.circuit.compiled import START, Circuit
from workflow.circuit.model import SYSTEM, DecisionDefinition, Kind, Level, Slot
from workflow.clocks import follow_meeting, hasten
from workflow.fields import read_fields
from workflow.holders import CO_ANTENNE, PARTNER_SLOT, SLOT_OF_LEVEL, beneficiaries, holder_of
from workflow.journal import digest_text
from workflow.machine import RESUME, STAY
from workflow.messages import About, collapse, tell
from workflow.model import (
    Decision,
    Dossier,
    Holder,
    LastDecision,
    MailReport,
    Obligation,
    Outcome,
    Party,
    Played,
    Status,
    Trigger,
)
from workflow.obligations import Origin, discharge, open_covering, open_due, renew, replace_party, waive
from workflow.permits import author_of, authorised, legal, may_collect, not_stale, nothing_awaited, resolve
from workflow.records import Answer, Content
from workflow.ringing import ring
from workflow.scheduled import next_scheduled
from workflow.texts import Carried, read_day
from workflow.verbs import VERBS, play_verb


@dataclass(frozen=True, slots=True)
class Move:
    """A decision that was found legal: what it is, where it leads, who takes it, what it carries."""

    name: str
    definition: DecisionDefinition
    target: str
    author: Holder
    person: str
    decision_id: str | None = None
    salt: str = ""
    carried: Carried = field(default_factory=Carried)


def advance(circuit: Circuit, dossier: Dossier, trigger: Trigger, now: datetime) -> Outcome:
    """Settle what is due at `now` (UTC), then apply the trigger; the dossier given is left untouched.

    Raises:
        Refusal: the rules say no to the decision; nothing of this call must be kept.
    """
    change = begin(circuit, dossier, now)
    _settle(change)
    if isinstance(trigger, Decision) and trigger.id not in dossier.facts.seen:
        _decide(change, trigger)
    elif isinstance(trigger, MailReport):
        _report(change, trigger)
    alarm = _next_alarm(change)
    change.case.wake_at = alarm[0] if alarm else None
    change.outcome.messages = collapse(change.outcome.messages, {o.n for o in change.still_open()})
    return change.outcome


def start(circuit: Circuit, dossier: Dossier, decision: Decision, now: datetime) -> Outcome:
    """Begin a draft: `dossier` holds a situation that was never written, at the circuit's first step."""
    change = begin(circuit, dossier, now)
    may_collect(change, author_of(change, decision))
    change.case.played[START] = Played(1, now)
    _enter(change, change.case.step, None)
    change.record(START, {"etape": change.case.step}, decision.by, decision.id)
    alarm = _next_alarm(change)
    change.case.wake_at = alarm[0] if alarm else None
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
    alarms: list[tuple[datetime, int, str | int]] = [(o.wake_at, 1, o.n) for o in change.still_open() if o.wake_at]
    if scheduled:
        alarms.append((scheduled[0], 0, scheduled[1]))
    return min(alarms, default=None)


def _decide(change: Change, decision: Decision) -> None:
    person = author_of(change, decision)
    not_stale(change, decision)
    if decision.name in VERBS:
        carried = play_verb(change, decision, person)
        _keep(change, carried, decision.salt, _level_of(change, {o for o, _ in person.functions}))
        _sign(change, decision.name.capitalize(), decision.by)
        content = {"verbe": decision.name, "du": decision.due, **_carried(carried, decision.salt)}
        change.record("acte", content, decision.by, decision.id)
        return
    definition, target = legal(change, decision)
    author = authorised(change, person, definition)
    nothing_awaited(change, definition, author)
    carried = read_fields(change, decision, definition)
    _play(change, Move(decision.name, definition, target, author, person.id, decision.id, decision.salt, carried))


def _play_scheduled(change: Change, name: str) -> None:
    definition = change.circuit.decision(change.case.step, name)
    target = resolve(change, change.circuit.moves.target(change.case.step, name) or STAY)
    _play(change, Move(name, definition, target, holder_of(change.circuit, change.dossier, SYSTEM), SYSTEM))


def _play(change: Change, move: Move) -> None:
    """Take a legal decision: end what it ends, go where it leads, open what it makes owed, write it down."""
    case, left = change.case, change.case.step
    _count(change, move)
    moves = move.definition.target != STAY
    for code in move.definition.waives:
        waive(change, code, move.definition.code)
    rendered = _render(change, move)
    if moves:
        _leave(change, move)
    _remember(change, move)
    _keep(change, move.carried, move.salt, _level_of(change, {move.author.organisation}))
    if moves:
        case.issue = move.definition.issue or (None if change.circuit.step(move.target).holder else case.issue)
        case.step, case.entered_at, case.settled_at = move.target, change.at, change.at
        _enter(change, move.target, left)
        _set_review(change, move.carried.codes)
    origin = Origin(move.definition, move.author, tuple(move.carried.actions), tuple(move.carried.partners))
    for code in move.definition.opens:
        open_due(change, code, origin)
    for obligation in rendered:
        renew(change, obligation, read_day(move.carried.codes.get("prochaine_date", "")))
    if "seance" in move.carried.codes:
        for code in change.circuit.during(case.step):
            follow_meeting(change, code)
    _inform(change, move)
    _sign(change, move.definition.title, move.person)
    content = {
        "decision": move.name,
        "code": move.definition.code,
        "de": left,
        "vers": case.step,
        "pour": move.author.organisation,
    }
    change.record("decision", content | _carried(move.carried, move.salt), move.person, move.decision_id)


def _set_review(change: Change, codes: dict[str, str]) -> None:
    """The date somebody gave for the first review replaces the usual delay (T09)."""
    day = read_day(codes.get("prochaine_date", ""))
    for obligation in change.opened:
        if day and obligation.kind is Kind.DECISION:
            obligation.due = day
            change.touch(obligation)


def _render(change: Change, move: Move) -> list[Obligation]:
    """Discharge what the decision renders in passing (`rend`); a retour to a structure is then delivered."""
    rendered = [o for o in change.still_open() if o.code in move.definition.renders]
    for obligation in rendered:
        discharge(change, obligation, f"décision {move.definition.code}")
    return rendered


def _count(change: Change, move: Move) -> None:
    played = change.case.played.setdefault(move.name, Played(0, change.at))
    played.count, played.last = played.count + 1, change.at


def _leave(change: Change, move: Move) -> None:
    """Close the dûs whose steps are left: the decision is taken; a retour lapses only if this one replaces it."""
    told = set()
    for code in move.definition.opens:
        delivered = beneficiaries(change.circuit, change.dossier, change.circuit.dues[code].delivered)
        told |= {(holder.organisation, holder.function) for holder in delivered}
    here = change.case.step
    for obligation in change.still_open():
        if obligation.kind is Kind.OPINION and _asked_by(obligation, move.author):
            discharge(change, obligation, "sans réponse", Status.WAIVED)
        during = change.circuit.dues[obligation.code].during
        if here not in during or (move.target in during and move.target != here):
            continue
        if obligation.kind in (Kind.DECISION, Kind.TASK):
            discharge(change, obligation, f"décision {move.definition.code}")
        elif (to := obligation.beneficiary) and (to.organisation, to.function) in told:
            discharge(change, obligation, f"remplacé par {move.definition.code}", Status.LAPSED)


def _asked_by(obligation: Obligation, author: Holder) -> bool:
    """True when the one who decides is the one who asked: deciding closes the consultation."""
    return obligation.beneficiary is not None and obligation.beneficiary.organisation == author.organisation


def _remember(change: Change, move: Move) -> None:
    """Let the fields that change the situation itself do so."""
    case, codes = change.case, move.carried.codes
    if "seance" in codes:
        case.meeting_on = datetime.fromisoformat(codes["seance"]).date()
    if codes.get("priorite") == "urgente" or move.definition.urgent:
        hasten(change)
    if "officier" in codes:
        change.dossier.parties[SLOT_OF_LEVEL[change.circuit.step(move.target).level]].person = codes["officier"]
    if "parent" in codes:
        case.parent, case.resumes = codes["parent"], case.step
    elif move.definition.target == RESUME:
        case.parent, case.resumes = None, None
    if move.definition.gate:
        case.gates.append(move.definition.gate)
    _rehouse(change, move)


def _rehouse(change: Change, move: Move) -> None:
    """Let another organisation take a slot: another antenne, another delegation and its ARS, partners."""
    parties, codes = change.dossier.parties, move.carried.codes
    for partner in move.carried.partners:
        slot = f"{PARTNER_SLOT}{partner}"
        parties.setdefault(slot, Party(slot, partner, change.at))
    if "antenne" in codes:
        replace_party(change, Slot.ANTENNE, codes["antenne"])
    if "co_antenne" in codes:
        parties[CO_ANTENNE] = Party(CO_ANTENNE, codes["co_antenne"], change.at)
    if "dd_competente" in codes:
        delegation = change.dossier.facts.organisations[codes["dd_competente"]]
        change.case.departement = delegation.departement
        replace_party(change, Slot.DD, delegation.id)
        if delegation.parent:
            replace_party(change, Slot.REGION, delegation.parent)


def _enter(change: Change, step: str, left: str | None) -> None:
    """Open the dûs of the steps entered from outside; the level is reached, its loops count from zero."""
    definition = change.circuit.step(step)
    party = change.dossier.parties[SLOT_OF_LEVEL[definition.level]]
    party.since = party.since or change.at
    if definition.examines:
        change.case.examined = step
    if definition.level in (Level.FIELD, Level.DAC) and definition.holder:
        change.case.gates.clear()
    for name, decision in definition.decisions.items():
        # what keeps the situation here is counted for each stay, what sends it elsewhere for its whole life
        if name in change.case.played and decision.target == STAY:
            change.case.played[name].count = 0
    for code in change.circuit.during(step):
        if left == step or left not in change.circuit.dues[code].during:
            open_covering(change, code)


def _level_of(change: Change, organisations: set[str]) -> str:
    """The level a text belongs to is its author's, wherever the situation stands."""
    mine = [slot for slot, party in change.dossier.parties.items() if party.organisation in organisations]
    return mine[0] if mine else change.circuit.step(change.case.step).level


def _keep(change: Change, carried: Carried, salt: str, level: str) -> None:
    """Set aside the texts, and the coded answers to forms, of the line about to be written."""
    case, seq = change.case, change.case.seq + 1
    for name, text in carried.texts.items():
        change.outcome.contents.append(
            Content(case.reference, seq, name, level, text, salt, digest_text(salt, name, text))
        )
    for form in change.circuit.forms:
        for name in form.fields.keys() & carried.codes.keys():
            change.outcome.answers.append(
                Answer(case.reference, seq, form.name, form.version, name, carried.codes[name])
            )


def _carried(carried: Carried, salt: str) -> dict[str, dict[str, str]]:
    digests = {name: digest_text(salt, name, text) for name, text in carried.texts.items()}
    return {key: value for key, value in {"codes": carried.codes, "textes": digests}.items() if value}


def _inform(change: Change, move: Move) -> None:
    """Tell those the decision names (`informe`), with its own mail."""
    if move.definition.mail:
        comes_next = next((o for o in change.still_open() if o.kind is Kind.DECISION), None)
        about = About("informe", comes_next, sender=move.author)
        for holder in beneficiaries(change.circuit, change.dossier, move.definition.informs):
            tell(change, move.definition.mail, holder, f"j{change.case.seq + 1}", about)


def _sign(change: Change, title: str, author: str) -> None:
    change.case.version += 1
    change.case.last = LastDecision(title, author, change.at)


def _report(change: Change, report: MailReport) -> None:
    """The mail of a last mile was taken, or its address refused for good: then the DAC owes it again."""
    for obligation in change.still_open():
        if obligation.n == report.obligation and obligation.passed_on:
            if report.accepted:
                obligation.accepted_at = obligation.accepted_at or change.at
            else:
                obligation.passed_on, obligation.accepted_at = None, None
            change.touch(obligation)
            kind = "courriel_accepte" if report.accepted else "courriel_refuse"
            change.note(kind, {"n": obligation.n, "code": obligation.code})
