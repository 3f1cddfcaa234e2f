"""What all tables stand on: named constraints, instants in UTC, indexes over some rows."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, ForeignKeyConstraint, Index, MetaData, TypeDecorator, text
from sqlalchemy.engine import Dialect
from sqlmodel import SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Named constraints: a migration must be able to name what it changes."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC. SQLite forgets the zone, PostgreSQL answers in its own; one without is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be stored")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return with its zone."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Table(SQLModel):
    """Common ground: our own metadata, with named constraints."""

    metadata = MetaData(naming_convention=NAMING)


def of_case() -> ForeignKeyConstraint:
    """Return the constraint that ties a row to its situation."""
    return ForeignKeyConstraint(["reference"], ["cases.reference"])


def partial(name: str, *columns: str, where: str) -> Index:
    """Return an index over some rows only, the same on both databases."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
