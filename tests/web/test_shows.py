"""The way of one situation by clicks, on the demonstration, in a real browser: from Fougères to the DD and back."""

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from orp.demo_folder import Folder
from orp.demo_stage import Stage, stage
from tests.web.served import served
from tests.web.site import demo_site
from tests.web.test_browser import chromium  # noqa: F401 - a fixture
from tests.world import FORM, LONG
from workflow.opening import Draft
from workflow.words import PARIS

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=PARIS)
RELUE = "Une personne âgée, à domicile, sans soins depuis un mois."
BOX = "dd35-parcours@ars.example"
PARTS = {
    "retour.texte": LONG,
    "retour.actions": "Aucune action possible à ce niveau cette année.",
    "retour.conserve": "La situation compte dans la carte des manques d’offre.",
    "retour.prochaine": "aucune",
    "retour.contact": "Pôle parcours de la DD 35",
}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[Stage, str]]:
    with stage(Folder(tmp_path), MONDAY) as on, served(demo_site(on, Folder(tmp_path))) as address:
        yield on, address


class Clicks:
    """One browser in the hands of whoever shows the demonstration."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self._address, self._shots = page, address, 0

    def be(self, name: str, title: str = "") -> "Clicks":
        """Become somebody, and open the situation that waits for them if there is one to open."""
        self.page.goto(f"{self._address}/demo")
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_url("**/a-traiter*")
        if title:
            self.page.get_by_role("link", name=title).first.click()
        return self

    def open(self, reference: str) -> "Clicks":
        """Open a situation by its address."""
        self.page.goto(f"{self._address}/situations/{reference}")
        return self

    def act(self, act: str, having: str = "", **fields: str) -> None:
        """Play one act of the page, its fields given by their names (`__` for the dot)."""
        form = self.page.locator("form", has=self.page.locator(f'input[name="acte"][value="{act}"]'))
        form = (form.filter(has=self.page.locator(f'[name="{having}"]')) if having else form).first
        self.page.locator("details", has=form).first.evaluate("one => one.open = true")
        for name, value in fields.items():
            fill(form.locator(f'[name="{name.replace("__", ".")}"]'), value)
        form.get_by_role("button").first.click()
        expect(self.page.get_by_role("status").first).to_contain_text("C’est fait")
        self.shoot()

    def wait(self, step: str = "+1 jour ouvré") -> None:
        """Push the clock."""
        self.page.goto(f"{self._address}/demo")
        self.page.get_by_role("button", name=step).click()
        expect(self.page.get_by_role("status")).to_contain_text("Le temps a passé")

    def mail(self, address: str, subject: str) -> str:
        """Open the latest mail of a mailbox, check its subject, and return its words."""
        self.page.goto(f"{self._address}/demo/courriels/{address}")
        self.page.get_by_role("link", name=re.compile(subject)).first.click()
        self.shoot()
        return self.page.locator(".texte").inner_text()

    def shoot(self) -> None:
        """Keep a picture to be looked at, where IMAGES says."""
        self._shots += 1
        if folder := os.environ.get("IMAGES"):
            self.page.screenshot(path=f"{folder}/trajet-{self._shots:02}.png", full_page=True)


def fill(field: Locator, value: str) -> None:
    kind = field.first.evaluate("one => one.type")
    if kind.startswith("select"):
        field.select_option(value)
    elif kind in ("checkbox", "radio"):
        field.and_(field.page.locator(f'[value="{value}"]')).check()
    else:
        field.fill(value)


def test_a_situation_goes_up_and_its_answer_comes_back_by_clicks(
    chromium: Browser,  # noqa: F811
    demo: tuple[Stage, str],
) -> None:
    on, address = demo
    (reference,) = on.open([Draft("demo", "maelle.riou", "antenne-fougeres", "35")])
    clicks = Clicks(chromium.new_context(java_script_enabled=True).new_page(), address)

    clicks.be("Maëlle Riou").open(reference).act("deposer", **{name: str(value) for name, value in FORM.items()})
    clicks.be("Yann Le Bihan", "Infirmière ou infirmier").act("prendre_en_charge_antenne")
    clicks.act("retenir_pour_analyse", nature="averee")
    clicks.be("Katell Morvan").open(reference).act(
        "proposer_gouvernance",
        causes="offre",
        impact="Deux hospitalisations en un mois.",
        compensations="La référente a appelé chaque jour.",
        preconisations="Une équipe mobile de soins sur le secteur.",
        version_relue__texte=RELUE,
        version_relue__lecteur="yann.lebihan",
    )
    clicks.act("presenter")
    clicks.be("Claire Le Goff", "Infirmière ou infirmier").act("inscrire_seance", seance="2026-01-12")
    clicks.act("valider", presences="Six collèges sur six.", dd="dd-35", priorite="normale", retour__texte=LONG)

    clicks.wait()
    clicks.wait()
    assert reference in clicks.mail(BOX, "transmise à votre délégation")
    clicks.page.locator(".texte a").first.click()
    clicks.page.get_by_label("Sophie Carré").check()
    clicks.page.get_by_role("button", name="Recevoir un code").click()
    typing = clicks.page.url
    code = re.search(r"\b\d{6}\b", clicks.mail("sophie.carre@ars.example", "code"))
    assert code
    clicks.page.goto(typing)
    clicks.page.get_by_label("Code reçu par courriel").fill(code[0])
    clicks.page.get_by_role("button", name="Entrer", exact=True).click()
    clicks.page.wait_for_url(f"**/situations/{reference}")
    expect(clicks.page.get_by_text(RELUE)).to_be_visible()
    assert str(FORM["resume"]) not in clicks.page.content()
    final = {name.replace(".", "__"): text for name, text in PARTS.items()}
    clicks.act("prendre_en_charge.constater", motif__code="offre_insuffisante", **final)

    for receiver in ("katell.morvan@dactiv.example", "claire.legoff@gouvernance.example"):
        assert reference in clicks.mail(receiver, reference)
    clicks.be("Katell Morvan").open(reference).act("acquitter", having="moyen", moyen="courriel")
    assert LONG not in clicks.mail("maelle.riou@dactiv.example", "retour")
    clicks.be("Maëlle Riou").open(reference)
    expect(clicks.page.get_by_text(LONG).first).to_be_visible()
    clicks.wait("+1 semaine")
    clicks.be("Maëlle Riou").open(reference)
    expect(clicks.page.locator(".sous-titre").first).to_contain_text("Clôturée")
    clicks.shoot()
