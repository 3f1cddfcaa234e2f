"""The intitulé of a situation, composed from its form: shown on screens only, never in a mail (INV-17)."""

from collections.abc import Iterable, Mapping

from workflow.circuit.compiled import Circuit
from workflow.records import Answer

ASKED = ("qui", "fait", "quoi", "ou")
"""Coded questions of the short form that every level may see (`visible_jusqu_a: national`)."""
UNTITLED = "Situation sans fiche"


def title_of(circuit: Circuit, answers: Mapping[str, str], antenne: str) -> str:
    """Return « Infirmière ou infirmier – arrête – soins – domicile, Antenne de Fougères »."""
    words = [_label(circuit, name, answers[name]) for name in ASKED if name in answers]
    said = " – ".join(word if number == 0 else word[:1].lower() + word[1:] for number, word in enumerate(words))
    return f"{said or UNTITLED}, {antenne}" if antenne else said or UNTITLED


def title_from(circuit: Circuit, answers: Iterable[Answer], antenne: str) -> str:
    """Return the intitulé that the answers to a form give; the latest ones stand."""
    return title_of(circuit, {answer.field: answer.value for answer in answers}, antenne)


def _label(circuit: Circuit, name: str, code: str) -> str:
    field = circuit.fields.get(name)
    return field.values.get(code, code) if field else code
