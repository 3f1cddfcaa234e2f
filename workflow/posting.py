"""The outbox as the mail sender sees it, on a store and an engine.

A mail accepted by the server may be the proof that a rédacteur was told: the situation hears of it
through the engine, like everything else.
"""

from datetime import timedelta

from workflow.engine import Engine
from workflow.model import MailReport
from workflow.ports import Store
from workflow.records import QueuedMail

LEASE = timedelta(minutes=30)
"""How long a claimed mail is left alone; a sender that died frees it by this."""
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""Pauses between attempts; the last one repeats."""


class Posting:
    """Claims mails and says what became of them (implements `ports.MailQueue`)."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store = store
        self._engine = engine

    def claim(self, limit: int) -> list[QueuedMail]:
        """Take at most `limit` mails that may leave now."""
        now = self._engine.clock.now()
        with self._store.reading() as work:
            if not work.mail_waits(now):
                return []
        with self._store.writing() as work:
            return work.claim(now, now + LEASE, limit)

    def accepted(self, mail: QueuedMail) -> None:
        """The server took it: it will not be sent again."""
        self._tell(mail, accepted=True)
        self._mark(mail, "envoye")

    def refused(self, mail: QueuedMail, reason: str) -> None:
        """The address is wrong for good: a person must act."""
        self._tell(mail, accepted=False)
        self._mark(mail, "refuse", reason)

    def postponed(self, mail: QueuedMail, reason: str) -> None:
        """Try again later, less and less often."""
        pause = RETRIES[min(mail.attempts - 1, len(RETRIES) - 1)]
        with self._store.writing() as work:
            work.mark(mail, "a_envoyer", at=self._engine.clock.now() + pause, reason=reason)

    def _tell(self, mail: QueuedMail, *, accepted: bool) -> None:
        """First the situation, then the mail: a crash between the two sends it again, it is never lost."""
        if mail.obligation is not None:
            self._engine.report([(mail.reference, MailReport(mail.obligation, accepted=accepted))])

    def _mark(self, mail: QueuedMail, status: str, reason: str | None = None) -> None:
        with self._store.writing() as work:
            work.mark(mail, status, at=self._engine.clock.now(), reason=reason)
