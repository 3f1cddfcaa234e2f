"""A real SMTP server on 127.0.0.1 whose answers the test writes down beforehand."""

# ruff: noqa: N802  # aiosmtpd looks for these names

import asyncio
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from ssl import SSLContext
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"  # said aloud: left alone, aiosmtpd binds to ::1 wherever it can
DROP, STALL = "drop", "stall"
"""Instead of an answer: hang up, say nothing more."""
CUT, LOST = "cut", "lost"
"""For DATA only: hang up in the middle of it; take the mail, then hang up before saying so."""


@dataclass(frozen=True)
class Received:
    """A mail the server took, the addresses of its envelope, the connection it came by (from 1)."""

    message: EmailMessage
    recipients: tuple[str, ...]
    connection: int


class SmtpServer:
    """Takes every mail, except where an answer is scripted.

    `mail` holds the answers to the next MAIL FROM; `rcpt` and `data` map an address to the answer to
    RCPT TO and to the end of DATA; `hang_up_after` ends a connection after so many mails. With
    `password`, users may log in with that one.
    """

    def __init__(self, tls: SSLContext | None = None, password: str | None = None) -> None:
        self.mail: list[str] = []
        self.rcpt: dict[str, str] = {}
        self.data: dict[str, str] = {}
        self.hang_up_after = 0
        self.messages: list[Received] = []
        self.connections = 0
        self._controller = _Controller(self, tls, password)

    @property
    def port(self) -> int:
        """The port the system chose."""
        return self._controller.port

    def __enter__(self) -> Self:
        self._controller.start()
        self.connections = 0  # starting the controller takes one
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


class _Controller(Controller):
    def __init__(self, script: SmtpServer, tls: SSLContext | None, password: str | None) -> None:
        super().__init__(
            _Handler(script),
            hostname=HOST,
            port=0,
            server_hostname="smtp.test",
            tls_context=tls,
            auth_require_tls=password is None,
            authenticator=_authenticator(password),
        )
        self._script = script

    def factory(self) -> SMTP:
        self._script.connections += 1
        return _Connection(self._script, self.handler, self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        self.port = cast("asyncio.Server", self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd leaves it untyped


class _Connection(SMTP):
    def __init__(self, script: SmtpServer, handler: "_Handler", options: dict[str, Any]) -> None:
        super().__init__(handler, **options)
        self.number, self.taken = script.connections, 0
        self._script = script

    async def push(self, status: Any) -> None:
        if status == STALL:
            await asyncio.Event().wait()
        elif status == DROP and isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
        else:
            await super().push(status)

    async def smtp_DATA(self, arg: str) -> None:
        taken = self.envelope.rcpt_tos if self.envelope else []
        if CUT in [self._script.data.get(address) for address in taken]:
            await self.push("354 go on")
            await self.push(DROP)
            return
        await super().smtp_DATA(arg)
        if self.taken and self.taken == self._script.hang_up_after and self.transport:
            self.transport.close()


class _Handler:
    """The hooks aiosmtpd looks for by name."""

    def __init__(self, script: SmtpServer) -> None:
        self._script = script

    async def handle_MAIL(
        self, _server: _Connection, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._script.mail:
            return self._script.mail.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, _server: _Connection, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self._script.rcpt:
            return self._script.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: _Connection, _session: Session, envelope: Envelope) -> str:
        scripted = next((self._script.data[to] for to in envelope.rcpt_tos if to in self._script.data), "")
        if scripted not in ("", LOST):
            return scripted
        content = message_from_bytes(cast("bytes", envelope.content), policy=SMTP_POLICY)
        mail = Received(content, tuple(envelope.rcpt_tos), server.number)
        self._script.messages.append(mail)
        server.taken += 1
        return DROP if scripted else "250 OK"


def _authenticator(password: str | None) -> Any:
    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == (password or "").encode()
        return AuthResult(success=good, handled=False)

    return authenticate
