"""What a decision asks of whoever takes it: the questions of its fields, with the choices there are now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflow.change import Change
from workflow.circuit.decision_fields import DECISION_FIELDS, REVIEWED
from workflow.circuit.model import DecisionDefinition, Slot
from workflow.holders import holder_of
from workflow.model import Organisation, Person
from workflow.obligations import answered
from workflow.questions import Question, Widget, of_actions, of_form, of_retour
from workflow.readers import PRIORITIES
from workflow.reviewing import must_be_another, readers


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


def asked_by(asker: Asker, name: str, definition: DecisionDefinition) -> Iterator[Question]:
    """Return what a decision asks; what already has its answer is not asked again."""
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
