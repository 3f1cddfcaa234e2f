"""The verbs: open, decide, tick, each of many; one is many of one (DESIGN §3).

Each verb reads the clock once, loads, advances in memory, and writes everything in one transaction.
If somebody else wrote first, it reads again: the rules then judge the situation as it now is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from workflow.batch import Batch
from workflow.circuit.composition import Published
from workflow.clock import Clock
from workflow.errors import Conflict, Refusal, Unwritable
from workflow.following import undeposited
from workflow.model import Case, Dossier, Outcome
from workflow.opening import Draft, begin_all, look_up, opened
from workflow.ports.circuits import Circuits
from workflow.ports.work import Session, Store, Work, Write
from workflow.rules import advance
from workflow.triggers import Decision, FieldValue, MailReport, ParentEnded, Returned, Trigger

ATTEMPTS = 8
"""Times a batch is read again when others write to the same situations."""

ELSEWHERE = "dd_competente"
"""The field that names another delegation (T24)."""
NAMING = ("actions", "antenne", "co_antenne", ELSEWHERE, "parent", "partenaires", "personne")
"""Fields whose values may be identifiers: what they name is loaded with the situation."""

T = TypeVar("T")
Act = Sequence[tuple[str, Trigger]]
"""What stands or falls together, on one situation."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one tick did: situations looked at, journal lines written, mails owed."""

    cases: int = 0
    entries: int = 0
    messages: int = 0


