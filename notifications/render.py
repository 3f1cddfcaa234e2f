"""A queued mail becomes a message: one small template gives subject, text and HTML (domain.md §3.9).

No free text can pass: the context is a closed list of dates, codes and names of structures (INV-17).
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifications.context import (
    AbsenceContext,
    CircuitContext,
    CodeContext,
    Context,
    MailContext,
    MailError,
    SeveralContext,
    safe,
)
from notifications.transport import checked_address
from workflow.records import QueuedMail
from workflow.words import counted, day_in_words

CATALOGUE = (
    "M01",
    "M02",
    "M03",
    "M04",
    "M06",
    "M07",
    "M08",
    "M09",
    "M10",
    "M11",
    "M12",
    "M13",
    "M14",
    "M15",
    "M17",
    "M18",
    "M19",
    "M20",
    "M21",
    "M22",
)
"""The mails that can be written; a code from anywhere else never names a file."""

CODE = "M20"
CIRCUIT = "M21"
ABSENCE = "M22"
APART: Mapping[str, tuple[type[Context], str, str]] = {
    CODE: (CodeContext, "code", "/entrer/code"),
    CIRCUIT: (CircuitContext, "", "/aide/responsable-dac"),
    ABSENCE: (AbsenceContext, "absence", "/organisation"),
}
"""Mails that tell of no situation: what they may say, why they are received (or they say it), where they lead."""

LISTS = {"M12": "rappels", "M07": "bordereau", "M10": "bordereau", "M13": "retards"}
"""The mails that may tell of several situations, and their template."""

SUBJECT_MAX = 90
TEMPLATES = Path(__file__).parent / "templates"
SHORTER_AND_SHORTER = ("d MMMM y", "d MMMM", "d MMM")
"""How a date is written in a subject: the first that lets it hold in `SUBJECT_MAX`."""

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,39}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9.-]+>")
_PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?")
_BEFORE_MARK = re.compile(r" (?=[;:?!»])|(?<=«) ")


class Renderer:
    """Writes the mails of the catalogue.

    Links begin with `public_url`, never with what a request says; `sender` is an address, with a
    display name if wished.
    """

    def __init__(self, public_url: str, sender: str) -> None:
        if not _PUBLIC_URL.fullmatch(public_url):
            raise MailError("L’adresse publique attend une forme comme https://orp.example.")
        name, address = parseaddr(safe(sender))
        self._sender = Address(display_name=name, addr_spec=checked_address(address))
        self._public_url = public_url.rstrip("/")
        self._text = _environment(html=False)
        self._html = _environment(html=True)

    def render(self, mail: QueuedMail, now: datetime) -> EmailMessage:
        """Return the message, dated `now` (UTC).

        Raises:
            MailError: the mail is not one of the catalogue, or its context is refused.
            TransportError: its address can never receive anything.
            jinja2.UndefinedError: the template says something this context does not hold.
        """
        form, values = self._values(mail)
        subject = self._subject(form, values)
        message = EmailMessage(policy=SMTP)
        for name, value in self._headers(mail, subject, values["reference"]).items():
            message[name] = value
        message["Date"] = now
        text = self._text.get_template(f"{form}.j2").render(values, cadre="texte.txt")
        html = self._html.get_template(f"{form}.j2").render(values, cadre="message.html", sujet=subject)
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(_BEFORE_MARK.sub("\u202f", html), subtype="html", cte="quoted-printable")
        message["Content-Language"] = "fr"
        return message

    def _values(self, mail: QueuedMail) -> tuple[str, dict[str, Any]]:
        """Return the template and what it says. A list of one line is the mail of that line."""
        if mail.mail in APART:
            return mail.mail, self._apart(mail.mail, mail.context)
        if mail.reference is not None:
            return mail.mail, self._one(mail.mail, mail.reference, mail.context, mail.links)
        several = SeveralContext.read(mail.context)
        lines = [self._one(line.courriel, line.reference, line.context, mail.links) for line in several.lignes]
        if several.en_tout == 1:
            return lines[0]["courriel"], lines[0]
        if mail.mail not in LISTS:
            raise MailError("Ce courriel ne dit qu’une situation.")
        return LISTS[mail.mail], {
            "courriel": mail.mail,
            "reference": None,
            "lignes": lines,
            "situations": several.situations,
            "en_retard": several.en_retard,
            "retours": several.retours,
            "en_tout": several.en_tout,
            "de_plus": several.en_tout - len(lines),
            "echeance": min((line["echeance"] for line in lines if line["echeance"]), default=None),
            "pourquoi": "responsable",
            "suite": False,
            "lien": f"{self._public_url}/a-traiter",
        }

    def _apart(self, mail: str, values: Mapping[str, Any]) -> dict[str, Any]:
        form, reason, page = APART[mail]
        said = {
            "courriel": mail,
            "reference": None,
            "pourquoi": reason,
            "suite": False,
            "lien": f"{self._public_url}{page}",
        }
        return said | _fields(form.read(values))

    def _one(self, mail: str, reference: str, values: Mapping[str, Any], links: Mapping[str, str]) -> dict[str, Any]:
        if mail not in CATALOGUE or not _REFERENCE.fullmatch(reference):
            raise MailError("Ce courriel n’est pas du catalogue, ou sa référence n’en est pas une.")
        return _fields(MailContext.read(values)) | {
            "courriel": mail,
            "reference": reference,
            "lien": f"{self._public_url}/{self._path(reference, links)}",
        }

    @staticmethod
    def _path(reference: str, links: Mapping[str, str]) -> str:
        """The link of this very mail; one that was not claimed, a preview, only says where the situation is."""
        return f"d/{links[reference]}" if reference in links else f"situations/{reference}"

    def _subject(self, form: str, values: Mapping[str, Any]) -> str:
        template = self._text.get_template(f"{form}.j2")
        subject = ""
        for pattern in SHORTER_AND_SHORTER:
            subject = template.render(values, cadre="sujet.txt", format_date=pattern)
            if len(subject) <= SUBJECT_MAX:
                return subject
        return subject[: SUBJECT_MAX - 1].rsplit(" ", 1)[0] + "…"

    def _headers(self, mail: QueuedMail, subject: str, reference: str | None) -> dict[str, Any]:
        if not _MESSAGE_ID.fullmatch(mail.message_id):
            raise MailError("L’identifiant du message n’a pas la forme <…@…>.")
        thread = f"<{reference}@{self._sender.domain}>"
        return {
            "From": self._sender,
            "To": Address(addr_spec=checked_address(mail.address)),
            "Subject": safe(subject),
            "Message-ID": mail.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        } | ({"References": thread, "In-Reply-To": thread} if reference else {})


def _fields(context: Context) -> dict[str, Any]:
    return {field.name: getattr(context, field.name) for field in fields(context)}


def _environment(*, html: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=html,  # noqa: S701  # false for the text only, where nothing can be markup
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"jour": day_in_words, "court": _short, "ligne": _line, "lignes": _lines, "compte": counted}
    return environment


def _short(day: date, pattern: str) -> str:
    return re.sub(r"^1 ", "1er ", format_date(day, pattern, locale="fr"))


def _line(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
