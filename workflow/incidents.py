"""An incident: a situation that the software cannot move, set aside so that the others go on (DESIGN §3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from traceback import walk_tb

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(days=1))
"""Pauses before the next try; the last one repeats."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What stops one situation, since when, how often it was tried. Instants are UTC."""

    reference: str
    cause: str
    """Class of the exception and place in the code: never a text, which could quote the situation."""
    attempts: int
    since: datetime
    last: datetime
    next_try: datetime
    """The scheduler leaves the situation alone until then; a decision may be tried at any time."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One try that failed."""

    reference: str
    cause: str

    def after(self, earlier: Incident | None, now: datetime) -> Incident:
        """Return the incident that this failure opens, or makes last; tries are further and further apart."""
        attempts = earlier.attempts + 1 if earlier else 1
        return Incident(
            reference=self.reference,
            cause=self.cause,
            attempts=attempts,
            since=earlier.since if earlier else now,
            last=now,
            next_try=now + PAUSES[min(attempts, len(PAUSES)) - 1],
        )


def cause_of(error: Exception) -> str:
    """Return the class of an exception and where the rules were, such as « KeyError (workflow.rules, ligne 63) »."""
    frames = [(str(frame.f_globals.get("__name__")), line) for frame, line in walk_tb(error.__traceback__)]
    module, line = [place for place in frames if place[0].startswith("workflow.")][-1]
    return f"{type(error).__name__} ({module}, ligne {line})"
