"""The intitulé of a situation, composed from its form: shown on screens only, never in a mail (INV-17)."""

from collections.abc import Iterable, Mapping
from unicodedata import combining, normalize

from workflow.circuit.compiled import Circuit
from workflow.ports.lists import Word
from workflow.records import Answer

ASKED = ("qui", "fait", "quoi", "ou")
"""Coded questions of the short form that every level may see (`visible_jusqu_a: national`)."""
CAUSES = ("causes", "causes_profondes")
"""The causes of a situation, seen at every level too: a deep one is found by the words of its first level."""
SEARCHED = (*ASKED, *CAUSES)
MOST_WORDS = 6
UNTITLED = "Situation sans fiche"


def title_of(circuit: Circuit, answers: Mapping[str, str], antenne: str) -> str:
    """Return « Infirmière ou infirmier – arrête – soins – domicile, Antenne de Fougères »."""
    words = [_label(circuit, name, answers[name]) for name in ASKED if name in answers]
    said = " – ".join(word if number == 0 else word[:1].lower() + word[1:] for number, word in enumerate(words))
    return f"{said or UNTITLED}, {antenne}" if antenne else said or UNTITLED


def title_from(circuit: Circuit, answers: Iterable[Answer], antenne: str) -> str:
    """Return the intitulé that the answers to a form give; the latest ones stand."""
    return title_of(circuit, {answer.field: answer.value for answer in answers}, antenne)


def looked_for(circuit: Circuit, typed: str) -> tuple[Word, ...]:
    """Return the words that somebody looks for, each with the coded answers whose words hold it."""
    return tuple(Word(word, _codes(circuit, word)) for word in folded(typed).split()[:MOST_WORDS])


def folded(text: str) -> str:
    """Return a text without accents, in small letters."""
    return "".join(sign for sign in normalize("NFKD", text.casefold()) if not combining(sign))


def _codes(circuit: Circuit, word: str) -> dict[str, tuple[str, ...]]:
    found = {name: tuple(code for code, said in _known(circuit, name) if word in folded(said)) for name in SEARCHED}
    return {name: codes for name, codes in found.items() if codes}


def _known(circuit: Circuit, name: str) -> list[tuple[str, str]]:
    if name not in circuit.fields:
        return []
    typology = circuit.typology(name)
    if typology is None:
        return list(circuit.fields[name].values.items())
    titles = {code: one.title for code, one in typology.codes.items()}
    return [(code, f"{title} {titles[typology.first_level(code)]}") for code, title in titles.items()]


def _label(circuit: Circuit, name: str, code: str) -> str:
    field = circuit.fields.get(name)
    return field.values.get(code, code) if field else code
