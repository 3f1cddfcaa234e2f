"""Several workers play what is due on one PostgreSQL, beside as many bare programs that take as many at once."""

from collections.abc import Generator
from datetime import datetime
from functools import partial

from benchmarks import bare_postgres
from benchmarks.crowd import MEASURED, deposited, engine_on, instant, multiply, ready, store_on
from benchmarks.processes import Work, together
from benchmarks.recorded import Program, record
from benchmarks.rounds import Rounds, Run, Skipped, compared
from orp.pump import MOST
from tests.postgres import Postgres, Unavailable, running
from tests.world import make_world
from workflow.clock import VirtualClock


def measure(run: Run) -> Rounds:
    """Compare what falls due, ours with bare ones."""
    try:
        with running(durable=True) as server:
            yield from _measured(server, run)
    except Unavailable as why:
        raise Skipped(f"pas de PostgreSQL ici ({why})") from None


def tick(url: str, now: datetime, at_once: int) -> Generator[None, None, int]:
    """Play what is due until nothing is, one situation while getting ready; return how many moved."""
    engine = engine_on(store_on(url), VirtualClock(now))
    engine.tick(1)
    yield
    done = 0
    while moved := engine.tick(at_once).cases:
        done += moved
    return done


def _measured(server: Postgres, run: Run) -> Rounds:
    with server.fresh() as url:
        program = _filled(url, run)
        for number in range(run.sizes.rounds):
            first, second = instant(2 * number), instant(2 * number + 1)  # whoever begins must leave the other's alone
            mine, theirs = (first, second) if number % 2 == 0 else (second, first)
            ours, bare = (url, mine, MOST), (url, theirs, MOST, program)
            yield compared(
                "pg_due", number, partial(_speed, run, tick, ours), partial(_speed, run, bare_postgres.tick, bare)
            )


def _filled(url: str, run: Run) -> Program:
    """Fill a base, let the engine play one situation of it, and return how that is written by hand."""
    sizes = run.sizes
    world = make_world(url)
    old = deposited(world)
    for number in range(2 * sizes.rounds):
        multiply(world, old, f"DUE{number}", sizes.due, instant(number))
    world.clock.set(MEASURED)
    program = record(world.store.engine, old, world.tick)
    ready(world)
    return program


def _speed(run: Run, work: Work[int], call: tuple[object, ...]) -> float:
    seconds, moved = together(work, [call] * run.sizes.workers)
    if sum(moved) != run.sizes.due - run.sizes.workers:
        raise RuntimeError(f"{sum(moved)} situations moved: others were due")
    return sum(moved) / seconds
