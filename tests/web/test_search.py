"""Finding a situation again: by its reference, by words, among those one may see; and the intitulé that helps."""

from datetime import timedelta

import pytest

from tests.acceptance.test_duplicate import SAME
from tests.postgres import Postgres
from tests.web.site import Site, make_site
from tests.world import FORM, NATIONAL, World
from workflow.absences import Absence
from workflow.circuit.model import Proof


@pytest.mark.parametrize("words", ["fougeres infirmier", "SOINS", "antenne domicile", "Offre", "0001"])
def test_words_find_the_situation_whatever_their_case_and_accents(site: Site, words: str) -> None:
    reference = site.world.to_agenda()
    page = site.signed_in("claire.legoff", Proof.CODE).get(f"/situations?q={words}")
    assert reference in page.words
    assert "1 situation" in page.words
    assert reference in page.get(f"/a-traiter?q={words}").words


@pytest.mark.parametrize("words", ["rennes", "hôpital", "100%", "_", "'; drop table cases; --"])
def test_other_words_find_nothing(site: Site, words: str) -> None:
    reference = site.world.to_agenda()
    browser = site.signed_in("claire.legoff", Proof.CODE)
    for path in ("/situations", "/a-traiter"):
        page = browser.get(f"{path}?q={words}")
        assert page.status == 200
        assert reference not in page.words


def test_a_whole_reference_leads_to_its_situation(site: Site) -> None:
    reference = site.world.to_agenda()
    page = site.signed_in("claire.legoff", Proof.CODE).get(f"/situations?q={reference.lower()}")
    assert page.path == f"/situations/{reference}"


def test_a_search_finds_nothing_that_is_not_mine_and_logs_what_it_shows(site: Site) -> None:
    mine, draft = site.world.to_agenda(), site.world.open()
    for person in ("sophie.carre", "viviane.madec", "nadia.vasseur", "gael.rouxel", "karine.lostis"):
        for typed in ("infirmier", mine):
            page = site.signed_in(person).get(f"/situations?q={typed}")
            assert "Aucune situation qui vous est ouverte" in page.words
    assert site.rows("access_log") == []
    assert draft not in site.signed_in("katell.morvan").get("/situations?q=fougeres").words
    assert {row["reference"] for row in site.rows("access_log")} == {mine}


def test_the_writer_finds_their_own_without_its_stage(site: Site) -> None:
    reference = site.world.to_dd()
    page = site.signed_in("maelle.riou", Proof.CODE).get("/situations?q=soins").words
    assert reference in page
    assert "instruction" not in page


def other_writer(world: World) -> str:
    """Somebody of the antenne who only writes forms, and has written none."""
    held = {"organisation": "antenne-fougeres", "function": "referent_parcours", "since": world.clock.now()}
    with world.store.writing() as work:
        work.entry.add_person("autre.redactrice", "Autre Rédactrice", "autre@dactiv.example")
        work.directory.add([], [], [held | {"person": "autre.redactrice", "until": None}])
    return "autre.redactrice"


def test_who_stands_in_for_the_writer_finds_their_situations_while_it_lasts(site: Site) -> None:
    reference, substitute = site.world.to_dd(), other_writer(site.world)
    browser, now = site.signed_in(substitute, Proof.CODE), site.world.clock.now()
    assert reference not in browser.get("/situations?q=soins").words
    with site.world.store.writing() as work:
        work.staff.declare(Absence("maelle.riou", substitute, now, now + timedelta(days=7)))
    assert reference in browser.get("/situations?q=soins").words
    assert browser.get(f"/situations/{reference}").status == 200
    site.world.wait(days=8)
    assert reference not in site.signed_in(substitute, Proof.CODE).get("/situations?q=soins").words


