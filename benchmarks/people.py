"""How long a person waits for a decision while the pump plays what is due in another process."""

from collections.abc import Generator, Sequence
from datetime import datetime
from multiprocessing.synchronize import Event
from statistics import quantiles
from time import perf_counter, sleep

from benchmarks.crowd import big, engine_on, instant
from benchmarks.decisions import decide_one_by_one
from benchmarks.processes import SPAWN, started
from benchmarks.rounds import Rounds, Run
from workflow.clock import VirtualClock
from workflow.engine import Engine

PAUSE = 0.002
"""Seconds between two decisions: a steady trickle."""
BATCH, REST = 12, 0.005
"""What the pump plays in one go, and how many seconds it then leaves the base to people."""


def measure(run: Run) -> Rounds:
    """Compare the 99th percentile during the pump with that at rest."""
    base, sizes = big(run), run.sizes
    now = instant(sizes.rounds)
    engine = engine_on(base.url, VirtualClock(now))
    decide_one_by_one(engine, base.warming[1:])
    spare = base.drafts[sizes.rounds * sizes.single :]
    for number in range(sizes.rounds):
        mine = spare[number * 2 * sizes.person :][: 2 * sizes.person]
        waits = {"idle": _waits(engine, mine[: sizes.person]), "pump": _during(base.url, now, engine, mine)}
        yield {
            "decide_p99_ms": waits["idle"],
            "decide_p99_pump_ms": waits["pump"],
            "decide_p99_ratio": waits["pump"] / waits["idle"],
        }


def pump(url: str, now: datetime, stop: Event) -> Generator[None, None, bool]:
    """Play and rest in turn until told to stop; return whether something was always due."""
    engine = engine_on(url, VirtualClock(now))
    engine.tick(BATCH)
    yield
    while not stop.is_set():
        if not engine.tick(BATCH).cases:
            return False
        sleep(REST)
    return True


def _during(url: str, now: datetime, engine: Engine, mine: Sequence[str]) -> float:
    stop = SPAWN.Event()
    with started(pump, url, now, stop) as other:
        other.go()
        wait = _waits(engine, mine[len(mine) // 2 :])
        stop.set()
        if not other.result():
            raise RuntimeError("the pump had nothing left to do: more must be due")
    return wait


def _waits(engine: Engine, drafts: Sequence[str]) -> float:
    """Return the 99th percentile of a decision, in milliseconds."""
    took = []
    for draft in drafts:
        start = perf_counter()
        decide_one_by_one(engine, [draft])
        took.append(perf_counter() - start)
        sleep(PAUSE)
    return quantiles(took, n=100, method="inclusive")[-1] * 1000
