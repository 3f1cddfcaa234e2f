"""A world with a situation at each stage and a browser for each role, put back as it was before each try."""

import sqlite3
from collections.abc import Mapping
from typing import cast
from urllib.parse import quote

from tests.acceptance.test_wrong_address import refuse
from tests.web.forms import Form, forms
from tests.web.site import PASSWORD, URL, Browser, Site, make_site
from tests.web.test_links import transmitted
from tests.web.test_retours import passed_on
from tests.world import FORM

PEOPLE = (
    "maelle.riou",
    "yann.lebihan",
    "nolwenn.prigent",
    "katell.morvan",
    "claire.legoff",
    "sophie.carre",
    "anne.admin",
)
NOBODY, BOX_READER = "", "boîte"
"""Two browsers in which nobody has come in: before the link of a mail, before « Qui êtes-vous ? »."""
MAILBOX, WRITER = "dd35-parcours@ars.example", "maelle.riou@dactiv.example"


class Stage:
    """A world put back as it was before each try: with a situation at each stage, unless one is given."""

    def __init__(self, site: Site | None = None) -> None:
        self.site = site or make_site()
        self.browsers = {NOBODY: self.site.browser()}
        self.addresses: list[str] = []
        if site is None:
            self._begin()
        self._kept = sqlite3.connect(":memory:")
        self.keep()

    def keep(self) -> None:
        """From now on, this is how everything is put back."""
        self._now = self.site.world.clock.now()
        self._raw().backup(self._kept)

    def _begin(self) -> None:
        world = self.site.world
        with world.store.writing() as work:
            work.entry.add_person("anne.admin", "Anne Admin", "anne.admin@exemple.fr")
            work.entry.keep_account("anne.admin", administrator=True)
        self.site.give_password("maelle.riou", PASSWORD)
        deposited = world.open()
        world.decide(deposited, "deposer", "maelle.riou", FORM)
        asked = world.to_analysis()
        world.decide(asked, "demander_complement", "nolwenn.prigent", {"questions": "Depuis quand ?"})
        told = passed_on(self.site)
        world.act(told, "F2", "maelle.riou", {"moyen": "lu"})
        sent, self.link = transmitted(self.site)
        analysed = world.to_analysis()
        refuse(world, WRITER)
        others = [world.open(), world.to_agenda(), world.to_dd()]
        self.addresses = [f"/situations/{one}" for one in (analysed, deposited, asked, told, sent, *others)]
        self.addresses += [self.link, f"{self.link}/code"]
        world.wait(days=3)
        self.browsers |= {person: self.site.signed_in(person) for person in PEOPLE}
        self.browsers[NOBODY].get(self.link).post(f"{self.link}/qui", {"personne": "sophie.carre"})
        self.browsers[BOX_READER] = self.site.browser().get("/entrer").post("/entrer", {"courriel": MAILBOX})
        self.browsers[BOX_READER].post("/entrer/code", {"code": self.site.code()})

    def _raw(self) -> sqlite3.Connection:
        with self.site.world.store.engine.connect() as connection:
            return cast("sqlite3.Connection", connection.connection.driver_connection)

    def reset(self) -> None:
        """Put everything back."""
        self._kept.backup(self._raw())
        self.site.world.clock.set(self._now)

    def forms(self) -> list[Form]:
        """Return one form of each shape."""
        found: dict[tuple[str, ...], Form] = {}
        for person, browser in self.browsers.items():
            for form in forms(browser, person, *self.addresses):
                found.setdefault(form.shape, form)
        return list(found.values())

    def send(self, form: Form, values: Mapping[str, str]) -> Browser:
        """Send a form as the person who found it, and stay there: what was kept is read apart."""
        browser = self.browsers[form.person]
        encoded = "&".join(f"{quote(name)}={quote(value, errors='surrogatepass')}" for name, value in values.items())
        if form.method == "get":
            return browser.get(f"{form.action.partition('?')[0]}?{encoded}")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": URL, "Sec-Fetch-Site": "same-origin"}
        return browser._read(browser.client.post(form.action, content=encoded, headers=headers, follow_redirects=False))
