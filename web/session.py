"""Sessions: kept in the database, ended by idleness, by age, or by hand (DESIGN §7)."""

from datetime import datetime, timedelta

from web.ports.entry import OpenSession
from web.ports.services import Work
from web.secrets import digest, new_token
from workflow.circuit.model import Proof
from workflow.records import SignedIn
from workflow.tracking import ANONYMOUS

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
TOUCH = timedelta(minutes=1)
"""A session in use is noted at most this often: reading a page writes nothing else."""


def key_of(secret: str) -> str:
    """Return under which key the session of a browser is kept."""
    return digest("session", secret)


def is_alive(session: OpenSession | None, now: datetime) -> bool:
    """Say whether a session may still be used."""
    if session is None or session.ended_at is not None:
        return False
    return now < session.seen_at + IDLE and now < session.opened_at + LONGEST


def begin(work: Work, person: str, proof: Proof, agent: str, now: datetime) -> str:
    """Open a session and return the new secret of the browser: the former one is worth nothing any more."""
    return renew(work, SignedIn(person, proof, agent), now)


def follow(work: Work, reference: str, agent: str, now: datetime) -> str:
    """Open a session on one situation to whoever has its tracking code, and return the new secret of the browser.

    The code is their password: sixty bits, given once, that open nothing else.
    """
    return renew(work, SignedIn(ANONYMOUS, Proof.STRONG, agent, reference), now)


def renew(work: Work, who: SignedIn, now: datetime) -> str:
    """Open a session of somebody who is already known, and return the new secret of the browser."""
    secret = new_token()
    work.entry.open_session(key_of(secret), who, now)
    return secret
