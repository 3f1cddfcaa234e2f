"""Régions, départements, EPCI and communes of France, out of the public files of `definitions/territoires`.

Codes are text: « 01 », « 2A », « 971 ». A région and a département may bear the same one, hence two types.
Nothing is read before the first question; then each file is read once.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from itertools import islice
from typing import NewType
from unicodedata import combining, normalize

from workflow.circuit.syntax import shown
from workflow.errors import Refusal
from workflow.words import enumerate_words

RegionCode = NewType("RegionCode", str)
"""INSEE code of a région: « 53 » is Bretagne."""

DepartementCode = NewType("DepartementCode", str)
"""INSEE code of a département: « 53 » is Mayenne."""


class UnknownPlace(Refusal):
    """No place of the public files bears this code or this name."""


@dataclass(frozen=True, slots=True)
class Region:
    """A région, the territory of one ARS."""

    code: RegionCode
    name: str


@dataclass(frozen=True, slots=True)
class Departement:
    """A département, the territory of one délégation départementale."""

    code: DepartementCode
    name: str
    region: Region


@dataclass(frozen=True, slots=True)
class Epci:
    """A group of communes; it may lie across départements and régions, as around Redon."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, or an arrondissement of Paris, Lyon or Marseille.

    `epci` is None for these arrondissements and for four islands; `postcodes` holds at least one.
    """

    code: str
    name: str
    departement: Departement
    epci: Epci | None
    postcodes: tuple[str, ...]


Row = list[str]

_REGIONS, _DEPARTEMENTS, _EPCI, _COMMUNES = "regions.csv", "departements.csv", "epci.csv", "communes.csv"
_MOST_HINTS = 3
_ALIKE = 0.75  # below, « Redonn » is also told of « Réhon »
_FORMER = {"20": ("2A", "2B")}
_SHORT = {"st": "saint", "ste": "sainte"}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_WORD = re.compile(r"[^\W_]+")


def region(code: RegionCode) -> Region:
    """Return a région.

    Raises:
        UnknownPlace: no région bears this code.
    """
    _, name = _row(_REGIONS, "La région", code)
    return Region(code, name)


def departement(code: DepartementCode) -> Departement:
    """Return a département with its région.

    Raises:
        UnknownPlace: no département bears this code.
    """
    _, name, region_code = _row(_DEPARTEMENTS, "Le département", code)
    return Departement(code, name, region(RegionCode(region_code)))


def region_of(departement_code: DepartementCode) -> Region:
    """Return the région of a département: its ARS is the one a situation of this département meets.

    Raises:
        UnknownPlace: no département bears this code.
    """
    return departement(departement_code).region


def epci(code: str) -> Epci:
    """Return an EPCI by its SIREN number.

    Raises:
        UnknownPlace: no EPCI bears this number.
    """
    _, name, *_ = _row(_EPCI, "L’EPCI", code)
    return Epci(code, name)


def commune(code: str) -> Commune:
    """Return a commune by its INSEE code, which is not its postcode.

    Raises:
        UnknownPlace: no commune bears this code.
    """
    if code not in _lines(_COMMUNES):
        padded = code.upper().zfill(5)
        near = [padded] if padded in _lines(_COMMUNES) else _codes(code)
        raise _unknown("La commune", code, (_labelled(_COMMUNES, found) for found in near))
    return _commune(_parsed(_COMMUNES, code))


def communes_named(text: str, postcode: str | None = None) -> list[Commune]:
    """Return the communes of this name or of this postcode, by code; accents, case and hyphens do not count.

    `postcode` keeps those that have it: names are shared by up to twelve communes.

    Raises:
        UnknownPlace: there are none.
    """
    rows = [_parsed(_COMMUNES, code) for code in _codes(text)]
    kept = [row for row in rows if not postcode or postcode.strip() in _postcodes(row)]
    if kept:
        return [_commune(row) for row in kept]
    raise _misplaced(rows, postcode) if rows and postcode else _unknown("La commune", text, _names_like(text))


def communes_called(name: str) -> list[Commune]:
    """Return the communes of exactly this name, none if there are none; accents, case and hyphens do not count."""
    return [_commune(_parsed(_COMMUNES, code)) for code in _communes_by_name().get(_folded(name), ())]


@cache
def area_names() -> frozenset[str]:
    """Return the names of all départements and régions: large enough to point at nobody."""
    return frozenset(_parsed(file, code)[1] for file in (_REGIONS, _DEPARTEMENTS) for code in _lines(file))


@cache
def _lines(file: str) -> dict[str, str]:
    """Return the lines of one file by code, unparsed: parsing all the communes takes three times as long."""
    with (resources.files("definitions") / "territoires" / file).open(encoding="utf-8") as lines:
        return {line.partition(",")[0]: line for line in islice(lines, 1, None)}


def _rows(file: str) -> Iterable[Row]:
    return csv.reader(_lines(file).values())


def _parsed(file: str, code: str) -> Row:
    return next(csv.reader([_lines(file)[code].replace("'", "’")]))


def _row(file: str, what: str, code: str) -> Row:
    if code not in _lines(file):
        raise _unknown(what, code, (_labelled(file, near) for near in _codes_like(file, code)))
    return _parsed(file, code)


def _commune(row: Row) -> Commune:
    code, name, departement_code, epci_code, *_ = row
    group = epci(epci_code) if epci_code else None
    return Commune(code, name, departement(DepartementCode(departement_code)), group, _postcodes(row))


def _postcodes(row: Row) -> tuple[str, ...]:
    return tuple(row[4].split())


def _codes(text: str) -> list[str]:
    """Return the codes of the communes of this name or of this postcode."""
    return _communes_by_name().get(_folded(text)) or _communes_by_postcode().get(text.strip(), [])


@cache
def _communes_by_name() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, name, *_ in _rows(_COMMUNES):
        found.setdefault(_folded(name), []).append(code)
    return found


@cache
def _communes_by_postcode() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in _rows(_COMMUNES):
        for postcode in _postcodes(row):
            found.setdefault(postcode, []).append(row[0])
    return found


def _folded(text: str) -> str:
    """Return « saint malo » for « St-Malo », « l ile d yeu » for « L'Île-d’Yeu »."""
    text = text.lower()
    if not text.isascii():
        text = "".join(c for c in normalize("NFKD", text.translate(_LIGATURES)) if not combining(c))
    return " ".join(_SHORT.get(word, word) for word in _WORD.findall(text))


