"""The life of an obligation: opened, merged, paused, resumed, discharged (the table of DESIGN §1)."""

from dataclasses import dataclass
from datetime import date, timedelta

from workflow.change import Change, due_date
from workflow.circuit.model import SYSTEM, DecisionDefinition, DueDefinition, Earliest, Kind
from workflow.delays import Delay, Unit
from workflow.holders import beneficiaries, holder_of
from workflow.messages import About, tell
from workflow.model import Holder, Obligation, Status

DELIVERED = "remis"
"""Proof of a retour the tool itself delivered at the instant of the decision."""

BLOCKING = {Kind.DECISION, Kind.COMPLEMENT, Kind.ACTION, Kind.RETOUR}
"""Kinds that must be discharged before a situation can be closed; an opinion or a task may wait."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The decision that opens an obligation, and who took it."""

    decision: DecisionDefinition
    author: Holder

    def answered(self, code: str, seq: int) -> str:
        """Return how a retour remembers what it answers."""
        return f"{code}:{self.decision.code}@{seq}"


def still_open(change: Change) -> list[Obligation]:
    """Return the obligations that are owed now."""
    return [obligation for obligation in change.dossier.obligations if obligation.is_open]


def open_due(change: Change, code: str, origin: Origin) -> None:
    """Open what a decision makes somebody owe (`doit`)."""
    definition = change.circuit.dues[code]
    if definition.kind is Kind.RETOUR:
        _open_retour(change, code, definition, origin)
        return
    obligation = _add(change, code, definition)
    if definition.kind is Kind.COMPLEMENT:
        _pause(change, obligation)
    _announce(change, definition, obligation, origin.author)


def open_covering(change: Change, code: str) -> None:
    """Open a dû with `pendant`, because the situation entered its steps from outside."""
    definition = change.circuit.dues[code]
    obligation = _add(change, code, definition)
    if definition.kind is Kind.DECISION:
        _announce(change, definition, obligation, None)


def renew(change: Change, obligation: Obligation) -> None:
    """Open a retour again after it was made, as long as the situation stays in its steps (D18)."""
    definition = change.circuit.dues[obligation.code]
    if definition.renewed and change.case.step in definition.during:
        again = _add(change, obligation.code, definition, obligation.beneficiary)
        again.due = change.calendar(again.debtor).add(change.today(again.debtor), definition.renewed)
        change.touch(again)


def _add(change: Change, code: str, definition: DueDefinition, to: Holder | None = None) -> Obligation:
    debtor = holder_of(change.circuit, change.dossier, definition.debtor)
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
    if definition.mail:
        about = About("responsable", obligation, sender=asker)
        tell(change, definition.mail, obligation.debtor, f"d{obligation.n}", about)


def _open_retour(change: Change, code: str, definition: DueDefinition, origin: Origin) -> None:
    """`a` still has to be told by the debtor; `remis` is told by the tool now (DESIGN §1)."""
    teller = holder_of(change.circuit, change.dossier, SYSTEM) if definition.debtor == SYSTEM else origin.author
    owed = [
        _owe(change, code, definition, origin, to)
        for to in beneficiaries(change.circuit, change.dossier, definition.beneficiaries)
    ]
    for to in beneficiaries(change.circuit, change.dossier, definition.delivered):
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
    comes_next = [o for o in still_open(change) if o.kind is Kind.DECISION]
    about = About("destinataire", next(iter(mine or comes_next), None), sender=row.debtor, pass_on=bool(mine))
    tell(change, definition.mail, to, f"d{row.n}", about)


def _owe(change: Change, code: str, definition: DueDefinition, origin: Origin, to: Holder) -> Obligation:
    """Owe a retour; one that is already owed by the same to the same takes it in, and keeps its date.

    One already passed on by mail only awaits its proof: what comes later must be told anew.
    """
    debtor = holder_of(change.circuit, change.dossier, definition.debtor)
    for obligation in still_open(change):
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


def _pause(change: Change, complement: Obligation) -> None:
    """Stop the decision clock of the one who asks, and no other (INV-18); a late clock is not stopped."""
    for obligation in _clocks_of_asker(change, complement):
        if obligation.due and not obligation.late and not obligation.paused_on:
            today = change.today(obligation.debtor)
            obligation.left = _days_left(change, obligation, today, obligation.due)
            obligation.paused_on = today
            change.moved.append(obligation)
            change.touch(obligation)


def resume(change: Change, complement: Obligation, day: date) -> None:
    """Let the asker's clock run again from `day`, unless another complement is still awaited in time."""
    waiting = [
        o
        for o in still_open(change)
        if o.kind is Kind.COMPLEMENT and not o.late and o.beneficiary == complement.beneficiary
    ]
    if waiting:
        return
    for obligation in _clocks_of_asker(change, complement):
        if obligation.paused_on and obligation.left is not None:
            delay = Delay(obligation.left, _unit(change, obligation))
            obligation.paused_on, obligation.left = None, None
            extend(change, obligation, change.calendar(obligation.debtor).add(day, delay))
            follow_meeting(change, obligation.code)


def _clocks_of_asker(change: Change, complement: Obligation) -> list[Obligation]:
    asker = complement.beneficiary.organisation if complement.beneficiary else ""
    return [
        obligation
        for obligation in still_open(change)
        if obligation.kind is Kind.DECISION
        and obligation.debtor.organisation == asker
        and change.circuit.dues[obligation.code].pause
    ]


def _unit(change: Change, obligation: Obligation) -> Unit:
    """A clock in working days keeps working days; every other keeps calendar days."""
    definition = change.circuit.dues[obligation.code]
    delay = definition.urgent if change.case.urgent and definition.urgent else definition.delay
    return Unit.WORKING_DAYS if isinstance(delay, Delay) and delay.unit is Unit.WORKING_DAYS else Unit.DAYS


def _days_left(change: Change, obligation: Obligation, today: date, due: date) -> int:
    if _unit(change, obligation) is Unit.WORKING_DAYS:
        return change.calendar(obligation.debtor).working_days_between(today, due)
    return (due - today).days


def hasten(change: Change) -> None:
    """Grant the urgent track: each open dû that has an urgent delay takes the earlier date (DESIGN §11)."""
    change.case.urgent = True
    for obligation in still_open(change):
        definition = change.circuit.dues[obligation.code]
        if definition.urgent and obligation.due and not obligation.paused_on:
            sooner = change.calendar(obligation.debtor).add(change.today(obligation.debtor), definition.urgent)
            if sooner < obligation.due:
                _move(change, obligation, sooner)


def follow_meeting(change: Change, code: str) -> None:
    """Count again a term that depends on the next meeting, now that its date is known (D09).

    The other terms keep what pauses and prolongations gave them.
    """
    definition = change.circuit.dues[code]
    if not isinstance(definition.delay, Earliest):
        return
    for obligation in still_open(change):
        if obligation.code == code and not obligation.paused_on:
            start = change.calendar(obligation.debtor).local_date(obligation.opened_at) + timedelta(obligation.extended)
            due = due_date(change, definition, obligation.debtor, start)
            if due != obligation.due:
                _move(change, obligation, due)


def extend(change: Change, obligation: Obligation, due: date) -> None:
    """Give a later due date, and remember by how many days."""
    if obligation.due:
        obligation.extended += (due - obligation.due).days
    _move(change, obligation, due)


def _move(change: Change, obligation: Obligation, due: date | None) -> None:
    obligation.due = due
    change.moved.append(obligation)
    change.touch(obligation)
