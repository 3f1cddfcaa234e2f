"""A queued mail becomes a message: one small template gives subject, text and HTML (domain.md §3.9).

No free text can pass: the context is a closed list of dates, codes and names of structures (INV-17).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Self

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifications.transport import checked_address
from workflow.errors import OrpError
from workflow.records import QueuedMail
from workflow.words import day_in_words

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
)
"""The mails that can be written; a code from anywhere else never names a file."""

SUBJECT_MAX = 90
TEMPLATES = Path(__file__).parent / "templates"
REASONS = ("responsable", "destinataire", "superieur", "informe", "redacteur")
NATURES = ("", "decision", "complement", "avis", "action", "retour", "tache")
ISSUES = ("cloturee", "reorientee", "retiree")

SHORTER_AND_SHORTER = ("d MMMM y", "d MMMM", "d MMM")
"""How a date is written in a subject: the first that lets it hold in `SUBJECT_MAX`."""

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,39}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9.-]+>")
_PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?")
_BEFORE_MARK = re.compile(r" (?=[;:?!»])|(?<=«) ")


class MailError(OrpError):
    """A mail cannot be written: its code, its context or an address is not what the catalogue knows."""


def safe(value: str) -> str:
    """Return a value that may stand in a header, or refuse it, whatever the standard library would do.

    Raises:
        MailError: it holds a line end, a control or a character that changes the reading direction.
    """
    if _UNSAFE.search(value):
        raise MailError("Un caractère de contrôle ne peut pas figurer dans un courriel.")
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or len(value) > 120:
        raise TypeError
    return safe(value)


def _code(known: tuple[str, ...]) -> Callable[[object], str]:
    def read(value: object) -> str:
        return known[known.index(value)]  # anything else raises ValueError

    return read


def _day(value: object) -> date:
    return date.fromisoformat(value)  # type: ignore[arg-type]  # anything but an ISO date raises


def _exact(kind: type) -> Callable[[object], Any]:
    def read(value: object) -> object:
        if type(value) is not kind:
            raise TypeError
        return value

    return read


def _optional(read: Callable[[object], Any]) -> Callable[[object], Any]:
    return lambda value: None if value is None else read(value)


_READERS: Mapping[str, Callable[[object], Any]] = {
    "etape": _name,
    "echeance": _optional(_day),
    "indicatif": _exact(bool),
    "structure": _name,
    "de": _optional(_name),
    "pourquoi": _code(REASONS),
    "nature": _code(NATURES),
    "retard_depuis": _optional(_day),
    "jours": _exact(int),
    "suite": _exact(bool),
    "fin": _optional(_code(ISSUES)),
}


@dataclass(frozen=True, slots=True)
class MailContext:
    """All that a template may say besides the reference. Every field must be given."""

    etape: str
    """Title of the step."""
    echeance: date | None
    indicatif: bool
    """Nobody has accepted this delay yet: the mail says « délai indicatif »."""
    structure: str
    """Who acts or decided; empty when it is nobody."""
    de: str | None
    """Who asks, or from whom the retour comes."""
    pourquoi: str
    nature: str
    """What is awaited."""
    retard_depuis: date | None
    jours: int
    """Days from the due date, negative before."""
    suite: bool
    """The recipient must now tell the rédacteur."""
    fin: str | None

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Read the JSON values of a queued mail.

        Raises:
            MailError: a key is unknown or missing, or a value is not of its closed kind.
        """
        if values.keys() != _READERS.keys():
            names = ", ".join(sorted(values.keys() ^ _READERS.keys()))
            raise MailError(f"Champs inconnus ou manquants : {names}.")
        found = {}
        for name, reader in _READERS.items():
            try:
                found[name] = reader(values[name])
            except (TypeError, ValueError):
                raise MailError(f"Le champ {name} n’a pas une valeur permise.") from None
        return cls(**found)


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
        values = self._values(mail)
        subject = self._subject(mail.mail, values)
        message = EmailMessage(policy=SMTP)
        for name, value in self._headers(mail, subject).items():
            message[name] = value
        message["Date"] = now
        text = self._text.get_template(f"{mail.mail}.j2").render(values, cadre="texte.txt")
        html = self._html.get_template(f"{mail.mail}.j2").render(values, cadre="message.html", sujet=subject)
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(_BEFORE_MARK.sub("\u202f", html), subtype="html", cte="quoted-printable")
        message["Content-Language"] = "fr"
        return message

    def _values(self, mail: QueuedMail) -> dict[str, Any]:
        if mail.mail not in CATALOGUE or not _REFERENCE.fullmatch(mail.reference):
            raise MailError("Ce courriel n’est pas du catalogue, ou sa référence n’en est pas une.")
        context = MailContext.read(mail.context)
        return {field.name: getattr(context, field.name) for field in fields(context)} | {
            "reference": mail.reference,
            "lien": f"{self._public_url}/situations/{mail.reference}",
        }

    def _subject(self, mail: str, values: Mapping[str, Any]) -> str:
        template = self._text.get_template(f"{mail}.j2")
        subject = ""
        for pattern in SHORTER_AND_SHORTER:
            subject = template.render(values, cadre="sujet.txt", format_date=pattern)
            if len(subject) <= SUBJECT_MAX:
                return subject
        return subject[: SUBJECT_MAX - 1].rsplit(" ", 1)[0] + "…"

    def _headers(self, mail: QueuedMail, subject: str) -> dict[str, Any]:
        if not _MESSAGE_ID.fullmatch(mail.message_id):
            raise MailError("L’identifiant du message n’a pas la forme <…@…>.")
        thread = f"<{mail.reference}@{self._sender.domain}>"
        return {
            "From": self._sender,
            "To": Address(addr_spec=checked_address(mail.address)),
            "Subject": safe(subject),
            "Message-ID": mail.message_id,
            "References": thread,
            "In-Reply-To": thread,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        }


def _environment(*, html: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=html,  # noqa: S701  # false for the text only, where nothing can be markup
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"jour": day_in_words, "court": _short, "ligne": _line, "lignes": _lines}
    return environment


def _short(day: date, pattern: str) -> str:
    return re.sub(r"^1 ", "1er ", format_date(day, pattern, locale="fr"))


def _line(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
