"""What falls due: moves of the tick, how much memory they take, and what a tick costs when there is nothing to do."""

import os
from collections.abc import Generator
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.crowd import MEASURED, big, deposited, engine_on, instant, multiply, ready, store_on
from benchmarks.decisions import decide_one_by_one
from benchmarks.processes import together
from benchmarks.rounds import Round, Rounds, Run, per_second
from orp.pump import MOST
from tests.world import make_world
from workflow.clock import VirtualClock
from workflow.engine import Engine

STATM = Path("/proc/self/statm")
MEGABYTE = 1_000_000


def measure(run: Run) -> Rounds:
    """Compare what falls due with decisions one by one on the same base."""
    base, sizes = big(run), run.sizes
    clock = VirtualClock(MEASURED)
    engine = engine_on(store_on(base.url), clock)
    decide_one_by_one(engine, base.warming[:1])
    for number in range(sizes.rounds):
        clock.set(instant(number))
        drafts = base.drafts[number * sizes.single :][: sizes.single]
        single = per_second(len(drafts), partial(decide_one_by_one, engine, drafts))
        seconds, [(moved, memory)] = together(tick, [(base.url, instant(number))])
        if moved != sizes.due - 1:
            raise RuntimeError(f"{moved} situations moved, {sizes.due - 1} were due")
        yield {"due_per_s": moved / seconds, "due_over_single": moved / seconds / single, **memory}


def tick(url: str, now: datetime) -> Generator[None, None, tuple[int, Round]]:
    """Play what is due, one situation while getting ready; return how many moved, and the memory it took.

    The first one loads the circuit and lets the database library prepare its statements: what the process holds from
    then on does not depend on how many are due.
    """
    engine = engine_on(store_on(url), VirtualClock(now))
    cold = _resident()
    engine.tick(1)
    yield
    warm, moved, most = _resident(), 0, 0.0
    while played := engine.tick(MOST).cases:
        moved += played
        most = max(most, _resident())
    if not STATM.exists():  # nothing but Linux tells
        return moved, {}
    return moved, {"tick_rss_first_mb": warm - cold, "tick_rss_growth_mb": most - warm}


def idle(run: Run) -> Rounds:
    """Compare a tick that has nothing to do on a big base and on a small one."""
    sizes = run.sizes
    small = make_world(f"sqlite:///{run.file('small')}", MEASURED)
    multiply(small, deposited(small), "LATER", sizes.small)
    ready(small)
    engines = {"small": small.engine, "big": engine_on(store_on(big(run).url), VirtualClock(MEASURED))}
    for _ in range(sizes.rounds):
        took: dict[str, list[float]] = {name: [] for name in engines}
        for _ in range(sizes.idle):
            for name, engine in engines.items():
                took[name].append(_seconds(engine))
        milliseconds = {name: median(seconds) * 1000 for name, seconds in took.items()}
        yield {
            "idle_small_ms": milliseconds["small"],
            "idle_big_ms": milliseconds["big"],
            "idle_tick_ratio": milliseconds["big"] / milliseconds["small"],
        }


def _seconds(engine: Engine) -> float:
    start = perf_counter()
    if engine.tick().cases:
        raise RuntimeError("something is due")
    return perf_counter() - start


def _resident() -> float:
    """Return the megabytes this process holds in memory."""
    if not STATM.exists():
        return 0.0
    return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
