"""Decisions of people on SQLite, one by one and many in one call, beside the bare driver on a copy of the base."""

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks import bare_sqlite
from benchmarks.crowd import deposit, multiply, ready
from benchmarks.recorded import Program, record
from benchmarks.rounds import Rounds, Run, compared, per_second
from tests.world import make_world
from workflow.engine import Engine
from workflow.errors import accepted


def measure(run: Run) -> Rounds:
    """Compare decisions per second, ours with bare ones."""
    sizes = run.sizes
    engine, program, drafts = _prepared(run)
    bare = Path(shutil.copy(run.file("decisions"), run.file("decisions_bare")))
    for number in range(sizes.rounds):
        taken = drafts[number * (sizes.single + sizes.batch) :]
        single, batch = taken[: sizes.single], taken[sizes.single : sizes.single + sizes.batch]
        yield {
            **compared(
                "single",
                number,
                partial(_speed, single, partial(decide_one_by_one, engine)),
                partial(_speed, single, partial(bare_sqlite.decide, bare, program, at_once=1)),
            ),
            **compared(
                "batch",
                number,
                partial(_speed, batch, partial(decide_together, engine)),
                partial(_speed, batch, partial(bare_sqlite.decide, bare, program, at_once=len(batch))),
            ),
        }


def _speed(drafts: Sequence[str], play: Callable[[Sequence[str]], None]) -> float:
    return per_second(len(drafts), lambda: play(drafts))


def decide_one_by_one(engine: Engine, drafts: Sequence[str]) -> None:
    """Hand in drafts, each in a call of its own."""
    for decision in deposit(drafts):
        accepted(engine.decide([decision])[0])


def decide_together(engine: Engine, drafts: Sequence[str]) -> None:
    """Hand in drafts in one call."""
    for result in engine.decide(deposit(drafts)):
        accepted(result)


def _prepared(run: Run) -> tuple[Engine, Program, list[str]]:
    """Fill a base with drafts, all as old as the day, and record what one decision writes."""
    sizes = run.sizes
    world = make_world(f"sqlite:///{run.file('decisions')}")
    draft = world.open()
    drafts = multiply(world, draft, "DRAFT", max(sizes.small, sizes.rounds * (sizes.single + sizes.batch)))
    program = record(world.store.engine, draft, lambda: decide_one_by_one(world.engine, [draft]))
    ready(world)
    return world.engine, program, drafts
