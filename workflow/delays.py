"""Delays as the circuits write them: « 30 j », « 2 jo », « 6 semaines », « 3 mois »."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """Unit of a delay (DESIGN §4)."""

    DAYS = "j"
    WORKING_DAYS = "jo"
    WEEKS = "semaines"
    MONTHS = "mois"


_WORDS = {
    Unit.DAYS: ("jour", "jours"),
    Unit.WORKING_DAYS: ("jour ouvré", "jours ouvrés"),
    Unit.WEEKS: ("semaine", "semaines"),
    Unit.MONTHS: ("mois", "mois"),
}
_PATTERN = re.compile(r"(\d{1,4}) ?(j|jo|semaine|semaines|mois)")
_APPROXIMATE_DAYS = {Unit.DAYS: 1.0, Unit.WORKING_DAYS: 1.4, Unit.WEEKS: 7.0, Unit.MONTHS: 30.4}

DELAY_EXPECTED = "un nombre suivi de « j », « jo » (jours ouvrés), « semaines » ou « mois », par exemple « 30 j »"


@dataclass(frozen=True, slots=True)
class Delay:
    """A number of units counted from a civil date; the starting day itself is not counted."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> "Delay":
        """Read « 30 j ».

        Raises:
            ValueError: the text is not a delay.
        """
        match = _PATTERN.fullmatch(text.strip())
        if not match:
            raise ValueError(text)
        unit = Unit.WEEKS if match[2] == "semaine" else Unit(match[2])
        return cls(int(match[1]), unit)

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"

    def in_words(self) -> str:
        """Return « 30 jours », « 1 jour ouvré »: what a person reads."""
        return f"{self.count} {_WORDS[self.unit][self.count > 1]}"

    def shorter_than(self, other: "Delay") -> bool:
        """Say whether it ends before another; five working days are one week."""
        return round(self.approximate_days() - other.approximate_days(), 6) < 0

    def approximate_days(self) -> float:
        """Return a length in calendar days, good enough to compare two delays of different units."""
        return self.count * _APPROXIMATE_DAYS[self.unit]
