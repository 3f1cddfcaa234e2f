"""The same decisions by stdlib sqlite3: hand-written SQL, write-ahead log, synchronous=FULL.

It reads the rows the engine reads (the situation, its parties, its open obligations, the questions answered, the
structures and people around it) and writes the rows the engine wrote, over the revision it read, the journal chained by
SHA-256. It knows the outcome beforehand: no rule is applied, no right checked, no date counted, no recipient found.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

from benchmarks.recorded import Program

READ = (
    "SELECT * FROM parties WHERE reference = ?",
    "SELECT * FROM obligations WHERE reference = ? AND status = 'ouvert' ORDER BY n",
    "SELECT field FROM form_answers WHERE reference = ?",
    "SELECT field FROM contents WHERE reference = ?",
    "SELECT o.* FROM organisations o JOIN parties s ON s.organisation = o.id WHERE s.reference = ?",
    "SELECT p.*, a.organisation, a.function FROM people p JOIN assignments a ON a.person = p.id "
    "JOIN parties s ON s.organisation = a.organisation WHERE s.reference = ?",
)
"""What the engine reads too: what a decision is judged by, and who must be told of it."""


def decide(path: Path, program: Program, references: Sequence[str], *, at_once: int) -> None:
    """Make the move on each situation, `at_once` in a transaction."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.row_factory = sqlite3.Row
        for start in range(0, len(references), at_once):
            connection.execute("BEGIN IMMEDIATE")
            _write(connection, program, references[start : start + at_once])
            connection.execute("COMMIT")


def _write(connection: sqlite3.Connection, program: Program, references: Sequence[str]) -> None:
    written = []
    for reference in references:
        case = connection.execute("SELECT * FROM cases WHERE reference = ?", (reference,)).fetchone()
        for query in READ:
            connection.execute(query, (reference,)).fetchall()
        written.append(program.written(reference, case["revision"], case["head"]))
    for number, statement in enumerate(program.statements):
        rows = list(chain.from_iterable(situation[number] for situation in written))
        done = connection.executemany(statement, rows).rowcount
        if done != len(rows):
            raise RuntimeError(f"{done} rows instead of {len(rows)}: {statement}")
