"""Organisations, people and the functions they hold."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam, exists, insert, inspect, or_, select

from storage import mapping
from storage.database import transaction
from storage.prepared import Fixed, Query
from storage.tables import TABLES
from workflow.absences import stand_ins
from workflow.model import Facts, Person
from workflow.staffing import Directory as Snapshot
from workflow.words import counted, enumerate_words

ORGANISATIONS, PEOPLE, ASSIGNMENTS = TABLES["organisations"], TABLES["people"], TABLES["assignments"]
ABSENCES = TABLES["absences"]

Rows = list[dict[str, Any]]

AT = bindparam("at", type_=ASSIGNMENTS.c.since.type)
THESE = Query(lambda wanted: select(ORGANISATIONS).where(ORGANISATIONS.c.id.in_(wanted)))
CURRENT = (ASSIGNMENTS.c.since <= AT) & or_(ASSIGNMENTS.c.until.is_(None), ASSIGNMENTS.c.until > AT)
ADDRESSES = Query(lambda wanted: select(PEOPLE.c.id, PEOPLE.c.email).where(PEOPLE.c.id.in_(wanted)))
ABSENT = (ABSENCES.c.since <= AT) & (ABSENCES.c.until > AT)
ASSIGNED = select(
    PEOPLE.c.id,
    PEOPLE.c.name,
    PEOPLE.c.mailbox,
    PEOPLE.c.refused_at,
    ASSIGNMENTS.c.organisation,
    ASSIGNMENTS.c.function,
    exists(ABSENCES.c.person).where(ABSENT).label("somebody_away"),  # nobody mostly, and then nothing more is asked
)
THERE = Query(
    lambda wanted: (
        ASSIGNED.select_from(ASSIGNMENTS)
        .join(PEOPLE, PEOPLE.c.id == ASSIGNMENTS.c.person)
        .where(CURRENT, ASSIGNMENTS.c.organisation.in_(wanted))
    )
)
"""Whoever holds a function in these organisations."""
THEM = Query(
    lambda wanted: ASSIGNED.select_from(
        PEOPLE.join(ASSIGNMENTS, (PEOPLE.c.id == ASSIGNMENTS.c.person) & CURRENT, isouter=True)
    ).where(PEOPLE.c.id.in_(wanted))
)
"""These people, with what they hold anywhere."""
AWAY = Fixed(select(ABSENCES.c.person, ABSENCES.c.substitute).where(ABSENT))
"""Who is away, and who stands in: few rows at any time."""


class Directory:
    """Reads and fills the directory on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def facts(self, organisations: Collection[str], people: Collection[str], at: datetime) -> Facts:
        """Return these organisations, whoever holds a function there at `at`, and these people."""
        rows = THESE.rows(self._connection, organisations)
        known = {row["id"]: mapping.organisation_from(row) for row in rows}
        return Facts(organisations=known, people=self._people(organisations, people, at))

    def _people(self, organisations: Collection[str], people: Collection[str], at: datetime) -> dict[str, Person]:
        rows = THERE.rows(self._connection, organisations, at=at)
        rows += THEM.rows(self._connection, set(people) - {row["id"] for row in rows}, at=at)
        if not rows or not rows[0]["somebody_away"]:
            return _people_of(rows, {})
        standing = stand_ins((row["person"], row["substitute"]) for row in AWAY.rows(self._connection, at=at))
        here = {row["id"] for row in rows}
        wanted = {
            one for substitute, away in standing.items() if here & {substitute, *away} for one in (substitute, *away)
        }
        rows += THEM.rows(self._connection, wanted - here, at=at)
        return _people_of(rows, standing)

    def everybody(self, at: datetime) -> Snapshot:
        """Return every organisation, its collèges, and whoever holds a function anywhere at `at`."""
        rows = self._connection.execute(select(ORGANISATIONS.c.id, ORGANISATIONS.c.colleges)).all()
        facts = self.facts([row.id for row in rows], (), at)
        return Snapshot(facts.organisations, tuple(facts.people.values()), {row.id: row.colleges or {} for row in rows})

    def addresses(self, people: Collection[str]) -> dict[str, str]:
        """Return the mail address of each of these people that exists."""
        return {row["id"]: row["email"] for row in ADDRESSES.rows(self._connection, people)}

    def add(self, organisations: Rows, people: Rows, assignments: Rows) -> str:
        """Add the organisations, people and functions that are not there yet, and say how many."""
        new_organisations = self._new(ORGANISATIONS, _parents_first(organisations))
        new_people = self._new(PEOPLE, people)
        held = {(row.person, row.organisation, row.function) for row in self._connection.execute(select(ASSIGNMENTS))}
        new_functions = [r for r in assignments if (r["person"], r["organisation"], r["function"]) not in held]
        if new_functions:
            self._connection.execute(insert(ASSIGNMENTS), new_functions)
        added = (
            counted(new_organisations, "structure"),
            counted(new_people, "personne"),
            counted(len(new_functions), "fonction"),
        )
        return f"Annuaire, ajouts : {enumerate_words(list(added), 'et')}."

    def _new(self, table: Table, rows: Rows) -> int:
        known = self._ids(table)
        new = [row for row in rows if row["id"] not in known]
        if new:
            self._connection.execute(insert(table), new)
        return len(new)

    def _ids(self, table: Table) -> set[str]:
        return set(self._connection.execute(select(table.c.id)).scalars())


def _people_of(rows: Rows, standing: Mapping[str, Collection[str]]) -> dict[str, Person]:
    """Return people with what they hold, and what those they replace hold."""
    own: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        if row["function"]:
            own[row["id"]].add((row["organisation"], row["function"]))
    found = {}
    for row in rows:
        away = frozenset(standing.get(row["id"], ()))
        lent = {pair: one for one in sorted(away) for pair in own[one] if pair not in own[row["id"]]}
        held = frozenset(own[row["id"]] | lent.keys())
        found[row["id"]] = Person(row["id"], row["name"], held, row["mailbox"], row["refused_at"] is None, away, lent)
    return found


def known_organisations(engine: Engine) -> set[str] | None:
    """Return the identifiers of the organisations of a database; None if it was never prepared."""
    with transaction(engine, writes=False) as connection:
        if not inspect(connection).has_table("organisations"):
            return None
        return set(connection.execute(select(ORGANISATIONS.c.id)).scalars())


def _parents_first(rows: Rows) -> Rows:
    """PostgreSQL looks at each row: whatever the order of the file, a parent goes in first."""
    left, placed = {row["id"]: row for row in rows}, []
    while left:
        ready = [row for row in left.values() if row["parent"] not in left] or list(left.values())
        placed += ready
        left = {key: row for key, row in left.items() if row not in ready}
    return placed
