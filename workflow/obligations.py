"""The life of an obligation: opened, merged, paused, resumed, discharged (the table of DESIGN §1)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from workflow.change import Change, due_date
from workflow.circuit.decision_fields import REVIEWED
from workflow.circuit.model import PARTNER, SYSTEM, WRITER, DecisionDefinition, DueDefinition, Kind, Slot
from workflow.clocks import pause, resume
from workflow.holders import OPINION_FUNCTION, SLOT_OF_LEVEL, beneficiaries, holder_of
from workflow.messages import About, tell
from workflow.model import Holder, Obligation, Party, Status

DELIVERED = "remis"
"""Proof of a retour the tool itself delivered at the instant of the decision."""

BLOCKING = {Kind.DECISION, Kind.COMPLEMENT, Kind.ACTION, Kind.RETOUR}
"""Kinds that must be discharged before a situation can be closed; an opinion or a task may wait."""


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action that a decision announces: who carries it, until when (INV-12)."""

    carrier: str | None
    """Organisation that carries it; None: somebody outside, whom the level that decided follows up."""
    due: date


@dataclass(frozen=True, slots=True)
class Origin:
    """The decision that opens an obligation, and who took it."""

    decision: DecisionDefinition
    author: Holder
    delivered: Mapping[str, list[Holder]]
    """By code of retour, who the tool delivers it to now."""
    actions: tuple[PlannedAction, ...] = ()
    partners: tuple[str, ...] = ()
    """Organisations whose opinion the decision asks."""

    def answered(self, code: str, seq: int) -> str:
        """Return how a retour remembers what it answers."""
        return f"{code}:{self.decision.code}@{seq}"


def open_due(change: Change, code: str, origin: Origin) -> None:
    """Open what a decision makes somebody owe (`doit`)."""
    definition = change.circuit.dues[code]
    if definition.kind is Kind.RETOUR:
        _open_retour(change, code, definition, origin)
        return
    for debtor, due in _debtors(change, definition, origin):
        obligation = _add(change, code, definition, _asker(change, definition, origin), debtor)
        if due:
            obligation.due = due
            change.touch(obligation)
        if definition.kind is Kind.COMPLEMENT:
            pause(change, obligation)
        _announce(change, definition, obligation, origin.author)


def _debtors(change: Change, definition: DueDefinition, origin: Origin) -> list[tuple[Holder, date | None]]:
    """Who owes what a decision opens: each partner named, each porteur, or the one the circuit names."""
    usual = None if definition.debtor == PARTNER else holder_of(change.circuit, change.dossier, definition.debtor)
    if definition.kind is Kind.OPINION:
        return [(Holder(PARTNER, partner, OPINION_FUNCTION), None) for partner in origin.partners]
    if definition.kind is Kind.ACTION and usual:
        return [(_carrier(change, usual, action.carrier), action.due) for action in origin.actions]
    return [(usual, None)] if usual else []


def _asker(change: Change, definition: DueDefinition, origin: Origin) -> Holder | None:
    """Whoever asked, inside the organisation the circuit says the answer goes to."""
    owed_to = beneficiaries(change.circuit, change.dossier, definition.beneficiaries)
    mine = [holder for holder in owed_to if holder.organisation == origin.author.organisation]
    return origin.author if mine else None


def _carrier(change: Change, usual: Holder, organisation: str | None) -> Holder:
    """A porteur known to the directory owes the action; for anybody else the level that decided does."""
    if organisation is None or organisation == usual.organisation:
        return usual
    slots = [slot for slot, party in change.dossier.parties.items() if party.organisation == organisation]
    named = [slot for slot in slots if slot in change.circuit.definition.actors]
    if named:
        return holder_of(change.circuit, change.dossier, named[0])
    return Holder(PARTNER, organisation, OPINION_FUNCTION)


