"""What is looked for by words: among the situations where somebody has a seat, in what they may read of each."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, or_, select, union

from storage.tables import TABLES
from workflow.circuit.model import Slot
from workflow.holders import CARRIER_SLOT, DELEGATION_SLOT, PARTNER_SLOT
from workflow.ports.lists import Looked, Seats, Word

CASES, PARTIES, ANSWERS = TABLES["cases"], TABLES["parties"], TABLES["form_answers"]
ORGANISATIONS, GIVEN = TABLES["organisations"], TABLES["case_titles"]
ACCENTS = {"à": "a", "â": "a", "ä": "a", "é": "e", "è": "e", "ê": "e", "ë": "e", "î": "i", "ï": "i", "ô": "o", "ö": "o"}
ACCENTS |= {"ù": "u", "û": "u", "ü": "u", "ç": "c", "É": "e", "È": "e", "Î": "i", "Ô": "o", "À": "a", "Ç": "c"}


@dataclass(frozen=True, slots=True)
class Titled:
    """A situation with its antenne and the intitulés that houses gave it."""

    case: FromClause
    placed: FromClause
    here: FromClause
    given: FromClause

    def joined(self, query: Select[Any], house: ColumnElement[bool]) -> Select[Any]:
        """Add to situations their antenne, and the intitulé that a house gave them."""
        antenne = and_(self.placed.c.reference == self.case.c.reference, self.placed.c.slot == str(Slot.ANTENNE))
        return (
            query.join(self.placed, antenne, isouter=True)
            .join(self.here, self.here.c.id == self.placed.c.organisation, isouter=True)
            .join(self.given, (self.given.c.reference == self.case.c.reference) & house, isouter=True)
        )

    def house_of(self, seats: Seats) -> ColumnElement[bool]:
        """The intitulés that somebody's houses gave: an antenne and its DAC are one, for whoever has a seat there."""
        inside = self.case.c.writer.in_(seats.people) | self.placed.c.organisation.in_(seats.seated)
        ours = (self.given.c.house == self.case.c.dac) & inside
        return self.given.c.house.in_(seats.organisations) | ours

    def holds(self, word: Word) -> ColumnElement[bool]:
        """Say whether a word is in the reference, the antenne, the intitulé, or the words of a coded answer."""
        return or_(
            func.lower(self.case.c.reference).contains(word.text, autoescape=True),
            _folded(self.here.c.name).contains(word.text, autoescape=True),
            _folded(self.given.c.title).contains(word.text, autoescape=True),
            *(self._answered(field, codes) for field, codes in word.codes.items()),
        )

    def _answered(self, field: str, codes: Collection[str]) -> ColumnElement[bool]:
        """Several codes stand between commas."""
        mine = (ANSWERS.c.field == field) & (ANSWERS.c.reference == self.case.c.reference)
        given = "," + ANSWERS.c.value + ","
        named = or_(*(given.contains(f",{code},", autoescape=True) for code in codes))
        return select(ANSWERS.c.reference).where(mine, named).exists()


ONE = Titled(CASES, PARTIES.alias("placed"), ORGANISATIONS.alias("here"), GIVEN)
PARENT = Titled(*(table.alias(f"parent_{n}") for n, table in enumerate((CASES, PARTIES, ORGANISATIONS, GIVEN))))


def holding(looked: Looked) -> Iterator[ColumnElement[bool]]:
    """Return a condition for each word: the situation holds it, or the one it is attached to does (T11).

    The words of a situation where this person has no seat find nothing.
    """
    attached = PARENT.joined(select(PARENT.case.c.reference).select_from(PARENT.case), PARENT.house_of(looked.seats))
    attached = attached.where(PARENT.case.c.reference == CASES.c.parent, among(PARENT.case, looked.seats))
    for word in looked.words:
        yield ONE.holds(word) | attached.where(PARENT.holds(word)).correlate(CASES).exists()


def among(case: FromClause, seats: Seats) -> ColumnElement[bool]:
    """Say whether somebody has a seat in a situation."""
    return case.c.reference.in_(union(*_seated(seats)))


def _seated(seats: Seats) -> Iterator[Select[Any]]:
    written, party = CASES.alias("written"), PARTIES.alias("seat")
    yield select(written.c.reference).where(written.c.writer.in_(seats.people))
    here = select(party.c.reference)
    yield here.where(party.c.person.in_(seats.people), party.c.slot.startswith(DELEGATION_SLOT))
    reached = here.where(party.c.since.is_not(None))
    if seats.seated:
        yield reached.where(party.c.slot.in_([str(slot) for slot in Slot]), party.c.organisation.in_(seats.seated))
    for prefix, organisations in ((PARTNER_SLOT, seats.opinions), (CARRIER_SLOT, seats.organisations)):
        if organisations:
            yield reached.where(party.c.slot.startswith(prefix), party.c.organisation.in_(organisations))


def _folded(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A text without accents, in small letters: databases do not agree on the others."""
    for letter, plain in ACCENTS.items():
        column = func.replace(column, letter, plain)
    return func.lower(column)
