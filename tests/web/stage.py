"""A world with a situation at each stage, a browser for each role and one before the link of a mail, a code on its way.

It is put back as it was before each try.
"""

import sqlite3
from collections.abc import Mapping
from typing import cast
from urllib.parse import quote

from tests.web.forms import Form, forms
from tests.web.site import PASSWORD, URL, Browser, Site, make_site
from tests.web.test_links import transmitted
from tests.world import FORM

PEOPLE = (
    None,
    "maelle.riou",
    "yann.lebihan",
    "nolwenn.prigent",
    "katell.morvan",
    "claire.legoff",
    "sophie.carre",
    "anne.admin",
)


class Stage:
    """A world with a situation at each stage, put back as it was before each try."""

    def __init__(self) -> None:
        self.site: Site = make_site()
        world = self.site.world
        with world.store.writing() as work:
            work.entry.add_person("anne.admin", "Anne Admin", "anne.admin@exemple.fr")
            work.entry.keep_account("anne.admin", administrator=True)
        self.site.give_password("maelle.riou", PASSWORD)
        deposited = world.open()
        world.decide(deposited, "deposer", "maelle.riou", FORM)
        asked = world.to_analysis()
        world.decide(asked, "demander_complement", "nolwenn.prigent", {"questions": "Depuis quand ?"})
        proposed = [world.open(), deposited, asked, world.to_analysis(), world.to_agenda()]
        sent, self.link = transmitted(self.site)
        situations = [f"/situations/{one}" for one in [*proposed, sent, world.to_dd()]]
        self.addresses = [*situations, self.link, f"{self.link}/code"]
        world.wait(days=3)
        self.browsers = {p: self.site.signed_in(p) if p else self.site.browser() for p in PEOPLE}
        self.browsers[None].get(self.link).post(f"{self.link}/qui", {"personne": "sophie.carre"})
        self._now = world.clock.now()
        self._kept = sqlite3.connect(":memory:")
        self._raw().backup(self._kept)

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
            for form in forms(browser, person or "", *self.addresses):
                found.setdefault(form.shape, form)
        return list(found.values())

    def send(self, form: Form, values: Mapping[str, str]) -> Browser:
        """Send a form as the person who found it, and stay there: what was kept is read apart."""
        browser = self.browsers[form.person or None]
        encoded = "&".join(f"{quote(name)}={quote(value, errors='surrogatepass')}" for name, value in values.items())
        if form.method == "get":
            return browser.get(f"{form.action.partition('?')[0]}?{encoded}")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": URL, "Sec-Fetch-Site": "same-origin"}
        return browser._read(browser.client.post(form.action, content=encoded, headers=headers, follow_redirects=False))
