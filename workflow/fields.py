"""What a decision carries: reads every field, says every fault at once, splits codes from texts.

Codes go into the journal as they are; texts go apart and the journal keeps their digest (INV-17).
"""

import re

from workflow.change import Change
from workflow.circuit.decision_fields import DECISION_FIELDS
from workflow.circuit.forms import FieldDefinition, FieldType
from workflow.circuit.model import DecisionDefinition
from workflow.errors import MissingData
from workflow.model import Decision, FieldValue
from workflow.readers import READERS, Reading
from workflow.texts import Carried, read_text, text_of
from workflow.words import enumerate_words


def read_fields(change: Change, decision: Decision, definition: DecisionDefinition) -> Carried:
    """Read what the decision carries.

    Raises:
        MissingData: with one French sentence for each field that is absent, unknown or unreadable.
    """
    carried = Carried()
    answered = change.dossier.facts.answered & change.circuit.fields.keys()
    missing = [
        f"{_title(change, name)} ({name})"
        for name in definition.requires
        if name not in answered | decision.fields.keys()
    ]
    if missing:
        carried.faults.append(f"Il manque {enumerate_words(missing, 'et')}.")
    for name, value in decision.fields.items():
        if name in change.circuit.fields:
            _read_answer(name, change.circuit.fields[name], value, carried)
        elif name in definition.requires:
            READERS[name](Reading(change, decision, definition, carried), value)
        else:
            carried.faults.append(f"« {name} » n’a pas de place dans cette décision.")
    if carried.faults:
        raise MissingData(tuple(carried.faults))
    return carried


def _title(change: Change, name: str) -> str:
    known = change.circuit.fields.get(name)
    return f"« {known.title} »" if known else DECISION_FIELDS[name]


def _read_answer(name: str, definition: FieldDefinition, value: FieldValue, carried: Carried) -> None:
    text = text_of(value)
    if definition.type is FieldType.TEXT:
        read_text(name, text, carried, f"« {definition.title} »", definition.longest)
    elif definition.type is FieldType.MONTH and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        carried.faults.append(f"« {definition.title} » ({name}) attend un mois, par exemple 2026-01.")
    elif definition.type is FieldType.CHOICE and text not in definition.values:
        known = enumerate_words(list(definition.values))
        carried.faults.append(f"« {definition.title} » ({name}) attend {known}.")
    else:
        carried.codes[name] = text
