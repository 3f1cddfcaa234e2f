"""What moves: situations, who takes part, what is owed, and the journal of it all."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint, false
from sqlmodel import Field

from storage.tables.base import Table, UtcDateTime, of_case, partial


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
    __table_args__ = (partial("ix_cases_due", "wake_at", "reference", where="wake_at IS NOT NULL"),)


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
        of_case(),
        partial("ix_parties_person", "person", where="person IS NOT NULL"),
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
        of_case(),
        Index("ix_obligations_debtor", "debtor_organisation", "debtor_function", "status"),
        partial(
            "ix_obligations_debtor_person", "debtor_person", where="status = 'ouvert' AND debtor_person IS NOT NULL"
        ),
        partial("ix_obligations_open", "reference", where="status = 'ouvert'"),
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
    __table_args__ = (of_case(), UniqueConstraint("decision_id"))


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
    __table_args__ = (of_case(),)
