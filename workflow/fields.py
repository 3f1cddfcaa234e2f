"""What a decision carries: reads every field, says every fault at once, splits codes from texts.

Codes go into the journal as they are; texts go apart and the journal keeps their digest (INV-17).
"""

from workflow.answers import Asked, read_answer
from workflow.change import Change
from workflow.circuit.decision_fields import DECISION_FIELDS
from workflow.circuit.model import DecisionDefinition
from workflow.obligations import answered
from workflow.readers import READERS, Reading
from workflow.texts import Carried
from workflow.triggers import Decision, FieldValue
from workflow.words import enumerate_words


def read_fields(change: Change, decision: Decision, definition: DecisionDefinition) -> Carried:
    """Read what the decision carries.

    Raises:
        MissingData: with one French sentence for each field that is absent, unknown or unreadable.
    """
    carried = Carried()
    reading = Reading(change, decision, definition, carried)
    required = change.circuit.required(change.case.step, decision.name)
    if missing := _missing(change, decision, required):
        carried.faults.append(f"Il manque {enumerate_words(missing, 'et')}.")
    askable = _askable(change, required)
    for name, value in decision.fields.items():
        if name in askable:
            _read_answer(change, carried, name, value)
        elif name in definition.requires:
            READERS[name](reading, value)
        else:
            carried.faults.append(f"« {name} » n’a pas de place dans cette décision.")
    carried.check()
    return carried


def read_form(change: Change, decision: Decision, code: str, carried: Carried) -> None:
    """Read the answers a task was waiting for (`fiche`): a question answered earlier may be left out."""
    required = tuple(change.circuit.asked_for(code))
    if missing := _missing(change, decision, required):
        carried.faults.append(f"Il manque {enumerate_words(missing, 'et')}.")
    askable = _askable(change, required)
    for name, value in decision.fields.items():
        if name in askable:
            _read_answer(change, carried, name, value)
        else:
            carried.faults.append(f"« {name} » n’est pas une question de cette fiche.")


def _missing(change: Change, decision: Decision, required: tuple[str, ...]) -> list[str]:
    """What the circuit or a form requires, and neither an earlier decision nor this one gives."""
    given = answered(change) | decision.fields.keys()
    return [f"{_title(change, name)} ({name})" for name in required if name not in given]


def _askable(change: Change, required: tuple[str, ...]) -> set[str]:
    """The questions of the forms this decision asks something of, the optional ones too.

    A decision that asks for a form may also answer the one that is due later (D27): what is known is said once.
    """
    asked, forms = set(required), change.circuit.forms
    later = {due.form for due in change.circuit.dues.values() if due.form}
    if not any(asked & form.fields.keys() for form in forms):
        return set()
    return {name for form in forms if asked & form.fields.keys() or form.name in later for name in form.fields}


def _title(change: Change, name: str) -> str:
    known = change.circuit.fields.get(name)
    return f"« {known.title} »" if known else DECISION_FIELDS[name]


def _read_answer(change: Change, carried: Carried, name: str, value: FieldValue) -> None:
    circuit = change.circuit
    field = circuit.fields[name]
    kept, faults = read_answer(Asked(name, field, circuit.typology(name), change.at.date()), value)
    carried.faults += faults
    if not faults:
        (carried.texts if field.free_text else carried.codes)[name] = kept
