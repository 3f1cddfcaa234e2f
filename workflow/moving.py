"""A legal decision is taken: what it ends, where it leads, what it makes owed, what is written of it (DESIGN §1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from workflow.change import Change
from workflow.circuit.model import SYSTEM, DecisionDefinition, Kind, Slot, StepDefinition
from workflow.clocks import follow_meeting, hasten
from workflow.following import follow
from workflow.holders import CARRIER_SLOT, PARTNER_SLOT, SLOT_OF_LEVEL, beneficiaries
from workflow.keeping import instead, keep, kept, sign
from workflow.machine import LAST_EXAMINED, RESUME, STAY
from workflow.messages import About, tell
from workflow.model import Holder, Obligation, Party, Played, Status
from workflow.obligations import Origin, discharge, open_covering, open_due, renew, replace_party, waive
from workflow.texts import Carried, read_day


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


def play(change: Change, move: Move) -> None:
    """Take a legal decision: end what it ends, go where it leads, open what it makes owed, write it down."""
    case, left = change.case, change.case.step
    followed, change.by = case.circuit, case.dac if move.person == SYSTEM else move.person
    _count(change, move)
    moves = move.definition.target != STAY
    for code in move.definition.waives:
        waive(change, code, move.definition.code)
    rendered = _render(change, move)
    delivered = _delivered(change, move)
    if moves:
        _leave(change, move, delivered)
    _remember(change, move)
    keep(change, move.carried, move.salt, {move.author.organisation})
    if moves:
        _arrive(change, move)
    carried = move.carried
    origin = Origin(move.definition, move.author, delivered, tuple(carried.actions), tuple(carried.partners))
    for code in move.definition.opens:
        open_due(change, code, origin)
    for obligation in rendered:
        renew(change, obligation, read_day(move.carried.codes.get("prochaine_date", "")))
    if "seance" in move.carried.codes:
        for code in change.circuit.during(case.step):
            follow_meeting(change, code)
    _inform(change, move)
    sign(change, move.definition.title, move.person)
    _write(change, move, left)
    _write_circuit(change, move, followed)


def _write_circuit(change: Change, move: Move, followed: str) -> None:
    """A line of its own, after the decision's: that one is read with the circuit it was taken in."""
    if change.case.circuit != followed:
        change.note("circuit", {"de": followed, "vers": change.case.circuit}, move.person)


def _arrive(change: Change, move: Move) -> None:
    case, left = change.case, change.case.step
    follow(change, move.definition, move.target, move.carried.codes)
    case.issue = move.definition.issue or (None if change.circuit.step(move.target).holder else case.issue)
    case.step, case.entered_at, case.settled_at = move.target, change.at, change.at
    change.outcome.ended = move.definition.issue
    enter(change, move.target, left)
    _set_review(change, move.carried.codes)


def _write(change: Change, move: Move, left: str) -> None:
    content = {
        "decision": move.name,
        "code": move.definition.code,
        "de": left,
        "vers": change.case.step,
        "pour": move.author.organisation,
    }
    change.record("decision", content | instead(change) | kept(move.carried, move.salt), move.person, move.decision_id)


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


def _delivered(change: Change, move: Move) -> dict[str, list[Holder]]:
    """Who each retour is delivered to: found before the situation moves, a level about to be reached is not told."""
    opened = {code: change.circuit.dues[code].delivered for code in move.definition.opens}
    return {code: beneficiaries(change.circuit, change.dossier, actors) for code, actors in opened.items()}


def _leave(change: Change, move: Move, delivered: Mapping[str, list[Holder]]) -> None:
    """Close the dûs whose steps are left: the decision is taken; a retour lapses only if this one replaces it."""
    told = {(holder.organisation, holder.function) for holders in delivered.values() for holder in holders}
    here = change.case.step
    for obligation in change.still_open():
        if obligation.kind is Kind.OPINION and _asked_by(obligation, move.author):
            discharge(change, obligation, "sans réponse", Status.WAIVED)
        if not change.circuit.dues[obligation.code].left(here, move.target):
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
    elif move.definition.urgent is False:
        case.urgent = False  # it changes no date (DESIGN §11)
    _name_officer(change, move)
    if "officier" in codes:
        _take_charge(change, move, codes["officier"])
    if "parent" in codes:
        case.parent = codes["parent"]
    elif move.definition.target in (RESUME, LAST_EXAMINED):
        case.parent = None
    case.stand(case.position.deciding(move.definition))
    _rehouse(change, move)