def open_covering(change: Change, code: str) -> None:
    """Open a dû with `pendant`, because the situation entered its steps from outside."""
    definition = change.circuit.dues[code]
    if definition.form and set(change.circuit.asked_for(code)) <= answered(change):
        return
    owed_to: list[Holder | None] = [*beneficiaries(change.circuit, change.dossier, definition.beneficiaries)]
    for to in owed_to or [None]:
        if any(o.code == code and o.beneficiary == to for o in change.still_open()):
            continue  # still owed from an earlier stay: at most one to each
        obligation = _add(change, code, definition, to)
        if definition.kind is Kind.DECISION:
            _announce(change, definition, obligation, None)


def answered(change: Change) -> set[str]:
    """Return the questions that have their answer, those of the decision under way included: forms, version relue."""
    given = {answer.field for answer in change.outcome.answers} | {text.field for text in change.outcome.contents}
    return (change.circuit.fields.keys() | {REVIEWED}) & (change.dossier.facts.answered | given)


def open_task(change: Change, code: str) -> None:
    """Open a task that no decision opens, unless it is owed already."""
    if all(obligation.code != code for obligation in change.still_open()):
        _add(change, code, change.circuit.dues[code])


def renew(change: Change, obligation: Obligation, due: date | None = None) -> None:
    """Open again what was just made, as long as the situation stays in its steps.

    An interim retour is due again after `renouvelle` (D18), a review on the date it was given (T50).
    """
    definition = change.circuit.dues[obligation.code]
    if change.case.step not in definition.during or not (definition.renewed or due):
        return
    again = _add(change, obligation.code, definition, obligation.beneficiary, obligation.debtor)
    calendar, today = change.calendar(again.debtor), change.today(again.debtor)
    again.due = due or (calendar.add(today, definition.renewed) if definition.renewed else None)
    change.touch(again)


def _add(
    change: Change, code: str, definition: DueDefinition, to: Holder | None = None, debtor: Holder | None = None
) -> Obligation:
    debtor = debtor or holder_of(change.circuit, change.dossier, definition.debtor)
    owed_to = beneficiaries(change.circuit, change.dossier, definition.beneficiaries)
    obligation = Obligation(
        n=change.case.next_n,
        code=code,
        kind=definition.kind,
        debtor=debtor,
        beneficiary=to or (owed_to[0] if owed_to else None),
        opened_at=change.at,
        due=due_date(change, definition, debtor, change.today(debtor)),
        rung_until=change.at,
        blocks=definition.kind in BLOCKING,
    )
    change.case.next_n += 1
    change.dossier.obligations.append(obligation)
    change.opened.append(obligation)
    change.touch(obligation)
    return obligation


def _announce(change: Change, definition: DueDefinition, obligation: Obligation, asker: Holder | None) -> None:
    to = obligation.debtor
    mine = asker and (asker.organisation, asker.function) == (to.organisation, to.function)
    if definition.mail and not mine:
        about = About("responsable", obligation, sender=asker)
        tell(change, definition.mail, obligation.debtor, f"d{obligation.n}", about)


def _open_retour(change: Change, code: str, definition: DueDefinition, origin: Origin) -> None:
    """`a` still has to be told by the debtor; `remis` is told by the tool now (DESIGN §1)."""
    teller = holder_of(change.circuit, change.dossier, SYSTEM) if definition.debtor == SYSTEM else origin.author
    owed = [
        _owe(change, code, definition, origin, to)
        for to in beneficiaries(change.circuit, change.dossier, definition.beneficiaries)
    ]
    for to in origin.delivered[code]:
        row = _add(change, code, definition, to)
        row.debtor, row.due, row.status, row.proof, row.closed_at = (
            teller,
            None,
            Status.DISCHARGED,
            DELIVERED,
            change.at,
        )
        row.answers.append(origin.answered(code, change.case.seq + 1))
        change.touch(row)
        _announce_retour(change, definition, row, owed)


