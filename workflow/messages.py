"""Which mails a change owes to whom. A message carries codes, dates and names of structures (INV-17)."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date

from workflow.change import Change
from workflow.circuit.model import SYSTEM, WRITER
from workflow.holders import recipients
from workflow.model import Holder, Obligation
from workflow.records import Message
from workflow.working_days import Calendar

RECEIPT = "M01"
REMINDER = "M12"
LATE = "M13"
RETOUR_OWED = "M14"
TRANSMISSION = "M07"
RELAY = "M10"
REMINDERS = "rappels"
"""The batch of all reminders: each morning a person receives one mail of them (domain.md §3.5)."""
REPEATED = (REMINDER, RETOUR_OWED, LATE)
"""Mails that come back as long as nothing is done."""


@dataclass(frozen=True, slots=True)
class About:
    """What a mail says beyond the step it is about."""

    why: str
    """Code of the reason for receiving it: responsable, destinataire, superieur, informe."""
    obligation: Obligation | None = None
    """What is owed, by whom, until when."""
    sender: Holder | None = None
    """Who asks, or from whom the retour comes."""
    days: int = 0
    """Days from the due date."""
    pass_on: bool = False
    """The one who receives must now tell the rédacteur."""
    proves: Obligation | None = None
    """The last-mile obligation this mail discharges."""
    only: str | None = None
    """The one who receives it; None: all those behind the holder."""


def tell(change: Change, mail: str, holder: Holder, key: str, about: About) -> None:
    """Owe one mail to each person behind a holder; `key` makes it unique within the situation."""
    dossier, reference, window = change.dossier, change.case.reference, _window(change, mail, holder)
    start = max(change.at, change.now)
    for recipient in [about.only] if about.only else recipients(dossier, holder, change.today(holder)):
        message = Message(
            key=f"{reference}:{key}:{mail}:{recipient or WRITER}",
            mail=mail,
            reference=reference,
            recipient=recipient,
            not_before=window.in_window(start) if window else start,
            actor=holder.actor,
            organisation=holder.organisation,
            function=holder.function,
            departement=window.departement if window else None,
            context=_context(change, holder, about),
            obligation=about.proves.n if about.proves else None,
            reminds=about.obligation.n if about.obligation and mail in REPEATED else None,
            batch=_batch(change, mail, about) if recipient else None,
        )
        change.outcome.messages.append(message)


def _window(change: Change, mail: str, holder: Holder) -> Calendar | None:
    """The rédacteur's receipt leaves at any hour; everything else inside the sending window."""
    return None if mail == RECEIPT else change.calendar(holder)


def _batch(change: Change, mail: str, about: About) -> str | None:
    """Reminders are gathered by morning, notices of lateness too, transmissions by the act that transmits.

    The rédacteur, known to the DAC alone, is written to for each situation apart.
    """
    if mail in (REMINDER, RETOUR_OWED):
        return REMINDERS
    if mail == LATE:
        return LATE
    if mail in (TRANSMISSION, RELAY) and about.why == "responsable":
        return f"{mail}:{change.at.isoformat()}:{change.by}"
    return None


def _context(change: Change, holder: Holder, about: About) -> dict[str, str | int | bool | None]:
    owed = about.obligation
    acting = owed.debtor if owed else about.sender or holder
    return {
        "etape": change.circuit.step(change.case.step).title,
        "echeance": _iso(owed.due) if owed and not owed.paused_on else None,
        "indicatif": bool(owed and change.circuit.dues[owed.code].indicative),
        "structure": _name(change, acting),
        "de": _name(change, about.sender) if about.sender else None,
        "pourquoi": "redacteur" if holder.actor == WRITER else about.why,
        "nature": str(owed.kind) if owed else "",
        "retard_depuis": _iso(owed.due) if owed and owed.late else None,
        "jours": about.days,
        "suite": about.pass_on,
        "fin": change.case.issue,
    }


def _name(change: Change, holder: Holder) -> str:
    return "" if holder.actor == SYSTEM else change.dossier.facts.organisations[holder.organisation].name


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def collapse(messages: Iterable[Message], still_owed: Container[int]) -> list[Message]:
    """Keep one reminder and one notice per person and situation, the latest: never a burst (DESIGN §4).

    What was rendered since is not reminded of.
    """
    kept: dict[object, Message] = {}
    for message in messages:
        if message.reminds is None:
            kept[message.key] = message
        elif message.reminds in still_owed:
            kept[message.mail, message.recipient] = message
    return list(kept.values())
