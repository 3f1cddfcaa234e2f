"""Every route x every role x own and foreign situation x proof: generated from the table of routes (S1)."""

import itertools
from functools import cache

import pytest
from starlette.routing import Route as StarletteRoute

from tests.web.site import Browser, Site, make_site
from tests.world import FORM
from web.access import Part, reaches
from web.app import make_app
from web.routes import ROUTES, Access, Route
from workflow.circuit.model import Proof

PEOPLE = {
    "anonyme": None,
    "rédactrice": "maelle.riou",
    "autre rédacteur de l’antenne": "antenne.sans.role",
    "responsable d’antenne": "yann.lebihan",
    "responsable d’une autre antenne": "gwenaelle.cadiou",
    "pilote ORP": "katell.morvan",
    "direction du DAC": "herve.guillou",
    "secrétaire": "claire.legoff",
    "DD 35": "sophie.carre",
    "DD 44": "estelle.naud",
    "ARS siège": "viviane.madec",
    "équipe nationale": "nadia.vasseur",
    "pilote d’un autre DAC": "gael.rouxel",
    "partenaire": "karine.lostis",
    "administratrice": "anne.admin",
}
"""Roles, and who holds them in the directory."""

SITUATIONS = ("brouillon", "en analyse", "à l’ordre du jour", "à la DD", "d’un autre DAC")
DAC = {"responsable d’antenne", "pilote ORP", "direction du DAC"}
SEES = {
    "brouillon": {"rédactrice"},
    "en analyse": {"rédactrice"} | DAC,
    "à l’ordre du jour": {"rédactrice", "secrétaire"} | DAC,
    "à la DD": {"rédactrice", "secrétaire", "DD 35"} | DAC,
    "d’un autre DAC": {"pilote d’un autre DAC"},
}
"""Who sees what, from domain.md §7.4, written by hand; everybody else gets a 404."""
INSIDE = DAC | {"pilote d’un autre DAC"}
PARTS = {Part.TYPED: {"rédactrice"} | INSIDE, Part.WORK: INSIDE}
"""Of those, who sees a part that some pages are about."""


@cache
def stage() -> tuple[Site, dict[str, str]]:
    site = make_site()
    world = site.world
    with world.store.writing() as work:
        work.directory.add(
            [],
            [{"id": "antenne.sans.role", "name": "Autre", "email": "autre@dactiv.example", "mailbox": False}],
            [
                {
                    "person": "antenne.sans.role",
                    "organisation": "antenne-fougeres",
                    "function": "referent_parcours",
                    "since": world.clock.now(),
                    "until": None,
                }
            ],
        )
        work.entry.add_person("anne.admin", "Anne Admin", "anne.admin@exemple.fr")
        work.entry.keep_account("anne.admin", administrator=True)
    situations = {
        "brouillon": world.open(),
        "en analyse": world.to_analysis(),
        "à l’ordre du jour": world.to_agenda(),
        "à la DD": world.to_dd(),
        "d’un autre DAC": _elsewhere(site),
    }
    return site, situations


def _elsewhere(site: Site) -> str:
    writer = "judicael.potin"
    reference = site.world.open(writer, antenne="antenne-saint-malo")
    site.world.decide(reference, "deposer", writer, FORM)
    return reference


def browser_of(site: Site, role: str, proof: Proof) -> Browser:
    person = PEOPLE[role]
    if person is None:
        return site.browser()
    return site.signed_in(person, proof)


def writer(site: Site, role: str, proof: Proof) -> Browser:
    """A browser of its own before a page that holds a form: what is sent may end its session."""
    browser = browser_of(site, role, proof)
    return browser.get("/entrer" if role == "anonyme" else "/mon-compte")


LINK = "pas-un-lien"
"""Whoever does not hold the link of a mail gets nothing; what it opens has tests of its own (`test_links`)."""
GONE = ("/installation", "/static/{nom}")
"""The service has its administrator; no file bears that name."""
ASIDE = {("POST", "/suivre"): (409,), ("POST", "/deposer-sans-compte"): (409,)}
"""Whoever is signed in leaves first; a tracking code has a matrix of its own (`test_unnamed`)."""
OBJECTS = ("{numero}", "{structure}")
"""Things that do not exist under such a name; those that do have tests of their own."""