def _announce_retour(change: Change, definition: DueDefinition, row: Obligation, owed: list[Obligation]) -> None:
    """Tell a beneficiary that a retour is there, and what comes next: to pass it on, or the level's decision."""
    to = row.beneficiary
    if (
        to is None
        or not definition.mail
        or (to.organisation, to.function) == (row.debtor.organisation, row.debtor.function)
    ):
        return
    mine = [o for o in owed if (o.debtor.organisation, o.debtor.function) == (to.organisation, to.function)]
    comes_next = [o for o in change.still_open() if o.kind is Kind.DECISION]
    about = About("destinataire", next(iter(mine or comes_next), None), sender=row.debtor, pass_on=bool(mine))
    tell(change, definition.mail, to, f"d{row.n}", about)


def _owe(change: Change, code: str, definition: DueDefinition, origin: Origin, to: Holder) -> Obligation:
    """Owe a retour; one that is already owed by the same to the same takes it in, and keeps its date.

    One already passed on by mail only awaits its proof: what comes later must be told anew.
    """
    debtor = holder_of(change.circuit, change.dossier, definition.debtor)
    for obligation in change.still_open():
        same = (obligation.debtor.organisation, obligation.beneficiary) == (debtor.organisation, to)
        if obligation.kind is Kind.RETOUR and same and obligation.passed_on is None:
            break
    else:
        obligation = _add(change, code, definition, to)
    due = due_date(change, definition, debtor, change.today(debtor))
    obligation.due = min(filter(None, (obligation.due, due)), default=None)
    obligation.final = obligation.final or origin.decision.issue is not None
    obligation.answers.append(origin.answered(code, change.case.seq + 1))
    change.touch(obligation)
    return obligation


def waive(change: Change, code: str, decision: str) -> None:
    """Make a dû pointless, because of a decision (`dispense`); a retour that also answers another stays owed."""
    for obligation in change.still_open():
        mine = [answer for answer in obligation.answers if answer.startswith(f"{code}:")]
        if mine and len(mine) < len(obligation.answers):
            obligation.answers = [answer for answer in obligation.answers if answer not in mine]
            change.touch(obligation)
        elif mine or (obligation.code == code and not obligation.answers):
            discharge(change, obligation, f"dispense par {decision}", Status.WAIVED)


def replace_party(change: Change, slot: str, organisation: str) -> None:
    """Let another organisation take a slot; what the former owed or was owed passes to it."""
    party = change.dossier.parties.get(slot)
    if party is None:
        change.dossier.parties[slot] = Party(slot, organisation, None)
        return
    former, party.organisation = party.organisation, organisation
    party.person = None
    here = SLOT_OF_LEVEL[change.circuit.step(change.case.step).level]
    party.since = change.at if party.since and slot in (here, Slot.ANTENNE) else None
    for obligation in change.still_open():
        obligation.debtor = _moved(obligation.debtor, former, organisation)
        obligation.beneficiary = obligation.beneficiary and _moved(obligation.beneficiary, former, organisation)
        change.touch(obligation)


def _moved(holder: Holder, former: str, organisation: str) -> Holder:
    """A person named in the former organisation is no longer in charge; the rédacteur stays who they are."""
    if holder.organisation != former or holder.actor == WRITER:
        return holder
    return replace(holder, organisation=organisation, person=None)


def discharge(
    change: Change, obligation: Obligation, proof: str, status: Status = Status.DISCHARGED, on: date | None = None
) -> None:
    """End an obligation with its proof. A complement that ends lets the asker's clock run again from `on`."""
    if obligation.late:
        change.note("depassement_fin", {"n": obligation.n, "code": obligation.code})
    obligation.status, obligation.proof, obligation.closed_at = status, proof, change.at
    change.case.settled_at = change.at
    change.closed.append(obligation)
    change.touch(obligation)
    if obligation.kind is Kind.COMPLEMENT:
        resume(change, obligation, on or change.today(obligation.debtor))
