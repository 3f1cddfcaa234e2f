"""« À traiter »: late first, counted, in words, and in a number of statements that does not grow."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.local import local_circuit
from tests.web.site import Site
from tests.world import ANALYSIS, FORM, VALIDATION, World
from web.pages.inbox import rank
from workflow.circuit.loader import load_shipped
from workflow.circuit.model import Proof

MOST = 8
"""Statements of a page, at any size (issue 6, part 3)."""


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(world.store.engine, "before_cursor_execute", hear)
    yield said
    event.remove(world.store.engine, "before_cursor_execute", hear)


def test_what_i_owe_is_there_with_its_words_and_nobody_elses(site: Site) -> None:
    reference = site.world.to_agenda()
    mine = site.signed_in("claire.legoff").get("/a-traiter").words
    assert reference in mine
    assert "Infirmière ou infirmier – arrête – soins – domicile, Antenne de Fougères" in mine
    assert "À l’ordre du jour" in mine
    assert "délai indicatif" in mine
    assert "À décider 1" in mine
    assert reference not in site.signed_in("anne.trehorel").get("/a-traiter").words


def test_late_comes_first_and_is_said_in_working_days(site: Site) -> None:
    late = site.world.to_agenda()
    site.world.wait(days=25)
    fresh = site.world.to_analysis()
    site.world.decide(fresh, "proposer_gouvernance", "katell.morvan", _analysis())
    page = site.signed_in("claire.legoff").get("/a-traiter").words
    assert page.index(late) < page.index(fresh)
    assert "▲ En retard de 3 jours ouvrés" in page
    assert "▲ 1 en retard" in page


def _analysis() -> dict[str, Any]:
    return dict(ANALYSIS)


def test_each_kind_has_its_tab(site: Site) -> None:
    reference = site.world.to_analysis()
    site.world.decide(reference, "demander_complement", "nolwenn.prigent", {"questions": "Depuis quand ?"})
    writer = site.signed_in("maelle.riou", Proof.CODE).get("/a-traiter")
    assert "Compléments et avis 1" in writer.words
    assert "Complément à l’analyste de l’antenne" in writer.words
    assert "Vous ne devez aucun retour." in writer.get("/a-traiter?onglet=retours").words


def test_an_empty_list_says_what_happens_next(site: Site) -> None:
    page = site.signed_in("viviane.madec").get("/a-traiter").words
    assert "Aucune décision ne vous attend." in page
    assert "un courriel vous préviendra" in page


def test_the_number_of_statements_does_not_grow_with_what_i_owe(site: Site) -> None:
    browser, counts = site.signed_in("claire.legoff"), []
    for _ in range(3):
        site.world.to_agenda()
        browser.get("/a-traiter")
        with statements(site.world) as said:
            browser.get("/a-traiter")
        counts.append(len(said))
    assert max(counts) == min(counts) <= MOST


def test_the_search_and_the_list_of_all_stay_within_as_many_statements(site: Site) -> None:
    browser, counts = site.signed_in("claire.legoff"), []
    for _ in range(2):
        site.world.to_agenda()
        browser.get("/a-traiter?q=soins&etape=inscrite_seance")
        with statements(site.world) as said:
            browser.get("/a-traiter?q=soins&etape=inscrite_seance&retard=oui")
        counts.append(len(said))
    assert max(counts) == min(counts) <= MOST


def test_filters_live_in_the_address_and_in_the_links(site: Site) -> None:
    late = site.world.to_agenda()
    site.world.wait(days=25)
    fresh = site.world.to_analysis()
    site.world.decide(fresh, "proposer_gouvernance", "katell.morvan", _analysis())
    browser = site.signed_in("claire.legoff").get("/a-traiter?retard=oui&onglet=decider")
    assert late in browser.words
    assert fresh not in browser.words
    assert "À décider 1" in browser.words
    assert "onglet=taches" in browser.text
    assert "retard=oui" in browser.text.split("onglets")[1]
    page = browser.get("/a-traiter?etape=proposee_gouvernance&onglet=decider").words
    assert (fresh in page, late in page) == (True, False)
    assert "Rien de ce qui vous attend ne répond à ces filtres" in browser.get("/a-traiter?urgent=oui").words


def test_the_filter_offers_the_steps_in_the_order_of_the_circuit(site: Site) -> None:
    site.world.to_agenda()
    waiting = site.world.to_analysis()
    site.world.decide(waiting, "proposer_gouvernance", "katell.morvan", _analysis())
    site.world.decide(site.world.to_agenda(), "valider", "claire.legoff", VALIDATION)
    browser = site.signed_in("claire.legoff").get("/a-traiter")
    offered = browser.text.partition('name="etape"')[2].partition("</select>")[0]
    assert re.findall(r'value="(\w+)"', offered) == ["proposee_gouvernance", "inscrite_seance", "validee"]


@pytest.mark.parametrize(
    ("name", "antenne", "step", "before", "after"),
    [
        ("dactiv", "antenne-fougeres", "gt_orp_territorial", "en_observation", "proposee_gouvernance"),
        ("dactiv", "specificite-etp", "orientation", "brouillon", "deposee"),
        ("dac-49", "", "analyse_collective", "en_observation", "proposee_gouvernance"),
    ],
)
def test_a_step_that_a_layer_adds_stands_where_it_is_met(
    name: str, antenne: str, step: str, before: str, after: str
) -> None:
    circuit, national = local_circuit(name, antenne, "35"), load_shipped("national")
    places = [rank(national, circuit, one) for one in (before, step, after)]
    assert places == sorted(places)


def test_one_queue_for_all_the_dacs_of_a_delegation(site: Site) -> None:
    ours, theirs = site.world.to_dd(), _elsewhere(site.world)
    browser = site.signed_in("sophie.carre").get("/a-traiter")
    assert ours in browser.words
    assert theirs in browser.words
    only = browser.get("/a-traiter?dac=rance-emeraude").words
    assert (theirs in only, ours in only) == (True, False)


def _elsewhere(world: World) -> str:
    """A situation of another DAC, before the same delegation."""
    reference = world.open("judicael.potin", antenne="antenne-saint-malo")
    reviewed = dict(_analysis()["version_relue"], lecteur="gael.rouxel")
    for name, by, fields in (
        ("deposer", "judicael.potin", FORM),
        ("prendre_en_charge_antenne", "olivier.menguy", {}),
        ("retenir_pour_analyse", "olivier.menguy", {"nature": "averee"}),
        ("proposer_gouvernance", "gael.rouxel", _analysis() | {"version_relue": reviewed}),
        ("inscrire_seance", "anne.trehorel", {"seance": "2026-01-20"}),
        ("valider", "anne.trehorel", VALIDATION),
    ):
        world.decide(reference, name, by, fields)
    world.wait(hours=3)
    return reference


def test_a_long_list_is_turned_page_by_page(site: Site) -> None:
    references = {site.world.to_agenda() for _ in range(51)}
    browser = site.signed_in("claire.legoff").get("/a-traiter")
    assert "Page 1 sur 2" in browser.words
    first = {reference for reference in references if reference in browser.words}
    browser.get("/a-traiter?onglet=decider&page=2")
    second = {reference for reference in references if reference in browser.words}
    assert (len(first), len(second), first | second) == (50, 1, references)


def test_nonsense_in_the_address_shows_the_first_page(site: Site) -> None:
    browser = site.signed_in("claire.legoff")
    for query in ("page=0", "page=-1", "page=x", "page=99999999999", "onglet=<script>", "page=²"):
        assert browser.get(f"/a-traiter?{query}").status == 200
        assert "<script>" not in browser.text
