"""The journal: added to, read back, proved whole; never changed."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import DBAPIError

from storage import mapping
from storage.tables import TABLES
from workflow.journal import verify
from workflow.records import Entry

JOURNAL, CASES = TABLES["journal"], TABLES["cases"]


@dataclass(frozen=True, slots=True)
class Audit:
    """What a verification of the whole journal found."""

    cases: int
    entries: int
    broken: tuple[str, ...]
    """References whose journal was changed, cut, or does not belong to any situation."""
    seal: str
    """Digest of all heads: kept elsewhere, it shows that a whole situation was removed."""


class Journal:
    """Reads and extends the journal on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, entries: Sequence[Entry]) -> None:
        """Add lines at the end."""
        if entries:
            self._connection.execute(insert(JOURNAL), [mapping.entry_values(entry) for entry in entries])

    def of(self, reference: str) -> list[Entry]:
        """Return the lines of a situation, in order."""
        query = select(JOURNAL).where(JOURNAL.c.reference == reference).order_by(JOURNAL.c.seq)
        return [mapping.entry_from(row) for row in self._connection.execute(query).mappings()]

    def audit(self) -> Audit:
        """Verify every situation's chain against the head it keeps."""
        heads = self._connection.execute(
            select(CASES.c.reference, CASES.c.seq, CASES.c.head).order_by(CASES.c.reference)
        ).all()
        broken = {reference for reference, seq, head in heads if not self._whole(reference, seq, head)}
        broken |= set(self._strangers())
        seal = hashlib.sha256(
            "".join(f"{reference} {seq} {head}\n" for reference, seq, head in heads).encode()
        ).hexdigest()
        lines = self._connection.execute(select(func.count()).select_from(JOURNAL)).scalar_one()
        return Audit(len(heads), lines, tuple(sorted(broken)), seal)

    def _whole(self, reference: str, seq: int, head: str) -> bool:
        try:
            return verify(self.of(reference), seq, head)
        except DBAPIError:  # a byte that no longer makes a text
            return False

    def _strangers(self) -> Iterator[str]:
        """Lines that bear the reference of no situation: somebody changed the reference itself."""
        query = select(JOURNAL.c.reference).where(JOURNAL.c.reference.not_in(select(CASES.c.reference))).distinct()
        yield from (str(reference) for reference in self._connection.execute(query).scalars())