def _unknown(what: str, word: str, near: Iterable[str]) -> UnknownPlace:
    hints = list(islice(near, _MOST_HINTS))
    question = f" ; vouliez-vous dire {enumerate_words(hints)} ?" if hints else "."
    return UnknownPlace(f"{what} « {shown(word)} » n’existe pas{question}")


def _misplaced(rows: list[Row], postcode: str) -> UnknownPlace:
    known = enumerate_words([f"« {code} »" for row in rows for code in _postcodes(row)][:_MOST_HINTS])
    return UnknownPlace(f"« {rows[0][1]} » n’a pas le code postal « {shown(postcode)} » ; vouliez-vous dire {known} ?")


def _labelled(file: str, code: str) -> str:
    return f"« {code} » ({_parsed(file, code)[1]})"


def _codes_like(file: str, word: str) -> list[str]:
    """Return the codes somebody may have meant: a zero lost, a small letter, the former Corse, or a name."""
    padded = word.strip().upper().zfill(2)
    if near := [code for code in (padded, *_FORMER.get(padded, ())) if code in _lines(file)]:
        return near
    names = {_folded(row[1]): row[0] for row in _rows(file)}
    return [names[name] for name in get_close_matches(_folded(shown(word)), names, 1, _ALIKE)]


def _names_like(word: str) -> list[str]:
    """Return names close to this one among those that begin alike: all 35 000 would take seconds."""
    folded = _folded(shown(word))
    alike = {name: codes for name, codes in _communes_by_name().items() if name[:2] == folded[:2]}
    found = get_close_matches(folded, alike, _MOST_HINTS, _ALIKE)
    return [f"« {_parsed(_COMMUNES, alike[name][0])[1]} »" for name in found]
