"""A mail sent on trial to whoever asks: the same words, another subject, and nothing owed to anybody."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.utils import make_msgid

from notifications.render import Renderer
from notifications.transport import Transport, TransportError
from workflow.clock import Clock
from workflow.records import QueuedMail

MARK = "[TEST]"


def trial(mail: QueuedMail, address: str, connect: Callable[[], Transport], renderer: Renderer, clock: Clock) -> str:
    """Send a copy of a mail to one address now, outside the outbox; return why it could not leave, as a code."""
    domain = mail.message_id.strip("<>").partition("@")[2]
    try:
        message = renderer.render(replace(mail, address=address, message_id=make_msgid(domain=domain)), clock.now())
        subject = message["Subject"]
        del message["Subject"], message["References"], message["In-Reply-To"]
        message["Subject"] = f"{MARK} {subject}"
        asyncio.run(_send(connect(), message, address))
    except TransportError as failure:
        return failure.reason
    return ""


async def _send(transport: Transport, message: EmailMessage, address: str) -> None:
    async with transport:
        await transport.send(message, address)
