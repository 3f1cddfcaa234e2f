"""The repère local: sealed in the database, read by the DAC alone, found again by whoever knows it."""

import re

import pytest

from tests.web.site import Browser, Site
from web.secrets import Seal
from workflow.circuit.model import Proof

KEY = "GW-2026-0412"


def keep(site: Site, reference: str, typed: str, person: str = "yann.lebihan") -> Browser:
    browser = site.signed_in(person).get(f"/situations/{reference}/analyse")
    return browser.post(f"/situations/{reference}/repere", {"repere": typed})


def test_it_is_sealed_and_read_by_the_dac_alone(site: Site) -> None:
    reference = site.world.to_dd()
    path = f"/situations/{reference}/repere"
    assert f"Repère local : {KEY}" in keep(site, reference, KEY).words
    assert KEY not in str(site.rows("local_keys"))
    for person in ("maelle.riou", "claire.legoff", "sophie.carre"):
        assert KEY not in site.signed_in(person).get(f"/situations/{reference}").words
        assert site.signed_in(person).get("/mon-compte").post(path, {"repere": "X1"}).status == 404


def test_it_finds_its_situation_for_the_dac_and_nobody_else(site: Site) -> None:
    reference = site.world.to_dd()
    keep(site, reference, KEY)
    mine = site.signed_in("katell.morvan").get("/situations")
    assert mine.post("/situations", {"repere": KEY.lower()}).path == f"/situations/{reference}"
    for person, proof in (("sophie.carre", Proof.STRONG), ("gael.rouxel", Proof.STRONG), ("katell.morvan", Proof.CODE)):
        other = site.signed_in(person, proof).get("/situations")
        assert (other.text.count('name="repere"'), other.path) == (proof is Proof.STRONG, "/situations")
        assert reference not in other.get("/mon-compte").post("/situations", {"repere": KEY}).path


@pytest.mark.parametrize("typed", ["Le Goff", "Jeanne", "GW 1", "x" * 41, "1\n2", "é1"])
def test_a_name_is_refused_and_kept_on_the_page(site: Site, typed: str) -> None:
    reference = site.world.to_analysis()
    browser = keep(site, reference, typed)
    assert browser.status == 422
    assert "jamais un nom" in browser.words
    assert site.rows("local_keys") == []


def test_an_empty_one_is_dropped(site: Site) -> None:
    reference = site.world.to_analysis()
    keep(site, reference, KEY)
    keep(site, reference, "")
    assert site.rows("local_keys") == []


def test_another_key_opens_nothing() -> None:
    sealed = Seal("a" * 32).close(KEY)
    assert Seal("a" * 32).open(sealed) == KEY
    assert Seal("b" * 32).open(sealed) is None
    assert Seal("a" * 32).mark(KEY) != Seal("b" * 32).mark(KEY)
    assert not re.search(KEY, sealed)
