"""The demonstration in service: its year played once, then its pages, with mailboxes and a clock (`web.pages.demo`)."""

import threading
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path

from orp.demo import play_year
from orp.demo_folder import Folder
from orp.demo_stage import Stage, stage
from orp.demo_year import Year
from orp.serving import listening, run, services
from orp.ticker import beat
from web.ports.services import Received
from workflow.errors import UnknownReference

HOST = "127.0.0.1"


class LiveDemonstration:
    """Mailboxes, and a clock that is pushed (implements `web.ports.services.Demonstration`)."""

    def __init__(self, on: Stage, folder: Folder) -> None:
        self._on, self._folder = on, folder
        self._alone = threading.Lock()
        self._read: dict[str, tuple[int, Received]] = {}

    def settle(self) -> None:
        """Play what is due and send what may leave, as the worker would."""
        with self._alone:
            beat(self._on.app)

    def advance(self, until: datetime) -> None:
        """Let time pass until an instant."""
        with self._alone:
            self._on.advance(until)
            self._on.post()

    def received(self) -> list[Received]:
        """Return the mails received, latest first."""
        for path in self._folder.mails.glob("*.eml"):
            if path.name not in self._read:
                self._read[path.name] = (path.stat().st_mtime_ns, _headers(path))
        # the clock stands still between two mails: the file says which came first
        order = sorted(self._read.values(), key=lambda found: (found[1].at, found[0]), reverse=True)
        return [mail for _, mail in order]

    def text(self, name: str) -> str:
        """Return the text of a mail.

        Raises:
            UnknownReference: no mail bears this name.
        """
        if name not in self._read:
            raise UnknownReference("Ce courriel n’existe pas.")
        body = message_from_bytes((self._folder.mails / name).read_bytes(), policy=default).get_body(("plain",))
        return str(body.get_content()) if body else ""


def serve_demo(
    year: Year, out: Path, port: int, say: Callable[[str], object], progress: Callable[[int], object]
) -> None:
    """Serve a demonstration on this machine until Ctrl-C; its year is played first if `out` does not hold it yet.

    Raises:
        Infrastructure: `out` holds what is not of a demonstration, or the port is taken.
    """
    folder = Folder(out)
    with listening(HOST, port) as there:
        address = f"http://{HOST}:{there.getsockname()[1]}"
        if not folder.holds(year.end):
            play_year(year, out, progress)
        with stage(folder, None, address) as on:
            say(address)
            run(services(on.app, demo=LiveDemonstration(on, folder)), there)


def _headers(path: Path) -> Received:
    mail = BytesHeaderParser(policy=default).parsebytes(path.read_bytes())
    return Received(path.name, mail["Date"].datetime, str(mail["To"].addresses[0].addr_spec), str(mail["Subject"]))
