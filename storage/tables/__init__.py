"""The tables, by subject, and the only imports of `sqlmodel`: dumb rows, no relationship, nothing lazy (DESIGN §6).

Every row of one situation carries its DAC, the partition key of access and of a sharded PostgreSQL.
"""

from storage.tables import circuits, demo, directory, entry, mails, situations, texts
from storage.tables.base import Table

__all__ = ["TABLES", "Table", "circuits", "demo", "directory", "entry", "mails", "situations", "texts"]

TABLES = Table.metadata.tables
