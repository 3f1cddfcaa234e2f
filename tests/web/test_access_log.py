"""Whatever shows a situation is in the access log: pages and finds each time, lists once a day for each situation."""

from datetime import timedelta

from tests.postgres import Postgres
from tests.web.site import Site, make_site
from workflow.circuit.model import Proof


def read(site: Site, person: str) -> list[tuple[str, str, str, str]]:
    """What a person read, in order: situation, page, DAC, proof."""
    rows = [row for row in site.rows("access_log") if row["person"] == person]
    return [(row["reference"], row["page"], row["dac"], row["proof"]) for row in rows]


def check_list(site: Site) -> None:
    first, second = site.world.to_agenda(), site.world.to_agenda()
    browser = site.signed_in("claire.legoff", Proof.CODE)
    for path in ("/a-traiter", "/a-traiter?q=soins", "/a-traiter?onglet=retours"):
        browser.get(path)
    assert sorted(read(site, "claire.legoff")) == [(r, "GET /a-traiter", "dactiv", "code") for r in (first, second)]
    third = site.world.to_agenda()
    browser.get("/a-traiter")
    assert [line[0] for line in read(site, "claire.legoff")[2:]] == [third]


def test_a_list_is_noted_once_a_day_for_each_situation_it_shows(site: Site) -> None:
    check_list(site)
    site.world.clock.set(site.world.clock.now() + timedelta(days=1))
    site.signed_in("claire.legoff", Proof.CODE).get("/a-traiter")
    assert len(read(site, "claire.legoff")) == 6


def test_so_it_is_on_postgresql(postgres: Postgres) -> None:
    with postgres.fresh() as url:
        site = make_site(url)
        check_list(site)
        site.world.store.engine.dispose()


def test_what_a_filter_leaves_out_was_not_read(site: Site) -> None:
    site.world.to_agenda()
    site.signed_in("claire.legoff").get("/a-traiter?urgent=oui")
    site.signed_in("sophie.carre").get("/a-traiter")
    assert site.rows("access_log") == []


def test_each_person_and_each_list_is_noted_apart(site: Site) -> None:
    reference = site.world.to_analysis()
    for person, path in (
        ("yann.lebihan", "/reunion"),
        ("nolwenn.prigent", "/reunion"),
        ("nolwenn.prigent", "/a-traiter"),
    ):
        site.signed_in(person).get(path)
    assert [line[:2] for line in read(site, "yann.lebihan")] == [(reference, "GET /reunion")]
    assert [line[1] for line in read(site, "nolwenn.prigent")] == ["GET /reunion", "GET /a-traiter"]


def test_retours_owed_expected_and_received_are_noted(site: Site) -> None:
    reference = site.world.to_dd()
    for person in ("katell.morvan", "sophie.carre"):
        site.signed_in(person, Proof.CODE).get("/retours").get("/retours")
        assert [line[:2] for line in read(site, person)] == [(reference, "GET /retours")]


def test_acting_on_several_is_noted_each_time(site: Site) -> None:
    reference = site.world.to_agenda()
    chosen = f"/a-traiter/ensemble?choix={reference}:{site.world.owed(reference, 'D09')[0].n}"
    site.signed_in("claire.legoff").get(chosen).get(chosen)
    assert [line[:2] for line in read(site, "claire.legoff")] == [(reference, "GET /a-traiter/ensemble")] * 2


def test_the_mails_show_neither_intitule_nor_text_and_are_not_noted(site: Site) -> None:
    reference = site.world.to_agenda()
    page = site.signed_in("katell.morvan").get("/courriels")
    assert reference in page.words
    assert "Infirmière" not in page.words
    assert site.rows("access_log") == []