class Engine:
    """The one way through the code for people, for the scheduler and for the mail server."""

    def __init__(self, store: Store, circuits: Circuits, clock: Clock) -> None:
        self._store = store
        self.circuits = circuits
        self.clock = clock

    def open(self, drafts: Sequence[Draft]) -> list[Case | Refusal]:
        """Begin drafts; each gets its reference. A refusal stands for itself and stops no other."""
        return self._again(lambda: self._open(drafts))

    def decide(self, decisions: Sequence[Decision]) -> list[Case | Refusal]:
        """Take decisions; two on one situation are chained. A refusal stands for itself and stops no other."""
        return self.decide_together([[decision] for decision in decisions])

    def decide_together(self, acts: Sequence[Sequence[Decision]]) -> list[Case | Refusal]:
        """Play acts: the decisions of each, on one situation, are taken all or none.

        Return, for each, where it leads, or what refused it; that stops no other.
        """
        return self._all([[(decision.reference, decision) for decision in act] for act in acts])

    def tick(self, limit: int = 100) -> Ticked:
        """Play what has become due, on at most `limit` situations; nothing done means nothing is due."""
        try:
            return self._again(lambda: self._tick(limit))
        except Unwritable:
            return self._tick_one_by_one(limit)

    def report(self, reports: Sequence[tuple[str, MailReport | Returned]]) -> list[bool]:
        """Take in what the mail server said; False for each that its situation could not."""
        return [not isinstance(result, Refusal) for result in self._all([[one] for one in reports])] if reports else []

    def _all(self, acts: Sequence[Act]) -> list[Case | Refusal]:
        """Play acts in one go; one by one only if some situation can be read no more, or not written."""
        try:
            return self._again(lambda: self._run(acts))
        except Unwritable:
            return [self._alone(act) for act in acts]

    def _alone(self, act: Act) -> Case | Refusal:
        """Play one act; if it can still not be read or written, the situation is set aside."""
        try:
            return self._again(lambda: self._run([act]))[0]
        except Unwritable as error:
            batch = Batch({})
            refusal = batch.set_aside(act[0][0], error)
            with self._store.writing() as work:
                self._set_aside(work, batch, self.clock.now())
            return refusal

    def _again(self, attempt: Callable[[], T]) -> T:
        for _ in range(ATTEMPTS):
            try:
                return attempt()
            except Conflict:
                continue
        raise Unwritable("Trop d’écritures à la fois sur les mêmes situations : réessayez dans un instant.")

    def _open(self, drafts: Sequence[Draft]) -> list[Case | Refusal]:
        now = self.clock.now()
        with self._store.reading() as work:
            done = work.load_played({draft.id for draft in drafts}, now)
            opening = look_up(work, [draft for draft in drafts if draft.id not in done], now)
        circuits = {draft.id: opening.circuit(draft, self.circuits.get) for draft in opening.drafts}
        with self._store.writing() as work:
            begun = begin_all(work, opening, circuits)
            work.save([result for result in begun.values() if isinstance(result, Write)])
        return [done[draft.id].case if draft.id in done else opened(begun, draft) for draft in drafts]

    def _tick(self, limit: int) -> Ticked:
        now = self.clock.now()
        with self._store.holding() as session:
            with session.reading() as work:
                due = work.due(now, limit)
                dossiers = work.load(due, (), (), now) if due else {}
            writes = self._play(session, dossiers, [[(reference, None)] for reference in due], now)[0]
        outcomes = [write.outcome for write in writes]
        return Ticked(len(due), sum(len(o.entries) for o in outcomes), sum(len(o.messages) for o in outcomes))

    def _tick_one_by_one(self, limit: int) -> Ticked:
        with self._store.reading() as work:
            due = work.due(self.clock.now(), limit)
        return Ticked(len([self._alone([(reference, None)]) for reference in due]))

    def _run(self, acts: Sequence[Act]) -> list[Case | Refusal]:
        now = self.clock.now()
        triggers = [one for act in acts for one in act]
        decisions = [trigger for _, trigger in triggers if isinstance(trigger, Decision)]
        named = {name for decision in decisions for name in named_in(decision)}
        people = {decision.by for decision in decisions} | named
        with self._store.holding() as session:
            with session.reading() as work:
                dossiers = work.load({r for r, _ in triggers}, people, {d.id for d in decisions}, now, named)
                if any(_takes_up(dossiers.get(d.reference), d) for d in decisions):
                    dossiers = _knowing(dossiers, work.published(now))
            return self._play(session, dossiers, acts, now)[1]

    def _play(
        self, session: Session, dossiers: dict[str, Dossier], acts: Sequence[Act], now: datetime
    ) -> tuple[list[Write], list[Case | Refusal]]:
        """Advance in memory, then write what moved and what was set aside, in one transaction."""
        batch = Batch(dossiers)
        results = [self._together(batch, act, now) for act in acts]
        self._relay(session, batch, now)
        writes = batch.writes()
        if writes or batch.failures:
            with session.writing() as work:
                work.save(writes)
                self._set_aside(work, batch, now)
        return writes, results

    def _set_aside(self, work: Work, batch: Batch, now: datetime) -> None:
        if batch.failures:
            earlier = work.incidents.of(batch.failures)
            work.incidents.open([failure.after(earlier.get(r), now) for r, failure in batch.failures.items()])

    def _relay(self, session: Session, batch: Batch, now: datetime) -> None:
        """Let the situations attached to one that was just concluded follow it, in the same transaction (INV-33)."""
        ended = batch.ended()
        if not ended:
            return
        with session.reading() as work:
            batch.add(work.load([child for child in work.attached(ended) if not batch.holds(child)], (), (), now))
        for child, parent in batch.followers(ended):
            self._step(batch, child, ParentEnded(ended[parent]), now)

    def _together(self, batch: Batch, act: Act, now: datetime) -> Case | Refusal:
        """Play the triggers of an act in turn; at the first refusal the situation is as it was before the act."""
        reference, results = act[0][0], list[Case | Refusal]()
        before = batch.mark(reference)
        for _, trigger in act:
            results.append(self._step(batch, reference, trigger, now))
            if isinstance(results[-1], Refusal):
                batch.back(before)
                break
        return results[-1]

    def _step(self, batch: Batch, reference: str, trigger: Trigger, now: datetime) -> Case | Refusal:
        return batch.play(reference, trigger, partial(self._advance, trigger=trigger, now=now))

    def _advance(self, dossier: Dossier, trigger: Trigger, now: datetime) -> Outcome:
        return advance(self.circuits.get(dossier.case.circuit), dossier, trigger, now, self.circuits.get)


def _takes_up(dossier: Dossier | None, decision: Decision) -> bool:
    """Say whether a decision may let a situation take up what is in force today: a deposit, another delegation."""
    return dossier is not None and (ELSEWHERE in decision.fields or undeposited(dossier.parties))


def _knowing(dossiers: Mapping[str, Dossier], published: Mapping[str, Published]) -> dict[str, Dossier]:
    return {ref: replace(d, facts=replace(d.facts, published=published)) for ref, d in dossiers.items()}


def named_in(decision: Decision) -> set[str]:
    """Return the identifiers that a decision may name: organisations, people, another situation."""
    leaves = {leaf.strip() for field in NAMING for leaf in _leaves(decision.fields.get(field, ""))}
    return {leaf for leaf in leaves if leaf and " " not in leaf}


def _leaves(value: FieldValue) -> Iterator[str]:
    if isinstance(value, str):
        yield from value.split(",")
        return
    for part in value.values() if isinstance(value, Mapping) else value:
        yield from _leaves(part)
