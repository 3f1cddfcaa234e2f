"""What pydantic refuses, in French: every type of error the models of this package can produce.

A type that is not in the catalogue still reads as a French sentence; a test keeps the catalogue complete.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from workflow.circuit.syntax import shown
from workflow.delays import DELAY_EXPECTED


class French(NamedTuple):
    """One refusal in French: short code of the fault, sentence, what was expected (may be empty)."""

    code: str
    sentence: str
    expected: str = ""


NAMES = "l’un de ces noms"
_LONGEST_SENTENCE = 300
_MOST_COMPARED = 200
_MOST_NAMES = 20
_QUOTED = re.compile(r"'([^']*)'")
_GENERIC = French("valeur", "Cette valeur ne convient pas.")

_NAME = "2 à 41 signes, une lettre d’abord : lettres minuscules sans accent, chiffres et « _ »"
_CODE = "2 à 41 signes, une lettre d’abord : lettres sans accent, chiffres et « _ »"
_TYPOLOGY_CODE = "2 à 41 signes, une lettre d’abord : lettres majuscules sans accent, chiffres et « _ »"
_FILE_NAME = "2 à 41 signes, une lettre d’abord : lettres minuscules sans accent, chiffres et « - »"

PATTERNS: Mapping[str, str] = {
    r"^[a-z][a-z0-9_]{1,40}$": _NAME,
    r"^[A-Za-z][A-Za-z0-9_]{1,40}$": _CODE,
    r"^[A-Z][A-Z0-9_]{1,40}$": _TYPOLOGY_CODE,
    r"^[a-z][a-z0-9-]{1,40}$": _FILE_NAME,
    r"^[a-z][a-z0-9-]{1,40}@[1-9][0-9]{0,3}$": "le nom d’un circuit et sa version, par exemple « bretagne@3 »",
    r"^[a-z][a-z0-9_]{1,40}\.[a-z][a-z0-9_]{1,40}$": "une étape et une décision, « en_analyse.proposer_gouvernance »",
    r"^\d{4}-\d{2}-\d{2}$": "une date de la forme « 2026-01-31 »",
}
"""What the patterns of the models ask for; a test keeps the table complete."""


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the name an author most likely meant, None if nothing looks like it.

    Long words and long lists are not compared: a file of refuse must not cost seconds.
    """
    found = difflib.get_close_matches(shown(word), list(known)[:_MOST_COMPARED], n=1)
    return found[0] if found else None


def unknown(what: str, word: str, known: Iterable[str], among: str = NAMES) -> tuple[str, str]:
    """Return the sentence and the expectation for a name that does not exist."""
    known = list(known)
    near = closest(word, known)
    hint = f" ; vouliez-vous dire « {near} » ?" if near else "."
    return f"{what} « {shown(word)} » n’existe pas{hint}", "" if near else one_of(known, among)


def one_of(names: Iterable[str], among: str = NAMES) -> str:
    """Return « l’un de ces noms : … », cut after twenty names; empty if there are none."""
    names = list(names)
    listed = ", ".join(f"« {name} »" for name in names[:_MOST_NAMES])
    return f"{among} : {listed}{', …' if len(names) > _MOST_NAMES else ''}" if names else ""


def translate(error: ErrorDetails, known: Iterable[str] = ()) -> French:
    """Say one pydantic error in French; `known` are the keys that are legal where it stands."""
    if error["type"].startswith("orp_"):
        return _ours(error)
    if error["type"] == "extra_forbidden":
        return French("cle-inconnue", *unknown("La clé", str(error["loc"][-1]), known, "l’une de ces clés"))
    said = CATALOGUE.get(error["type"])
    return said(error) if said else _GENERIC


def _ours(error: ErrorDetails) -> French:
    code = error["type"].removeprefix("orp_").replace("_", "-")
    expected = str(error["ctx"].get("expected", ""))
    if not isinstance(error["input"], str):
        return French(code, f"Un texte est attendu ici, pas {_kind(error['input'])}.", expected)
    sentence = " ".join(str(error["ctx"].get("sentence", "")).split())
    # A value of thousands of letters would drown the sentence that quotes it.
    return French(code, sentence, expected) if len(sentence) <= _LONGEST_SENTENCE else _GENERIC


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "un bloc de clés"
    return "une liste" if isinstance(value, (list, tuple)) else "un simple texte"


