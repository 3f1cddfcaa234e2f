"""The journal of a situation: append-only lines, each digested with the one before (DESIGN §6)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from datetime import UTC, datetime
from typing import Any

from workflow.model import Case
from workflow.records import Entry

GENESIS = "0" * 64
"""What the first line is chained to."""


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, accents kept."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def iso(instant: datetime) -> str:
    """Return an instant as ISO 8601 text in UTC, to the microsecond, so that text order is time order."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def digest_text(salt: str, field: str, text: str) -> str:
    """Return the salted digest under which the journal remembers a free text (INV-17)."""
    return hashlib.sha256(canonical([salt, field, text]).encode()).hexdigest()


def seal(columns: Iterable[object]) -> str:
    """Return the digest of a line from all its other columns, the previous digest included."""
    return hashlib.sha256(canonical(list(columns)).encode()).hexdigest()


def append(  # noqa: PLR0913 - the columns of a line
    case: Case,
    kind: str,
    content: Mapping[str, Any],
    *,
    at: datetime,
    now: datetime,
    author: str,
    decision_id: str | None = None,
) -> Entry:
    """Write the next line of `case`, whose position and head move with it.

    `at` is the instant the line counts from (`vaut_au`), `now` when it is written; a clock that was
    set back never makes the journal go back in time (INV-38).
    """
    case.recorded_at = max(case.recorded_at, now)
    columns = (
        case.reference,
        case.dac,
        case.seq + 1,
        kind,
        iso(case.recorded_at),
        iso(at),
        author,
        decision_id,
        canonical(content),
        case.head or GENESIS,
    )
    entry = Entry(*columns, digest=seal(columns))
    case.seq, case.head = entry.seq, entry.digest
    return entry


def verify(entries: Iterable[Entry], seq: int, head: str) -> bool:
    """Say whether these lines, in order, are whole and end at the position and head kept on the situation."""
    previous, position = GENESIS, 0
    for entry in entries:
        *columns, digest = astuple(entry)
        if entry.seq != position + 1 or entry.previous != previous or seal(columns) != digest:
            return False
        previous, position = digest, entry.seq
    return position == seq and previous == (head or GENESIS)
