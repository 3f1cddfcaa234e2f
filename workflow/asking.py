"""What a person may do on a situation now, and what each act asks of them: the one source of every form on screen."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from workflow.change import Change, begin
from workflow.circuit.compiled import Circuit
from workflow.circuit.decision_fields import DECISION_FIELDS, REVIEWED
from workflow.circuit.model import DecisionDefinition, Kind, Proof, Slot
from workflow.errors import Refusal, StillOwed
from workflow.holders import holder_of, speaks_for
from workflow.machine import STAY
from workflow.model import Decision, Dossier, Obligation, Organisation, Person
from workflow.obligations import answered
from workflow.permits import authorised, legal, nothing_awaited
from workflow.questions import Question, Widget, of_actions, of_form, of_retour
from workflow.readers import PRIORITIES
from workflow.reviewing import must_be_another, readers
from workflow.verbs import ACTION_STATES, DISCHARGE

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


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who looks at a situation and may act there."""

    change: Change
    person: Person
    directory: Mapping[str, Organisation]
    """Organisations a decision may choose from."""

    def named(self, kind: str, departement: str | None = None, parent: str | None = None) -> dict[str, str]:
        """Return the organisations of a kind by identifier."""
        return {
            o.id: o.name
            for o in self.directory.values()
            if o.kind == kind and departement in (None, o.departement) and parent in (None, o.parent)
        }

    def people(self, organisations: Iterable[str], function: str | None = None) -> dict[str, str]:
        """Return who works in these organisations, service mailboxes left out."""
        wanted = set(organisations)
        return {
            p.id: p.name
            for p in sorted(self.change.dossier.facts.people.values(), key=lambda p: p.name)
            if not p.mailbox and any(o in wanted and function in (None, f) for o, f in p.functions)
        }


def acts(
    circuit: Circuit, dossier: Dossier, person: Person, directory: Mapping[str, Organisation], now: datetime
) -> list[Act]:
    """Return what a person may do now, decisions first; nothing is written, nothing is promised."""
    asker = Asker(begin(circuit, dossier, now), person, directory)
    if person.mailbox:
        return []
    return [*_decisions(asker), *_renders(asker)]


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
        questions = tuple(_asked(asker, name, definition))
        yield Act(name, definition.title, definition.proof, questions, None, definition.code, blocked)


def _asked(asker: Asker, name: str, definition: DecisionDefinition) -> Iterator[Question]:
    """What already has its answer is not asked again."""
    known = answered(asker.change)
    for field_name in asker.change.circuit.required(asker.change.case.step, name):
        form_field = asker.change.circuit.fields.get(field_name)
        if field_name in known:
            continue
        if form_field is None:
            yield from _own(asker, field_name, definition)
        else:
            yield of_form(asker.change.circuit, field_name, form_field, asker.change.at.date(), required=True)


def _own(asker: Asker, name: str, definition: DecisionDefinition) -> Iterator[Question]:
    """The fields of a decision that no form holds (`DECISION_FIELDS`)."""
    title = DECISION_FIELDS[name]
    title = title[0].upper() + title[1:]
    if name == "motif":
        yield from _reason(asker, definition)
    elif name == "retour":
        yield from of_retour(name, final=definition.issue is not None)
    elif name == "actions":
        yield from of_actions()
    elif name == REVIEWED:
        yield Question("version_relue.texte", title, help="Sans nom, date précise, adresse ni commune.")
        yield Question("version_relue.lecteur", "Relue par", Widget.CHOICE, choices=_readers(asker))
    elif name in ("seance", "prochaine_date"):
        yield Question(name, title, Widget.DAY)
    elif choices := _choices(asker, name, definition):
        yield Question(name, title, Widget.CHOICES if name == "partenaires" else Widget.CHOICE, choices=choices)
    else:
        yield Question(name, title, Widget.LINE if name == "parent" else Widget.TEXT)


def _choices(asker: Asker, name: str, definition: DecisionDefinition) -> dict[str, str]:
    """Choices of the fields that name a person or an organisation; nothing for a text."""
    change, parties = asker.change, asker.change.dossier.parties
    dd = parties.get(Slot.DD)
    antennes = asker.named("antenne", parent=parties[Slot.DAC].organisation)
    antennes.pop(parties[Slot.ANTENNE].organisation, None)
    if name == "officier":
        holder = holder_of(change.circuit, change.dossier, definition.actors[0])
        return asker.people([holder.organisation], holder.function)
    if name == "dd" and dd:
        return {dd.organisation: change.dossier.facts.organisations[dd.organisation].name}
    if name == "dd_competente":
        return {key: title for key, title in asker.named("dd").items() if not dd or key != dd.organisation}
    if name == "partenaires":
        return asker.named("partenaire", departement=change.case.departement)
    lists = {"antenne": antennes, "co_antenne": antennes, "priorite": {p: p.capitalize() for p in PRIORITIES}}
    return lists.get(name, {})


def _readers(asker: Asker) -> dict[str, str]:
    return {key: name for key, name in readers(asker.change).items() if not must_be_another(asker.change, key, "")}


def _reason(asker: Asker, definition: DecisionDefinition) -> Iterator[Question]:
    choices = asker.change.circuit.definition.reasons.get(definition.reasons or "", {})
    yield Question("motif.code", "Motif", Widget.CHOICE, choices=choices)
    if "retour" not in definition.requires:
        yield Question("motif.texte", "Ce motif, avec vos mots")


def _renders(asker: Asker) -> Iterator[Act]:
    """What this person owes and may render as it is: an answer, an opinion, an action, a retour, a task."""
    change = asker.change
    for o in change.still_open():
        if o.kind is Kind.DECISION or not _is_theirs(asker, o):
            continue
        yield Act(DISCHARGE, TITLES[o.kind], Proof.CODE, tuple(_of_due(change, o)), o.n, o.code)


def _is_theirs(asker: Asker, o: Obligation) -> bool:
    change = asker.change
    holders = [o.debtor]
    if o.kind is Kind.ACTION:
        holders.append(holder_of(change.circuit, change.dossier, change.circuit.dues[o.code].debtor))
    return any(speaks_for(change.dossier, asker.person, holder, change.today(holder)) for holder in holders)


TITLES = {
    Kind.COMPLEMENT: "Donner le complément",
    Kind.OPINION: "Donner l’avis",
    Kind.ACTION: "Dire où en est l’action",
    Kind.RETOUR: "Faire le retour",
    Kind.TASK: "Dire que c’est fait",
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
