"""What may identify somebody in a text, for a human reader to judge: names, dates, places (DESIGN §7).

Finding too much costs a click; finding too little shows somebody. Hence any capital inside a sentence is suspect.
Each suspect has a proposal to write in its place; `workflow.identifying` says what blocks whatever the reader thinks.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from workflow.identifying import identifying_spans
from workflow.territories import area_names, communes_called

_UP, _LETTER, _BLANK = r"[A-ZÀ-ÖØ-ÞŒ]", r"[^\W\d_]", r"[^\S\n]"
_NAME = rf"(?:{_UP}\.|{_UP}(?:{_LETTER}|[’'\-](?={_LETTER})){{0,30}})"
_LINKS = rf"(?:(?:de|du|des|la|le|les|l|d|à|au|aux|sur|en|sous|lès|et){_BLANK}|[ld][’'])"
_NAMES = rf"{_NAME}(?:(?:{_BLANK}{_LINKS}{{0,2}}|{_BLANK})(?={_UP}){_NAME}){{0,4}}"
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_STREETS = (
    "rue|avenue|av\\.|boulevard|bd|impasse|allée|chemin|route|quai|square|ruelle|lotissement|hameau|lieu-dit|venelle"
)
_HOUSES = (
    "EHPAD|CHU|CHR|CHP|CH|CHS|EPSM|hôpital|Hôpital|clinique|Clinique|résidence|Résidence|foyer|Foyer|SSIAD|SAAD|SPASAD|"
    "SAVS|SAMSAH|MAS|FAM|IME|ITEP|ESAT|USLD|SSR|pharmacie|Pharmacie|cabinet|Cabinet|centre hospitalier|"
    "Centre hospitalier|maison de santé|maison de retraite|mairie|CCAS|association|lycée|collège|école"
)
_BANDS = ((18, "moins de 18 ans"), (30, "18 à 29 ans"), (60, "30 à 59 ans"), (75, "60 à 74 ans"), (85, "75 à 84 ans"))


@dataclass(frozen=True, slots=True)
class Suspect:
    """A part of a text that may identify somebody."""

    start: int
    end: int
    words: str
    what: str
    """What it looks like, in French."""
    instead: str
    """What to write in its place; empty if only a person can say."""
    blocks: bool = False
    """It can stand in no version relue, whatever the reader says."""


Found = Callable[[re.Match[str]], str]


def _month(found: re.Match[str]) -> str:
    """« en mars 2024 » for « le 12 mars 2024 » and for « 12/03/2024 »."""
    numbers = re.findall(r"\d+", found[0])
    named = re.search(_MONTHS, found[0], re.IGNORECASE)
    year = next((number for number in numbers if len(number) == 4), "")
    month = int(numbers[1]) if not named and len(numbers) > 1 and numbers[1] else 0
    name = named[0].lower() if named else _MONTHS.split("|")[month - 1] if 1 <= month <= 12 else ""
    return f"{'en ' if found[0][:1] in 'Ll' and name else ''}{name} {year}".strip()


def _band(found: re.Match[str]) -> str:
    age = int(found[1])
    return next((band for least, band in _BANDS if age < least), "85 ans et plus")


_RULES: tuple[tuple[str, re.Pattern[str], Found], ...] = (
    (
        "une civilité suivie d’un nom",
        re.compile(
            rf"\b(?:(?:[Dd]octeur|[Dd]r|[Pp]rofesseur|[Pp]r)\.?|(?:[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|Mr|Mme|Mlle|"
            rf"[Mm]aître|M\.|M)\.?){_BLANK}{_NAMES}"
        ),
        lambda found: "le médecin" if found[0][:1] in "DdPp" else "la personne",
    ),
    (
        "une date",
        re.compile(
            rf"(?<!\d)(?:\b[Ll]e{_BLANK})?(?:\d{{1,2}}(?:er)?{_BLANK}(?:{_MONTHS})(?:{_BLANK}\d{{4}})?|\d{{1,2}}[/.\-]\d{{1,2}}[/.\-]"
            rf"(?:\d{{4}}|\d\d)|\d{{4}}-\d\d-\d\d)(?!\d)",
            re.IGNORECASE,
        ),
        _month,
    ),
    (
        "un âge précis",
        re.compile(
            rf"(?:(?<=âgé de )|(?<=âgée de )|(?<=homme de )|(?<=femme de )|(?<=dame de )|(?<=personne de )|"
            rf"(?<=patient de )|(?<=patiente de )|(?<=, ))(\d{{1,3}}){_BLANK}ans\b(?!{_BLANK}et plus)"
        ),
        _band,
    ),
    (
        "une adresse",
        re.compile(
            rf"(?:\b\d{{1,4}}(?:{_BLANK}?(?:bis|ter))?,?{_BLANK})?\b(?:{_STREETS}){_BLANK}{_LINKS}{{0,3}}{_NAMES}|"
            rf"\b\d{{1,4}}(?:{_BLANK}?(?:bis|ter))?,?{_BLANK}(?:{_STREETS}){_BLANK}{_LINKS}{{0,3}}{_LETTER}{{1,30}}",
        ),
        lambda _: "à son domicile",
    ),
    (
        "un établissement nommé",
        re.compile(rf"\b({_HOUSES}){_BLANK}{_LINKS}{{0,3}}[«\"“]?{_BLANK}?{_NAMES}(?:{_BLANK}?[»\"”])?"),
        lambda found: found[1],
    ),
    ("des initiales", re.compile(rf"\b{_UP}\.(?:[\- ]?{_UP}\.)+|(?<=\s){_UP}\.?(?:[\- ]{_UP}\.)(?!\w)"), lambda _: ""),
)
_CHAIN = re.compile(rf"\b{_NAMES}")
_RUN = re.compile(rf"{_NAME}(?:{_BLANK}{_NAME}){{0,4}}")
_LOWER = re.compile(
    rf"\b(?:à|vers|sur|commune de|ville de|habite){_BLANK}({_LETTER}{{5,30}}(?:-{_LETTER}{{1,20}}){{0,5}})"
)
_BEGINS = re.compile(r"(?:^|[.!?…:;\n«»(]|\n[-–•*])\s*$")
_ACRONYM = re.compile(r"[A-ZÀ-Þ0-9’'\-]{2,10}s?\.?")
_ORDINARY = frozenset(
    [
        "alzheimer",
        "parkinson",
        "internet",
        "état",
        "français",
        "française",
        "france",
        "sécurité",
        "vue",
        "un",
        "une",
        "le",
        "la",
        "les",
        "des",
        "du",
        "de",
        "il",
        "elle",
        "ils",
        "elles",
        "on",
        "ce",
        "cette",
        "ces",
        "son",
        "sa",
        "ses",
        "leur",
        "leurs",
        "nous",
        "vous",
        "je",
        "et",
        "mais",
        "en",
    ]
)
"""Words that bear a capital, or the name of a commune, and point at nobody."""


def suspects(text: str) -> list[Suspect]:
    """Return what may identify somebody, in the order of the text, none over another: the surest wins."""
    kept: list[Suspect] = []
    for one in _all(text):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda suspect: suspect.start)


def rewritten(text: str, words: str, instead: str) -> str:
    """Return the text with other words in the place of these, everywhere; a sentence still begins with a capital."""
    parts = text.split(words)
    whole = parts[0]
    for part in parts[1:]:
        first = instead[0].upper() if _BEGINS.search(whole[-12:]) else instead[0]
        whole += first + instead[1:] + part
    return whole


def _all(text: str) -> Iterator[Suspect]:
    """From the surest to the least sure."""
    for start, end, what in identifying_spans(text):
        yield Suspect(start, end, text[start:end], what, "", blocks=True)
    for what, pattern, instead in _RULES:
        for found in pattern.finditer(text):
            yield Suspect(*found.span(), found[0], what, instead(found))
    yield from _places(text)
    for chain in _CHAIN.finditer(text):
        for run in _RUN.finditer(text, *chain.span()):
            yield from _name(text, *run.span())


def _places(text: str) -> Iterator[Suspect]:
    """Communes in several words or, after « à », without their capital."""
    for found in _LOWER.finditer(text):
        if place := _place(found[1]):
            yield _commune(text, *found.span(1), place)
    for chain in _CHAIN.finditer(text):
        if place := _place(chain[0]):
            yield _commune(text, *chain.span(), place)


def _commune(text: str, start: int, end: int, place: str) -> Suspect:
    """« à Fougères » goes whole, so that what is written in its place can be read."""
    if text[max(0, start - 2) : start].lower() == "à ":
        start, place = start - 2, f"dans {place}"
    return Suspect(start, end, text[start:end], "une commune", place)


def _name(text: str, start: int, end: int) -> Iterator[Suspect]:
    """Words that begin with a capital: a commune, a first name, or some name if no sentence begins there."""
    words = text[start:end]
    first, _, rest = words.partition(" ")
    place, called = _place(words), _is_first_name(first)
    if _BEGINS.search(text[max(0, start - 12) : start]) and not place and not called:
        start, words = start + len(first) + 1, rest
    if (
        not words
        or words in area_names()
        or words.lower() in _ORDINARY
        or all(_ACRONYM.fullmatch(word) for word in words.split())
    ):
        return
    if place:
        yield _commune(text, start, end, place)
    else:
        yield Suspect(start, end, words, "un prénom" if called else "un nom propre", "la personne" * called)


@cache
def _place(words: str) -> str:
    """Return what to say in place of a commune: its département, which points at nobody; nothing if it is none."""
    ordinary = words in area_names() or words.lower() in _ORDINARY or _ACRONYM.fullmatch(words)
    communes = [] if ordinary else communes_called(words)
    departements = {commune.departement.name for commune in communes}
    return f"le département ({departements.pop()})" if len(departements) == 1 else "le département" * bool(communes)


@cache
def _first_names() -> frozenset[str]:
    lines = (resources.files("definitions") / "prenoms.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _is_first_name(word: str) -> bool:
    return word.partition("-")[0].strip(".") in _first_names()
