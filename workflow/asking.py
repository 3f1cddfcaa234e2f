"""What a person may do on a situation now, and what each act asks of them: the one source of every form on screen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from workflow.arranging import (
    DELEGATE,
    PROLONG,
    PROLONGATIONS,
    WAIVE,
    WAIVERS,
    deciding,
    latest_day,
    masters,
)
from workflow.change import Change, begin
from workflow.circuit.compiled import Circuit
from workflow.circuit.decision_fields import REVIEWED
from workflow.circuit.model import Kind, Proof
from workflow.deciding import Asker, asked_by
from workflow.discharging import ACTION_STATES, DISCHARGE
from workflow.errors import Refusal, StillOwed
from workflow.holders import speaks_for, supervisor_of
from workflow.machine import STAY
from workflow.model import Dossier, Holder, Obligation, Organisation, Person
from workflow.obligations import answered
from workflow.owing import doers
from workflow.permits import authorised, legal, nothing_awaited
from workflow.questions import Question, Widget, of_form, of_retour
from workflow.triggers import Decision
from workflow.words import day_in_words

ENDS = dict(zip(ACTION_STATES, ("Faite", "Abandonnée", "Se poursuit hors du circuit"), strict=True))
MEANS = {"oral": "De vive voix", "courriel": "Par courriel, envoyé par l’outil"}
PUBLISHED = {"oral": "De vive voix", "publie": "Publié sous le code de suivi"}

UNREVIEWED = "La version relue n’est pas encore confirmée : préparez-la, puis faites-la relire par quelqu’un d’autre."
"""On screen it is read before the decision that needs it (DESIGN §7)."""


@dataclass(frozen=True, slots=True)
class Act:
    """A decision of the step, or a verb on something owed, that this person may play now."""

    name: str
    title: str
    proof: Proof
    questions: tuple[Question, ...]
    due: int | None = None
    """The obligation a verb is about."""
    code: str = ""
    blocked: str = ""
    """Why it must wait, in one sentence; empty if it need not."""
    first: str = ""
    """The decision played just before it, in the same act: « prendre en charge et décider »."""

    @property
    def key(self) -> str:
        """Its name in a form: a decision may be taken by itself, or with the one before it."""
        return f"{self.first}.{self.name}" if self.first else self.name


def acts(
    circuit: Circuit, dossier: Dossier, person: Person, directory: Mapping[str, Organisation], now: datetime
) -> list[Act]:
    """Return what a person may do now, decisions first; nothing is written, nothing is promised."""
    asker = Asker(begin(circuit, dossier, now), person, directory)
    if person.mailbox:
        return []
    return [*_decisions(asker), *_renders(asker), *_reads(asker), *_arranges(asker)]


def _decisions(asker: Asker) -> Iterator[Act]:
    change = asker.change
    for name, definition in change.circuit.step(change.case.step).decisions.items():
        try:
            legal(change, Decision("", change.case.reference, name, asker.person.id))
            author = authorised(change, asker.person, definition)
        except Refusal:
            continue
        blocked = ""
        try:
            nothing_awaited(change, definition, author)
            if definition.target != STAY and REVIEWED in definition.requires and REVIEWED not in answered(change):
                blocked = UNREVIEWED
        except StillOwed as wait:
            blocked = str(wait)
        questions = tuple(asked_by(asker, name, definition))
        yield Act(name, definition.title, definition.proof, questions, None, definition.code, blocked)


def _renders(asker: Asker) -> Iterator[Act]:
    """What this person owes and may render as it is: an answer, an opinion, an action, a retour, a task."""
    change = asker.change
    for o in change.still_open():
        if o.kind is Kind.DECISION or not _is_theirs(asker, o):
            continue
        title = INTERIM if o.kind is Kind.RETOUR and not (o.final or o.last_mile) else TITLES[o.kind]
        yield Act(DISCHARGE, title, Proof.CODE, tuple(_of_due(change, o)), o.n, o.code)


def _reads(asker: Asker) -> Iterator[Act]:
    """The rédacteur says that they have read a retour that was passed on to them: the proof of the last mile."""
    for o in asker.change.still_open():
        if o.last_mile and o.passed_on and asker.person.id == asker.change.case.writer:
            question = Question("moyen", READ, Widget.FIXED, choices={"lu": READ})
            yield Act(DISCHARGE, READ, Proof.CODE, (question,), o.n, o.code)


def _arranges(asker: Asker) -> Iterator[Act]:
    """To go on without something, to give it more time, to let a colleague stand in: what a supervisor may do."""
    change = asker.change
    for o in change.still_open():
        if any(_speaks(asker, holder) for holder in masters(change, o)):
            yield from _arranged(change, o)
    holder = deciding(change)
    above = supervisor_of(change.circuit, change.dossier, holder) if holder else None
    if holder and any(_speaks(asker, one) for one in (holder, above) if one):
        people = asker.people([holder.organisation])
        people.pop(asker.person.id, None)
        until = Question("jusqu_au", "Jusqu’au", Widget.DAY)
        if people:
            who = Question("personne", "Qui décide à sa place", Widget.CHOICE, choices=people)
            yield Act(DELEGATE, "Déléguer la décision", Proof.CODE, (who, until))


def _arranged(change: Change, o: Obligation) -> Iterator[Act]:
    reasons, latest = change.circuit.definition.reasons, latest_day(change, o)
    if o.kind is not Kind.DECISION:
        motif = Question("motif", "Motif", Widget.CHOICE, choices=reasons.get(WAIVERS, {}))
        yield Act(WAIVE, f"Continuer sans {WITHOUT[o.kind]}", Proof.CODE, (motif,), o.n, o.code)
    if latest and o.due and o.due < latest:
        motif = Question("motif", "Motif", Widget.CHOICE, choices=reasons.get(PROLONGATIONS, {}))
        until = Question("jusqu_au", "Nouvelle date", Widget.DAY, help=f"Au plus tard le {day_in_words(latest)}.")
        yield Act(PROLONG, f"Donner plus de temps pour {WITHOUT[o.kind]}", Proof.CODE, (until, motif), o.n, o.code)


def _is_theirs(asker: Asker, o: Obligation) -> bool:
    return any(_speaks(asker, holder) for holder in doers(asker.change, o))


def _speaks(asker: Asker, holder: Holder) -> bool:
    return speaks_for(asker.change.dossier, asker.person, holder, asker.change.today(holder))


TITLES = {
    Kind.COMPLEMENT: "Donner le complément",
    Kind.OPINION: "Donner l’avis",
    Kind.ACTION: "Dire où en est l’action",
    Kind.RETOUR: "Faire le retour",
    Kind.TASK: "Dire que c’est fait",
}
INTERIM, READ = "Faire un retour d’étape", "J’ai lu ce retour"
WITHOUT = {
    Kind.DECISION: "cette décision",
    Kind.COMPLEMENT: "ce complément",
    Kind.OPINION: "cet avis",
    Kind.ACTION: "cette action",
    Kind.RETOUR: "ce retour",
    Kind.TASK: "cette tâche",
}


def _of_due(change: Change, o: Obligation) -> Iterator[Question]:
    if o.kind in (Kind.COMPLEMENT, Kind.OPINION):
        yield Question("reponse", "La réponse" if o.kind is Kind.COMPLEMENT else "L’avis")
    elif o.kind is Kind.ACTION:
        yield Question("etat", "Où en est-elle ?", Widget.CHOICE, choices=ENDS)
        yield Question("raison", "Si elle est abandonnée, pourquoi", required=False)
    elif o.last_mile:
        means = PUBLISHED if change.case.anonymous else MEANS
        yield Question("moyen", "Comment le retour est-il fait ?", Widget.CHOICE, choices=means)
        yield Question("le", "Si c’est de vive voix, quel jour", Widget.DAY, required=False)
        hint = "Laissez vide pour transmettre le retour tel qu’il a été écrit."
        yield Question("mot", "Avec vos mots", required=False, help=hint)
    elif o.kind is Kind.RETOUR:
        yield from of_retour("retour", final=o.final)
    elif form := change.circuit.dues[o.code].form:
        known, required = answered(change), change.circuit.asked_for(o.code)
        fields = next(f for f in change.circuit.forms if f.name == form).fields
        for name in dict.fromkeys((*required, *fields)):
            if name not in known:
                yield of_form(
                    change.circuit, name, change.circuit.fields[name], change.at.date(), required=name in required
                )
