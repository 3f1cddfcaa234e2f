"""What the tests of the pure core begin with."""

import pytest

from tests.small_circuit import Story, small


@pytest.fixture
def story() -> Story:
    return Story(small())
