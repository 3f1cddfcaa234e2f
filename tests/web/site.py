"""A browser without a screen, before the real application: what a person types, what they read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from notifications.render import Renderer
from notifications.smtp import SmtpTransport
from notifications.trial import trial
from orp.demo_folder import Folder
from orp.demo_service import LiveDemonstration
from orp.demo_stage import Stage
from orp.serving import services
from storage.tables import TABLES
from tests.world import World, make_world
from web.app import make_app
from web.ports.services import Services
from web.secrets import Seal, hashed
from web.session import begin
from workflow.circuit.model import Proof
from workflow.clock import VirtualClock

URL = "https://orp.example"
PASSWORD = "Une phrase assez longue pour servir"  # noqa: S105 - of people who do not exist
SETUP = "CODEDECONSOLE"
FORM_TOKEN = re.compile(r'name="jeton" value="([0-9a-f]+)"')


GUIDES = Path(__file__).parents[2] / "docs" / "guides"
RENDERER = Renderer(URL, "ORP <orp@orp.example>")
CLOSED = 9
"""A port where nobody listens."""


@dataclass
class Browser:
    """One browser: its own cookies, and what it read last."""

    site: "Site"
    client: TestClient
    text: str = ""
    status: int = 0

    def get(self, path: str, **headers: str) -> "Browser":
        """Open a page, following where it sends."""
        return self._read(self.client.get(path, headers=headers))

    def post(self, path: str, fields: Mapping[str, Any] | None = None, **headers: str) -> "Browser":
        """Send a form of the page that was read last."""
        found = FORM_TOKEN.search(self.text)
        token = {"jeton": found[1]} if found else {}
        sent = {"Origin": self.site.services.public_url, "Sec-Fetch-Site": "same-origin"} | headers
        return self._read(self.client.post(path, data=token | dict(fields or {}), headers=sent))

    def _read(self, answer: Any) -> "Browser":
        self.text, self.status = answer.text, answer.status_code
        self.path, self.headers = answer.url.path, answer.headers
        return self

    @property
    def words(self) -> str:
        """What the page says, without its tags."""
        visible = re.sub(r"<(style|script)\b.*?</\1>|<[^>]+>", " ", self.text, flags=re.DOTALL)
        return " ".join(unescape(visible).replace("\u202f", " ").split())


@dataclass
class Site:
    """The application on a small world."""

    world: World
    services: Services
    smtp_port: int = CLOSED

    def browser(self) -> Browser:
        """Return a browser that nobody used yet."""
        return Browser(
            self, TestClient(make_app(self.services), base_url=self.services.public_url, raise_server_exceptions=False)
        )

    def signed_in(self, person: str, proof: Proof = Proof.STRONG) -> Browser:
        """Return a browser in which somebody has come in."""
        browser = self.browser()
        with self.world.store.writing() as work:
            secret = begin(work, person, proof, "essai", self.world.clock.now())
        browser.client.cookies.set("__Host-orp", secret, domain="orp.example", path="/")
        return browser

    def code(self) -> str:
        """Return the code of the latest mail."""
        mails = [mail for mail in self.mails() if mail["mail"] == "M20"]
        code: str = mails[-1]["context"]["code"]
        return code

    def mails(self) -> list[dict[str, Any]]:
        """Return the outbox."""
        with self.world.store.reading() as work:
            return [dict(row) for row in work.screens._rows(TABLES["messages"].select().order_by("id"))]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return a whole table."""
        with self.world.store.reading() as work:
            return [dict(row) for row in work.screens._rows(TABLES[table].select())]

    def give_password(self, person: str, password: str = PASSWORD) -> None:
        """Let somebody have a password."""
        with self.world.store.writing() as work:
            work.entry.keep_account(person, password=hashed(password))


def make_site(url: str = "sqlite:///:memory:", world: World | None = None) -> Site:
    """Build the application on a fresh world, or on one that already lives."""
    world = world or make_world(url)
    site: Site
    services = Services(
        store=world.store,
        circuits=world.circuits,
        engine=world.engine,
        clock=world.clock,
        public_url=URL,
        post=lambda: None,
        guides=GUIDES,
        written=lambda mail: RENDERER.render(mail, world.clock.now()),
        tried=lambda mail, address: trial(
            mail, address, lambda: SmtpTransport("127.0.0.1", site.smtp_port, "aucune"), RENDERER, world.clock
        ),
        setup_code=SETUP,
        seal=Seal("une clé de repères pour les essais"),
    )
    site = Site(world, services)
    return site


def demo_site(on: Stage, folder: Folder) -> Site:
    """Build the pages of a demonstration on its stage."""
    app = on.app
    world = World(app.store, app.circuits, app.engine, VirtualClock(on.clock.now()), app.posting)
    return Site(world, services(app, demo=LiveDemonstration(on, folder)))
