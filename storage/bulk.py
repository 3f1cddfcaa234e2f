"""Many rows in one statement: on SQLite the driver repeats it, on PostgreSQL one statement carries them all."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.prepared import KEPT, Text

Rows = Sequence[dict[str, Any]]
"""Whole rows: every column that has no default of its own."""

Insert = sqlite.Insert | postgresql.Insert

REVISION = "revision"
"""A table that has this column is only written over the revision that comes just before."""


def insert_all(connection: Connection, table: Table, rows: Rows) -> None:
    """Add rows."""
    _run(connection, _insert(table, connection.dialect.name), rows)


def insert_new(connection: Connection, table: Table, rows: Rows, key: str) -> None:
    """Add the rows whose `key` is not there yet; the others are left as they are."""
    _run(connection, _insert_new(table, connection.dialect.name, key), rows)


def insert_keyed(connection: Connection, table: Table, rows: Rows, key: ColumnElement[str]) -> dict[str, int]:
    """Add the rows whose `key` is not there yet; return the number each was given."""
    new = _plain(table, connection.dialect.name).on_conflict_do_nothing(index_elements=[key])
    made = connection.execute(new.returning(key, table.c.id), list(rows)) if rows else ()
    return {row[0]: row[1] for row in made}


def upsert(connection: Connection, table: Table, rows: Rows) -> bool:
    """Add rows, or write over those of the same primary key; False if somebody wrote one of them meanwhile."""
    return _run(connection, _upsert(table, connection.dialect.name), rows) == len(rows)


def _run(connection: Connection, statement: Executable, rows: Rows) -> int:
    """Return how many rows were written."""
    if not rows:
        return 0
    if connection.dialect.name == "sqlite":
        return _text(statement, connection.dialect, tuple(rows[0])).write(connection, rows)
    done = connection.execute(statement, list(rows))
    return len(done.all())


@lru_cache(KEPT)
def _text(statement: Executable, dialect: Dialect, columns: tuple[str, ...]) -> Text:
    return Text(statement, dialect, columns)


@cache
def _insert(table: Table, dialect: str) -> Executable:
    return _sent(_plain(table, dialect), table)


@cache
def _insert_new(table: Table, dialect: str, key: str) -> Executable:
    return _sent(_plain(table, dialect).on_conflict_do_nothing(index_elements=[key]), table)


@cache
def _upsert(table: Table, dialect: str) -> Executable:
    statement, theirs = _plain(table, dialect), table.c
    mine = statement.excluded
    replacing = statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={column.name: mine[column.name] for column in theirs if not column.primary_key},
        where=theirs[REVISION] == mine[REVISION] - 1 if REVISION in theirs else None,
    )
    return _sent(replacing, table)


def _plain(table: Table, dialect: str) -> Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def _sent(statement: Insert, table: Table) -> Executable:
    """Asked to return something, SQLAlchemy sends PostgreSQL one statement with all the values."""
    return statement if isinstance(statement, sqlite.Insert) else statement.returning(*table.primary_key)
