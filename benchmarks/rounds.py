"""What a round is: how much it does, in full or just enough to see that it runs, and ours beside bare."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

Round = dict[str, float]
"""Figures of one round by key; what is kept is the median of each."""

Rounds = Iterator[Round]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Counts of one run. Each round takes situations that no other round took."""

    rounds: int = 5
    single: int = 200
    """Decisions one by one, a round."""
    batch: int = 500
    """Decisions in one call."""
    crowd: int = 100_000
    """Open situations of a big base."""
    small: int = 1_000
    """Open situations of a small one."""
    due: int = 10_000
    """Situations that fall due together."""
    idle: int = 500
    """Ticks with nothing to do."""
    person: int = 300
    """Decisions of a person, at rest and then during the pump."""
    pumped: int = 20_000
    """Situations due while the person decides, for all the rounds."""
    mails: int = 300
    workers: int = 4
    few: int = 1_000
    """Situations of a small base, for the pages."""
    many: int = 20_000
    pages: int = 20
    """Times each page is asked for, a round."""
    mutants: int = 1_000
    """Wrong circuits, at most one of each kind."""


FULL = Sizes()
QUICK = Sizes(
    rounds=2,
    single=5,
    batch=10,
    crowd=500,
    small=30,
    due=40,
    idle=10,
    person=10,
    pumped=200,
    mails=10,
    workers=2,
    few=10,
    many=40,
    pages=2,
    mutants=10,
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: where its bases lie and how big they are."""

    folder: Path
    sizes: Sizes

    def file(self, name: str) -> Path:
        """Return the path of a base of this run."""
        return self.folder / f"{name}.sqlite"


class Skipped(Exception):
    """This measure cannot be taken on this machine; says why, in French."""


def compared(name: str, number: int, ours: Callable[[], float], bare: Callable[[], float]) -> Round:
    """Return what ours and bare do in a second, and their ratio; who begins changes with each round."""
    ways = [(f"{name}_per_s", ours), (f"{name}_bare_per_s", bare)]
    found = {key: way() for key, way in (ways if number % 2 == 0 else ways[::-1])}
    return found | {f"{name}_ratio": found[f"{name}_per_s"] / found[f"{name}_bare_per_s"]}


def per_second(count: int, work: Callable[[], object]) -> float:
    """Do some work and return how many of `count` things it does in a second."""
    start = perf_counter()
    work()
    return count / (perf_counter() - start)
