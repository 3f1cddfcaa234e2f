"""Instants as people write them on the command line."""

from datetime import datetime

import click

from workflow.words import PARIS

YEARS = range(1970, 2200)
"""Those a situation may live in; every time zone holds them, and so do the calendars."""


def read_instant(text: str) -> datetime:
    """Return the instant of « 2026-01-05 » or « 2026-01-05T09:30 »; without a zone, Paris time.

    Raises:
        click.BadParameter: the text is no instant, or too far away.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"« {text} » n’est pas un instant. Exemple : 2026-01-05T09:30") from None
    if instant.year not in YEARS:
        raise click.BadParameter(f"« {text} » n’est pas entre {YEARS[0]} et {YEARS[-1]}.")
    return instant if instant.tzinfo else instant.replace(tzinfo=PARIS)
