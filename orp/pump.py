"""Playing what is due without being felt: people come first (DESIGN §4, §6)."""

from collections.abc import Callable, Iterator

from storage.unit_of_work import SqlStore
from workflow.engine import Engine, Ticked

HOLD = 0.005
"""Seconds for which a batch may hold the lock of a database that has one writer."""
FIRST, FEWEST, MOST = 12, 8, 100
"""Situations in a batch: the first one, and what it may become. A slow disk makes each commit long, however small."""


class Pump:
    """Plays what is due in batches; where writers wait for each other, each batch is short and a rest follows."""

    def __init__(
        self, engine: Engine, store: SqlStore, rest: Callable[[float], object] = lambda _seconds: None
    ) -> None:
        """`rest` waits for so many seconds; nothing rests where nobody else can be waiting (a demonstration)."""
        self._engine, self._store, self._rest = engine, store, rest
        self.size = FIRST if store.one_writer else MOST

    def run(self) -> Iterator[Ticked]:
        """Play until nothing is due; give what each batch did."""
        while (done := self._engine.tick(self.size)).cases:
            yield done
            if self._store.one_writer:
                held = self._store.held
                self.size = self._next_size(done.cases, held)
                self._rest(held)

    def _next_size(self, cases: int, held: float) -> int:
        """Go half-way to what would have held the lock just long enough: one slow commit proves little."""
        right = cases * HOLD / held if held else MOST
        return round(min(MOST, max(FEWEST, (self.size + right) / 2)))
