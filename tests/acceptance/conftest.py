"""Every story begins on Monday 5 January 2026, nine o'clock, in a world of its own."""

import pytest

from tests.world import World, make_world


@pytest.fixture
def world() -> World:
    return make_world()
