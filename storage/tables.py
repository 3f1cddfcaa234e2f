"""The tables, and the only import of `sqlmodel`: dumb rows, no relationship, nothing lazy (DESIGN §6).

Every row of one situation carries its DAC, the partition key of access and of a sharded PostgreSQL.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.engine import Dialect
from sqlmodel import Field, SQLModel

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


def _of_case() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["reference"], ["cases.reference"])


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


class ReferenceCounterRow(Table, table=True):
    """The last number given, by DAC and year."""

    __tablename__ = "reference_counters"
    dac: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class CaseRow(Table, table=True):
    """One situation as the machinery sees it."""

    __tablename__ = "cases"
    reference: str = Field(primary_key=True)
    dac: str = Field(foreign_key="organisations.id", index=True)
    departement: str
    circuit: str
    """Key of a composition of versions, not of one version."""
    next_circuit: str | None = None
    step: str = Field(index=True)
    writer: str = Field(index=True)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    entered_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    wake_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    issue: str | None = None
    urgent: bool = False
    anonymous: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    parent: str | None = Field(default=None, index=True)
    resumes: str | None = None
    examined: str | None = None
    meeting_on: date | None = None
    gates: list[str] = Field(sa_type=JSON)
    played: dict[str, Any] = Field(sa_type=JSON)
    last: dict[str, str] | None = Field(default=None, sa_type=JSON)
    version: int
    revision: int
    seq: int
    head: str
    next_n: int
    __table_args__ = (
        Index(
            "ix_cases_due",
            "wake_at",
            "reference",
            sqlite_where=text("wake_at IS NOT NULL"),
            postgresql_where=text("wake_at IS NOT NULL"),
        ),
    )


class PartyRow(Table, table=True):
    """The organisation that takes a slot in a situation, since when it may see it, who is in charge."""

    __tablename__ = "parties"
    reference: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    dac: str
    organisation: str = Field(foreign_key="organisations.id", index=True)
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    person: str | None = None
    until: date | None = None
    __table_args__ = (
        _of_case(),
        Index(
            "ix_parties_person",
            "person",
            sqlite_where=text("person IS NOT NULL"),
            postgresql_where=text("person IS NOT NULL"),
        ),
    )


class ObligationRow(Table, table=True):
    """One dû: who owes what, to whom, by when."""

    __tablename__ = "obligations"
    reference: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    dac: str
    code: str
    kind: str
    debtor_actor: str
    debtor_organisation: str
    debtor_function: str
    debtor_person: str | None = None
    beneficiary_actor: str | None = None
    beneficiary_organisation: str | None = None
    beneficiary_function: str | None = None
    beneficiary_person: str | None = None
    opened_at: datetime = Field(sa_type=UtcDateTime)
    due: date | None = None
    rung_until: datetime = Field(sa_type=UtcDateTime)
    answers: list[str] = Field(sa_type=JSON)
    final: bool
    blocks: bool
    status: str
    late: bool
    paused_on: date | None = None
    left: str | None = None
    extended: int
    passed_on: datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proof: str | None = None
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    wake_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    __table_args__ = (
        _of_case(),
        Index("ix_obligations_debtor", "debtor_organisation", "debtor_function", "status"),
        Index(
            "ix_obligations_debtor_person",
            "debtor_person",
            sqlite_where=text("status = 'ouvert' AND debtor_person IS NOT NULL"),
            postgresql_where=text("status = 'ouvert' AND debtor_person IS NOT NULL"),
        ),
        Index(
            "ix_obligations_open",
            "reference",
            sqlite_where=text("status = 'ouvert'"),
            postgresql_where=text("status = 'ouvert'"),
        ),
    )


class JournalRow(Table, table=True):
    """One line of the journal; text columns only, so that its digest covers each byte."""

    __tablename__ = "journal"
    reference: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    dac: str
    kind: str
    recorded_at: str
    effective_at: str
    author: str
    decision_id: str | None = Field(default=None)
    content: str = Field(sa_type=Text)
    previous: str
    digest: str
    __table_args__ = (_of_case(), UniqueConstraint("decision_id"))


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
    __table_args__ = (_of_case(),)


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
    __table_args__ = (_of_case(),)


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
        _of_case(),
        Index(
            "ix_redacteur_contacts_refused",
            "refused_at",
            sqlite_where=text("refused_at IS NOT NULL"),
            postgresql_where=text("refused_at IS NOT NULL"),
        ),
    )


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
        _of_case(),
        Index(
            "ix_messages_to_send",
            "not_before",
            sqlite_where=text("status = 'a_envoyer'"),
            postgresql_where=text("status = 'a_envoyer'"),
        ),
        Index(
            "ix_messages_untold",
            "tell_at",
            sqlite_where=text("tell_at IS NOT NULL"),
            postgresql_where=text("tell_at IS NOT NULL"),
        ),
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
    __table_args__ = (_of_case(),)


class IncidentRow(Table, table=True):
    """A situation that the software cannot move: what stops it, and when it is tried again."""

    __tablename__ = "incidents"
    reference: str = Field(primary_key=True)
    dac: str
    cause: str
    attempts: int
    revision: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """That of the situation: once it has changed, the situation moved and this counts no more."""
    since: datetime = Field(sa_type=UtcDateTime)
    last: datetime = Field(sa_type=UtcDateTime)
    next_try: datetime = Field(sa_type=UtcDateTime)
    __table_args__ = (_of_case(),)


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
    __table_args__ = (_of_case(), Index("ix_access_log_reference", "reference", "at"))


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
    __table_args__ = (_of_case(),)


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
    __table_args__ = (_of_case(),)


class LocalKeyRow(Table, table=True):
    """The file number a DAC keeps for itself (repère local): encrypted, found again by a keyed digest, droppable."""

    __tablename__ = "local_keys"
    reference: str = Field(primary_key=True)
    dac: str
    sealed: str
    digest: str
    __table_args__ = (_of_case(), Index("ix_local_keys_digest", "digest"))


class DemoClockRow(Table, table=True):
    """The clock of a demonstration database: one row that every command on it reads."""

    __tablename__ = "demo_clock"
    id: int = Field(primary_key=True)
    now: datetime = Field(sa_type=UtcDateTime)


TABLES = Table.metadata.tables
