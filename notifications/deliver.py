"""One pass over the outbox: take what may leave, send it, say what became of each mail."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import chain

from notifications.render import Renderer
from notifications.transport import SessionError, Transport, TransportError
from workflow.clock import Clock
from workflow.ports.mails import MailQueue
from workflow.records import QueuedMail

LANES = 4
"""Sessions with the mail server open at once: a slow mail holds back three others at most, a server is spared."""
TOGETHER = 8
"""Accepted mails that are marked in one go: a crash sends these again, with the same Message-ID."""
UNRENDERED = "modele"
"""Reason of a mail that could not be written: its template or its context is wrong."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of the mails of one pass."""

    sent: int = 0
    refused: int = 0
    postponed: int = 0


def deliver(
    queue: MailQueue, connect: Callable[[], Transport], renderer: Renderer, clock: Clock, limit: int = 50
) -> Delivered:
    """Send at most `limit` mails over at most `LANES` sessions and return how many went which way.

    The mails of one situation leave in order, one after the other. They are marked soon after they left, a few
    together: a crash in between sends those again later, never loses one.
    """
    mails = queue.claim(limit)
    if not mails:
        return Delivered()
    return asyncio.run(_Pass(queue, connect, renderer, clock).run(mails))


class _Pass:
    def __init__(self, queue: MailQueue, connect: Callable[[], Transport], renderer: Renderer, clock: Clock) -> None:
        self._queue, self._connect, self._renderer, self._clock = queue, connect, renderer, clock
        self._cases: deque[deque[QueuedMail]] = deque()
        self._lost = ""
        self._accepted: list[QueuedMail] = []
        self._count: Counter[str] = Counter()

    async def run(self, mails: list[QueuedMail]) -> Delivered:
        """Share the situations out between sessions; once all of those are gone, postpone all that is left."""
        by_case: dict[str, deque[QueuedMail]] = {}
        for mail in mails:
            by_case.setdefault(mail.reference or mail.key, deque()).append(mail)
        self._cases.extend(by_case.values())
        lanes = [self._lane() for _ in range(min(LANES, len(by_case)))]
        ends = await asyncio.gather(*lanes, return_exceptions=True)
        self._mark_accepted()
        for end in ends:
            if end:
                raise end
        for mail in chain.from_iterable(self._cases):
            self._postpone(mail, self._lost)
        return Delivered(**self._count)

    async def _lane(self) -> None:
        """Send over one session as long as it lasts; the others go on without it."""
        try:
            async with self._connect() as transport:
                while self._cases:
                    await self._case(transport, self._cases.popleft())
        except SessionError as failure:
            self._lost = failure.reason
        except BaseException:
            self._cases.clear()  # what cannot be marked must not be sent
            raise

    async def _case(self, transport: Transport, mails: deque[QueuedMail]) -> None:
        try:
            while mails:
                await self._one(transport, mails[0])
                mails.popleft()
        except SessionError as failure:
            for mail in mails:
                self._postpone(mail, failure.reason)
            raise

    async def _one(self, transport: Transport, mail: QueuedMail) -> None:
        try:
            message = self._renderer.render(mail, self._clock.now())
        except TransportError as failure:
            self._failed(mail, failure)
            return
        except Exception as error:  # one wrong template or context must not hold the other mails back
            log.warning("Courriel %d (%s) impossible à écrire : %s", mail.id, mail.mail, type(error).__name__)
            self._postpone(mail, UNRENDERED)
            return
        await self._send(transport, mail, message)

    async def _send(self, transport: Transport, mail: QueuedMail, message: EmailMessage) -> None:
        try:
            await transport.send(message, mail.address)
        except SessionError:
            raise
        except TransportError as failure:
            self._failed(mail, failure)
        else:
            self._accepted.append(mail)
            self._count["sent"] += 1
            if len(self._accepted) >= TOGETHER:
                self._mark_accepted()

    def _mark_accepted(self) -> None:
        accepted, self._accepted = self._accepted, []
        if accepted:
            self._queue.accepted(accepted)

    def _failed(self, mail: QueuedMail, failure: TransportError) -> None:
        if not failure.permanent:
            self._postpone(mail, failure.reason)
            return
        self._mark_accepted()  # in the order in which the server answered
        self._queue.refused(mail, failure.reason)
        self._count["refused"] += 1

    def _postpone(self, mail: QueuedMail, reason: str) -> None:
        self._mark_accepted()
        self._queue.postponed(mail, reason)
        self._count["postponed"] += 1
