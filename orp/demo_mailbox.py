"""The demonstration's mailbox: a real SMTP server on this machine that keeps each mail as a file."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from workflow.words import PARIS


class _Keeper:
    """Writes each mail it is given; the name says when, to whom and what, and is the same whenever it is played."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = cast("bytes", envelope.content)
        mail = BytesHeaderParser(policy=default).parsebytes(content)
        sent = mail["Date"].datetime.astimezone(PARIS)
        words = re.sub(r"[^a-zà-ÿœ0-9]+", "-", str(mail["Subject"]).partition("–")[2].lower()).strip("-")[:60]
        unique = mail["Message-ID"].strip("<>")[:8]
        name = f"{sent:%Y-%m-%d-%Hh%M}-{envelope.rcpt_tos[0]}-{words}-{unique}.eml"
        (self._folder / name).write_bytes(content)
        return "250 OK"


class _Local(Controller):
    """Bound to 127.0.0.1 on a port the system chooses; starting learns which."""

    def _trigger_server(self) -> None:
        if self.server is not None:
            self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # AbstractServer hides its sockets
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd leaves it untyped


@contextmanager
def mailbox(folder: Path) -> Iterator[int]:
    """Keep mails as .eml files in `folder` while the block runs; gives the port to send to."""
    folder.mkdir(parents=True, exist_ok=True)
    controller = _Local(_Keeper(folder), hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
