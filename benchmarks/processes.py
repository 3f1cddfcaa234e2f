"""Work in processes of its own: all get ready, then all begin at once."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")

Work = Callable[..., Generator[Any, None, Made]]
"""Gets ready, yields once, works, returns what was made of it."""

SPAWN = get_context("spawn")
"""A fresh interpreter: nothing of ours is in its memory."""


class Other(Generic[Made]):
    """A process that is ready. `said` is what it yielded."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.said: Any = pipe.recv()

    def go(self) -> None:
        """Let it begin."""
        self._pipe.send(None)

    def result(self) -> Made:
        """Wait until it ends.

        Raises:
            EOFError: it failed; its own trace is on stderr.
        """
        made: Made = self._pipe.recv()
        return made


@contextmanager
def started(work: Work[Made], *args: object) -> Iterator[Other[Made]]:
    """Start a process and give it once it is ready; it ends with the block at the latest."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=_run, args=(theirs, work, args), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Other(ours)
    finally:
        process.terminate()
        process.join()


def together(work: Work[Made], calls: Sequence[tuple[object, ...]]) -> tuple[float, list[Made]]:
    """Run one process for each call; return the seconds until the last one ends, and the results."""
    with ExitStack() as stack:
        others = [stack.enter_context(started(work, *args)) for args in calls]
        begin = perf_counter()
        for other in others:
            other.go()
        made = [other.result() for other in others]
        return perf_counter() - begin, made


def _run(pipe: Connection, work: Work[Any], args: tuple[object, ...]) -> None:
    steps = work(*args)
    pipe.send(next(steps))
    pipe.recv()
    try:
        next(steps)
    except StopIteration as end:
        pipe.send(end.value)
