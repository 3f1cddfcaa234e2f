"""The verbs: open, decide, tick, each of many; one is many of one (DESIGN §3).

Each verb reads the clock once, loads, advances in memory, and writes everything in one transaction.
If somebody else wrote first, it reads again: the rules then judge the situation as it now is.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from workflow.circuit.compiled import START, Circuit
from workflow.clock import Clock
from workflow.errors import Conflict, Infrastructure, Refusal, UnknownPerson, UnknownReference
from workflow.model import Case, Decision, Dossier, FieldValue, MailReport, Outcome, ParentEnded, Trigger
from workflow.ports import Circuits, Session, Store, Work, Write
from workflow.references import make_reference
from workflow.rules import advance, start

log = logging.getLogger(__name__)

ATTEMPTS = 8
"""Times a batch is read again when others write to the same situations."""

NAMING = ("actions", "antenne", "co_antenne", "dd_competente", "parent", "partenaires", "personne")
"""Fields whose values may be identifiers: what they name is loaded with the situation."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draft:
    """A situation somebody begins to describe. `id` is the caller's, unique."""

    id: str
    by: str
    antenne: str
    departement: str
    tracking: str | None = None
    """Tracking code of an anonymous deposit: kept as a digest, it is the rédacteur's only way back."""


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
        self._circuits = circuits
        self.clock = clock

    def open(self, drafts: Sequence[Draft]) -> list[Case]:
        """Begin drafts; each gets its reference.

        Raises:
            Refusal: an unknown antenne, département or person; then none is begun.
        """
        return self._again(lambda: self._open(drafts))

    def decide(self, decisions: Sequence[Decision]) -> list[Case | Refusal]:
        """Take decisions; two on one situation are chained. A refusal stands for itself and stops no other."""
        triggers: list[tuple[str, Trigger]] = [(decision.reference, decision) for decision in decisions]
        return self._again(lambda: self._run(triggers))

    def tick(self, limit: int = 100) -> Ticked:
        """Play what has become due, on at most `limit` situations; nothing done means nothing is due."""
        return self._again(lambda: self._tick(limit))

    def report(self, reports: Sequence[tuple[str, MailReport]]) -> None:
        """Take in what the mail server said of the mails that pass a retour on."""
        triggers: list[tuple[str, Trigger]] = list(reports)
        self._again(lambda: self._run(triggers))

    def _again(self, attempt: Callable[[], T]) -> T:
        for _ in range(ATTEMPTS):
            try:
                return attempt()
            except Conflict:
                continue
        raise Infrastructure("Trop d’écritures à la fois sur les mêmes situations : réessayez dans un instant.")

    def _open(self, drafts: Sequence[Draft]) -> list[Case]:
        now, circuit = self.clock.now(), self._circuits.latest()
        with self._store.writing() as work:
            done = work.load_played({draft.id for draft in drafts}, now)
            writes = {draft.id: self._begin(work, circuit, draft, now) for draft in drafts if draft.id not in done}
            work.save(list(writes.values()))
        return [done[d.id].case if d.id in done else writes[d.id].outcome.dossier.case for d in drafts]

    def _tick(self, limit: int) -> Ticked:
        now = self.clock.now()
        with self._store.holding() as session:
            with session.reading() as work:
                due = work.due(now, limit)
                dossiers = work.load(due, (), (), now) if due else {}
            outcomes = [outcome for reference in due if (outcome := self._try(dossiers[reference], now))]
            _save(session, [Write(o, dossiers[o.dossier.case.reference].case.revision) for o in outcomes])
        return Ticked(len(outcomes), sum(len(o.entries) for o in outcomes), sum(len(o.messages) for o in outcomes))

    def _try(self, dossier: Dossier, now: datetime) -> Outcome | None:
        """One situation that cannot advance is said and left where it is; it stops no other."""
        try:
            return self._advance(dossier, None, now)
        except Exception as error:  # whatever it is, the other situations' deadlines must be kept
            log.error("%s ne peut pas avancer : %s", dossier.case.reference, type(error).__name__)  # noqa: TRY400 - a trace could quote a text
            return None

    def _run(self, triggers: Sequence[tuple[str, Trigger]]) -> list[Case | Refusal]:
        now = self.clock.now()
        decisions = [trigger for _, trigger in triggers if isinstance(trigger, Decision)]
        named = {name for decision in decisions for name in named_in(decision)}
        people = {decision.by for decision in decisions} | named
        with self._store.holding() as session:
            with session.reading() as work:
                dossiers = work.load({r for r, _ in triggers}, people, {d.id for d in decisions}, now, named)
            batch = _Batch(dossiers)
            results = [
                batch.play(reference, trigger, partial(self._advance, trigger=trigger, now=now))
                for reference, trigger in triggers
            ]
            self._relay(session, batch, now)
            _save(session, batch.writes())
        return results

    def _relay(self, session: Session, batch: "_Batch", now: datetime) -> None:
        """Let the situations attached to one that was just concluded follow it, in the same transaction (INV-33)."""
        ended = batch.ended()
        if not ended:
            return
        with session.reading() as work:
            batch.add(work.load([child for child in work.attached(ended) if not batch.holds(child)], (), (), now))
        for child, parent in batch.followers(ended):
            trigger = ParentEnded(ended[parent])
            batch.play(child, trigger, partial(self._advance, trigger=trigger, now=now))

    def _advance(self, dossier: Dossier, trigger: Trigger, now: datetime) -> Outcome:
        return advance(self._circuits.get(dossier.case.circuit), dossier, trigger, now)

    def _begin(self, work: Work, circuit: Circuit, draft: Draft, now: datetime) -> Write:
        places = work.places(draft.antenne, draft.departement)
        email = work.address(draft.by)
        if email is None:
            raise UnknownPerson(f"Personne n’est connu sous l’identifiant « {draft.by} ».")
        number = work.numbers(places.dac, now.year, 1)[0]
        case = Case(
            reference=make_reference(places.region_code, places.dac_code, now.year, number),
            dac=places.dac,
            departement=draft.departement,
            circuit=circuit.key,
            step=circuit.initial,
            writer=draft.by,
            opened_at=now,
            entered_at=now,
            recorded_at=now,
            anonymous=draft.tracking is not None,
        )
        facts = work.facts({party.organisation for party in places.parties.values()}, {draft.by}, now)
        opening = Decision(id=draft.id, reference=case.reference, name=START, by=draft.by)
        outcome = start(circuit, Dossier(case, [], places.parties, facts), opening, now)
        return Write(outcome, None, None if draft.tracking else email, draft.tracking)


