"""The link of a mail: a secret that opens one situation to whoever the mail was sent to (DESIGN §7).

It is made from the key of the mail, so that a mail sent again bears the same link; its digest alone is kept.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from workflow.circuit.compiled import Circuit
from workflow.records import Entry, QueuedMail

LIFE = timedelta(days=180)
"""The longest a level is given to decide (D17): a mail sent again, or a reminder, bears a newer link."""
PLACES = ("antenne", "dd_competente")
"""Fields by which another organisation takes the place of the one that was written to (T03, T24)."""


@dataclass(frozen=True, slots=True)
class MailLink:
    """What a link is bound to, under the digest by which it is found again."""

    digest: str
    reference: str
    recipient: str | None
    """The person or service mailbox the mail was sent to; None: the rédacteur."""
    seq: int
    """The last journal line of the situation when the link was made: the stay it is bound to."""
    made_at: datetime


def references_in(mail: QueuedMail) -> list[str]:
    """Return the situations that a mail tells of."""
    if mail.reference:
        return [mail.reference]
    return list(dict.fromkeys(line["reference"] for line in mail.context.get("lignes", ())))


def token(secret: str, mail: QueuedMail, reference: str) -> str:
    """Return the 256 bits of the link to one situation in one mail: nobody finds them without the secret."""
    made = hmac.digest(secret.encode(), f"{mail.key}\0{reference}".encode(), "sha256")
    return urlsafe_b64encode(made).decode().rstrip("=")


def digest_of(token: str) -> str:
    """Return what is kept of a link: it cannot be turned back."""
    return sha256(f"lien\0{token}".encode(errors="surrogatepass")).hexdigest()


def stays(circuit: Circuit, after: Sequence[Entry]) -> bool:
    """Say whether the situation has stayed at its level, before the same organisations, through these journal lines."""
    if any(entry.kind == "circuit" for entry in after):  # other levels perhaps: the circuit of today does not read them
        return False
    return not any(_goes(circuit, line) for line in _decisions(after))


def _decisions(entries: Iterable[Entry]) -> Iterator[dict[str, dict[str, str]]]:
    return (json.loads(entry.content) for entry in entries if entry.kind == "decision")


def _goes(circuit: Circuit, line: dict[str, dict[str, str]]) -> bool:
    here, there = (circuit.step(str(line[name])).level for name in ("de", "vers"))
    return here is not there or any(name in line.get("codes", {}) for name in PLACES)
