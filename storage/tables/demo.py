"""What only a demonstration has."""

from datetime import datetime

from sqlmodel import Field

from storage.tables.base import Table, UtcDateTime


class DemoClockRow(Table, table=True):
    """The clock of a demonstration database: one row that every command on it reads."""

    __tablename__ = "demo_clock"
    id: int = Field(primary_key=True)
    now: datetime = Field(sa_type=UtcDateTime)