def attached(world: World, writer: str = "maelle.riou") -> tuple[str, str]:
    """Two situations: the first bears words of its own, the second is attached to it and bears none of them."""
    first, second = world.to_analysis(), world.open(writer)
    world.decide(second, "deposer", writer, dict(FORM) | {"quoi": "transport"})
    world.decide(second, "prendre_en_charge_antenne", "yann.lebihan")
    world.decide(second, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    world.decide(second, "rattacher_doublon", "katell.morvan", {"parent": first, "motif": SAME})
    with world.store.writing() as work:
        work.inbox.keep_title(first, "dactiv", "dactiv", "Relève introuvable", ("katell.morvan", world.clock.now()))
    return first, second


def check_attached(site: Site, first: str, second: str) -> None:
    browser = site.signed_in("katell.morvan", Proof.CODE)
    for words in ("releve", "soins", "transport releve", first[-6:]):
        page = browser.get(f"/situations?q={words}").words
        assert f"{second} · rattachée à {first}" in page, words
        assert f"rattachée à {first}" in browser.get(f"/a-traiter?q={words}&onglet=retours").words, words
    for path in ("/situations?q=rennes", "/a-traiter?q=rennes&onglet=retours"):
        assert second not in browser.get(path).words


def test_words_of_the_situation_it_is_attached_to_find_a_situation(site: Site) -> None:
    check_attached(site, *attached(site.world))


def test_words_of_a_situation_one_does_not_see_find_nothing_through_another(site: Site) -> None:
    _, second = attached(site.world, other_writer(site.world))
    browser = site.signed_in("autre.redactrice", Proof.CODE)
    assert second in browser.get("/situations?q=transport").words
    assert "rattachée" not in browser.words.lower()
    for words in ("soins", "releve"):
        assert second not in browser.get(f"/situations?q={words}").words


def test_a_deep_cause_is_found_by_its_words_and_by_those_of_its_first_level(site: Site) -> None:
    reference = site.world.to_agenda()
    site.world.act(reference, "D27", "maelle.riou", dict(NATIONAL) | {"causes_profondes": "ACCES_TRANSPORT"})
    browser = site.signed_in("claire.legoff", Proof.CODE)
    for words in ("transport adapte", "acces empeche"):
        assert reference in browser.get(f"/situations?q={words}").words


def test_an_intitule_is_for_the_screens_of_the_house_that_gave_it(site: Site) -> None:
    reference = site.world.to_dd()
    browser = site.signed_in("katell.morvan", Proof.CODE).get(f"/situations/{reference}")
    browser.post(f"/situations/{reference}/intitule", {"intitule": "Relais de soins à domicile introuvable"})
    assert "L’intitulé est enregistré." in browser.words
    for person in ("katell.morvan", "yann.lebihan"):
        own = site.signed_in(person, Proof.CODE)
        assert "Relais de soins" in own.get(f"/situations/{reference}").words
        assert "Relais de soins" in own.get("/situations?q=introuvable").words
    other = site.signed_in("sophie.carre", Proof.CODE)
    for path in (f"/situations/{reference}", "/a-traiter", "/situations?q=soins"):
        assert "Relais de soins" not in other.get(path).words
    assert reference not in other.get("/situations?q=introuvable").words
    assert all("Relais de soins" not in str(mail) for mail in site.mails())


def test_an_intitule_that_names_somebody_is_refused_and_kept_in_its_field(site: Site) -> None:
    reference = site.world.to_dd()
    browser = site.signed_in("sophie.carre", Proof.CODE).get(f"/situations/{reference}")
    page = browser.post(f"/situations/{reference}/intitule", {"intitule": "Appeler le 06 12 34 56 78"})
    assert page.status == 422
    assert 'value="Appeler le 06 12 34 56 78"' in page.text
    assert "Cet acte n’est plus possible" not in page.words
    assert site.rows("case_titles") == []


def test_an_empty_intitule_gives_back_the_composed_one(site: Site) -> None:
    reference = site.world.to_dd()
    browser = site.signed_in("sophie.carre", Proof.CODE).get(f"/situations/{reference}")
    for title in ("Soins au long cours", ""):
        browser.post(f"/situations/{reference}/intitule", {"intitule": title})
    assert "Infirmière ou infirmier – arrête" in browser.get("/a-traiter").words


def test_the_list_and_the_search_say_the_same_on_postgresql(postgres: Postgres) -> None:
    with postgres.fresh() as url:
        site = make_site(url)
        reference = site.world.to_agenda()
        with site.world.store.writing() as work:
            at = ("claire.legoff", site.world.clock.now())
            work.inbox.keep_title(reference, "dactiv", "gouvernance-dactiv", "Été sans relève à 100 %", at)
        browser = site.signed_in("claire.legoff", Proof.CODE)
        for words in ("infirmier fougeres", "ete releve", "100 %25", "offre"):
            for path in ("/a-traiter", "/situations"):
                assert "Été sans relève" in browser.get(f"{path}?q={words}").words, (path, words)
        assert reference not in browser.get("/situations?q=rennes").words
        check_attached(site, *attached(site.world))
        assert "Été sans relève" not in site.signed_in("katell.morvan").get("/situations?q=soins").words
        site.world.store.engine.dispose()
