"""The only place that names concrete classes and ties them together."""

from dataclasses import dataclass

from notifications.render import Renderer
from notifications.smtp import SmtpTransport
from orp.settings import Settings
from storage.circuits import PublishedCircuits
from storage.database import open_database
from storage.demo_clock import DemoClock, read_demo_clock
from storage.unit_of_work import SqlStore
from storage.version import check_version
from workflow.clock import Clock, SystemClock
from workflow.engine import Engine
from workflow.posting import Posting
from workflow.publishing import Publisher


@dataclass(frozen=True, slots=True)
class Application:
    """Everything a command needs, tied together."""

    settings: Settings
    store: SqlStore
    circuits: PublishedCircuits
    clock: Clock
    engine: Engine
    posting: Posting
    publisher: Publisher
    renderer: Renderer

    def transport(self) -> SmtpTransport:
        """Return a session with the mail server, not yet opened."""
        s = self.settings
        return SmtpTransport(s.smtp_host, s.smtp_port, s.smtp_security, s.smtp_user, s.smtp_password)


def build(settings: Settings) -> Application:
    """Tie everything together on the database of the settings; nothing is written.

    Raises:
        Infrastructure: the database cannot be opened, or is not of the schema of this version.
    """
    database = open_database(settings.database)
    check_version(database)
    demo = read_demo_clock(database) is not None
    clock: Clock = DemoClock(database) if demo else SystemClock()
    store = SqlStore(database, settings.domain)
    circuits = PublishedCircuits(store.reading, clock)
    engine = Engine(store, circuits, clock)
    return Application(
        settings=settings,
        store=store,
        circuits=circuits,
        clock=clock,
        engine=engine,
        posting=Posting(store, engine, settings.secret),
        publisher=Publisher(store, circuits, clock),
        renderer=Renderer(settings.public_url, settings.sender),
    )
