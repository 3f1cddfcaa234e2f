"""The outbox as people look at it: what may be sent again, what may be cancelled, and why not the rest."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workflow.messages import REMINDER, RETOUR_OWED
from workflow.records import QueuedMail

TAKEN_IN_CHARGE = "M08"
TRANSMISSIONS = ("M07", "M10")
RETOURS = ("M01", "M06", "M11", "M15")
"""Mails that bring something back down: F1, the decisions, the retours, the end."""


class State(StrEnum):
    """The four heaps of the screen."""

    WAITING = "a-envoyer"
    SENT = "envoyes"
    FAILED = "en-erreur"
    DROPPED = "annules"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose mails somebody may look at: their own, those of the organisations they run, or all."""

    person: str
    organisations: Collection[str] = ()
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """One mail of the outbox, and what became of it."""

    mail: QueuedMail
    dac: str | None
    status: str
    not_before: datetime
    sent_at: datetime | None
    reason: str | None
    """Code of a failure, or the person who cancelled."""
    name: str | None
    """Of the person or service mailbox; None: the rédacteur."""
    carrier: int | None
    lease_until: datetime | None

    def leaving(self, now: datetime) -> bool:
        """Say whether a sender holds it at this moment."""
        return self.lease_until is not None and self.lease_until > now


def runs(reader: Reader, posted: Posted) -> bool:
    """Say whether this reader may act on a mail, not only look at it."""
    return reader.everything or posted.dac in reader.organisations or posted.mail.organisation in reader.organisations


def why_not_cancelled(posted: Posted, now: datetime) -> str:
    """Say why a mail may not be cancelled, nothing if it may.

    Only what comes back by itself (a reminder to its debtor) or asks for nothing (« prise en charge ») may be: a
    retour, a transmission, a request, a notice of lateness are owed to somebody (DESIGN §1, INV-09).
    """
    if posted.status != "a_envoyer":
        return "Seul un courriel qui n’est pas encore parti s’annule."
    if posted.leaving(now):
        return "Ce courriel est en train de partir."
    if posted.carrier is not None:
        return "Ce courriel part avec d’autres, en un seul envoi."
    return _why_owed(posted.mail)


def _why_owed(mail: QueuedMail) -> str:
    above = mail.context.get("pourquoi") == "superieur"
    if mail.mail == TAKEN_IN_CHARGE or (mail.mail in (REMINDER, RETOUR_OWED) and not above):
        return ""
    if above and mail.mail == REMINDER:
        return "Ce rappel prévient la personne qui encadre : il ne s’annule pas."
    if mail.mail in RETOURS or mail.obligation is not None:
        return "Un retour est dû à quelqu’un : il ne s’annule pas."
    if mail.mail in TRANSMISSIONS:
        return "Une transmission ne s’annule pas : la décision est prise, et le délai d’annulation est passé."
    return "Ce courriel demande ou signale quelque chose à quelqu’un, qui ne l’apprendrait pas : il ne s’annule pas."


def why_not_again(posted: Posted, now: datetime) -> str:
    """Say why a mail may not be sent again now, nothing if it may."""
    failed = posted.status == "refuse" or (posted.status == "a_envoyer" and posted.reason)
    if not failed:
        return "Ce courriel n’est pas en erreur."
    return "Ce courriel est en train de partir." if posted.leaving(now) else ""
