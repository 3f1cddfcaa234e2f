"""Structures, people, what they hold and when they are away."""

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field

from storage.tables.base import Table, UtcDateTime


class OrganisationRow(Table, table=True):
    """A structure. `parent` is the DAC of an antenne or of a governance, the ARS of a DAC or of a delegation."""

    __tablename__ = "organisations"
    id: str = Field(primary_key=True)
    name: str
    kind: str = Field(index=True)
    departement: str
    parent: str | None = Field(default=None, foreign_key="organisations.id", index=True)
    code: str | None = None
    """Short code used in references, for a DAC and a région."""
    colleges: dict[str, int] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """Composition of a governance: seats by collège; nothing for the others."""


class PersonRow(Table, table=True):
    """Somebody who holds functions, or the service mailbox of an organisation."""

    __tablename__ = "people"
    id: str = Field(primary_key=True)
    name: str
    email: str
    mailbox: bool = False
    refused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the mail server last refused this address for good; nothing once it took a mail again."""


class AssignmentRow(Table, table=True):
    """A function held in an organisation over a period (UTC); no end means until further notice."""

    __tablename__ = "assignments"
    person: str = Field(primary_key=True, foreign_key="people.id")
    organisation: str = Field(primary_key=True, foreign_key="organisations.id")
    function: str = Field(primary_key=True)
    since: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    __table_args__ = (Index("ix_assignments_organisation", "organisation"),)


class AbsenceRow(Table, table=True):
    """Somebody is away for a time (UTC, the end excluded), and somebody else stands in."""

    __tablename__ = "absences"
    person: str = Field(primary_key=True, foreign_key="people.id")
    since: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime, index=True)
    substitute: str = Field(foreign_key="people.id")


class DirectoryChangeRow(Table, table=True):
    """One change of the directory: who made it, when, about whom and where. Never an address."""

    __tablename__ = "directory_changes"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    by: str
    organisation: str | None = Field(default=None, index=True)
    person: str | None = None
    what: str


class DocumentRow(Table, table=True):
    """Where a DAC keeps one of its own documents: an address, never the file."""

    __tablename__ = "documents"
    organisation: str = Field(primary_key=True, foreign_key="organisations.id")
    kind: str = Field(primary_key=True)
    link: str
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
