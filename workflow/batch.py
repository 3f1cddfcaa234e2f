"""Situations of one batch, advanced in memory: what one of them cannot do stops no other (DESIGN §3)."""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from workflow.errors import Conflict, Infrastructure, Refusal, SetAside, UnknownReference
from workflow.incidents import Failure, cause_of
from workflow.model import Case, Dossier, Outcome
from workflow.ports.work import Write
from workflow.triggers import Decision, Trigger

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """How a situation stood in a batch."""

    reference: str
    dossier: Dossier | None
    outcomes: int
    played: int


class Batch:
    """Dossiers, each replaced by what followed from the last trigger on it; and what failed, by reference."""

    def __init__(self, dossiers: dict[str, Dossier]) -> None:
        self._before = dossiers
        self._now = dict(dossiers)
        self._outcomes: dict[str, list[Outcome]] = {}
        self._played: dict[str, str] = {}
        self.failures: dict[str, Failure] = {}

    def play(self, reference: str, trigger: Trigger, step: Callable[[Dossier], Outcome]) -> Case | Refusal:
        """Advance one situation; a refusal, or a fault of the software, stands for itself.

        Raises:
            Infrastructure: the database does not answer: no situation is to blame.
        """
        dossier = self._now.get(reference)
        if dossier is None:
            return UnknownReference(f"Aucune situation ne porte la référence « {reference} ».")
        if isinstance(trigger, Decision) and trigger.id in self._played:
            dossier = replace(dossier, facts=replace(dossier.facts, seen={trigger.id: self._played[trigger.id]}))
        try:
            outcome = step(dossier)
        except (Infrastructure, Conflict):
            raise
        except Exception as error:  # whatever it is, the other situations' deadlines must be kept
            if isinstance(error, Refusal) and isinstance(trigger, Decision):
                return error
            return self.set_aside(reference, error)
        if isinstance(trigger, Decision):
            self._played[trigger.id] = reference
        self._now[reference] = outcome.dossier
        self._outcomes.setdefault(reference, []).append(outcome)
        return outcome.dossier.case

    def mark(self, reference: str) -> Mark:
        """Remember how a situation stands."""
        return Mark(reference, self._now.get(reference), len(self._outcomes.get(reference, ())), len(self._played))

    def back(self, mark: Mark) -> None:
        """Undo what was played on a situation since a mark; nothing was played on another."""
        if mark.dossier is None:
            return
        self._now[mark.reference] = mark.dossier
        self._played = dict(islice(self._played.items(), mark.played))
        left = self._outcomes.pop(mark.reference, [])[: mark.outcomes]
        if left:
            self._outcomes[mark.reference] = left

    def set_aside(self, reference: str, error: Exception) -> SetAside:
        """Leave a situation as it is, and note why it cannot move."""
        failure = self.failures[reference] = Failure(reference, cause_of(error))
        log.error("%s ne peut pas avancer : %s", reference, failure.cause)
        return SetAside(
            f"Une erreur du logiciel empêche la situation {reference} d’avancer. Rien n’a été écrit. "
            "L’incident est noté pour qui exploite le service, qui le voit par « orp doctor »."
        )

    def ended(self) -> dict[str, str]:
        """Return the situations this batch concluded, each with its issue."""
        return {ref: o.ended for ref, outcomes in self._outcomes.items() for o in outcomes if o.ended}

    def holds(self, reference: str) -> bool:
        """Say whether a situation was loaded already."""
        return reference in self._now

    def add(self, dossiers: Mapping[str, Dossier]) -> None:
        """Take in situations that follow from the others."""
        self._before |= dossiers
        self._now |= dossiers

    def followers(self, parents: Collection[str]) -> list[tuple[str, str]]:
        """Return the situations attached to these as the batch now stands, each with the one it follows."""
        cases = (dossier.case for dossier in self._now.values())
        return [(case.reference, case.parent) for case in cases if case.parent and case.parent in parents]

    def writes(self) -> list[Write]:
        """Return what is to be written, once by situation; one that did not move is not written."""
        merged = ((self._before[ref].case, _merged(outcomes)) for ref, outcomes in self._outcomes.items())
        return [Write(outcome, before.revision) for before, outcome in merged if _moved(before, outcome)]


def _moved(before: Case, after: Outcome) -> bool:
    """A decision that was already played leaves all as it was: whoever decides at this moment is not disturbed."""
    return bool(after.changed or after.parties or after.entries or after.messages) or after.dossier.case != before


def _merged(outcomes: list[Outcome]) -> Outcome:
    """Several outcomes on one situation, in order, as one: the last state, everything else added up."""
    whole = Outcome(outcomes[-1].dossier)
    for outcome in outcomes:
        whole.changed |= outcome.changed
        whole.parties |= outcome.parties
        whole.entries += outcome.entries
        whole.contents += outcome.contents
        whole.answers += outcome.answers
        whole.messages += outcome.messages
        whole.ended = outcome.ended or whole.ended
    return whole
