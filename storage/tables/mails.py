"""Mails that are owed, and the links they bear."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from storage.tables.base import Table, UtcDateTime, of_case, partial


class MessageRow(Table, table=True):
    """The outbox: one row per person."""

    __tablename__ = "messages"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    message_id: str
    reference: str | None = None
    dac: str | None = None
    """Neither for a mail that tells of several situations."""
    mail: str
    recipient: str | None = Field(default=None, foreign_key="people.id")
    not_before: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    organisation: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    function: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    departement: str | None = None
    """In whose sending window it leaves; nothing: at any hour."""
    context: dict[str, Any] = Field(sa_type=JSON)
    obligation: int | None = None
    status: str = "a_envoyer"
    attempts: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str | None = None
    tell_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When to tell the situation again what became of it; nothing: it knows."""
    reminds: int | None = None
    batch: str | None = None
    """What it waits to be gathered with; nothing: it leaves by itself."""
    carrier: int | None = Field(default=None, foreign_key="messages.id", index=True)
    """The mail that tells of it, with others: what becomes of that one becomes of it."""
    __table_args__ = (
        of_case(),
        partial("ix_messages_to_send", "not_before", where="status = 'a_envoyer'"),
        partial("ix_messages_untold", "tell_at", where="tell_at IS NOT NULL"),
        # all that « Courriels » counts and chooses by: the contexts are large, and only a page of them is read
        Index(
            "ix_messages_listed",
            "status",
            "not_before",
            "mail",
            "recipient",
            "dac",
            "organisation",
            "reference",
            "reason",
        ),
    )


class MailLinkRow(Table, table=True):
    """The link of a mail to one situation; only the digest of its secret is kept, the mail alone holds it."""

    __tablename__ = "mail_links"
    digest: str = Field(primary_key=True)
    reference: str = Field(index=True)
    recipient: str | None = Field(default=None, foreign_key="people.id")
    seq: int
    """Last journal position of the situation when the link was made: it ends the stay it is bound to."""
    made_at: datetime = Field(sa_type=UtcDateTime, index=True)
    __table_args__ = (of_case(),)
