"""Whoever has no account begins a form, and comes back with a code that opens this one situation and nothing else."""

import re

import pytest

from tests.local import local_world
from tests.web.site import Browser, Site, make_site
from tests.web.test_deposit import hidden, send
from tests.world import FINAL, FORM, LONG
from web.routes import ROUTES, Access
from workflow.tracking import ANONYMOUS

CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}")
PATH = "/deposer-sans-compte"
HERE = {"antenne": "antenne-angers", "departement": "49"}


@pytest.fixture
def site() -> Site:
    """Maine-et-Loire, where forms are anonymous and open to all; elsewhere they are not."""
    return make_site(world=local_world("maine-et-loire"))


def begun(site: Site) -> tuple[Browser, str, str]:
    """A browser that just began a form, its reference and its code."""
    browser = site.browser().get(PATH)
    browser.post(PATH, hidden(browser) | HERE)
    found = CODE.findall(browser.words)
    assert len(found) == 1, browser.words
    return browser, str(site.rows("cases")[-1]["reference"]), found[0]


def deposited(site: Site) -> tuple[str, str]:
    browser, reference, code = begun(site)
    send(browser.get(f"/situations/{reference}/fiche"), "envoyer", dict(FORM))
    assert site.world.case(reference).step == "deposee"
    return reference, code


def back(site: Site, code: str) -> Browser:
    return site.browser().get("/suivre").post("/suivre", {"code": code})


def test_only_antennes_whose_circuit_opens_it_are_offered(site: Site) -> None:
    page = site.browser().get(PATH)
    assert re.findall(r'<option value="(antenne-[a-z-]+)"', page.text) == ["antenne-angers"]


def test_elsewhere_one_is_told_where_to_turn() -> None:
    page = make_site().browser().get(PATH)
    assert "Appelez le DAC de votre territoire" in page.words
    assert "<select" not in page.text


def test_a_form_is_written_deposited_and_received_without_a_name(site: Site) -> None:
    browser, reference, _ = begun(site)
    browser.get(f"/situations/{reference}/fiche")
    send(browser, "envoyer", dict(FORM))
    assert browser.path == f"/situations/{reference}/recu"
    assert "personne ne peut vous écrire" in browser.words
    case = site.world.case(reference)
    assert (case.step, case.writer, case.anonymous) == ("deposee", ANONYMOUS, True)
    contact = next(row for row in site.rows("redacteur_contacts") if row["reference"] == reference)
    assert contact["email"] is None
    assert not [mail for mail in site.mails() if mail["recipient"] in (None, ANONYMOUS)]


def test_a_draft_is_taken_up_again_with_its_code_and_by_nobody_else(site: Site) -> None:
    browser, reference, code = begun(site)
    send(
        browser.get(f"/situations/{reference}/fiche"), "garder", {"qui": "medecin", "resume": "Une sortie sans relais."}
    )
    again = back(site, code).get(f"/situations/{reference}/fiche")
    assert "Une sortie sans relais." in again.words
    other, _, _ = begun(site)
    assert other.get(f"/situations/{reference}/fiche").status == 404
    for person in ("hugo.delaunay", "jeanne.cesbron"):
        assert site.signed_in(person).get(f"/situations/{reference}/fiche").status == 404


def test_a_phone_number_blocks_and_what_was_typed_stays(site: Site) -> None:
    browser, reference, _ = begun(site)
    send(
        browser.get(f"/situations/{reference}/fiche"), "envoyer", dict(FORM) | {"resume": "Appeler le 06 12 34 56 78."}
    )
    assert browser.status == 422
    assert "Appeler le 06 12 34 56 78." in browser.words


def test_a_question_is_answered_with_the_code(site: Site) -> None:
    reference, code = deposited(site)
    site.world.decide(reference, "prendre_en_charge_antenne", "hugo.delaunay")
    site.world.decide(
        reference, "demander_complement", "hugo.delaunay", {"questions": "Depuis quand les soins ont-ils cessé ?"}
    )
    browser = back(site, code)
    assert "Depuis quand les soins ont-ils cessé ?" in browser.words
    n = site.world.owed(reference, "complement")[0].n
    fields = hidden(browser) | {"acte": "acquitter", "du": str(n), "reponse": "Depuis le mois de novembre."}
    browser.post(browser.path, fields)
    assert "C’est fait" in browser.words
    assert site.world.owed(reference, "complement") == []
    assert "Rédacteur anonyme" in site.signed_in("hugo.delaunay").get(f"/situations/{reference}").words


