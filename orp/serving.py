"""The pages in service: what they stand on, what they refuse to start with, and the server itself."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import choice
from socket import SO_REUSEADDR, SOL_SOCKET, socket

import uvicorn

from notifications.trial import trial
from orp.bootstrap import Application
from orp.ticker import post
from storage.demo_clock import DemoClock
from web.app import make_app
from web.ports.services import Demonstration, Services
from web.secrets import Seal
from workflow.errors import Infrastructure, OrpError
from workflow.tracking import ALPHABET

DEMO_KEY = "rien n’est secret dans une démonstration"
SETUP_SIGNS = 12
"""Of the code that opens the set-up page: nobody guesses it in the few tries an hour gives."""

GUIDES = Path(__file__).parents[1] / "docs" / "guides"

log = logging.getLogger("orp")


def services(app: Application, setup_code: str | None = None, demo: Demonstration | None = None) -> Services:
    """Return what the pages stand on."""
    key = app.settings.local_keys or (DEMO_KEY if demo else None)
    return Services(
        store=app.store,
        circuits=app.circuits,
        engine=app.engine,
        clock=app.clock,
        public_url=app.settings.public_url,
        post=lambda: _post(app),
        written=lambda mail: app.renderer.render(mail, app.clock.now()),
        guides=GUIDES,
        tried=lambda mail, address: trial(mail, address, app.transport, app.renderer, app.clock),
        setup_code=setup_code,
        demo=demo,
        seal=Seal(key) if key else None,
    )


def _post(app: Application) -> None:
    """Send what may leave; what fails waits for the worker."""
    try:
        post(app)
    except OrpError as error:
        log.error("%s", error)  # noqa: TRY400 - a trace could quote a row


def refusals(app: Application) -> list[str]:
    """Say what forbids to serve real people: one French sentence each, nothing if all is well."""
    s, said = app.settings, []
    if isinstance(app.clock, DemoClock):
        said.append("Cette base est une démonstration : « orp demo » la sert, « orp serve » la refuse.")
    if not s.public_url.startswith("https://"):
        said.append("URL_PUBLIQUE doit commencer par https:// : sans chiffrement, un code d’entrée se lit en chemin.")
    if s.sender == type(s).model_fields["sender"].default:
        said.append("EXPEDITEUR n’est pas réglé : aucun code d’entrée n’arriverait.")
    if s.secret is None:
        said.append("SECRET n’est pas réglé : les liens d’un courriel envoyé deux fois ne seraient pas les mêmes.")
    if s.smtp_security == "aucune":
        said.append("SMTP_SECURITE ne peut pas être « aucune » : les courriels portent des codes d’entrée.")
    return said


def serve(app: Application, host: str, port: int) -> None:
    """Serve the pages until SIGTERM or Ctrl-C.

    Raises:
        Infrastructure: the settings, or the database, are not fit for real people.
    """
    if said := refusals(app):
        raise Infrastructure("\n".join(said))
    code = _setup_code(app)
    if code:
        log.warning("Premier démarrage : ouvrez %s/installation avec le code %s", app.settings.public_url, code)
    with listening(host, port) as there:
        run(services(app, code), there)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket]:
    """Take a port while the block runs; 0 lets the system choose.

    Raises:
        Infrastructure: it is taken, or not ours to take.
    """
    with socket() as there:
        there.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            there.bind((host, port))
        except OSError as error:
            raise Infrastructure(f"Le port {port} de {host} est pris, ou interdit : choisissez-en un autre.") from error
        yield there


def run(on: Services, there: socket) -> None:
    """Answer what comes to a port, until SIGTERM or Ctrl-C."""
    config = uvicorn.Config(
        make_app(on),
        server_header=False,
        access_log=False,  # addresses hold references; who read what is in the database
        log_level="warning",
    )
    with suppress(KeyboardInterrupt):  # raised again by uvicorn once everything is answered
        uvicorn.Server(config).run(sockets=[there])


def _setup_code(app: Application) -> str | None:
    """A code for the set-up page, as long as nobody runs the service."""
    with app.store.reading() as work:
        if work.entry.has_administrator():
            return None
    return "".join(choice(ALPHABET) for _ in range(SETUP_SIGNS))
