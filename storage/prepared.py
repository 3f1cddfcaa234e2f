"""Statements whose text is made once and handed to the driver as it is.

SQLAlchemy prepares each execution anew: on a single row that takes several times what the database does
(docs/mesures.md). It still writes every text and knows how to turn every value; only the way to the driver is shorter.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnDefault, CompoundSelect, Connection, Dialect, Executable, Select, bindparam
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]
Selected = Select[Any] | CompoundSelect[Any]

KEPT = 256
"""Texts of one query that a process keeps: one for each database it opened and each size of list."""


class Text:
    """The text of one statement for one database, and how to turn the values that go in and come out."""

    def __init__(self, statement: Executable, dialect: Dialect, columns: Sequence[str] | None = None) -> None:
        """`columns` are those a row to write has; a select reads its own."""
        compiled = statement.compile(dialect=dialect, column_keys=columns)  # type: ignore[attr-defined]  # all have it
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(f"{type(statement).__name__} has no text")
        self._text = compiled.string
        self._order = compiled.positiontup
        self._fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        defaults = {column.key: column.default for column in compiled.insert_prefetch}
        self._fixed |= {name: default.arg for name, default in defaults.items() if isinstance(default, ColumnDefault)}
        sent = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
        self._sent = [(name, convert) for name, convert in sent.items() if convert]
        read = list(statement.selected_columns) if isinstance(statement, Select | CompoundSelect) else []
        self._names = [column.name for column in read]
        found = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in read]
        self._found = [(place, convert) for place, convert in enumerate(found) if convert]

    def rows(self, connection: Connection, values: Values) -> list[dict[str, Any]]:
        """Return what a select finds."""
        return [self._row(row) for row in _driver(connection).execute(self._text, self._parameters(values))]

    def write(self, connection: Connection, rows: Iterable[Values]) -> int:
        """Run the statement for each row; return how many rows it wrote."""
        written: int = _driver(connection).executemany(self._text, map(self._parameters, rows)).rowcount
        return written

    def _parameters(self, values: Values) -> Any:
        given = {**self._fixed, **values}
        for name, convert in self._sent:
            given[name] = convert(given[name])
        return given if self._order is None else [given[name] for name in self._order]

    def _row(self, row: Iterable[Any]) -> dict[str, Any]:
        found = list(row)
        for place, convert in self._found:
            found[place] = convert(found[place])
        return dict(zip(self._names, found, strict=True))


class Query:
    """What is found by a list of values: `make` returns the select for a list of parameters.

    The list is filled up to 1, 2, 4, 8… values by repeating the last one: a few texts serve any number of values.
    """

    def __init__(self, make: Callable[[Sequence[BindParameter[Any]]], Selected]) -> None:
        self._text = lru_cache(KEPT)(
            lambda dialect, size: Text(make([bindparam(f"wanted_{n}") for n in range(size)]), dialect)
        )

    def rows(self, connection: Connection, wanted: Collection[Any], **values: Any) -> list[dict[str, Any]]:
        """Return the rows found by `wanted`, none if nothing is; `values` are the other parameters, by name."""
        if not wanted:
            return []
        given = list(wanted)
        size = 1 << (len(given) - 1).bit_length()
        given += given[-1:] * (size - len(given))
        listed = {f"wanted_{n}": value for n, value in enumerate(given)}
        return self._text(connection.dialect, size).rows(connection, listed | values)


class Fixed:
    """A select that asks for no list."""

    def __init__(self, select: Selected) -> None:
        self._text = lru_cache(KEPT)(lambda dialect: Text(select, dialect))

    def rows(self, connection: Connection, **values: Any) -> list[dict[str, Any]]:
        """Return the rows it finds; `values` are its parameters, by name."""
        return self._text(connection.dialect).rows(connection, values)


def _driver(connection: Connection) -> Any:
    """Both drivers let a connection execute a text; errors are told as SQLAlchemy's are (storage.database)."""
    return connection.connection.driver_connection
