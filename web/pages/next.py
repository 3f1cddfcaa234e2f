"""What comes next, once something is decided: the most pressing decision owed, with what may be decided there."""

from dataclasses import dataclass

from web.pages.acting import nearby, possible
from web.reading import see
from web.visit import Visit
from workflow.asking import Act
from workflow.circuit.model import Kind
from workflow.ports.lists import Sought
from workflow.words import PARIS

LOOKED_AT = 20
"""Rows among which to find another situation: one may owe several decisions, and its own is just taken."""


@dataclass(frozen=True, slots=True)
class Following:
    """The situation to decide next, and its decisions, one click away from their fields."""

    reference: str
    stage: str
    acts: list[Act]


def following(visit: Visit) -> Following | None:
    """Return the next situation whose decision this person owes; None if they owe no other."""
    here, today = visit.situation.dossier.case.reference, visit.now.astimezone(PARIS).date()
    with visit.services.store.reading() as work:
        rows = work.inbox.page(visit.who, today, (Kind.DECISION,), Sought(), (0, LOOKED_AT))
    reference = next((row.reference for row in rows if row.reference != here), None)
    there = see(visit, {reference}, "à décider ensuite").get(reference) if reference else None
    if reference is None or there is None:
        return None
    offered = [a for a in possible(visit, there, nearby(visit, [there])) if not a.blocked and a.due is None]
    stage = there.circuit.step(there.dossier.case.step)
    decisions = [a for a in offered if a.first or a.name in stage.decisions]
    return Following(reference, stage.title, [a for a in decisions if there.sight.may(a.proof)])
