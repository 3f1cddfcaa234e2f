"""Rows to model and back: the only file that knows both."""

from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from workflow.circuit.model import Kind
from workflow.delays import Delay
from workflow.incidents import Incident
from workflow.model import Case, Holder, LastDecision, Obligation, Organisation, Party, Played, Status
from workflow.records import Answer, Content, Entry, Message, QueuedMail


class Row(Protocol):
    """A row read by column name, whether the database's or a dictionary."""

    def __getitem__(self, name: str, /) -> Any:
        """Return the value of a column."""
        ...


def _names(rows: type, *without: str) -> tuple[str, ...]:
    """The columns of a class, listed once: asking each row for them would cost more than reading it."""
    return tuple(f.name for f in fields(rows) if f.name not in without)


_ORGANISATION = _names(Organisation)
_CASE = _names(Case, "played", "last")
_OBLIGATION = _names(Obligation, "debtor", "beneficiary", "kind", "status", "answers", "left")
_PARTY, _ENTRY, _CONTENT, _ANSWER = _names(Party), _names(Entry), _names(Content), _names(Answer)
_MESSAGE, _QUEUED, _INCIDENT = _names(Message), _names(QueuedMail, "links"), _names(Incident)


def _values(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def organisation_from(row: Row) -> Organisation:
    """Return the organisation of a row."""
    return Organisation(**{name: row[name] for name in _ORGANISATION})


def case_values(case: Case) -> dict[str, Any]:
    """Return the columns of a situation."""
    last = case.last
    return _values(case, _CASE) | {
        "played": {name: [p.count, p.last.isoformat()] for name, p in case.played.items()},
        "last": {"title": last.title, "author": last.author, "at": last.at.isoformat()} if last else None,
    }


def case_from(row: Row) -> Case:
    """Return the situation of a row."""
    last = row["last"]
    return Case(
        **{name: row[name] for name in _CASE},
        played={name: Played(count, datetime.fromisoformat(at)) for name, (count, at) in row["played"].items()},
        last=LastDecision(last["title"], last["author"], datetime.fromisoformat(last["at"])) if last else None,
    )


def obligation_values(reference: str, dac: str, obligation: Obligation) -> dict[str, Any]:
    """Return the columns of an obligation."""
    return {
        **_values(obligation, _OBLIGATION),
        **_holder_values("debtor", obligation.debtor),
        **_holder_values("beneficiary", obligation.beneficiary),
        "reference": reference,
        "dac": dac,
        "kind": str(obligation.kind),
        "status": str(obligation.status),
        "answers": obligation.answers,
        "left": str(obligation.left) if obligation.left else None,
    }


def obligation_from(row: Row) -> Obligation:
    """Return the obligation of a row."""
    debtor = _holder_from("debtor", row)
    if debtor is None:
        raise ValueError("an obligation without a debtor")
    return Obligation(
        **{name: row[name] for name in _OBLIGATION},
        kind=Kind(row["kind"]),
        status=Status(row["status"]),
        answers=list(row["answers"]),
        left=Delay.parse(row["left"]) if row["left"] else None,
        debtor=debtor,
        beneficiary=_holder_from("beneficiary", row),
    )


def _holder_values(side: str, holder: Holder | None) -> dict[str, str | None]:
    names = ("actor", "organisation", "function", "person")
    return {f"{side}_{name}": getattr(holder, name) if holder else None for name in names}


def _holder_from(side: str, row: Row) -> Holder | None:
    if row[f"{side}_actor"] is None:
        return None
    return Holder(row[f"{side}_actor"], row[f"{side}_organisation"], row[f"{side}_function"], row[f"{side}_person"])


def party_values(reference: str, dac: str, party: Party) -> dict[str, Any]:
    """Return the columns of a party."""
    return _values(party, _PARTY) | {"reference": reference, "dac": dac}


def party_from(row: Row) -> Party:
    """Return the party of a row."""
    return Party(**{name: row[name] for name in _PARTY})


def contact_values(case: Case, email: str | None, tracking: str | None) -> dict[str, Any]:
    """Return the columns of the rédacteur's contact; of a tracking code only the digest is kept."""
    digest = sha256(tracking.encode()).hexdigest() if tracking else None
    return {"reference": case.reference, "dac": case.dac, "email": email, "tracking": digest}


def entry_values(entry: Entry) -> dict[str, Any]:
    """Return the columns of a journal line."""
    return _values(entry, _ENTRY)


def entry_from(row: Row) -> Entry:
    """Return the journal line of a row."""
    return Entry(**{name: row[name] for name in _ENTRY})


def content_values(dac: str, content: Content) -> dict[str, Any]:
    """Return the columns of a free text."""
    return _values(content, _CONTENT) | {"dac": dac}


def answer_values(dac: str, answer: Answer) -> dict[str, Any]:
    """Return the columns of a coded answer."""
    return _values(answer, _ANSWER) | {"dac": dac}


def message_values(dac: str | None, message: Message) -> dict[str, Any]:
    """Return the columns of a mail that is owed."""
    return _values(message, _MESSAGE) | {"context": dict(message.context), "dac": dac}


def incident_values(incident: Incident) -> dict[str, Any]:
    """Return the columns of an incident."""
    return _values(incident, _INCIDENT)


def incident_from(row: Row) -> Incident:
    """Return the incident of a row."""
    return Incident(**{name: row[name] for name in _INCIDENT})


def mail_from(row: Row) -> QueuedMail:
    """Return the mail of a row, which also holds its address."""
    return QueuedMail(**{name: row[name] for name in _QUEUED})
