"""French words that more than one layer says the same way."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def day_in_words(day: date) -> str:
    """Return « lundi 12 janvier 2026 », « jeudi 1er janvier 2026 »."""
    from babel.dates import format_date  # heavy, and most commands never write a date

    return str(format_date(day, "EEEE d MMMM y", locale="fr")).replace(" 1 ", " 1er ")


def counted(number: int, word: str) -> str:
    """Return « 1 situation », « 3 situations », « 2 jours ouvrés »: every word takes its s."""
    return f"{number} {word if number < 2 else ' '.join(part + 's' for part in word.split())}"


def enumerate_words(words: list[str], last: str = "ou") -> str:
    """Return « a, b ou c »."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def in_paris(instant: datetime) -> str:
    """Return « 05/01/2026 09:30 », Paris time."""
    return f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M}"
