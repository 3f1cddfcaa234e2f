"""Mail over SMTP; the only module that knows aiosmtplib."""

import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from types import TracebackType
from typing import Literal, Self

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPTimeoutError,
)

from notifications.transport import SessionError, TransportError, checked_address

Security = Literal["aucune", "starttls", "tls"]

FAILURES = (SMTPException, OSError)
"""All that a conversation can end with; a failed TLS handshake comes as a bare OSError."""

NOT_THE_ADDRESS = frozenset({503, 530, 554})
"""Permanent answers to RCPT TO that blame the session (order, access, relaying), not the mailbox.

One wrong setting of a relay must not mark every address as wrong.
"""

_WIRE = SMTP_POLICY.clone(cte_type="7bit")
"""Plain ASCII on the wire, whatever the server offers."""


@dataclass(slots=True)
class SmtpTransport:
    """Sends through one server.

    The certificate is always verified. `security` is never lowered: a server without STARTTLS is
    refused when STARTTLS was asked. Each command waits at most `timeout` seconds.
    """

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    _smtp: SMTP | None = field(default=None, init=False, repr=False)

    async def __aenter__(self) -> Self:
        """Connect, secure, log in."""
        await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take leave; what the server thinks of it no longer matters."""
        if self._smtp is not None:
            with suppress(*FAILURES):
                await self._smtp.quit(timeout=min(self.timeout, 5.0))
            self._smtp.close()
            self._smtp = None

    async def send(self, message: EmailMessage, address: str) -> None:
        """Hand one mail over for one address.

        Raises:
            TransportError: the server did not take it; `permanent` if it refuses the address for good.
            SessionError: the server is gone.
        """
        recipient = checked_address(address)
        content = message.as_bytes(policy=_WIRE)
        smtp = await self._begin(message["From"].addresses[0].addr_spec)
        try:
            await smtp.rcpt(recipient)
            await smtp.data(content)
        except FAILURES as failure:
            raise await self._refused(smtp, failure) from None

    async def _open(self) -> SMTP:
        smtp = SMTP(
            hostname=self.host,
            port=self.port,
            timeout=self.timeout,
            use_tls=self.security == "tls",
            start_tls=False,  # done below, so that a refusal can be told from a broken connection
        )
        stage = "connexion"
        try:
            await smtp.connect()
            if self.security == "starttls":
                stage = "tls"
                await smtp.starttls()
            if self.user:
                stage = "authentification"
                await smtp.login(self.user, self.password or "")
        except FAILURES as failure:
            smtp.close()
            raise SessionError(_reason(failure, stage)) from None
        self._smtp = smtp
        return smtp

    async def _begin(self, sender: str) -> SMTP:
        """Open the envelope. A session that the server ended between two mails is opened again, once.

        Nothing of the mail has left at this point, so that trying again cannot send it twice.
        """
        smtp = self._smtp
        if smtp is not None and smtp.is_connected:
            try:
                await smtp.mail(sender)
            except FAILURES as failure:
                if smtp.is_connected or isinstance(failure, SMTPTimeoutError):
                    raise await self._refused(smtp, failure) from None
            else:
                return smtp
        smtp = await self._open()
        try:
            await smtp.mail(sender)
        except FAILURES as failure:
            if not smtp.is_connected:
                raise SessionError(_reason(failure, "connexion")) from None
            raise await self._refused(smtp, failure) from None
        return smtp

    async def _refused(self, smtp: SMTP, failure: Exception) -> TransportError:
        """Say what the failure means, and leave the session clean for the next mail."""
        if isinstance(failure, SMTPTimeoutError):
            return SessionError("delai")
        if smtp.is_connected:
            with suppress(*FAILURES):
                await smtp.rset()
        return TransportError(_reason(failure, "connexion"), permanent=_blames_address(failure))


def _blames_address(failure: Exception) -> bool:
    if not isinstance(failure, SMTPRecipientRefused):
        return False
    return 500 <= failure.code < 600 and failure.code not in NOT_THE_ADDRESS


def _reason(failure: Exception, stage: str) -> str:
    if isinstance(failure, SMTPTimeoutError):
        return "delai"
    if isinstance(failure, SMTPResponseException) and failure.code > 0:
        return f"smtp-{failure.code}"
    if isinstance(failure, ssl.SSLError) or isinstance(failure.__cause__, ssl.SSLError):
        return "tls"
    return "connexion" if isinstance(failure, OSError) else stage