def _quoted(error: ErrorDetails) -> str:
    value = error["input"]
    return f"« {shown(value)} »" if isinstance(value, str) else "Cette valeur"


def _ctx(error: ErrorDetails, key: str) -> str:
    return str(error.get("ctx", {}).get(key, ""))


def _missing(error: ErrorDetails) -> French:
    key = error["loc"][-1]
    if isinstance(key, int):
        return French("longueur", "Il manque une valeur dans cette liste.", f"au moins {key + 1} valeurs")
    return French("cle-manquante", f"Il manque la clé « {key} ».")


def _choice(error: ErrorDetails) -> French:
    if not isinstance(error["input"], str):
        return French("type", f"Un mot est attendu ici, pas {_kind(error['input'])}.")
    legal = _QUOTED.findall(_ctx(error, "expected"))
    near = closest(str(error["input"]), legal)
    hint = f" ; vouliez-vous dire « {near} » ?" if near else "."
    return French("valeur", f"{_quoted(error)} n’est pas permis ici{hint}", one_of(legal, "l’un de ces mots"))


def _wanted(what: str, expected: str = "") -> Callable[[ErrorDetails], French]:
    return lambda error: French("type", f"{what} ici, pas {_kind(error['input'])}.", expected)


def _pattern(error: ErrorDetails) -> French:
    expected = PATTERNS.get(_ctx(error, "pattern"), "")
    return French("forme", f"{_quoted(error)} n’a pas la forme attendue.", expected)


def _length(sentence: str, expected: str, key: str, unit: str) -> Callable[[ErrorDetails], French]:
    def said(error: ErrorDetails) -> French:
        limit = _ctx(error, key)
        return French("longueur", sentence, f"{expected} {limit} {unit}{'' if limit in ('0', '1') else 's'}")

    return said


def _number(sentence: str, expected: str, key: str) -> Callable[[ErrorDetails], French]:
    return lambda error: French("nombre", sentence, f"{expected} {_ctx(error, key)}")


def _integer(error: ErrorDetails) -> French:
    return French("nombre", f"{_quoted(error)} n’est pas un nombre entier.", "des chiffres, par exemple « 2 »")


def _same(answer: French) -> Callable[[ErrorDetails], French]:
    return lambda _: answer


_BLOCK = _wanted("Un bloc de clés est attendu")
_LIST = _wanted("Une liste est attendue", "une liste entre crochets, par exemple « [dd] »")
_TEXT = _wanted("Un texte est attendu")

CATALOGUE: Mapping[str, Callable[[ErrorDetails], French]] = {
    "missing": _missing,
    "enum": _choice,
    "literal_error": _choice,
    "string_type": _TEXT,
    "string_unicode": _same(French("type", "Ce texte contient un caractère qui ne peut pas être lu.")),
    "string_pattern_mismatch": _pattern,
    "string_too_short": _length("Ce texte est trop court.", "au moins", "min_length", "caractère"),
    "string_too_long": _length("Ce texte est trop long.", "au plus", "max_length", "caractère"),
    "int_type": _wanted("Un nombre entier est attendu"),
    "int_parsing": _integer,
    "int_parsing_size": _integer,
    "int_from_float": _integer,
    "greater_than_equal": _number("Ce nombre est trop petit.", "au moins", "ge"),
    "less_than_equal": _number("Ce nombre est trop grand.", "au plus", "le"),
    "bool_type": _same(French("valeur", "« oui » ou « non » est attendu ici.")),
    "bool_parsing": _same(French("valeur", "« oui » ou « non » est attendu ici.")),
    "model_type": _BLOCK,
    "dict_type": _BLOCK,
    "mapping_type": _BLOCK,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "too_short": _length("Il n’y a pas assez d’éléments ici.", "au moins", "min_length", "élément"),
    "too_long": _length("Il y a trop d’éléments ici.", "au plus", "max_length", "élément"),
    "is_instance_of": _wanted("Un délai est attendu", DELAY_EXPECTED),
    "dataclass_type": _wanted("Un délai est attendu", DELAY_EXPECTED),
    "value_error": _same(_GENERIC),
    "assertion_error": _same(_GENERIC),
}
"""pydantic's type of error -> what is said; « extra_forbidden » and our own « orp_… » are apart."""
