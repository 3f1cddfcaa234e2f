"""Templates: Jinja for files shipped with the product only, everything escaped, nothing undefined."""

import re
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workflow.sentences.wording import day
from workflow.words import PARIS, counted, day_in_words

HERE = Path(__file__).parent
STATIC = HERE / "static"
_BEFORE_MARK = re.compile(r" (?=[;:?!»])|(?<=«) ")


def typography(text: str) -> str:
    """Keep a high punctuation mark on the line of its word."""
    return _BEFORE_MARK.sub("\u202f", text)


def _date(instant: datetime) -> str:
    """« mercredi 4 février 2026 », Paris time."""
    return day_in_words(instant.astimezone(PARIS).date())


def _instant(instant: datetime) -> str:
    """« mercredi 4 février 2026 à 9 h 05 », Paris time."""
    local = instant.astimezone(PARIS)
    return f"{day_in_words(local.date())} à {local.hour} h {local:%M}"


def asset(name: str) -> str:
    """Return the address of a file that browsers may keep: it changes with its content."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters |= {"typo": typography, "jour": day, "instant": _instant, "date": _date, "compte": counted}
_environment.globals["ressource"] = {name.name: asset(name.name) for name in STATIC.iterdir()}


def render(template: str, **context: Any) -> str:
    """Return a page."""
    return _environment.get_template(template).render(context)
