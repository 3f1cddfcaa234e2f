"""The benchmarks run and give their figures; bare programs write what they are compared for. No speed is asserted."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from benchmarks import bare_postgres, bare_sqlite
from benchmarks.crowd import CASE_TABLES, MEASURED, deposited, instant, multiply
from benchmarks.decisions import decide_one_by_one
from benchmarks.recorded import record
from storage.database import transaction
from tests.postgres import Postgres
from tests.world import make_world

ROOT = Path(__file__).parents[2]
RATIOS = {
    "single_ratio",
    "batch_ratio",
    "due_over_single",
    "idle_tick_ratio",
    "decide_p99_ratio",
    "pg_due_ratio",
    "mail_ratio",
    "cli_ratio",
    "inbox_ratio",
    "situation_ratio",
}
ITS_OWN = {"id", "message_id", "previous", "digest", "head"}
"""What two situations never share: numbers, and digests that cover the reference."""
SECONDS = 300


def rows(engine: Engine, reference: str) -> dict[str, list[dict[str, Any]]]:
    """All the rows of a situation, its reference left out of them."""
    with transaction(engine, writes=False) as connection:
        return {
            table.name: [
                {
                    name: value.replace(reference, "…") if isinstance(value, str) else value
                    for name, value in row.items()
                    if name not in ITS_OWN
                }
                for row in connection.execute(
                    select(table).where(table.c.reference == reference).order_by(*table.primary_key)
                ).mappings()
            ]
            for table in CASE_TABLES
        }


def chain(engine: Engine, reference: str) -> list[tuple[str, str]]:
    """The last link of a journal, and the head that the situation keeps."""
    cases, journal = CASE_TABLES[0], next(table for table in CASE_TABLES if table.name == "journal")
    with transaction(engine, writes=False) as connection:
        query = select(journal.c.digest, cases.c.head).join(cases, cases.c.reference == journal.c.reference)
        found = connection.execute(query.where(journal.c.reference == reference, journal.c.seq == cases.c.seq))
        return [(row.digest, row.head) for row in found]


def test_every_figure_is_there(postgres: Postgres) -> None:
    """A whole run, tiny, in a process of its own; `postgres`: without a server, one of the figures is left out."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "benchmarks", "--quick", "--json"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures.keys() >= RATIOS
    assert {key: value for key, value in figures.items() if key != "tick_rss_growth_mb" and value <= 0} == {}
    assert (figures.get("tick_rss_growth_mb", -1) >= 0) == Path("/proc/self/statm").exists()


def test_a_bare_decision_writes_the_rows_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "orp.sqlite"
    world = make_world(f"sqlite:///{path}")
    engine, draft = world.store.engine, world.open()
    ours, bare, other = multiply(world, draft, "DRAFT", 3)
    untouched = rows(engine, other)
    program = record(engine, draft, lambda: decide_one_by_one(world.engine, [draft]))
    decide_one_by_one(world.engine, [ours])
    bare_sqlite.decide(path, program, [bare], at_once=1)
    assert rows(engine, bare) == rows(engine, ours)
    assert rows(engine, bare) != untouched == rows(engine, other)
    ((digest, head),) = chain(engine, bare)
    assert digest == head
    with pytest.raises(sqlite3.IntegrityError):  # a decision is played once
        bare_sqlite.decide(path, program, [bare], at_once=1)


def test_a_bare_tick_writes_the_rows_of_ours(postgres: Postgres) -> None:
    with postgres.fresh() as url:
        world = make_world(url)
        engine, old = world.store.engine, deposited(world)
        (ours,) = multiply(world, old, "OURS", 1)
        (bare,) = multiply(world, old, "BARE", 1, instant(0))
        world.clock.set(MEASURED)
        program = record(engine, old, world.tick)
        next(bare_postgres.tick(url, instant(0), 10, program))  # one is played while getting ready
        moved, mine = rows(engine, bare), rows(engine, ours)
        engine.dispose()
    assert moved == mine
