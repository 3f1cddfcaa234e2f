"""The links of mails: one row for each situation a mail tells of, under the digest of its secret."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, delete, select

from storage.bulk import insert_new
from storage.tables import TABLES
from workflow.links import MailLink

LINKS, CASES = TABLES["mail_links"], TABLES["cases"]
BOUND = [field.name for field in fields(MailLink)]


class MailLinks:
    """The links on one connection (implements `workflow.ports.mails.Links` and `web.ports.mails.Links`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def positions(self, references: Collection[str]) -> dict[str, int]:
        """Return the last journal position of situations."""
        query = select(CASES.c.reference, CASES.c.seq).where(CASES.c.reference.in_(references))
        return {row.reference: row.seq for row in self._connection.execute(query)}

    def keep(self, links: Sequence[MailLink], since: datetime) -> None:
        """Keep links, and forget those made before `since`, which open nothing any more.

        One that is there already stays bound as it was: its mail is only sent again.
        """
        self._connection.execute(delete(LINKS).where(LINKS.c.made_at < since))
        insert_new(self._connection, LINKS, [asdict(link) for link in links], "digest")

    def find(self, digest: str) -> MailLink | None:
        """Return the link of a digest."""
        row = self._connection.execute(select(LINKS).where(LINKS.c.digest == digest)).mappings().first()
        return MailLink(**{name: row[name] for name in BOUND}) if row else None
