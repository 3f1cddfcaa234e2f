"""The same tick by psycopg: hand-written SQL, situations claimed by FOR UPDATE SKIP LOCKED, many in a transaction.

What it reads, writes and leaves out: see `bare_sqlite`.
"""

from collections.abc import Generator
from datetime import datetime
from itertools import chain
from typing import Any

import psycopg
from psycopg.rows import dict_row

from benchmarks.recorded import Program

DUE = "SELECT * FROM cases WHERE wake_at <= %s ORDER BY wake_at, reference LIMIT %s FOR UPDATE SKIP LOCKED"
READ = (
    "SELECT * FROM parties WHERE reference = ANY(%s)",
    "SELECT * FROM obligations WHERE reference = ANY(%s) AND status = 'ouvert' ORDER BY n",
    "SELECT reference, field FROM form_answers WHERE reference = ANY(%s)",
    "SELECT reference, field FROM contents WHERE reference = ANY(%s)",
    "SELECT * FROM organisations WHERE id IN (SELECT organisation FROM parties WHERE reference = ANY(%s))",
    "SELECT p.*, a.organisation, a.function FROM people p JOIN assignments a ON a.person = p.id "
    "WHERE a.organisation IN (SELECT organisation FROM parties WHERE reference = ANY(%s))",
)
"""What the engine reads too: what a move is judged by, and who must be told of it."""


def tick(url: str, now: datetime, at_once: int, program: Program) -> Generator[None, None, int]:
    """Play what is due until nothing is, one situation while getting ready; return how many moved."""
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        _tick(connection, program, now, 1)
        yield
        done = 0
        while moved := _tick(connection, program, now, at_once):
            done += moved
        return done


def _tick(connection: psycopg.Connection[dict[str, Any]], program: Program, now: datetime, at_once: int) -> int:
    with connection.transaction(), connection.cursor() as cursor:
        cases = cursor.execute(DUE, (now, at_once)).fetchall()
        if not cases:
            return 0
        for query in READ:
            cursor.execute(query, ([case["reference"] for case in cases],)).fetchall()
        written = [program.written(case["reference"], case["revision"], case["head"]) for case in cases]
        for number, statement in enumerate(program.statements):
            rows = list(chain.from_iterable(situation[number] for situation in written))
            cursor.executemany(statement, rows)
            if cursor.rowcount != len(rows):
                raise RuntimeError(f"{cursor.rowcount} rows instead of {len(rows)}: {statement}")
        return len(cases)