def test_the_retour_is_read_with_the_code(site: Site) -> None:
    reference, code = deposited(site)
    world = site.world
    world.decide(reference, "prendre_en_charge_antenne", "hugo.delaunay")
    said = {"motif": "urgence", "retour": FINAL["retour"]}
    world.decide(reference, "reorienter", "hugo.delaunay", said)
    owed = next(o for o in world.owed(reference) if o.last_mile)
    assert "Aucun retour" in back(site, code).words
    world.decide(reference, "acquitter", "jeanne.cesbron", {"moyen": "publie"}, due=owed.n)
    page = back(site, code)
    assert LONG in page.words
    assert "Retour reçu fait" in page.words


def test_a_code_opens_nothing_else(site: Site) -> None:
    own, code = deposited(site)
    other, _ = deposited(site)
    browser = back(site, code)
    page, browser.client.follow_redirects = browser.text, False
    for route in ROUTES:
        if route.access is Access.ANYONE or route.access is Access.LINK:
            continue
        path = route.path.replace("{reference}", other).replace("{numero}", "1").replace("{structure}", "dac-49")
        browser.text = page
        answer = browser.get(path) if route.method == "GET" else browser.post(path, {"acte": "rien"})
        if route.access is Access.SITUATION:
            assert answer.status == 404, route
        else:
            assert (answer.status, answer.headers["location"]) == (303, f"/situations/{own}"), route


def test_the_pages_of_ones_own_situation_are_those_of_a_redacteur(site: Site) -> None:
    reference, code = deposited(site)
    for page, status in {"fiche": 200, "formulaire": 200, "recu": 200, "analyse": 404, "version-relue": 404}.items():
        assert back(site, code).get(f"/situations/{reference}/{page}").status == status, page


def test_each_reading_is_logged_under_no_name(site: Site) -> None:
    reference, code = deposited(site)
    before = len(site.rows("access_log"))
    back(site, code)
    read = site.rows("access_log")[before:]
    assert [(row["person"], row["reference"], row["dac"]) for row in read] == [(ANONYMOUS, reference, "dac-49")]


def test_leaving_ends_it(site: Site) -> None:
    reference, code = deposited(site)
    browser = back(site, code)
    assert browser.post("/sortir").path == "/suivre"
    assert browser.get(f"/situations/{reference}").path == "/entrer"


def test_the_code_is_kept_nowhere(site: Site) -> None:
    _, code = deposited(site)
    for table in ("cases", "redacteur_contacts", "sessions", "journal", "messages", "access_log"):
        assert code not in str(site.rows(table)), table


def test_a_double_click_begins_one_form_and_shows_one_code(site: Site) -> None:
    browser = site.browser().get(PATH)
    page, fields, cookies = browser.text, hidden(browser) | HERE, dict(browser.client.cookies)
    first = CODE.findall(browser.post(PATH, fields).words)
    browser.text = page
    browser.client.cookies.clear()
    browser.client.cookies.update(cookies)
    assert CODE.findall(browser.post(PATH, fields).words) == first != []
    assert "Où elle en est" in back(site, first[0]).words
    assert len(site.rows("cases")) == 1


def test_a_form_of_another_browser_is_not_opened(site: Site) -> None:
    browser, other = site.browser().get(PATH), site.browser().get(PATH)
    fields = hidden(browser) | HERE
    browser.post(PATH, fields)
    assert other.post(PATH, fields | {"jeton": hidden(other)["jeton"]}).status == 409
    assert not CODE.search(other.words)


def test_somebody_signed_in_keeps_their_session(site: Site) -> None:
    _, code = deposited(site)
    browser = site.signed_in("hugo.delaunay").get("/suivre")
    assert "Vous êtes entré sous votre nom" in browser.post("/suivre", {"code": code}).words
    assert "Rien n’a été enregistré" not in browser.get(PATH).words
    assert "Vous êtes entré sous votre nom" in browser.get(PATH).post(PATH, hidden(browser) | HERE).words
    assert browser.get("/a-traiter").status == 200


@pytest.mark.parametrize(
    ("antenne", "departement"), [("antenne-fougeres", "35"), ("rien", "49"), ("antenne-angers", "99")]
)
def test_no_form_begins_where_it_is_not_open(site: Site, antenne: str, departement: str) -> None:
    browser = site.browser().get(PATH)
    browser.post(PATH, hidden(browser) | {"antenne": antenne, "departement": departement})
    assert browser.status == 422
    assert site.rows("cases") == []


def test_forms_begun_from_one_place_are_counted(site: Site) -> None:
    for _ in range(20):
        begun(site)
    browser = site.browser().get(PATH)
    assert browser.post(PATH, hidden(browser) | HERE).status == 429


def test_nobody_enters_as_the_anonymous_redacteur(site: Site) -> None:
    browser = site.browser().get("/entrer")
    browser.post("/entrer", {"courriel": ""})
    assert [mail for mail in site.mails() if mail["mail"] == "M20"] == []
    assert all(code["person"] is None for code in site.rows("sign_in_codes"))
