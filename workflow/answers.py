"""Answers to the questions of a form: each type is read here, and what is wrong is said in French (domain.md 4).

Several answers are given as a list, or in one text: codes between commas, texts one a line. They are kept
the same way, in the order they were given.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from workflow.circuit.forms import FieldDefinition, FieldType
from workflow.circuit.french import closest
from workflow.circuit.syntax import shown
from workflow.circuit.typology import Typology
from workflow.identifying import identifying_parts
from workflow.triggers import FieldValue
from workflow.words import counted, day_in_words, enumerate_words

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the typology its codes come from if it has one, and the day it is answered."""

    name: str
    field: FieldDefinition
    typology: Typology | None
    on: date


class Answered(NamedTuple):
    """What is kept of an answer, and what is wrong with it: each fault follows the title of the field."""

    kept: str
    faults: list[str]


def read_answer(asked: Asked, value: FieldValue) -> Answered:
    """Read the answer to one question; with faults, nothing of it is to be kept."""
    kind = asked.field.type
    words = _separate(kind, value) if kind in _SEVERAL else [word.strip() for word in _words(value)]
    if kind not in _SEVERAL and len(words) != 1:
        kept, faults = "", ["attend une seule réponse."]
    else:
        kept, faults = READERS[kind](asked, words)
        faults += _how_many(asked.field, len(words)) if kind in _SEVERAL else []
    return Answered(kept, [f"« {asked.field.title} » ({asked.name}) {fault}" for fault in faults])


def text_fault(text: str, longest: int) -> str:
    """Say why a free text cannot be taken in: empty, too long, or naming somebody; empty if it can."""
    if not text:
        return "ce texte est vide."
    # what bytes that are no UTF-8 leave behind, and the one character that PostgreSQL cannot hold
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in text):
        return "ce texte contient des caractères illisibles."
    if len(text) > longest:
        return f"ce texte dépasse {longest} caractères."
    found = enumerate_words(identifying_parts(text), "et")
    return f"ce texte contient {found}, à retirer avant de continuer." if found else ""


def _words(value: FieldValue) -> list[str]:
    """Return the texts of a value; what is no text, from a file, counts for an empty one."""
    whole: Any = value.get("texte", "") if isinstance(value, Mapping) else value
    words = whole if isinstance(whole, list | tuple) else [whole]
    return [word if isinstance(word, str) else "" for word in words]


def _separate(kind: FieldType, value: FieldValue) -> list[str]:
    words = _words(value)
    if len(words) == 1:
        words = words[0].splitlines() if kind is FieldType.TEXTS else words[0].split(",")
    return list(dict.fromkeys(word for word in (" ".join(word.split()) for word in words) if word))


def _how_many(field: FieldDefinition, given: int) -> list[str]:
    least, most = max(field.least or 1, 1), field.most_answers
    if given < least:
        return [f"attend au moins {counted(least, 'réponse')}."]
    return [f"attend au plus {counted(most, 'réponse')}."] if given > most else []


def _text(asked: Asked, words: list[str]) -> Answered:
    fault = text_fault(words[0], asked.field.longest)
    return Answered(words[0], [f": {fault}"] if fault else [])


def _texts(asked: Asked, words: list[str]) -> Answered:
    said = [(number, text_fault(word, asked.field.longest)) for number, word in enumerate(words, 1)]
    return Answered("\n".join(words), [f", ligne {number} : {fault}" for number, fault in said if fault])


def _choice(asked: Asked, words: list[str]) -> Answered:
    known = asked.field.values
    return _checked(words[0], f"attend {enumerate_words(list(known))}.", right=words[0] in known)


def _choices(asked: Asked, words: list[str]) -> Answered:
    strange = enumerate_words([f"« {shown(word)} »" for word in words if word not in asked.field.values], "et")
    known = enumerate_words(list(asked.field.values), "et")
    return _checked(",".join(words), f"ne connaît pas {strange}. Réponses possibles : {known}.", right=not strange)


def _month(_: Asked, words: list[str]) -> Answered:
    return _checked(words[0], "attend un mois, par exemple 2026-01.", right=bool(_MONTH.fullmatch(words[0])))


def _date(_: Asked, words: list[str]) -> Answered:
    try:
        return Answered(date.fromisoformat(words[0]).isoformat(), [])
    except ValueError:
        return Answered("", ["attend une date, par exemple 2026-01-31."])


def _number(asked: Asked, words: list[str]) -> Answered:
    number = int(words[0]) if _NUMBER.fullmatch(words[0]) else None
    least, most = asked.field.least, asked.field.most
    limits = [f"au moins {least}"] * (least is not None) + [f"au plus {most}"] * (most is not None)
    fault = f"attend un nombre entier{', ' + enumerate_words(limits, 'et') if limits else ''}."
    right = number is not None and (least is None or number >= least) and (most is None or number <= most)
    return _checked(str(number), fault, right=right)


def _yes_no(_: Asked, words: list[str]) -> Answered:
    return _checked(words[0], "attend oui ou non.", right=words[0] in ("oui", "non"))


def _codes(asked: Asked, words: list[str]) -> Answered:
    """Codes are written in capitals; « offre » is understood."""
    codes = dict.fromkeys(word.upper() for word in words)
    faults = [_code_fault(asked, asked.typology, code) for code in codes] if asked.typology else []
    return Answered(",".join(codes), list(filter(None, faults)))


def _code_fault(asked: Asked, typology: Typology, code: str) -> str:
    level, found = asked.field.level, typology.level(code)
    if found is None:
        return _unknown_code(code, typology.open_codes(asked.on, level), typology.open_codes(asked.on, level or 1))
    if level and found != level:
        return f"attend un code de {'premier' if level == 1 else 'second'} niveau ; « {code} » n’en est pas un."
    closed = typology.codes[code].closed_on
    if closed and not typology.is_open(code, asked.on):
        instead = typology.resolve(code, asked.on)
        return f"ne prend plus « {code} », fermé depuis le {day_in_words(closed)} : donnez {instead}."
    return ""


def _unknown_code(code: str, known: Iterable[str], listed: Iterable[str]) -> str:
    """The nearest code there is; else a short list, which need not hold the second level."""
    near = closest(code, known)
    hint = f"Vouliez-vous dire {near} ?" if near else f"Codes possibles : {enumerate_words(list(listed), 'et')}."
    return f"ne connaît pas « {shown(code)} ». {hint}"


def _checked(kept: str, fault: str, *, right: bool) -> Answered:
    return Answered(kept, [] if right else [fault])


_SEVERAL = (FieldType.CHOICES, FieldType.CODES, FieldType.TEXTS)
READERS: dict[FieldType, Callable[[Asked, list[str]], Answered]] = {
    FieldType.TEXT: _text,
    FieldType.TEXTS: _texts,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.CODES: _codes,
    FieldType.MONTH: _month,
    FieldType.DATE: _date,
    FieldType.NUMBER: _number,
    FieldType.YES_NO: _yes_no,
}
"""Type of a field -> how its answer is read; a test keeps the table complete."""
