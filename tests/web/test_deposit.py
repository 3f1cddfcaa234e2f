"""A form is begun, kept field by field, deposited: nothing typed is lost, nothing that names somebody is taken in."""

import re
from collections.abc import Mapping

import pytest

from tests.web.site import Browser, Site, make_site
from tests.world import FORM, make_world
from workflow.circuit.loader import shipped_files
from workflow.circuit.model import Proof

WRITER = "maelle.riou"


def begun(site: Site, person: str = WRITER) -> tuple[Browser, str]:
    """A browser before the form that somebody just began, and its reference."""
    browser = site.signed_in(person).get("/deposer")
    browser.post("/deposer", hidden(browser) | {"antenne": "antenne-fougeres", "departement": "35"})
    return browser, browser.path.split("/")[2]


def hidden(browser: Browser) -> dict[str, str]:
    """What the forms of a page carry unseen."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.text))


def send(browser: Browser, gesture: str, fields: Mapping[str, object]) -> Browser:
    return browser.post(browser.path, hidden(browser) | {"geste": gesture} | dict(fields))


def test_a_form_is_deposited_and_its_reference_given(site: Site) -> None:
    browser, reference = begun(site)
    send(browser, "envoyer", dict(FORM))
    assert browser.path == f"/situations/{reference}/recu"
    assert f"Elle porte la référence {reference}" in browser.words
    assert "Décision attendue au plus tard le lundi 12 janvier 2026 (délai indicatif)." in browser.words
    assert site.world.case(reference).step == "deposee"
    assert site.rows("drafts") == []


def test_a_draft_is_kept_without_a_script_and_taken_up_again(site: Site) -> None:
    browser, reference = begun(site)
    send(browser, "garder", {"qui": "medecin", "resume": "Une sortie sans relais."})
    assert "Le brouillon est enregistré." in browser.words
    again = site.signed_in(WRITER).get("/deposer")
    assert f"Reprendre la fiche {reference}" in again.words
    again.get(f"/situations/{reference}/fiche")
    assert '<option value="medecin" selected>' in again.text
    assert "Une sortie sans relais." in again.words
    assert site.world.case(reference).step == "brouillon"


def test_one_field_is_kept_by_itself_and_the_others_stay(site: Site) -> None:
    browser, reference = begun(site)
    send(browser, "garder", {"qui": "medecin", "resume": "Une sortie sans relais."})
    here, page = f"/situations/{reference}/fiche", browser.get(f"/situations/{reference}/fiche").text
    browser.post(here, {"geste": "champ", "champ": "resume", "resume": "Vu avec Mme Dupont."})
    assert "Enregistré." in browser.words
    assert "« Mme Dupont » (une civilité suivie d’un nom, plutôt « la personne »)" in browser.words
    browser.text = page
    browser.post(here, {"geste": "champ", "champ": "qui"})
    kept = {row["field"]: row["text"] for row in site.rows("drafts")}
    assert kept == {"resume": "Vu avec Mme Dupont."}


@pytest.mark.parametrize("text", ["Appeler le 06 12 34 56 78.", "Écrire à a.b@exemple.fr.", "1 84 12 76 451 089 46"])
def test_what_names_somebody_for_sure_blocks_and_the_draft_is_kept(site: Site, text: str) -> None:
    browser, reference = begun(site)
    send(browser, "envoyer", dict(FORM) | {"resume": text})
    assert browser.status == 422
    assert "La fiche n’est pas déposée" in browser.words
    assert "à retirer avant de continuer" in browser.words
    assert text in browser.words
    assert site.world.case(reference).step == "brouillon"
    assert {row["field"] for row in site.rows("drafts")} == set(FORM)


def test_what_is_doubtful_warns_and_does_not_block(site: Site) -> None:
    browser, reference = begun(site)
    send(browser, "garder", dict(FORM) | {"resume": "Jeanne habite à Fougères."})
    assert "« Jeanne » (un prénom, plutôt « la personne »)" in browser.words
    assert "« à Fougères » (une commune, plutôt « dans le département (Ille-et-Vilaine) »)" in browser.words
    send(browser, "envoyer", dict(FORM) | {"resume": "Jeanne habite à Fougères."})
    assert site.world.case(reference).step == "deposee"


def test_a_double_click_begins_one_form(site: Site) -> None:
    browser = site.signed_in(WRITER).get("/deposer")
    page, fields = browser.text, hidden(browser) | {"antenne": "antenne-fougeres", "departement": "35"}
    for _ in range(2):
        browser.text = page
        browser.post("/deposer", fields)
    assert len(site.rows("cases")) == 1


@pytest.mark.parametrize("antenne", ["", "antenne-dinan", "dd-35", "rien"])
def test_a_form_begins_where_one_works_and_nowhere_else(site: Site, antenne: str) -> None:
    browser = site.signed_in(WRITER).get("/deposer")
    browser.post("/deposer", hidden(browser) | {"antenne": antenne, "departement": "35"})
    assert browser.status == 422
    assert site.rows("cases") == []


def test_an_unknown_departement_is_refused_in_words(site: Site) -> None:
    browser = site.signed_in(WRITER).get("/deposer")
    browser.post("/deposer", hidden(browser) | {"antenne": "antenne-fougeres", "departement": "99"})
    assert browser.status == 422
    assert "Aucune délégation départementale" in browser.words


def test_whoever_works_in_no_dac_is_told_where_to_turn(site: Site) -> None:
    assert "vous n’y avez pas de fonction" in site.signed_in("sophie.carre").get("/deposer").words


def test_nobody_else_reads_a_draft(site: Site) -> None:
    browser, reference = begun(site)
    send(browser, "garder", dict(FORM))
    for person in ("yann.lebihan", "katell.morvan", "sophie.carre", "gael.rouxel"):
        assert site.signed_in(person).get(f"/situations/{reference}/fiche").status == 404


def test_once_deposited_the_form_is_read_and_written_no_more(site: Site) -> None:
    reference = site.world.to_analysis()
    page = site.signed_in("yann.lebihan").get(f"/situations/{reference}/fiche")
    assert "Les soins quotidiens se sont arrêtés sans relais." in page.words
    assert "<textarea" not in page.text
    browser = site.signed_in(WRITER).get(f"/situations/{reference}")
    assert browser.post(f"/situations/{reference}/fiche", {"geste": "garder", "resume": "Autre."}).status == 409
    assert site.rows("drafts") == []


def test_a_draft_that_expires_leaves_no_text(site: Site) -> None:
    browser, reference = begun(site)
    send(browser, "garder", dict(FORM))
    site.world.leap(100)
    assert site.world.case(reference).step == "retiree"
    assert site.rows("drafts") == []


def test_the_proof_of_a_form_is_the_password(site: Site) -> None:
    reference = site.world.open()
    assert site.signed_in(WRITER, Proof.CODE).get(f"/situations/{reference}/fiche").path == "/entrer/mot-de-passe"


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_no_database_can_hold_is_left_out(site: Site, text: str) -> None:
    browser, _ = begun(site)
    send(browser, "garder", {"resume": text.encode("utf-8", "surrogatepass")})
    assert browser.status == 200


# --- Partners, and those who give no address. ---


def opened_to_partners() -> Site:
    files = shipped_files("national")
    national = files["circuits/national.yaml"].replace("annulation:", "ouvert_aux_partenaires: oui\nannulation:", 1)
    return make_site(world=make_world(files=files | {"circuits/national.yaml": national}))


def test_a_partner_deposits_where_the_circuit_is_open_to_them() -> None:
    site = opened_to_partners()
    browser, reference = begun(site, "karine.lostis")
    send(browser, "envoyer", dict(FORM))
    assert browser.path == f"/situations/{reference}/recu"
    assert site.world.case(reference).writer == "karine.lostis"


def test_a_partner_is_told_where_the_circuit_is_not_open(site: Site) -> None:
    browser = site.signed_in("karine.lostis").get("/deposer")
    browser.post("/deposer", hidden(browser) | {"antenne": "antenne-fougeres", "departement": "35"})
    assert browser.status == 422
    assert "Seules les personnes du DAC commencent une fiche ici" in browser.words


def test_an_anonymous_form_is_followed_by_its_code_and_nothing_else(site: Site) -> None:
    browser = site.signed_in(WRITER).get("/deposer")
    page, fields = browser.text, {"antenne": "antenne-fougeres", "departement": "35", "anonyme": "oui"}
    fields |= hidden(browser)
    code = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", browser.post("/deposer", fields).words)[0]
    reference = str(site.rows("cases")[0]["reference"])
    browser.text = page
    assert code in browser.post("/deposer", fields).words
    assert site.rows("redacteur_contacts")[0]["email"] is None
    site.world.decide(reference, "deposer", WRITER, FORM)
    anybody = site.browser().get("/suivre").post("/suivre", {"code": code.lower().replace("-", " ")})
    assert anybody.path == f"/situations/{reference}"
    assert "Déposée fait" in anybody.words
    assert "Analysée par le DAC en cours" in anybody.words
    assert "Maëlle" not in anybody.text
    for page in ("fiche", "formulaire", "analyse", "version-relue"):
        assert anybody.get(f"/situations/{reference}/{page}").status == 404


def test_a_guessed_code_finds_nothing_and_guessing_is_counted(site: Site) -> None:
    browser = site.browser().get("/suivre")
    for _ in range(30):
        assert browser.post("/suivre", {"code": "AAAA-AAAA-AAAA"}).status == 422
    assert browser.post("/suivre", {"code": "AAAA-AAAA-AAAA"}).status == 429
