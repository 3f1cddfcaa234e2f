"""What the link of a mail is enough for, and « prendre en charge et décider » (DESIGN §7): above the acts of a page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from workflow.asking import Act, acts
from workflow.change import begin
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import REGULATORS, Proof
from workflow.errors import Refusal
from workflow.model import Dossier, Organisation, Person
from workflow.questions import Question, Widget
from workflow.reassigning import REASSIGN, colleagues, to_reassign
from workflow.rules import advance
from workflow.triggers import Decision

OFFICER = "officier"
"""All that taking charge asks: who is in charge, that is whoever takes it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody, or a service mailbox, before a situation."""

    circuit: Circuit
    dossier: Dossier
    person: Person
    directory: Mapping[str, Organisation]
    now: datetime

    def acts(self) -> list[Act]:
        """Return what the page of the situation offers; a mailbox is offered what its people are."""
        person = replace(self.person, mailbox=False)
        return acts(self.circuit, self.dossier, person, self.directory, self.now)


def by_link(reader: Reader) -> list[Act]:
    """Return the acts for which holding the link is enough: nothing has to be said but who is in charge."""
    return [a for a in reader.acts() if a.proof is Proof.LINK and {q.name for q in a.questions} <= {OFFICER}]


def beyond(reader: Reader) -> Iterator[Act]:
    """Return what somebody may do above the DAC besides the acts of the step: decide at once, give to a colleague."""
    if reader.circuit.step(reader.dossier.case.step).level in REGULATORS:
        yield from _at_once(reader)
        yield from _to_a_colleague(reader)


def decisions_of(act: Act, decision: Decision) -> list[Decision]:
    """Return what an act plays: its decision, after the one that puts whoever takes it in charge if it needs one."""
    if not act.first:
        return [decision]
    version = decision.expected_version
    taking = replace(decision, id=f"{decision.id}-1", name=act.first, fields={OFFICER: decision.by})
    return [taking, replace(decision, expected_version=version if version is None else version + 1)]


def _at_once(reader: Reader) -> Iterator[Act]:
    """Where taking charge is all there is to wait for, the decisions of the step that follows."""
    for taking in by_link(reader):
        case = reader.dossier.case
        decision = Decision("", case.reference, taking.name, reader.person.id, {OFFICER: reader.person.id})
        try:
            after = advance(reader.circuit, reader.dossier, decision, reader.now).dossier
        except Refusal:
            continue
        here = reader.circuit.step(case.step).decisions
        there = reader.circuit.step(after.case.step).decisions
        for act in replace(reader, dossier=after).acts():
            if act.name in there and act.name not in here:
                title = f"{taking.title} et décider : {act.title[0].lower()}{act.title[1:]}"
                yield replace(act, title=title, first=taking.name)


def _to_a_colleague(reader: Reader) -> Iterator[Act]:
    change = begin(reader.circuit, reader.dossier, reader.now)
    try:
        owed = to_reassign(change, reader.person)
    except Refusal:
        return
    if able := colleagues(change, owed.debtor, reader.person):
        question = Question("personne", "Qui la reprend dans votre structure", Widget.CHOICE, choices=able)
        yield Act(REASSIGN, "Ce n’est pas pour mon service", Proof.CODE, (question,))
