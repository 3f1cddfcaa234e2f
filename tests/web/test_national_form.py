"""The form that may come later: part by part, kept, sent whole; by its rédacteur or the DAC."""

import re
from typing import Any

from tests.web.site import Browser, Site
from tests.world import NATIONAL


def send(browser: Browser, gesture: str, fields: dict[str, Any]) -> Browser:
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.text))
    return browser.post(browser.path, hidden | {"geste": gesture} | fields)


def answers() -> dict[str, Any]:
    """The national form as a browser sends it."""
    several = ("domaines", "causes_profondes", "atteintes", "preconisations_niveau")
    return {name: str(v).split(", ") if name in several else v for name, v in NATIONAL.items()}


def test_it_is_kept_part_by_part_then_sent(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = site.signed_in("maelle.riou").get(f"/situations/{reference}/formulaire")
    assert "Formulaire national (reconstruction)" in browser.words
    parts = len(re.findall(r"\?partie=(\d)", browser.text))
    for number in range(1, parts + 1):
        browser.get(f"/situations/{reference}/formulaire?partie={number}")
        send(browser, "garder", answers())
    assert "Ce que vous avez écrit est enregistré." in browser.words
    assert site.world.owed(reference, "D27")
    send(browser, "envoyer", answers())
    assert browser.path == f"/situations/{reference}"
    assert site.world.owed(reference, "D27") == []
    assert site.rows("drafts") == []


def test_what_lacks_is_said_and_the_draft_stays(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = site.signed_in("maelle.riou").get(f"/situations/{reference}/formulaire")
    send(browser, "envoyer", {"sexe": "femme"})
    assert browser.status == 422
    assert "Le formulaire n’est pas envoyé" in browser.words
    assert {row["field"] for row in site.rows("drafts")} == {"sexe"}


def test_nothing_is_asked_before_it_is_due(site: Site) -> None:
    reference = site.world.to_analysis()
    page = site.signed_in("maelle.riou").get(f"/situations/{reference}/formulaire")
    assert "Aucun formulaire n’est attendu" in page.words
