"""Situations in which one person has a seat: what a search looks through, before `web.access` judges each of them."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Select, select, union

from storage.inbox import HERE, PLACED, TITLES, holding, titled
from storage.tables import TABLES
from workflow.circuit.model import Slot
from workflow.holders import CARRIER_SLOT, DELEGATION_SLOT, PARTNER_SLOT
from workflow.ports import Found, Seats, Word

CASES, PARTIES = TABLES["cases"], TABLES["parties"]


def found(connection: Connection, seats: Seats, words: Collection[Word], most: int) -> list[Found]:
    """Return the situations where somebody has a seat and that hold these words, the latest first."""
    here = CASES.c.reference.in_(union(*_seated(seats)))
    inside = (CASES.c.writer == seats.person) | PLACED.c.organisation.in_(seats.seated)
    mine = TITLES.c.house.in_(seats.organisations) | ((TITLES.c.house == CASES.c.dac) & inside)
    shown = select(CASES.c.reference, HERE.c.name.label("antenne"), TITLES.c.house, TITLES.c.title)
    query = titled(shown.select_from(CASES), mine).where(here, *holding(words))
    rows = connection.execute(query.order_by(CASES.c.opened_at.desc(), CASES.c.reference).limit(most))
    lines: dict[str, Found] = {}
    for row in rows:
        line = lines.setdefault(row.reference, Found(row.reference, row.antenne or "", {}))
        if row.title:
            lines[row.reference] = Found(line.reference, line.antenne, {**line.titles, row.house: row.title})
    return list(lines.values())


def _seated(seats: Seats) -> Iterator[Select[Any]]:
    yield select(CASES.c.reference).where(CASES.c.writer == seats.person)
    party = select(PARTIES.c.reference)
    yield party.where(PARTIES.c.person == seats.person, PARTIES.c.slot.startswith(DELEGATION_SLOT))
    reached = party.where(PARTIES.c.since.is_not(None))
    if seats.seated:
        yield reached.where(PARTIES.c.slot.in_([str(slot) for slot in Slot]), PARTIES.c.organisation.in_(seats.seated))
    for prefix, organisations in ((PARTNER_SLOT, seats.opinions), (CARRIER_SLOT, seats.organisations)):
        if organisations:
            yield reached.where(PARTIES.c.slot.startswith(prefix), PARTIES.c.organisation.in_(organisations))
