"""How long a command takes to begin."""

import subprocess
import sys
from time import perf_counter

from benchmarks.rounds import Rounds, Run

HELP = ("-m", "orp", "--help")
CLICK = ("-c", "import click")


def measure(run: Run) -> Rounds:
    """Compare whole processes: our help page, and Python with the library of our command line."""
    for _ in range(run.sizes.rounds):
        ours, click = _milliseconds(HELP), _milliseconds(CLICK)
        yield {"cli_ms": ours, "cli_click_ms": click, "cli_ratio": ours / click}


def _milliseconds(words: tuple[str, ...]) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)  # noqa: S603  # our own words
    return (perf_counter() - start) * 1000
