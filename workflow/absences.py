"""Absences: for a time somebody may do all that another may, and both know it (domain.md §2, DESIGN §4).

Nothing is moved when an absence begins or ends: who stands in for whom is read at the instant of each act.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflow.circuit.model import Slot
from workflow.errors import Refusal
from workflow.model import Organisation, Person
from workflow.records import Message
from workflow.words import PARIS, in_paris

MAIL = "M22"
DEPTH = 3
"""A substitute who is away has a substitute, and so on: no further than this."""
LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away from `since` to `until` (UTC, the end excluded), and somebody else stands in."""

    person: str
    substitute: str
    since: datetime
    until: datetime

    def overlaps(self, other: "Absence") -> bool:
        """Say whether both run at some instant."""
        return self.since < other.until and other.since < self.until


def stand_ins(links: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return, by substitute, whom they stand in for now, from pairs (who is away, who stands in).

    A substitute who is away hands on what they were given, over `DEPTH` links at most.
    """
    after: dict[str, set[str]] = {}
    for away, substitute in links:
        after.setdefault(away, set()).add(substitute)
    found: dict[str, set[str]] = {}
    for away in after:
        for substitute in _reached({away}, after):
            found.setdefault(substitute, set()).add(away)
    return found


def _reached(start: set[str], after: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    level = start
    for _ in range(DEPTH):
        level = {one for away in level for one in after.get(away, ())}
        reached |= level
    return reached - start


def declarable(new: Absence, others: Collection[Absence], now: datetime) -> None:
    """Refuse an absence that makes no sense beside the others.

    Raises:
        Refusal: it is over, too long, overlaps another of the same person, comes back to them, or goes too far.
    """
    if not new.since < new.until or new.until <= now:
        raise Refusal("La fin d’une absence est attendue après son début, et à venir.")
    if new.until - new.since > LONGEST:
        raise Refusal("Une absence dure treize mois au plus : au-delà, donnez la fonction à quelqu’un d’autre.")
    if new.person == new.substitute:
        raise Refusal("Personne ne se remplace soi-même : choisissez quelqu’un d’autre.")
    beside = [one for one in others if one.overlaps(new)]
    for one in beside:
        if one.person == new.person:
            raise Refusal(f"Une absence est déjà enregistrée jusqu’au {in_paris(one.until)} : terminez-la d’abord.")
    before, after = _length(new.person, beside, back=True), _length(new.substitute, beside, back=False)
    if new.person in _chain(new.substitute, beside):
        raise Refusal(
            "Ces remplacements tourneraient en rond : la personne choisie est remplacée, au même moment, par celle "
            "qui s’absente."
        )
    if before + 1 + after > DEPTH:
        raise Refusal("Trop de remplacements se suivent (trois au plus) : choisissez quelqu’un qui est présent.")


def _chain(person: str, absences: Collection[Absence]) -> set[str]:
    found: set[str] = set()
    wave = {person}
    while wave:
        found |= wave
        wave = {one.substitute for one in absences if one.person in wave} - found
    return found


def _length(person: str, absences: Collection[Absence], *, back: bool) -> int:
    """How many links follow from somebody, or lead to them; a ring is refused before it is ever written."""
    wave, length = {person}, 0
    while length <= DEPTH:
        wave = (
            {one.person for one in absences if one.substitute in wave}
            if back
            else {one.substitute for one in absences if one.person in wave}
        )
        if not wave:
            break
        length += 1
    return length


def house(directory: Mapping[str, Organisation], organisation: str) -> str:
    """Return the house of an organisation: a DAC and its antennes, an ARS and its delegations; else itself."""
    here = directory[organisation]
    return here.parent if here.kind in (Slot.ANTENNE, Slot.DD) and here.parent else organisation


def may_stand_in(directory: Mapping[str, Organisation], away: Person, substitute: Person) -> bool:
    """Say whether somebody may stand in: a colleague of the same house, who may then read what it reads."""
    same = _houses(directory, away) & _houses(directory, substitute)
    return bool(same) and not substitute.mailbox and substitute.id != away.id


def _houses(directory: Mapping[str, Organisation], person: Person) -> set[str]:
    """Those where they hold something of their own."""
    return {house(directory, pair[0]) for pair in person.functions if pair not in person.lent and pair[0] in directory}


def told(absence: Absence, names: Mapping[str, str], now: datetime, *, over: bool = False) -> list[Message]:
    """Return the mails that tell both: it is declared, or (`over`) ended before its date."""
    context = {
        "absent": names[absence.person],
        "remplacant": names[absence.substitute],
        "du": absence.since.astimezone(PARIS).date().isoformat(),
        "au": (absence.until - timedelta(seconds=1)).astimezone(PARIS).date().isoformat(),
        "terminee": over,
    }
    key = f"absence:{absence.person}:{absence.since.isoformat()}:{now.isoformat()}"
    return [
        Message(f"{key}:{person}", MAIL, None, person, now, context) for person in (absence.person, absence.substitute)
    ]
