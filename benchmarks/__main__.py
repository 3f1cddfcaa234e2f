"""`python -m benchmarks [--json]`: medians of five rounds, ours beside the bare driver."""

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks import circuits
from orp.demo import play_year
from orp.demo_year import draw_year
from tests.world import FORM, World, make_world
from workflow.circuit.loader import load_circuit, shipped_files

ROUNDS, CASES = 5, 60


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    with tempfile.TemporaryDirectory() as folder:
        found = {
            name: round(median(measure(Path(folder), n) for n in range(ROUNDS)), 3)
            for name, measure in MEASURES.items()
        }
    found["single_ratio"] = round(found["single_per_s"] / found["bare_per_s"], 3)
    found["cli_ratio"] = round(found["cli_ms"] / found["click_ms"], 2)
    print(json.dumps(found) if as_json else "\n".join(f"{name:>16}  {value}" for name, value in found.items()))


def single(folder: Path, number: int) -> float:
    """Return decisions per second, one by one, on a SQLite file with synchronous=FULL."""
    world = _world(folder, f"single{number}")
    references = [world.open() for _ in range(CASES)]
    return CASES / _seconds(lambda: [world.decide(r, "deposer", "maelle.riou", FORM) for r in references])


def tick(folder: Path, number: int) -> float:
    """Return situations per second when many fall due in one tick."""
    world = _world(folder, f"tick{number}")
    references = [world.open() for _ in range(CASES)]
    world.engine.decide([world.decision(r, "deposer", "maelle.riou", FORM) for r in references])
    world.clock.set(world.clock.now().replace(day=20))
    return CASES / _seconds(world.tick)


def idle(folder: Path, number: int) -> float:
    """Return the microseconds of a tick when nothing is due."""
    world = _world(folder, f"idle{number}")
    world.open()
    return _seconds(lambda: [world.engine.tick() for _ in range(100)]) * 1e4


def bare(folder: Path, number: int) -> float:
    """Return transactions per second of the bare driver writing as many rows with the same durability."""
    connection = sqlite3.connect(folder / f"bare{number}.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c TEXT)")

    def write() -> None:
        for _ in range(CASES):
            connection.execute("BEGIN IMMEDIATE")
            for _row in range(16):  # case, 4 parties, 3 obligations, journal line, 2 texts, 5 answers
                connection.execute("INSERT INTO t (b, c) VALUES (?, ?)", ("x" * 40, "y" * 200))
            connection.execute("COMMIT")

    seconds = _seconds(write)
    connection.close()
    return CASES / seconds


def circuit(_folder: Path, _number: int) -> float:
    """Return the milliseconds to read, check and compile the national circuit."""
    files = shipped_files("national")
    return _seconds(lambda: load_circuit(files, "national")) * 1000


def command(*words: str) -> Callable[[Path, int], float]:
    """Return a measure of a whole process, in milliseconds."""
    return lambda _folder, _number: _seconds(lambda: subprocess.run(words, check=True, capture_output=True)) * 1000  # noqa: S603 - our own words


def demo_year(folder: Path, number: int) -> float:
    """Return the seconds the year of the demonstration takes: sixty situations, every mail sent over SMTP."""
    return _seconds(lambda: play_year(draw_year(2026), folder / f"year{number}"))


def _world(folder: Path, name: str) -> World:
    return make_world(f"sqlite:///{folder / name}.sqlite")


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


MEASURES: dict[str, Callable[[Path, int], float]] = {
    "single_per_s": single,
    "bare_per_s": bare,
    "due_per_s": tick,
    "idle_tick_us": idle,
    "circuit_ms": circuit,
    "worst_mutant_ms": circuits.worst_ms,
    "worst_mutant_mb": circuits.worst_mb,
    "demo_year_s": demo_year,
    "cli_ms": command(sys.executable, "-m", "orp", "--help"),
    "click_ms": command(sys.executable, "-c", "import click"),
}


if __name__ == "__main__":
    main()
