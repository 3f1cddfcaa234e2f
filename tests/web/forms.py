"""Every page that people reach by links, and every form they find there: what the tests of all the screens walk."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.web.site import Browser
from web.routes import ROUTES

TYPES = {"date": "2026-03-02", "month": "2025-12", "number": "3", "email": "une.adresse@exemple.fr"}
SENTENCE = "La demande a été examinée avec les partenaires du territoire, et la suite est décrite ici en détail."
"""Long enough for a retour."""
SKIPPED = ("/sortir", "/demo/horloge", "/demo/personne")
"""Forms that end the walk, or that are no part of a real service."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, its type, what the page put in it, what may be chosen."""

    name: str
    type: str
    value: str = ""
    choices: tuple[str, ...] = ()

    @property
    def is_free(self) -> bool:
        """Say whether people write what they want in it."""
        return self.type in ("text", "textarea", "search")

    def likely(self) -> str:
        """Return what somebody may well give."""
        if self.name.endswith(".prochaine"):
            return "aucune"
        if self.type == "hidden" or self.value:
            return self.value
        choices = [choice for choice in self.choices if choice]
        return choices[0] if choices else TYPES.get(self.type, SENTENCE)


@dataclass(slots=True)
class Form:
    """One form of a page, and who saw it there."""

    page: str
    person: str = ""
    action: str = ""
    method: str = "get"
    fields: list[Field] = field(default_factory=list)

    @property
    def shape(self) -> tuple[str, ...]:
        """What makes two forms the same for a test: where they go, what they ask."""
        kinds = {(re.sub(r"\d+", "#", one.name), one.type) for one in self.fields}
        return (self.method, route_of(self.action), *(f"{name}:{kind}" for name, kind in sorted(kinds)))

    def filled(self) -> dict[str, str]:
        """Return likely answers to all of it."""
        found: dict[str, str] = {}
        for one in self.fields:
            found.setdefault(one.name, one.likely())
        return found


def route_of(path: str) -> str:
    """Return the route that answers at an address, the address itself if none does."""
    path = urlsplit(path).path
    patterns = {route.path: re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route.path)) for route in ROUTES}
    return next((known for known, pattern in patterns.items() if re.fullmatch(pattern, path)), path)


class Page(HTMLParser):
    """The links and the forms of a page."""

    def __init__(self, text: str, path: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.text = text
        self._path, self._form, self._select = path, Form(path), Field("", "")
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Note a link, a form, a field."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"])
        elif tag == "form":
            self._form = Form(self._path, "", given.get("action") or self._path, given.get("method", "get"))
            self.forms.append(self._form)
        elif tag == "option":
            self._select = replace(self._select, choices=(*self._select.choices, given.get("value", "")))
            chosen = "selected" in given
            self._form.fields[-1] = replace(self._select, value=given["value"] if chosen else self._select.value)
            self._select = self._form.fields[-1]
        elif given.get("name") and tag in ("input", "textarea", "select", "button"):
            kind = given.get("type", "text") if tag == "input" else tag
            choices = (given.get("value", ""),) if kind in ("checkbox", "radio") else ()
            value = "" if choices and "checked" not in given else given.get("value", "")
            self._select = Field(given["name"], kind, value, choices)
            self._form.fields.append(self._select)


def pages(browser: Browser, *first: str) -> Iterator[tuple[str, Page]]:
    """Walk by links from the routes that need nothing and from `first`; each address once, queries aside."""
    waiting = [*first, *(route.path for route in ROUTES if route.method == "GET" and "{" not in route.path)]
    seen: set[str] = set()
    while waiting:
        address = waiting.pop(0)
        path = address.partition("#")[0]
        if path.partition("?")[0] in seen or path.startswith("/static/"):
            continue
        seen.add(path.partition("?")[0])
        if browser.get(path).status == 200:
            page = Page(browser.text, path)
            waiting += page.links
            yield path, page


def forms(browser: Browser, person: str, *first: str) -> Iterator[Form]:
    """Return the forms a person finds, each as often as it is found."""
    for _, page in pages(browser, *first):
        for form in page.forms:
            if form.action not in SKIPPED:
                form.person = person
                yield form
