"""Organisations, people and the functions they hold."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Executable,
    RowMapping,
    Table,
    bindparam,
    insert,
    inspect,
    or_,
    select,
)

from storage.database import transaction
from storage.tables import TABLES
from workflow.circuit.model import Slot
from workflow.errors import Refusal
from workflow.model import Facts, Organisation, Party, Person
from workflow.ports import Places
from workflow.words import counted, enumerate_words

ORGANISATIONS, PEOPLE, ASSIGNMENTS = TABLES["organisations"], TABLES["people"], TABLES["assignments"]

Rows = list[dict[str, Any]]

_ORGANISATION = [f.name for f in fields(Organisation)]

# Statements are built once: building them costs more than most of them take.
WANTED: BindParameter[str] = bindparam("wanted", expanding=True)
AT = bindparam("at", type_=ASSIGNMENTS.c.since.type)
THESE = select(ORGANISATIONS).where(ORGANISATIONS.c.id.in_(WANTED))
CURRENT = (ASSIGNMENTS.c.since <= AT) & or_(ASSIGNMENTS.c.until.is_(None), ASSIGNMENTS.c.until > AT)
ASSIGNED = select(
    PEOPLE.c.id,
    PEOPLE.c.name,
    PEOPLE.c.mailbox,
    PEOPLE.c.refused_at,
    ASSIGNMENTS.c.organisation,
    ASSIGNMENTS.c.function,
)
THERE = (
    ASSIGNED.select_from(ASSIGNMENTS)
    .join(PEOPLE, PEOPLE.c.id == ASSIGNMENTS.c.person)
    .where(CURRENT, ASSIGNMENTS.c.organisation.in_(WANTED))
)
"""Whoever holds a function in these organisations."""
THEM = ASSIGNED.select_from(
    PEOPLE.join(ASSIGNMENTS, (PEOPLE.c.id == ASSIGNMENTS.c.person) & CURRENT, isouter=True)
).where(PEOPLE.c.id.in_(WANTED))
"""These people, with what they hold anywhere."""


class Directory:
    """Reads and fills the directory on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def facts(self, organisations: Collection[str], people: Collection[str], at: datetime) -> Facts:
        """Return these organisations, whoever holds a function there at `at`, and these people."""
        rows = self._connection.execute(THESE, {"wanted": list(organisations)}).mappings()
        known = {row["id"]: Organisation(**{name: row[name] for name in _ORGANISATION}) for row in rows}
        return Facts(organisations=known, people=self._people(organisations, people, at))

    def _people(self, organisations: Collection[str], people: Collection[str], at: datetime) -> dict[str, Person]:
        rows = [*self._assigned(THERE, organisations, at), *self._assigned(THEM, people, at)]
        functions: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for row in rows:
            if row["function"]:
                functions[row["id"]].add((row["organisation"], row["function"]))
        return {
            row["id"]: Person(
                row["id"], row["name"], frozenset(functions[row["id"]]), row["mailbox"], row["refused_at"] is None
            )
            for row in rows
        }

    def _assigned(self, query: Executable, wanted: Collection[str], at: datetime) -> Sequence[RowMapping]:
        if not wanted:
            return []
        return self._connection.execute(query, {"wanted": list(wanted), "at": at}).mappings().all()

    def places(self, antenne: str, departement: str) -> Places:
        """Return where a situation of this antenne and département goes: the département decides, not the DAC.

        The région is the ARS of the département's delegation; only the reference bears that of the DAC.
        """
        dac = self._parent(antenne, "antenne")
        row = self._connection.execute(select(ORGANISATIONS).where(ORGANISATIONS.c.id == dac)).mappings().one()
        region = self._connection.execute(
            select(ORGANISATIONS.c.code).where(ORGANISATIONS.c.id == row["parent"])
        ).scalar_one()
        governance = ORGANISATIONS.c.kind == "gouvernance"
        delegation = self._delegation(departement)
        found = {
            Slot.ANTENNE: antenne,
            Slot.DAC: dac,
            Slot.GOVERNANCE: self._one(
                governance & (ORGANISATIONS.c.parent == dac), f"Le DAC « {dac} » n’a pas de gouvernance."
            ),
            Slot.DD: delegation,
            Slot.REGION: self._ars_of(delegation),
            Slot.NATIONAL: self._only(ORGANISATIONS.c.kind == "national"),
        }
        parties = {str(slot): Party(str(slot), known, None) for slot, known in found.items() if known}
        return Places(dac, region, row["code"], parties)

    def address(self, person: str) -> str | None:
        """Return the mail address of a person."""
        found: str | None = self._connection.execute(select(PEOPLE.c.email).where(PEOPLE.c.id == person)).scalar()
        return found

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

    def _parent(self, organisation: str, kind: str) -> str:
        query = select(ORGANISATIONS.c.parent).where(ORGANISATIONS.c.id == organisation, ORGANISATIONS.c.kind == kind)
        found: str | None = self._connection.execute(query).scalar()
        if found is None:
            known = self._connection.execute(select(ORGANISATIONS.c.id).where(ORGANISATIONS.c.kind == kind)).scalars()
            raise Refusal(
                f"« {organisation} » n’est pas une antenne connue. Antennes : {', '.join(sorted(known)) or 'aucune'}."
            )
        return found

    def _delegation(self, departement: str) -> str:
        here = (ORGANISATIONS.c.kind == "dd") & (ORGANISATIONS.c.departement == departement)
        return self._one(
            here, f"Aucune délégation départementale n’est enregistrée pour le département « {departement} »."
        )

    def _ars_of(self, delegation: str) -> str | None:
        parent = select(ORGANISATIONS.c.parent).where(ORGANISATIONS.c.id == delegation).scalar_subquery()
        return self._only((ORGANISATIONS.c.kind == "region") & (ORGANISATIONS.c.id == parent))

    def _one(self, condition: ColumnElement[bool], sentence: str) -> str:
        found = self._all(condition)
        if len(found) > 1:
            raise Refusal(f"Une seule structure est attendue là où l’annuaire en a plusieurs : {', '.join(found)}.")
        if not found:
            raise Refusal(sentence)
        return found[0]

    def _only(self, condition: ColumnElement[bool]) -> str | None:
        """Return the organisation that meets a condition, None if there is none or more than one."""
        found = self._all(condition)
        return found[0] if len(found) == 1 else None

    def _all(self, condition: ColumnElement[bool]) -> list[str]:
        query = select(ORGANISATIONS.c.id).where(condition).order_by(ORGANISATIONS.c.id)
        return list(self._connection.execute(query).scalars())


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
