"""The journal: added to, read back, proved whole; never changed."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from storage import mapping
from storage.bulk import insert_all
from storage.database import reading_any_bytes
from storage.tables import TABLES
from workflow.journal import digest_text, verify
from workflow.records import Entry

JOURNAL, CASES = TABLES["journal"], TABLES["cases"]
CONTENTS, ANSWERS = TABLES["contents"], TABLES["form_answers"]


@dataclass(frozen=True, slots=True)
class Audit:
    """What a verification of the whole journal found."""

    cases: int
    entries: int
    broken: tuple[str, ...]
    """References whose journal was changed, cut or of no situation, or whose texts and answers no longer match it."""
    seal: str
    """Digest of all heads: kept elsewhere, it shows that a whole situation was removed."""


class Journal:
    """Reads and extends the journal on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, entries: Sequence[Entry]) -> None:
        """Add lines at the end."""
        insert_all(self._connection, JOURNAL, [mapping.entry_values(entry) for entry in entries])

    def of(self, reference: str) -> list[Entry]:
        """Return the lines of a situation, in order."""
        query = select(JOURNAL).where(JOURNAL.c.reference == reference).order_by(JOURNAL.c.seq)
        return [mapping.entry_from(row) for row in self._connection.execute(query).mappings()]

    def audit(self) -> Audit:
        """Verify every situation's chain against the head it keeps, its texts and its answers against the chain."""
        with reading_any_bytes(self._connection):
            return self._audit()

    def _audit(self) -> Audit:
        kept = self._connection.execute(select(CASES.c.reference, CASES.c.seq, CASES.c.head)).all()
        heads = sorted(kept, key=lambda head: _shown(head.reference))  # a database sorts in the language of its server
        broken = {_shown(reference) for reference, seq, head in heads if not self._whole(reference, seq, head)}
        broken |= {_shown(reference) for reference in self._strangers()}
        seal = hashlib.sha256(
            "".join(f"{reference} {seq} {head}\n" for reference, seq, head in heads).encode(errors="surrogateescape")
        ).hexdigest()
        lines = self._connection.execute(select(func.count()).select_from(JOURNAL)).scalar_one()
        return Audit(len(heads), lines, tuple(sorted(broken)), seal)

    def _whole(self, reference: str, seq: int, head: str) -> bool:
        try:
            lines = self.of(reference)
            return verify(lines, seq, head) and self._matched(reference, lines)
        except (TypeError, ValueError):  # bytes that no longer make a text, or what they were written as
            return False

    def _matched(self, reference: str, lines: Sequence[Entry]) -> bool:
        """Texts and answers may have been dropped; those that are left are the ones the journal remembers."""
        told = {line.seq: json.loads(line.content) for line in lines}
        texts = select(CONTENTS).where(CONTENTS.c.reference == reference)
        answers = select(ANSWERS).where(ANSWERS.c.reference == reference)
        return all(
            _remembered(told, "textes", row.seq, row.field) == row.digest == digest_text(row.salt, row.field, row.text)
            for row in self._connection.execute(texts)
        ) and all(
            _remembered(told, "codes", row.seq, row.field) == row.value for row in self._connection.execute(answers)
        )

    def _strangers(self) -> Iterator[object]:
        """Lines that bear the reference of no situation: somebody changed the reference itself."""
        query = select(JOURNAL.c.reference).where(JOURNAL.c.reference.not_in(select(CASES.c.reference))).distinct()
        yield from self._connection.execute(query).scalars()


def _remembered(told: dict[int, Any], key: str, seq: int, field: str) -> str | None:
    """Return what a line of the journal says of a field."""
    found: str | None = told.get(seq, {}).get(key, {}).get(field)
    return found


def _shown(reference: object) -> str:
    """What is no text is shown byte by byte."""
    return str(reference).encode(errors="backslashreplace").decode()
