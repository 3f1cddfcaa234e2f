"""What `orp doctor` looks at; each finding that asks for somebody is one French sentence."""

import asyncio
import platform
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from notifications.transport import SessionError
from orp.bootstrap import Application
from orp.staffed import lacking
from storage.demo_clock import DemoClock
from storage.version import SCHEMA
from workflow.clock import SystemClock
from workflow.incidents import Incident
from workflow.records import Publication
from workflow.versions import behind
from workflow.words import PARIS, counted, enumerate_words

HANDSHAKE = 5.0
"""Seconds the mail server has for each answer."""
APART = timedelta(seconds=60)
"""A database whose clock is further from the machine's is not on time."""
LATE = timedelta(minutes=15)
"""The scheduler beats every 30 seconds: what has been due for longer means that none runs."""
STUCK = timedelta(hours=1)
"""A mail that could leave for longer meets a difficulty."""
NEXT = 5

REASONS = {
    "connexion": "il ne répond pas à cette adresse",
    "delai": "il n’a pas répondu à temps",
    "tls": "la connexion chiffrée n’a pas pu s’établir",
    "authentification": "le compte n’est pas accepté",
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found. Instants are UTC; an empty `to_look_at` means that all is well."""

    versions: dict[str, str]
    journal: str
    now: datetime
    demo: bool
    database_clock: datetime | None
    smtp: str
    smtp_failure: str | None
    next_due: list[dict[str, Any]]
    oldest_mail: dict[str, Any] | None
    lag: timedelta
    incidents: list[Incident]
    refused: list[dict[str, Any]]
    to_look_at: list[str]


def diagnose(app: Application) -> Diagnosis:
    """Look at everything; nothing is written and no mail is sent."""
    now, machine = app.clock.now(), SystemClock().now()
    with app.store.reading() as work:
        server, mail, wake = work.health.server(), work.health.oldest_mail(), work.health.next_wake()
        due = work.health.next_due(now, NEXT)
        late = _behind(work.circuits.all(), now)
        incidents, refused = work.incidents.all(), work.screens.refused_addresses()
    failure = _handshake(app)
    lag = max(now - wake, timedelta(0)) if wake else timedelta(0)
    smtp = f"{app.settings.smtp_host}:{app.settings.smtp_port}"
    findings = {
        f"Serveur de messagerie {smtp} : {failure}.": failure is not None,
        "L’horloge de la base et celle de cette machine diffèrent : mettez-les à l’heure (NTP).": server.clock
        is not None
        and abs(server.clock - machine) > APART,
        "Rien ne fait avancer les situations : « orp worker » tourne-t-il ?": lag > LATE,
        "Des courriels ne partent pas : « orp outbox » dit pourquoi.": mail is not None
        and now - mail["not_before"] > STUCK,
        late: bool(late),
        f"{counted(len(incidents), 'situation')} de côté par une faute du logiciel.": bool(incidents),
    }
    return Diagnosis(
        versions={"orp": version("orp"), "schema": SCHEMA, "python": platform.python_version(), "base": server.name},
        journal=server.journal,
        now=now,
        demo=isinstance(app.clock, DemoClock),
        database_clock=server.clock,
        smtp=smtp,
        smtp_failure=failure,
        next_due=due,
        oldest_mail=mail,
        lag=lag,
        incidents=incidents,
        refused=refused,
        to_look_at=[*(sentence for sentence, found in findings.items() if found), *lacking(app)],
    )


def _behind(rows: list[Publication], now: datetime) -> str:
    """Circuits that have not taken up in time what is mandatory above them."""
    late = [f"« {layer.name} » ({above.key})" for layer, above in behind(rows, now.astimezone(PARIS).date())]
    return (
        f"Circuits qui n’ont pas adopté à temps une version du dessus : {enumerate_words(late, 'et')}." if late else ""
    )


def _handshake(app: Application) -> str | None:
    """Greet the mail server as a real sending would: encryption and account included. None: it is ready."""
    try:
        asyncio.run(_greet(app))
    except SessionError as failure:
        return REASONS.get(failure.reason, f"il refuse la connexion ({failure.reason})")
    return None


async def _greet(app: Application) -> None:
    async with replace(app.transport(), timeout=HANDSHAKE):
        pass
