"""The year of the demonstration, drawn: sixty situations, who does what on each, and when.

`definitions/demonstration/annee.yaml` says what may happen; a seed draws the rest. Nothing is played here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from itertools import chain
from random import Random
from typing import Any

from orp.decision_fields import read_fields_file
from workflow.tracking import ALPHABET, canonical
from workflow.triggers import FieldValue
from workflow.words import PARIS
from workflow.working_days import Calendar, calendar_of

OPENING = "ouvrir"
"""The moment at which a rédacteur begins a draft."""
MEETING_AT = time(18)
LATER = re.compile(r"\$J\+(\d+)")


@dataclass(frozen=True, slots=True)
class Situation:
    """One situation of the year: where it is described, by which path it goes."""

    number: int
    path: str
    antenne: str
    departement: str
    tracking: str | None = None
    """Tracking code of an anonymous deposit."""
    parent: int | None = None
    """Number of the situation it will be attached to."""

    def parent_among(self, references: Mapping[int, str]) -> str:
        """Return the reference of the situation it will be attached to, once that one is open."""
        return "" if self.parent is None else references.get(self.parent, "")


@dataclass(frozen=True, slots=True)
class Event:
    """Somebody acts on one situation. `act` is a decision, or « acquitter F2 »: a verb and what is owed."""

    at: datetime
    situation: int
    actor: str
    """An actor of the circuit, or a kind of partner: « cd » is the one of the département."""
    act: str
    fields: Mapping[str, FieldValue]
    """What is still unknown stands as « $dd », « $moi »: it depends on the situation at that instant."""


@dataclass(frozen=True, slots=True)
class Year:
    """What will be played, in order."""

    start: datetime
    end: datetime
    situations: tuple[Situation, ...]
    events: tuple[Event, ...]


def draw_year(seed: int) -> Year:
    """Draw the year; the same seed gives the same year."""
    book, calendar = _book(), calendar_of("35")
    first, last = date.fromisoformat(book["debut"]), date.fromisoformat(book["fin"])
    situations = tuple(_situations(book, seed))
    end = datetime.combine(last, time(18), PARIS)
    drawn = (_events(book, calendar, first, situation, seed) for situation in situations)
    events = (event for event in chain.from_iterable(drawn) if event.at <= end)
    ordered = tuple(sorted(events, key=lambda event: (event.at, event.situation)))
    return Year(datetime.combine(first, time(9), PARIS), end, situations, ordered)


@cache
def _book() -> dict[str, Any]:
    with resources.as_file(resources.files("definitions") / "demonstration" / "annee.yaml") as path:
        return read_fields_file(path)


def _random(*parts: object) -> Random:
    """Draws of its own for each situation: one more situation changes none of the others."""
    return Random(":".join(map(str, parts)))  # noqa: S311 - a draw for a story, not a secret


def _situations(book: Mapping[str, Any], seed: int) -> Iterator[Situation]:
    draw, number, firsts = _random(seed, "lieux"), 0, {}
    places: list[str] = []
    for name, path in book["parcours"].items():
        firsts[name] = number
        for rank in range(int(path["fois"])):
            places = places or draw.sample(book["antennes"], len(book["antennes"]))
            place = path["ou"][rank] if "ou" in path else places.pop()
            antenne, departement = place.split()
            code = canonical("".join(draw.choices(ALPHABET, k=12))) if "anonyme" in path else None
            parent = firsts[path["parent"]] + rank if "parent" in path else None
            yield Situation(number, name, antenne, departement, code, parent)
            number += 1


def _events(
    book: Mapping[str, Any], calendar: Calendar, first: date, situation: Situation, seed: int
) -> Iterator[Event]:
    """Follow a path; a wait counts from the moment before, and nobody works on a closed day."""
    draw, path = _random(seed, situation.number), book["parcours"][situation.path]
    told = draw.choice(book["recits"])
    low, high = map(int, path["debut"])
    at = datetime.combine(calendar.next_working(first + timedelta(draw.randint(low, high))), time(9), PARIS)
    meeting: date | None = None
    for part in path["suite"]:
        moments = book["troncons"][part] if isinstance(part, str) else part
        for wait, actor, act, *own in _with_local_steps(moments, book["en_plus"].get(situation.antenne, {})):
            at = _next(draw, calendar, at, wait, meeting)
            fields = book["champs"].get(act, {}) | dict(*own)
            if "seance" in fields and fields["seance"] == "$seance":
                meeting = _meeting(calendar, at.date() + timedelta(days=5))
            known = told | {"seance": meeting.isoformat() if meeting else ""}
            yield Event(at, situation.number, actor, act, filled(fields, _drawn(book, draw, calendar, known, at)))


def _with_local_steps(moments: Iterable[Any], added: Mapping[str, Any]) -> Iterator[Any]:
    """An antenne whose circuit has a step more goes through it each time."""
    for moment in moments:
        yield moment
        if moment[2] in added:
            yield added[moment[2]]


def _next(draw: Random, calendar: Calendar, before: datetime, wait: str, meeting: date | None) -> datetime:
    """Return when the next moment comes: the evening of the meeting, later the same day, or some days later."""
    if wait == "seance":
        return datetime.combine(meeting or before.date(), MEETING_AT, PARIS)
    if wait == "0":
        return before + timedelta(minutes=draw.randrange(5, 40, 5))
    day = calendar.next_working(before.date() + timedelta(days=int(wait) + draw.randint(0, 2)))
    return datetime.combine(day, time(draw.randint(9, 16), draw.randrange(0, 60, 15)), PARIS)


def _meeting(calendar: Calendar, after: date) -> date:
    """The governances meet on the second Tuesday of each month, or on the first working day after it."""
    tuesday = next(
        day for day in (after + timedelta(days=n) for n in range(40)) if day.weekday() == 1 and 8 <= day.day <= 14
    )
    return calendar.next_working(tuesday)


def _drawn(
    book: Mapping[str, Any], draw: Random, calendar: Calendar, known: Mapping[str, Any], at: datetime
) -> Callable[[str], Any]:
    """Return what a symbol stands for: a date to come, a part of the story, a sentence drawn among several."""

    def value(symbol: str) -> Any:
        if later := LATER.fullmatch(symbol):
            return calendar.next_working(at.date() + timedelta(days=int(later[1]))).isoformat()
        name = symbol[1:]
        if name in known:
            return known[name]
        return draw.choice(book["phrases"][name]) if name in book["phrases"] else symbol

    return value


def filled(value: Any, meaning: Callable[[str], Any]) -> Any:
    """Replace the symbols of a tree of fields, wherever they stand."""
    if isinstance(value, Mapping):
        return {name: filled(part, meaning) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part, meaning) for part in value]
    return meaning(value) if value.startswith("$") else value
