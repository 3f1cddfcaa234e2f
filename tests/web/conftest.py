"""Fixtures of the pages."""

import pytest

from tests.web.site import Site, make_site


@pytest.fixture
def site() -> Site:
    """The application on a fresh world."""
    return make_site()
