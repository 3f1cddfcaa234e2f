"""The published versions of circuits."""

from datetime import date, datetime

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from storage.tables.base import Table, UtcDateTime


class CircuitVersionRow(Table, table=True):
    """One immutable version of a layer: the text of its files and of those above it, and who published it, how."""

    __tablename__ = "circuit_versions"
    key: str = Field(primary_key=True)
    files: dict[str, str] = Field(sa_type=JSON)
    digest: str
    published_at: datetime = Field(sa_type=UtcDateTime)
    name: str
    number: int
    rank: str
    """Whose layer it is, as its file says it (`couche`)."""
    effective_at: datetime = Field(sa_type=UtcDateTime)
    """When it comes into force."""
    variants: str = ""
    """Antennes treated apart, between spaces."""
    parent: str | None = Field(default=None, foreign_key="circuit_versions.key")
    """The version of the layer above it was checked against; nothing for the national one."""
    author: str | None = None
    """Who published it; nothing for those that came with the software."""
    note: str | None = None
    approvals: dict[str, str] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """What each instance that had to approve it said."""
    applies: str = "new"
    trial_until: date | None = None
    adopt_before: date | None = None
    """The day by which the layers below must have taken it up."""
    __table_args__ = (
        # all that opening a situation needs: the texts are large, and are not read for it
        Index("ix_circuit_versions_in_force", "name", "number", "effective_at", "variants", unique=True),
        UniqueConstraint("name", "number"),
    )
