"""Situations in which one person has a seat: what a search looks through, before `web.access` judges each of them."""

from sqlalchemy import Connection, select

from storage.searching import CASES, ONE, among, holding
from workflow.ports.lists import Found, Looked


def found(connection: Connection, looked: Looked, most: int) -> list[Found]:
    """Return the situations where somebody has a seat and that hold these words, the latest first."""
    given = ONE.given.c
    shown = select(CASES.c.reference, CASES.c.parent, ONE.here.c.name.label("antenne"), given.house, given.title)
    query = ONE.joined(shown.select_from(CASES), ONE.house_of(looked.seats))
    query = query.where(among(CASES, looked.seats), *holding(looked))
    rows = connection.execute(query.order_by(CASES.c.opened_at.desc(), CASES.c.reference).limit(most))
    lines: dict[str, Found] = {}
    for row in rows:
        line = lines.setdefault(row.reference, Found(row.reference, row.antenne or "", row.parent or "", {}))
        if row.title:
            line.titles[row.house] = row.title
    return list(lines.values())
