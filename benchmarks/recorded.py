"""What one move of the engine wrote, row by row, so that a bare program can write the same for other situations."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Table

from benchmarks.crowd import CASE_TABLES
from storage.database import locks_rows, transaction
from workflow.journal import seal

Value = Any
"""As the driver reads it; on PostgreSQL everything as text, which the server turns back into what a column holds."""
Rows = dict[tuple[Value, ...], dict[str, Value]]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement and, for one situation, the parameters of each of its rows. `model` stands for the reference."""

    sql: str
    rows: tuple[tuple[Value, ...], ...]
    model: str

    def of(self, reference: str) -> Iterator[list[Value]]:
        """Return the parameters for another situation."""
        for row in self.rows:
            yield [v.replace(self.model, reference) if isinstance(v, str) else v for v in row]


@dataclass(frozen=True, slots=True)
class Program:
    """A move written by hand: what changes in the situation, the lines added to the journal, all the other rows."""

    case: Statement
    lines: Statement
    others: tuple[Statement, ...]

    def written(self, reference: str, revision: int, head: str) -> list[list[list[Value]]]:
        """Return the parameters of each of `statements` for a situation as it was read.

        Its journal's lines are bound each to the one before by its digest, and it keeps the last one.
        """
        lines = []
        for line in self.lines.of(reference):
            line[-2] = head
            line[-1] = head = seal(line[:-1])
            lines.append(line)
        ((*values, name),) = self.case.of(reference)
        return [[[*values, head, name, revision]], lines, *(list(other.of(reference)) for other in self.others)]

    @property
    def statements(self) -> list[str]:
        """Return the statements in the order they are run."""
        return [self.case.sql, self.lines.sql, *(other.sql for other in self.others)]


def record(engine: Engine, model: str, move: Callable[[], object]) -> Program:
    """Let the engine make one move on a situation, and return the program that writes the same."""
    before = _rows(engine, model)
    move()
    after = _rows(engine, model)
    mark = "%s" if locks_rows(engine) else "?"
    statements: dict[str, list[Statement]] = {}
    for table in CASE_TABLES:
        old, new = before[table.name], after[table.name]
        statements[table.name] = [*_updates(table, old, new, model, mark), *_inserts(table, old, new, model, mark)]
    (case,), (lines,) = statements.pop("cases"), statements.pop("journal")
    return Program(case, lines, tuple(statement for found in statements.values() for statement in found))


def _rows(engine: Engine, model: str) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    text, mark = ("::text", "%s") if locks_rows(engine) else ("", "?")
    with transaction(engine, writes=False) as connection:
        for table in CASE_TABLES:
            columns = ", ".join(f'"{column.name}"{text} AS "{column.name}"' for column in table.c)
            query = f"SELECT {columns} FROM {table.name} WHERE reference = {mark}"  # noqa: S608  # our own names
            rows = connection.exec_driver_sql(query, (model,)).mappings()
            found[table.name] = {tuple(row[key.name] for key in table.primary_key): dict(row) for row in rows}
    return found


def _updates(table: Table, old: Rows, new: Rows, model: str, mark: str) -> Iterator[Statement]:
    """Rows that were there: the columns that changed; the situation is written over the revision that was read."""
    keys = [column.name for column in table.primary_key]
    by_columns: dict[tuple[str, ...], list[tuple[Value, ...]]] = defaultdict(list)
    for key in old.keys() & new.keys():
        changed = tuple(name for name, value in new[key].items() if value != old[key][name] and name != "head")
        if changed:
            by_columns[changed].append((*(new[key][name] for name in changed), *key))
    for changed, rows in by_columns.items():
        columns = [*changed, "head"] if table.name == "cases" else list(changed)
        where = [*keys, "revision"] if table.name == "cases" else keys
        sets, guards = (
            sep.join(f'"{n}" = {mark}' for n in names) for sep, names in ((", ", columns), (" AND ", where))
        )
        yield Statement(f"UPDATE {table.name} SET {sets} WHERE {guards}", tuple(rows), model)  # noqa: S608  # same


def _inserts(table: Table, old: Rows, new: Rows, model: str, mark: str) -> Iterator[Statement]:
    added = [_own(row, model) for key, row in sorted(new.items()) if key not in old]
    if added:
        names = [name for name in added[0] if name != "id"]
        columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join([mark] * len(names))
        rows = tuple(tuple(row[name] for name in names) for row in added)
        yield Statement(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", rows, model)  # noqa: S608  # same


def _own(row: dict[str, Value], model: str) -> dict[str, Value]:
    """What is unique must name the situation, so that each gets its own."""
    decision = row.get("decision_id")
    return row if decision is None or model in decision else row | {"decision_id": f"{decision}-{model}"}
