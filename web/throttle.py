"""How often something may be tried: counted in the database, so that all the processes know."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from web.ports.services import Work
from web.secrets import digest

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries of one thing in a time."""

    name: str
    most: int
    within: timedelta = HOUR


CODES_TO_AN_ADDRESS = Limit("codes", 5)
CODES_FROM_A_PLACE = Limit("codes-lieu", 60)
TRIES_FROM_A_PLACE = Limit("essais-lieu", 100)
PASSWORDS = Limit("mots-de-passe", 8)
TRACKING = Limit("suivi", 30)
DEPOSITS = Limit("depots-lieu", 20)
SETUPS = Limit("installation", 10)
TRIALS = Limit("courriels-d-essai", 10)


def allows(work: Work, limit: Limit, what: str, now: datetime) -> bool:
    """Count one more try of something, and say whether it may go on."""
    return work.entry.count(digest(limit.name, what.lower()), now, now - limit.within) <= limit.most
