"""One request, as a page sees it: who comes, what they typed, and how to answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.access import Sight, reaches
from web.browsers import named
from web.guard import Cookies, form_token
from web.managing import CircuitOf, managed
from web.navigation import entries
from web.ports.entry import OpenSession
from web.ports.services import Services
from web.rendering import render
from workflow.circuit.compiled import Circuit
from workflow.circuit.composition import Published
from workflow.circuit.model import Proof
from workflow.composing import national_of, own_circuit
from workflow.errors import InvalidDefinition
from workflow.model import Dossier, Organisation, Person


def readable(text: str) -> str:
    """Leave out the one character that PostgreSQL cannot hold: written, it would look like a fault of the situation."""
    return text.replace("\0", "")


@dataclass(frozen=True, slots=True)
class Seen:
    """The situation that the page is about, once the table of routes and `web.access` let this person see it."""

    circuit: Circuit
    dossier: Dossier
    sight: Sight


@dataclass(frozen=True, slots=True)
class Opened:
    """The situation that the link of a mail opens, and to whom the mail was sent."""

    circuit: Circuit
    dossier: Dossier
    person: Person
    """Whoever received the mail: a person, or a service mailbox."""
    people: Mapping[str, str]
    """Those who may say that they are reading it: the person, or those of the service; identifier and name."""
    stays: bool
    """The situation is still at the level where it was when the mail left: the link is enough to take charge."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request and the one who makes it."""

    request: Request
    services: Services
    now: datetime
    secret: str
    """What the browser holds in its cookie."""
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)
    session: OpenSession | None = None
    person: Person | None = None
    published: Mapping[str, Published] = field(default_factory=dict)
    """The versions of circuits in force, read with the person."""
    seen: Seen | None = None
    opened: Opened | None = None
    """What the link of a mail opens, on the pages of links; nothing: it is not, or no longer, a link."""

    @property
    def who(self) -> Person:
        """The person who is signed in: the table of routes says that somebody is."""
        if self.person is None:
            raise TypeError("this page is open to anyone: nobody needs to be signed in")
        return self.person

    @property
    def national(self) -> Circuit:
        """The national circuit in force, where no situation nor organisation is looked at."""
        return self.services.circuits.get(national_of(self.published))

    def circuit_of(self, directory: Mapping[str, Organisation]) -> CircuitOf:
        """Return how to find the circuit by which an organisation works; where its layers clash, the national one."""

        def find(organisation: str) -> Circuit:
            try:
                return self.services.circuits.get(str(own_circuit(self.published, directory, organisation)))
            except InvalidDefinition:
                return self.national

        return find

    @property
    def situation(self) -> Seen:
        """The situation of this page: the table of routes says that there is one."""
        if self.seen is None:
            raise TypeError("this page is about no situation")
        return self.seen

    @property
    def follows(self) -> str | None:
        """The one situation that is open to this browser, which came with a tracking code."""
        return self.session.reference if self.session else None

    @property
    def signed_in(self) -> bool:
        """Say whether somebody came in under their own name: a tracking code has none."""
        return self.session is not None and not self.follows

    @property
    def administers(self) -> bool:
        """Say whether this person runs the service."""
        return bool(self.session and self.session.administrator)

    def directory(self) -> dict[str, Organisation]:
        """Return every organisation by identifier."""
        with self.services.store.reading() as work:
            return work.staff.directory()

    def runs(self) -> frozenset[str]:
        """Return the organisations this person answers for; the one who runs the service answers for all."""
        directory = self.directory()
        return frozenset(directory) if self.administers else managed(self.circuit_of(directory), directory, self.who)

    @property
    def proof(self) -> Proof:
        """How sure the tool is of who comes."""
        return Proof(self.session.proof) if self.session else Proof.LINK

    @property
    def agent(self) -> str:
        """What the browser says it is, in plain French: what it said is kept nowhere."""
        return named(self.request.headers.get("user-agent", ""))

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return self.request.client.host if self.request.client else ""

    def typed(self, name: str) -> str:
        """Return what was typed in a field, without surrounding blanks."""
        values = self.form.get(name, ())
        return values[0].strip() if values else ""

    def asked(self, name: str, default: str = "") -> str:
        """Return a parameter of the address."""
        return readable(self.request.query_params.get(name, default))

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """Answer with a page."""
        common = {
            "nonce": self.request.state.nonce,
            "jeton": form_token(self.secret),
            "chemin": self.request.url.path,
            "personne": self.person if self.signed_in else None,
            "entrees": list(entries(self.national, self.who, administers=self.administers)) if self.signed_in else [],
            "administrateur": self.administers,
            "forte": self.signed_in and reaches(self.proof, Proof.STRONG),
            "suivie": self.follows,
            "demo": self.now if self.services.demo else None,
        }
        return self._held(Response(render(template, **common, **context), status, media_type="text/html"))

    def to(self, path: str) -> Response:
        """Answer with another page of ours, asked by GET."""
        return self._held(RedirectResponse(path, 303))

    def _held(self, response: Response) -> Response:
        Cookies(self.services.public_url).give(response, self.secret)
        return response

    def holding(self, secret: str) -> "Visit":
        """Return the same visit, whose browser is given another secret."""
        return replace(self, secret=secret)
