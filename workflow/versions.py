"""The versions of circuits, one beside the other: which are in force, which are behind (DESIGN §5)."""

from collections.abc import Iterable
from datetime import date, datetime

from workflow.circuit.composition import name_of, number_of
from workflow.records import Publication


def in_force(rows: Iterable[Publication], now: datetime) -> dict[str, Publication]:
    """Return, by layer, the version that took effect last."""
    started = sorted((r for r in rows if r.effective_at <= now), key=lambda r: (r.effective_at, r.number))
    return {row.name: row for row in started}


def latest(rows: Iterable[Publication], name: str) -> Publication | None:
    """Return the version of a layer that was published last, in force or not."""
    return max((row for row in rows if row.name == name), key=lambda row: row.number, default=None)


def below(rows: Iterable[Publication], name: str) -> list[Publication]:
    """Return the latest version of each layer that extends this one."""
    rows = list(rows)
    last = (latest(rows, other) for other in dict.fromkeys(row.name for row in rows))
    return [row for row in last if row and row.parent and name_of(row.parent) == name]


def behind(rows: Iterable[Publication], today: date) -> list[tuple[Publication, Publication]]:
    """Return the layers that have not taken up a version above them in time, each with that version."""
    rows = list(rows)
    asked = [row for row in rows if row.adopt_before and row.adopt_before < today]
    return [
        (layer, above)
        for above in asked
        for layer in below(rows, above.name)
        if layer.parent and number_of(layer.parent) < above.number
    ]
