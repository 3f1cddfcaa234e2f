"""How long a person waits for a decision while the pump plays what is due in another process."""

from collections.abc import Generator, Sequence
from datetime import datetime
from multiprocessing.synchronize import Event
from statistics import quantiles
from time import perf_counter, sleep

from benchmarks.crowd import big, engine_on, instant, store_on
from benchmarks.decisions import decide_one_by_one
from benchmarks.processes import SPAWN, started
from benchmarks.rounds import Rounds, Run
from orp.pump import Pump
from workflow.clock import VirtualClock
from workflow.engine import Engine

PAUSE = 0.002
"""Seconds between two decisions: a steady trickle."""


def measure(run: Run) -> Rounds:
    """Compare the 99th percentile during the pump with that at rest."""
    base, sizes = big(run), run.sizes
    now = instant(sizes.rounds)
    engine = engine_on(store_on(base.url), VirtualClock(now))
    decide_one_by_one(engine, base.warming[1:])
    spare = base.drafts[sizes.rounds * sizes.single :]
    for number in range(sizes.rounds):
        mine = spare[number * 2 * sizes.person :][: 2 * sizes.person]
        idle = _waits(engine, mine[: sizes.person])
        pumped, moves = _during(base.url, now, engine, mine[sizes.person :])
        yield {
            "decide_p99_ms": idle,
            "decide_p99_pump_ms": pumped,
            "decide_p99_ratio": pumped / idle,
            "pump_per_s": moves,
        }


def pump(url: str, now: datetime, stop: Event) -> Generator[None, None, tuple[bool, float]]:
    """Play and rest in turn until told to stop; return whether something was always due, and moves per second."""
    store = store_on(url)
    engine = engine_on(store, VirtualClock(now))
    engine.tick(1)
    yield
    begin, moved = perf_counter(), 0
    for done in Pump(engine, store, stop.wait).run():
        moved += done.cases
        if stop.is_set():
            return True, moved / (perf_counter() - begin)
    return False, moved / (perf_counter() - begin)


def _during(url: str, now: datetime, engine: Engine, drafts: Sequence[str]) -> tuple[float, float]:
    """Return the 99th percentile of a decision, in milliseconds, and how many moves a second were made meanwhile."""
    stop = SPAWN.Event()
    with started(pump, url, now, stop) as other:
        other.go()
        waits = _waits(engine, drafts)
        stop.set()
        always, moves = other.result()
    if not always:
        raise RuntimeError("the pump had nothing left to do: more must be due")
    return waits, moves


def _waits(engine: Engine, drafts: Sequence[str]) -> float:
    """Return the 99th percentile of a decision, in milliseconds."""
    took = []
    for draft in drafts:
        start = perf_counter()
        decide_one_by_one(engine, [draft])
        took.append(perf_counter() - start)
        sleep(PAUSE)
    return quantiles(took, n=100, method="inclusive")[-1] * 1000
