"""Who may come in, who came in, and who read what."""

from datetime import datetime

from sqlalchemy import Index, false
from sqlmodel import Field

from storage.tables.base import Table, UtcDateTime, of_case


class AccountRow(Table, table=True):
    """What lets a person in by password, and whether they run the service; a person without one signs in by code."""

    __tablename__ = "accounts"
    person: str = Field(primary_key=True, foreign_key="people.id")
    password: str | None = None
    """Argon2 digest, with its own salt and cost."""
    administrator: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    activation: str | None = None
    """Digest of the code by which an administrator lets this person choose a password, until `activation_until`."""
    activation_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInCodeRow(Table, table=True):
    """A six-digit code asked by one browser. The digests alone are kept: the code is worth nothing without both."""

    __tablename__ = "sign_in_codes"
    browser: str = Field(primary_key=True)
    """Digest of the cookie of the browser that asked."""
    person: str | None = Field(default=None, foreign_key="people.id", index=True)
    """Nobody when the address is unknown: the page answers the same."""
    digest: str
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    tries: int = 0


class SessionRow(Table, table=True):
    """Somebody who is signed in, on one browser; only the digest of its cookie is kept."""

    __tablename__ = "sessions"
    id: str = Field(primary_key=True)
    person: str = Field(foreign_key="people.id", index=True)
    proof: str
    agent: str
    """What the browser says it is, shortened: so that its owner recognises it in the list."""
    opened_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reference: str | None = Field(default=None, foreign_key="cases.reference")
    """The one situation it opens, for whoever came with a tracking code."""


class ThrottleRow(Table, table=True):
    """How often something was tried since the window began; the key is a digest, so that no address stays here."""

    __tablename__ = "throttle"
    key: str = Field(primary_key=True)
    since: datetime = Field(sa_type=UtcDateTime, index=True)
    count: int


class AccessLogRow(Table, table=True):
    """One reading of one situation: who, when, which page, how sure the tool was of them."""

    __tablename__ = "access_log"
    id: int | None = Field(default=None, primary_key=True)
    reference: str
    dac: str
    person: str
    at: datetime = Field(sa_type=UtcDateTime)
    page: str
    proof: str
    __table_args__ = (of_case(), Index("ix_access_log_reference", "reference", "at"))
