"""The pump: everything due is played, in batches that are sized by how long they hold the lock."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from orp.pump import FEWEST, FIRST, HOLD, MOST, Pump
from tests.world import FORM, START, World, make_world
from workflow.errors import accepted
from workflow.opening import Draft

CASES = 60


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = make_world(f"sqlite:///{tmp_path}/orp.sqlite")
    drafts = [Draft(f"o{n}", "maelle.riou", "antenne-fougeres", "35") for n in range(CASES)]
    references = [accepted(result).reference for result in world.engine.open(drafts)]
    world.engine.decide([world.decision(reference, "deposer", "maelle.riou", FORM) for reference in references])
    world.clock.set(START + timedelta(days=10))
    yield world
    world.store.engine.dispose()


def test_everything_is_played_and_each_batch_is_followed_by_a_rest(world: World) -> None:
    rests: list[float] = []
    batches = list(Pump(world.engine, world.store, rests.append).run())
    assert sum(batch.cases for batch in batches) == CASES
    assert len(rests) == len(batches) > 1
    assert all(rest > 0 for rest in rests)
    assert not world.engine.tick().cases


@pytest.mark.parametrize(
    ("held", "size"), [(HOLD / 50, MOST), (HOLD, FIRST), (200 * HOLD, FEWEST), (0.0, (FIRST + MOST) // 2)]
)
def test_a_batch_goes_half_way_to_what_holds_the_lock_just_long_enough(world: World, held: float, size: int) -> None:
    assert Pump(world.engine, world.store)._next_size(FIRST, held) == size
