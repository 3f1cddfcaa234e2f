"""One pass over the outbox: take what may leave, send it, say what became of each mail."""

import asyncio
import logging
from collections import Counter, deque
from dataclasses import dataclass
from email.message import EmailMessage

from notifications.render import Renderer
from notifications.transport import SessionError, Transport, TransportError
from workflow.clock import Clock
from workflow.ports import MailQueue
from workflow.records import QueuedMail

UNRENDERED = "modele"
"""Reason of a mail that could not be written: its template or its context is wrong."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of the mails of one pass."""

    sent: int = 0
    refused: int = 0
    postponed: int = 0


def deliver(queue: MailQueue, transport: Transport, renderer: Renderer, clock: Clock, limit: int = 50) -> Delivered:
    """Send at most `limit` mails in one session and return how many went which way.

    A mail is marked right after it left: a crash in between sends it again later, never loses it.
    """
    mails = queue.claim(limit)
    if not mails:
        return Delivered()
    return asyncio.run(_Pass(queue, transport, renderer, clock).run(mails))


class _Pass:
    def __init__(self, queue: MailQueue, transport: Transport, renderer: Renderer, clock: Clock) -> None:
        self._queue, self._transport, self._renderer, self._clock = queue, transport, renderer, clock
        self._count: Counter[str] = Counter()

    async def run(self, mails: list[QueuedMail]) -> Delivered:
        """Send one after the other; once the server is gone, postpone all that is left."""
        waiting = deque(mails)
        try:
            async with self._transport:
                while waiting:
                    await self._one(waiting[0])
                    waiting.popleft()
        except TransportError as failure:
            for mail in waiting:
                self._postpone(mail, failure.reason)
        return Delivered(**self._count)

    async def _one(self, mail: QueuedMail) -> None:
        try:
            message = self._renderer.render(mail, self._clock.now())
        except TransportError as failure:
            self._failed(mail, failure)
            return
        except Exception as error:  # one wrong template or context must not hold the other mails back
            log.warning("Courriel %d (%s) impossible à écrire : %s", mail.id, mail.mail, type(error).__name__)
            self._postpone(mail, UNRENDERED)
            return
        await self._send(mail, message)

    async def _send(self, mail: QueuedMail, message: EmailMessage) -> None:
        try:
            await self._transport.send(message, mail.address)
        except SessionError:
            raise
        except TransportError as failure:
            self._failed(mail, failure)
        else:
            self._queue.accepted(mail)
            self._count["sent"] += 1

    def _failed(self, mail: QueuedMail, failure: TransportError) -> None:
        if not failure.permanent:
            self._postpone(mail, failure.reason)
            return
        self._queue.refused(mail, failure.reason)
        self._count["refused"] += 1

    def _postpone(self, mail: QueuedMail, reason: str) -> None:
        self._queue.postponed(mail, reason)
        self._count["postponed"] += 1
