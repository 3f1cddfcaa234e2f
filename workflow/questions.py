"""The questions of a form on screen, and what was typed under their names: the shapes that the rules read."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from workflow.circuit.compiled import Circuit
from workflow.circuit.forms import FieldDefinition, FieldType, FormDefinition
from workflow.texts import FINAL_PARTS, SHORTEST_RETOUR
from workflow.triggers import FieldValue

ACTIONS_AT_ONCE = 3
"""Lines offered for actions; a decision that needs more is taken again (« faire le point »)."""
SHORT_TEXT = 200
"""Characters: a text that may not be longer is asked on one line."""
PLAN = {"intitule": "Action", "porteur": "Portée par", "echeance": "Au plus tard le"}


class Widget(StrEnum):
    """How a question is asked on screen."""

    LINE = "ligne"
    TEXT = "texte"
    DAY = "jour"
    MONTH = "mois"
    NUMBER = "nombre"
    CHOICE = "choix"
    CHOICES = "choix_multiple"
    FIXED = "fixe"
    """Nothing to choose: the button says it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing an act asks. A dotted name is a part of a field: « retour.texte », « actions.1.porteur »."""

    name: str
    title: str
    widget: Widget = Widget.TEXT
    required: bool = True
    choices: Mapping[str, str] = field(default_factory=dict)
    help: str = ""


def of_form(circuit: Circuit, name: str, asked: FieldDefinition, on: date, *, required: bool) -> Question:
    """Return a question of a form, with the codes that may be given on that day."""
    typology = circuit.typology(name)
    if typology:
        codes = typology.open_codes(on, asked.level)
        widget = Widget.CHOICE if asked.most_answers == 1 else Widget.CHOICES
        return Question(name, asked.title, widget, required, codes, asked.help or "")
    choices = {"oui": "Oui", "non": "Non"} if asked.type is FieldType.YES_NO else dict(asked.values)
    short = asked.type is FieldType.TEXT and asked.longest <= SHORT_TEXT
    return Question(
        name, asked.title, Widget.LINE if short else WIDGETS[asked.type], required, choices, asked.help or ""
    )


WIDGETS = {
    FieldType.TEXT: Widget.TEXT,
    FieldType.TEXTS: Widget.TEXT,
    FieldType.CHOICE: Widget.CHOICE,
    FieldType.CHOICES: Widget.CHOICES,
    FieldType.CODES: Widget.CHOICES,
    FieldType.MONTH: Widget.MONTH,
    FieldType.DATE: Widget.DAY,
    FieldType.NUMBER: Widget.NUMBER,
    FieldType.YES_NO: Widget.CHOICE,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a sheet, and the heading under which a new part of it begins; often none."""

    question: Question
    heading: str = ""


def of_sheet(
    circuit: Circuit, form: FormDefinition, on: date, required: Collection[str], known: Collection[str] = ()
) -> list[Asked]:
    """Return the questions of a form in order; those of another form that are `known` already are not asked again."""
    found, heading = [], ""
    for name, asked in form.asked.items():
        heading = asked.heading or heading
        if name in form.fields or name not in known:
            question = of_form(circuit, name, circuit.fields[name], on, required=name in required)
            found.append(Asked(question, heading))
            heading = ""
    return found


def of_retour(name: str, *, final: bool) -> Iterator[Question]:
    """Ask for a retour: its text, and all its parts when it is the last one."""
    hint = f"Ce qui a été décidé et fait, avec vos mots, en {SHORTEST_RETOUR} caractères au moins."
    yield Question(f"{name}.texte", "Le retour", help=hint)
    for part, title in FINAL_PARTS.items() if final else ():
        yield Question(f"{name}.{part}", title[0].upper() + title[1:], Widget.LINE)


def of_actions() -> Iterator[Question]:
    """Ask for actions, a few at once."""
    for number in range(1, ACTIONS_AT_ONCE + 1):
        for part, title in PLAN.items():
            widget = Widget.DAY if part == "echeance" else Widget.LINE
            yield Question(f"actions.{number}.{part}", f"{title} (n° {number})", widget, required=number == 1)


def gathered(questions: Iterable[Question], given: Mapping[str, Sequence[str]]) -> dict[str, FieldValue]:
    """Return the fields of a decision from what was typed under the names of its questions; blanks are left out."""
    fields: dict[str, dict[str, dict[str, str]]] = {}
    found: dict[str, FieldValue] = {}
    for question in questions:
        values = [value.strip() for value in given.get(question.name, ()) if value.strip()]
        if not values:
            continue
        name, _, rest = question.name.partition(".")
        number, _, part = rest.rpartition(".")
        if not rest:
            found[name] = values if question.widget is Widget.CHOICES else values[0]
        else:
            fields.setdefault(name, {}).setdefault(number, {})[part] = values[0]
    for name, groups in fields.items():
        found[name] = groups[""] if "" in groups else list(groups.values())
    return found
