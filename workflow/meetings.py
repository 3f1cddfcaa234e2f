"""When an instance meets: « 2e mardi du mois », « dernier jeudi du mois », « chaque lundi »."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
_RANKS = {"1er": 1, "2e": 2, "3e": 3, "4e": 4, "dernier": -1}
_MONTHLY = re.compile(rf"({'|'.join(_RANKS)}) ({'|'.join(_DAYS)}) du mois")
_WEEKLY = re.compile(rf"chaque ({'|'.join(_DAYS)})")

MEETING_EXPECTED = "par exemple « 2e mardi du mois », « dernier jeudi du mois » ou « chaque lundi »"


@dataclass(frozen=True, slots=True)
class MeetingRule:
    """A weekday, and its rank in the month (-1 the last, 0 every week)."""

    weekday: int
    rank: int

    @classmethod
    def parse(cls, text: str) -> "MeetingRule":
        """Read « 2e mardi du mois ».

        Raises:
            ValueError: the text is not a calendar of meetings.
        """
        if monthly := _MONTHLY.fullmatch(text):
            return cls(_DAYS.index(monthly[2]), _RANKS[monthly[1]])
        if weekly := _WEEKLY.fullmatch(text):
            return cls(_DAYS.index(weekly[1]), 0)
        raise ValueError(text)

    def next_after(self, day: date) -> date:
        """Return the first meeting after `day`."""
        found = day + timedelta(days=1)
        while not self._holds(found):
            found += timedelta(days=1)
        return found

    def _holds(self, day: date) -> bool:
        if day.weekday() != self.weekday:
            return False
        if self.rank < 0:
            return (day + timedelta(days=7)).month != day.month
        return self.rank in (0, (day.day - 1) // 7 + 1)