def _save(session: Session, writes: Sequence[Write]) -> None:
    if writes:
        with session.writing() as work:
            work.save(writes)


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


class _Batch:
    """Dossiers of one batch, each replaced by what followed from the last trigger on it."""

    def __init__(self, dossiers: dict[str, Dossier]) -> None:
        self._before = dossiers
        self._now = dict(dossiers)
        self._outcomes: dict[str, list[Outcome]] = {}
        self._played: set[str] = set()

    def play(self, reference: str, trigger: Trigger, step: Callable[[Dossier], Outcome]) -> Case | Refusal:
        dossier = self._now.get(reference)
        if dossier is None:
            return UnknownReference(f"Aucune situation ne porte la référence « {reference} ».")
        if isinstance(trigger, Decision) and trigger.id in self._played:
            return dossier.case
        try:
            outcome = step(dossier)
        except Refusal as refusal:
            return refusal
        if isinstance(trigger, Decision):
            self._played.add(trigger.id)
        self._now[reference] = outcome.dossier
        self._outcomes.setdefault(reference, []).append(outcome)
        return outcome.dossier.case

    def ended(self) -> dict[str, str]:
        """Return the situations this batch concluded, each with its issue."""
        return {ref: o.ended for ref, outcomes in self._outcomes.items() for o in outcomes if o.ended}

    def holds(self, reference: str) -> bool:
        """Say whether a situation was loaded already."""
        return reference in self._now

    def add(self, dossiers: dict[str, Dossier]) -> None:
        """Take in situations that follow from the others."""
        self._before |= dossiers
        self._now |= dossiers

    def followers(self, parents: Collection[str]) -> list[tuple[str, str]]:
        """Return the situations attached to these as the batch now stands, each with the one it follows."""
        cases = (dossier.case for dossier in self._now.values())
        return [(case.reference, case.parent) for case in cases if case.parent and case.parent in parents]

    def writes(self) -> list[Write]:
        return [Write(_merged(outcomes), self._before[ref].case.revision) for ref, outcomes in self._outcomes.items()]


def _merged(outcomes: list[Outcome]) -> Outcome:
    """Several outcomes on one situation, in order, as one: the last state, everything else added up."""
    whole = Outcome(outcomes[-1].dossier)
    for outcome in outcomes:
        whole.changed |= outcome.changed
        whole.entries += outcome.entries
        whole.contents += outcome.contents
        whole.answers += outcome.answers
        whole.messages += outcome.messages
    return whole