TITLE = "/situations/{reference}/intitule"


def of_situation(route: Route, role: str, situation: str, proof: Proof) -> set[int]:
    """What a route answers about a situation."""
    if not reaches(proof, route.proof):
        return {303}
    if role not in SEES[situation] or (route.part and role not in PARTS[route.part]):
        return {404}
    if route.path == TITLE:  # the rédacteur does not name it
        return {404} if role == "rédactrice" else {303}
    return {200} if route.method == "GET" else {409}


def expected(route: Route, role: str, situation: str, proof: Proof) -> set[int]:
    """What a route must answer, by what it declares."""
    if route.path in GONE or route.access is Access.LINK:
        return {404}
    if role == "anonyme" and route.access is not Access.ANYONE:
        return {303}
    if route.access is Access.ANYONE:
        return {404} if "{guide}" in route.path else {200, 303, 422, *ASIDE.get((route.method, route.path), ())}
    if route.access is Access.SITUATION:
        return of_situation(route, role, situation, proof)
    if route.access is Access.ADMINISTRATOR:
        weak = {303} if proof is not Proof.STRONG and route.proof is Proof.STRONG else {200, 303, 422}
        return weak if role == "administratrice" else {404}
    nowhere = any(name in route.path for name in OBJECTS) and reaches(proof, route.proof)
    return {404} if nowhere else {200, 303, 422}


ROLES = [*itertools.product(PEOPLE, (Proof.CODE, Proof.STRONG))]


@pytest.mark.parametrize(("role", "proof"), ROLES, ids=[f"{r}-{p}" for r, p in ROLES])
def test_every_route_answers_as_declared(role: str, proof: Proof) -> None:
    site, situations = stage()
    reader = browser_of(site, role, proof)
    for route, situation in itertools.product(ROUTES, SITUATIONS):
        if "{reference}" not in route.path and situation != SITUATIONS[0]:
            continue
        if route.path in ("/entrer", "/installation") and route.method == "POST":
            continue  # counted by the hour: they have tests of their own
        browser = reader if route.method == "GET" else writer(site, role, proof)
        browser.client.follow_redirects = False
        path = route.path.replace("{reference}", situations[situation]).replace("{jeton}", LINK)
        answer = browser.get(path) if route.method == "GET" else browser.post(path, {"acte": "rien"})
        wanted = expected(route, role, situation, proof)
        if role == "anonyme" and route.method == "POST":
            wanted |= {403, 422}  # no page gave it a form
        assert answer.status in wanted, (route.method, path, situation)


def test_no_route_stands_outside_the_table() -> None:
    site, _ = stage()
    routes = [route for route in make_app(site.services).routes if isinstance(route, StarletteRoute)]
    known = {(route.method, route.path) for route in ROUTES}
    found = {(method, route.path) for route in routes for method in route.methods or () if method != "HEAD"}
    assert found == known
    assert len(make_app(site.services).routes) == len(ROUTES)


def test_a_page_about_a_situation_declares_it() -> None:
    assert all((route.access is Access.SITUATION) == ("{reference}" in route.path) for route in ROUTES)


def test_every_reading_of_a_situation_is_logged() -> None:
    site = make_site()
    reference = site.world.to_agenda()
    site.signed_in("claire.legoff", Proof.CODE).get(f"/situations/{reference}")
    site.signed_in("sophie.carre").get(f"/situations/{reference}")
    found = [(row["person"], row["reference"], row["dac"], row["proof"]) for row in site.rows("access_log")]
    assert found == [("claire.legoff", reference, "dactiv", "code")]


@pytest.mark.parametrize("reference", ["BRE-DACTIV-2026-9999-0", "rien", "BRE-DACTIV-2026-0001-Z"])
def test_what_does_not_exist_and_what_is_not_mine_look_the_same(reference: str) -> None:
    site, situations = stage()
    mine = site.signed_in("sophie.carre")
    foreign = mine.get(f"/situations/{situations['en analyse']}").words
    assert (mine.status, mine.get(f"/situations/{reference}").status) == (404, 404)
    assert mine.words == foreign
