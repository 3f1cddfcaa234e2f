"""What was written, apart from what moves so that it can be dropped (DESIGN §6)."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from storage.tables.base import Table, UtcDateTime, of_case, partial


class ContentRow(Table, table=True):
    """A free text, apart from everything else so that it can be dropped (DESIGN §6)."""

    __tablename__ = "contents"
    reference: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    field: str = Field(primary_key=True)
    dac: str
    level: str
    text: str = Field(sa_type=Text)
    salt: str
    digest: str
    __table_args__ = (of_case(),)


class FormAnswerRow(Table, table=True):
    """A coded answer to a form, with the version of the form it was given in."""

    __tablename__ = "form_answers"
    reference: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    field: str = Field(primary_key=True)
    dac: str
    form: str
    form_version: int
    value: str
    __table_args__ = (of_case(),)


class WriterContactRow(Table, table=True):
    """Where to write to the rédacteur, or how they come back: apart, droppable, known to the DAC only."""

    __tablename__ = "redacteur_contacts"
    reference: str = Field(primary_key=True)
    dac: str
    email: str | None = None
    tracking: str | None = Field(default=None, unique=True)
    """Digest of the tracking code of an anonymous deposit."""
    refused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """As on a person."""
    __table_args__ = (
        of_case(),
        partial("ix_redacteur_contacts_refused", "refused_at", where="refused_at IS NOT NULL"),
    )


class CaseTitleRow(Table, table=True):
    """The intitulé that one house (a DAC and its antennes, a governance, a delegation…) gave, for its own screens."""

    __tablename__ = "case_titles"
    reference: str = Field(primary_key=True)
    house: str = Field(primary_key=True)
    dac: str
    title: str
    person: str
    """Who wrote it last."""
    at: datetime = Field(sa_type=UtcDateTime)
    __table_args__ = (of_case(),)


class DraftRow(Table, table=True):
    """What is being written and not yet decided, field by field: droppable, never in the journal."""

    __tablename__ = "drafts"
    reference: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    dac: str
    text: str = Field(sa_type=Text)
    person: str
    """Who wrote it last."""
    at: datetime = Field(sa_type=UtcDateTime)
    __table_args__ = (of_case(),)


class LocalKeyRow(Table, table=True):
    """The file number a DAC keeps for itself (repère local): encrypted, found again by a keyed digest, droppable."""

    __tablename__ = "local_keys"
    reference: str = Field(primary_key=True)
    dac: str
    sealed: str
    digest: str
    __table_args__ = (of_case(), Index("ix_local_keys_digest", "digest"))