def _take_charge(change: Change, move: Move, person: str) -> None:
    """Name who is in charge, among those who hold the function of the decision: what is owed there is theirs."""
    actor = change.circuit.definition.actors[move.definition.actors[0]]
    party = change.dossier.parties[actor.slot]
    party.person = person
    for o in change.still_open() if move.definition.target == STAY else ():
        if (o.debtor.organisation, o.debtor.function) == (party.organisation, actor.function):
            o.debtor = replace(o.debtor, person=person)
            change.touch(o)


def _name_officer(change: Change, move: Move) -> None:
    """A service that took charge by a link is in charge until somebody there decides: they are from then on."""
    party = change.dossier.parties[SLOT_OF_LEVEL[change.circuit.step(change.case.step).level]]
    people = change.dossier.facts.people
    former, now = people.get(party.person or ""), people.get(move.person)
    if party.organisation == move.author.organisation and former and former.mailbox and now and not now.mailbox:
        party.person = move.person


def _rehouse(change: Change, move: Move) -> None:
    """Let another organisation take a slot: another antenne, another delegation and its ARS, partners."""
    parties, codes = change.dossier.parties, move.carried.codes
    for partner in move.carried.partners:
        slot = f"{PARTNER_SLOT}{partner}"
        parties.setdefault(slot, Party(slot, partner, change.at))
    for action in move.carried.actions:
        if action.carrier and action.carrier not in {party.organisation for party in parties.values()}:
            slot = f"{CARRIER_SLOT}{action.carrier}"
            parties[slot] = Party(slot, action.carrier, change.at)
    if "antenne" in codes:
        replace_party(change, Slot.ANTENNE, codes["antenne"])
    if "co_antenne" in codes:
        parties[Slot.CO_ANTENNE] = Party(str(Slot.CO_ANTENNE), codes["co_antenne"], change.at)
    if "dd_competente" in codes:
        delegation = change.dossier.facts.organisations[codes["dd_competente"]]
        change.case.departement = delegation.departement
        replace_party(change, Slot.DD, delegation.id)
        if delegation.parent:
            replace_party(change, Slot.REGION, delegation.parent)


def enter(change: Change, step: str, left: str | None) -> None:
    """Open the dûs of the steps entered from outside; the level is reached, its loops count from zero."""
    definition = change.circuit.step(step)
    party = change.dossier.parties[SLOT_OF_LEVEL[definition.level]]
    party.since = party.since or change.at
    change.case.stand(change.case.position.entering(step, definition))
    _count_anew(change, definition)
    if definition.final and not definition.decisions:
        for obligation in change.still_open():
            discharge(change, obligation, f"étape {step}", Status.LAPSED)
    for code in change.circuit.during(step):
        if change.circuit.dues[code].entered(left, step):
            open_covering(change, code)


def _count_anew(change: Change, definition: StepDefinition) -> None:
    """What keeps the situation at a step is counted for each stay, what sends it elsewhere for its whole life."""
    for name, decision in definition.decisions.items():
        if name in change.case.played and decision.target == STAY:
            change.case.played[name].count = 0


def _inform(change: Change, move: Move) -> None:
    """Tell those the decision names (`informe`), with its own mail."""
    if move.definition.mail:
        comes_next = next((o for o in change.still_open() if o.kind is Kind.DECISION), None)
        about = About("informe", comes_next, sender=move.author)
        for holder in beneficiaries(change.circuit, change.dossier, move.definition.informs):
            tell(change, move.definition.mail, holder, f"j{change.case.seq + 1}", about)
