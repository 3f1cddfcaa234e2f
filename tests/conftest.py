"""What all tests may ask for."""

import os
from collections.abc import Iterator

import pytest

from tests.postgres import Postgres, Unavailable, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, started by the first test that asks for it; each process of xdist has its own."""
    try:
        with running() as server:
            yield server
    except Unavailable as why:
        refuse = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        refuse(f"PostgreSQL : {why}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted; a property crosses the processes of xdist, what is printed does not."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name} : {value}")
