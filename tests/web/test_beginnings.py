"""First steps, and the guides: what is there ticks itself, nothing is invented, help is one click away."""

import re

import pytest

from tests.web.site import Site
from web.guides import OF_KIND, SECTIONS, TITLES, read_guide
from workflow.beginnings import checked_link, platform, read_platform
from workflow.circuit.model import Proof
from workflow.errors import InvalidDefinition, Refusal

DIRECTOR = "herve.guillou"


def test_the_list_ticks_itself_as_the_observatory_lives(site: Site) -> None:
    browser = site.signed_in(DIRECTOR).get("/premiers-pas")
    assert "Une première situation est déposée (reste à faire)" in browser.words
    assert "Chaque fonction est tenue par quelqu’un (fait)" in browser.words
    site.world.to_dd()
    browser = site.signed_in(DIRECTOR).get("/premiers-pas")
    for line in ("est déposée", "La gouvernance a reçu une première situation", "est transmise à l’ARS"):
        assert f"{line} (fait)" in browser.words
    other = site.signed_in("gael.rouxel").get("/premiers-pas").words
    assert "Une première situation est déposée (reste à faire)" in other


def test_a_function_that_nobody_holds_is_named(site: Site) -> None:
    with site.world.store.writing() as work:
        assert work.staff.end("paul.tanguy", "gouvernance-dactiv", "presidence", site.world.clock.now())
    page = site.signed_in(DIRECTOR).get("/premiers-pas").words
    assert "À donner : la présidence de la gouvernance (Gouvernance de DAC’tiv)." in page


def test_the_twelve_tools_wait_to_be_obtained(site: Site) -> None:
    page = site.signed_in("sophie.carre", Proof.CODE).get("/premiers-pas").words
    assert page.count("pas encore obtenu") == 12
    assert list(platform().stages.values()) == [
        "Installer et collecter",
        "S’inspirer et structurer",
        "Se relier aux acteurs",
    ]


def test_a_tool_that_does_not_lead_to_a_safe_address_is_refused() -> None:
    with pytest.raises(InvalidDefinition):
        read_platform("etapes: {a: A}\noutils:\n" + "  - {numero: 1, lien: javascript:alert}\n" * 12)


def test_a_document_is_an_address_that_the_dac_alone_writes(site: Site) -> None:
    browser = site.signed_in(DIRECTOR).get("/premiers-pas")
    fields = {"dac": "dactiv", "genre": "reglement", "lien": "https://intranet.dactiv.example/reglement.pdf"}
    browser.post("/premiers-pas", fields)
    assert "Ouvrir sur intranet.dactiv.example" in browser.words
    assert "Document : Règlement intérieur (fait)" in browser.words
    assert "Ouvrir sur" in site.signed_in("maelle.riou").get("/premiers-pas").words
    for person in ("gael.rouxel", "maelle.riou", "sophie.carre"):
        other = site.signed_in(person).get("/premiers-pas")
        assert other.post("/premiers-pas", fields | {"lien": "https://ailleurs.example/"}).status == 422
    browser.get("/premiers-pas").post("/premiers-pas", {"acte": "retirer", "dac": "dactiv", "genre": "reglement"})
    assert "Ouvrir sur" not in browser.words


@pytest.mark.parametrize(
    "link",
    ["http://a.example/", "javascript:alert(1)", "https://u:p@a.example/", "https://", "https://a b.example/", "",
     "https://localhost/", "//a.example", "https://[", "https://a.example/" + "x" * 500, "https://a.example/\n"],
)  # fmt: skip
def test_an_address_that_hides_where_it_leads_is_refused(link: str) -> None:
    with pytest.raises(Refusal):
        checked_link(link)


@pytest.mark.parametrize(
    ("person", "guide"),
    [
        ("maelle.riou", "redacteur"),
        ("yann.lebihan", "responsable-dac"),
        ("katell.morvan", "responsable-dac"),
        ("claire.legoff", "secretaire-de-gouvernance"),
        ("sophie.carre", "officier-ars"),
        ("nadia.vasseur", "officier-ars"),
        ("karine.lostis", "redacteur"),
    ],
)
def test_help_leads_each_to_their_guide_from_each_screen(site: Site, person: str, guide: str) -> None:
    browser = site.signed_in(person, Proof.CODE).get("/a-traiter")
    assert 'href="/aide?de=a-traiter"' in browser.text
    browser.get("/aide?de=a-traiter")
    assert browser.path == f"/aide/{guide}"
    assert 'id="a-traiter"' in browser.text


def test_help_is_open_before_one_comes_in(site: Site) -> None:
    browser = site.browser().get("/entrer")
    assert 'href="/aide"' in browser.text
    for name in TITLES:
        assert f'href="/aide/{name}"' in browser.get("/aide").text
        assert browser.get(f"/aide/{name}").status == 200
        assert browser.text.count("<h1") == 1
    assert browser.get("/aide/..%2F..%2FREADME").status == 404


def test_guides_are_shown_never_run_and_their_links_lead_somewhere(site: Site) -> None:
    folder = site.services.guides
    assert {path.stem for path in folder.glob("*.md")} == set(TITLES)
    assert set(OF_KIND.values()) <= set(TITLES)
    sections: set[str] = set()
    for name in TITLES:
        found = read_guide(folder, name)
        assert found
        sections |= found.sections
        assert "<script" not in found.html
        assert re.findall(r'href="([^"]+)"', found.html) == []
    assert set(SECTIONS.values()) <= sections
