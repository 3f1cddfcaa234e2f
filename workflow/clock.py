"""The only place where the time of day is read."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)


class VirtualClock:
    """A clock that somebody moves by hand: simulation, demonstration, tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the instant the clock was last set to, in UTC."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Move the clock to `instant` (UTC)."""
        self._now = instant
