"""The header shows a person the pages that serve them, and those alone; the others stay open, and say why."""

import pytest

from tests.local import local_world
from tests.web.site import Browser, Site, make_site
from web.navigation import Entry, entries
from workflow.circuit.model import Proof
from workflow.model import Person

DAC = "/a-traiter /deposer /reunion /retours /situations /premiers-pas"
RUNS = "/a-traiter /deposer /reunion /retours /situations /courriels /organisation /premiers-pas"
ABOVE = "/a-traiter /retours /situations"
ROLES = {
    "maelle.riou": "/a-traiter /deposer /retours /situations /premiers-pas",
    "katia.lorant": DAC,
    "nolwenn.prigent": DAC,
    "yann.lebihan": DAC,
    "katell.morvan": RUNS,
    "herve.guillou": RUNS,
    "claire.legoff": "/a-traiter /retours /situations /premiers-pas",
    "paul.tanguy": "/a-traiter /retours /situations /courriels /organisation /premiers-pas",
    "sophie.carre": ABOVE,
    "marc.aubin": f"{ABOVE} /courriels /organisation",
    "viviane.madec": ABOVE,
    "alain.perrot": f"{ABOVE} /courriels /organisation",
    "nadia.vasseur": ABOVE,
    "etienne.marchal": f"{ABOVE} /courriels /organisation",
    "karine.lostis": "/a-traiter /deposer /retours /situations",
}
"""One person for each function of the directory, and what serves them."""
EMPTY = {
    "/deposer": "Les fiches se commencent dans un DAC, et vous n’y avez pas de fonction.",
    "/reunion": "Vous ne participez à l’analyse d’aucune antenne.",
    "/organisation": "Vous ne répondez d’aucune structure",
    "/premiers-pas": "Cette liste suit l’installation d’un DAC, et vous n’en dépendez pas.",
}
"""What the pages say to those they do not serve."""


def shown(browser: Browser) -> list[str]:
    header = browser.text.split("</nav>")[0]
    return [part.split('"')[0] for part in header.split('<li><a href="')[1:]]


@pytest.fixture(scope="module")
def everywhere() -> Site:
    """Every circuit of the project is published: a team leader of Rennes is one in their antenne alone."""
    return make_site(world=local_world())


@pytest.mark.parametrize(("person", "expected"), ROLES.items())
def test_each_role_has_the_entries_that_serve_it(everywhere: Site, person: str, expected: str) -> None:
    browser = everywhere.signed_in(person).get("/a-traiter")
    assert shown(browser) == expected.split()
    for path, said in EMPTY.items():
        assert (said in browser.get(path).words) == (path not in expected.split()), path


def test_the_roles_above_are_all_those_of_the_directory(site: Site) -> None:
    held = {row["person"]: row["function"] for row in site.rows("assignments")}
    assert set(held.values()) == {held[person] for person in ROLES}


def test_somebody_who_runs_the_service_and_holds_no_function_sees_what_they_run(site: Site) -> None:
    with site.world.store.writing() as work:
        work.entry.add_person("anne.admin", "Anne Admin", "anne.admin@exemple.fr")
        work.entry.keep_account("anne.admin", administrator=True)
    seen = shown(site.signed_in("anne.admin").get("/a-traiter"))
    assert seen == [*ABOVE.split(), "/courriels", "/organisation", "/premiers-pas"]


def test_who_stands_in_sees_what_serves_the_one_who_is_away(site: Site) -> None:
    national = site.services.circuits.national()
    lent = Person("claire.legoff", "Claire", frozenset({("gouvernance", "secretaire"), ("dactiv", "pilote_orp")}))
    assert "/courriels" in {one.path for one in entries(national, lent, administers=False)}


def test_nobody_looks_at_pages_without_coming_in(site: Site) -> None:
    assert shown(site.browser().get("/entrer")) == []


def test_the_present_page_is_marked_and_a_situation_belongs_to_none(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = site.signed_in("katell.morvan", Proof.STRONG)
    marked = '<a href="/organisation" aria-current="page">'
    assert marked in browser.get("/organisation").text
    assert marked in browser.get("/organisation/dactiv").text
    assert '<a href="/situations">' in browser.get(f"/situations/{reference}").text
    assert not Entry("/situations", "Retrouver").is_here(f"/situations/{reference}")


def test_who_answers_for_nobody_still_finds_where_to_declare_an_absence(site: Site) -> None:
    browser = site.signed_in("sophie.carre").get("/mon-compte")
    assert 'href="/organisation#absences"' in browser.text
    assert "Déclarer une absence" in browser.get("/organisation").words
