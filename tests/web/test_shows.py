"""The demonstration by clicks, in a real browser: a situation goes up and its answer comes back; silence."""

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from orp.demo_folder import Folder
from orp.demo_stage import stage
from tests.web.served import served
from tests.web.site import Site, demo_site
from tests.web.test_browser import NARROW, chromium, faults  # noqa: F401 - a fixture
from tests.web.test_demo import TO_THE_DD
from tests.world import ANALYSIS, FORM, LONG
from workflow.words import PARIS

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=PARIS)
RELUE = "Une personne âgée, à domicile, sans soins depuis un mois."
SHEET = {name: str(ANALYSIS[name]) for name in ("impact", "compensations", "preconisations")} | {"causes": "OFFRE"}
BOX = "dd35-parcours@ars.example"
PARTS = {
    "retour.texte": LONG,
    "retour.actions": "Aucune action possible à ce niveau cette année.",
    "retour.conserve": "La situation compte dans la carte des manques d’offre.",
    "retour.prochaine": "aucune",
    "retour.contact": "Pôle parcours de la DD 35",
}


@pytest.fixture
def there(tmp_path: Path) -> Iterator[tuple[Site, str]]:
    with stage(Folder(tmp_path), MONDAY) as on:
        site = demo_site(on, Folder(tmp_path))
        with served(site) as address:
            yield site, address


class Clicks:
    """One browser in the hands of whoever shows the demonstration; `show` begins the names of its pictures."""

    def __init__(self, page: Page, address: str, show: str) -> None:
        self.page, self._address, self._show, self._shots = page, address, show, 0
        page.set_default_timeout(20_000)

    def be(self, name: str, title: str = "") -> "Clicks":
        """Become somebody, and open the situation that waits for them if there is one to open."""
        self.page.goto(f"{self._address}/demo")
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_url("**/a-traiter*")
        if title:
            self.page.get_by_role("link", name=title).first.click()
        return self

    def open(self, reference: str, screen: str = "") -> "Clicks":
        """Open a situation, or one of its screens."""
        self.page.goto(f"{self._address}/situations/{reference}/{screen}".rstrip("/"))
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
        self.mailbox(address)
        self.page.get_by_role("link", name=re.compile(subject)).first.click()
        self.shoot()
        return self.page.locator(".texte").inner_text()

    def mailbox(self, address: str) -> list[str]:
        """Open a mailbox, and return the subjects of what it received, the latest first."""
        self.page.goto(f"{self._address}/demo/courriels")
        self.page.get_by_role("link", name=address, exact=True).click()
        return self.page.locator("main .titre").all_inner_texts()

    def shoot(self) -> None:
        """Keep a picture to be looked at, where IMAGES says."""
        self._shots += 1
        if folder := os.environ.get("IMAGES"):
            self.page.screenshot(path=f"{folder}/{self._show}-{self._shots:02}.png", full_page=True)


def fill(field: Locator, value: str) -> None:
    kind = field.first.evaluate("one => one.type")
    if kind.startswith("select"):
        field.select_option(value)
    elif kind in ("checkbox", "radio"):
        field.and_(field.page.locator(f'[value="{value}"]')).check()
    else:
        field.fill(value)


def deposit(clicks: Clicks) -> str:
    """The référente describes it."""
    page = clicks.page
    clicks.be("Maëlle Riou")
    page.get_by_role("link", name="Déposer").first.click()
    page.get_by_role("button", name="Commencer la fiche").click()
    for name, value in FORM.items():
        fill(page.locator(f"main [name={name}]"), str(value))
    page.get_by_role("button", name="Déposer").click()
    reference = page.locator("main .reference").first.inner_text()
    clicks.shoot()
    return reference


def analyse(clicks: Clicks, reference: str) -> None:
    """The responsable analyses; the version relue is written by one, read by another; it is proposed."""
    page = clicks.page
    clicks.be("Yann Le Bihan", "Infirmière ou infirmier").act("prendre_en_charge_antenne")
    clicks.act("retenir_pour_analyse", nature="averee")
    clicks.open(reference, "analyse")
    for name, value in SHEET.items():
        fill(page.locator(f"main form:last-of-type [name={name}]").last, value)
    page.get_by_role("button", name="Enregistrer l’analyse").click()
    clicks.shoot()
    clicks.open(reference, "version-relue")
    page.get_by_role("textbox", name="Le texte").fill(RELUE)
    page.get_by_role("button", name="Enregistrer le texte").click()
    clicks.shoot()
    clicks.be("Katell Morvan").open(reference, "version-relue")
    page.get_by_role("button", name="J’ai relu").click()
    clicks.shoot()
    clicks.open(reference, "analyse").act("proposer_gouvernance")
    clicks.open(reference)
    clicks.act("presenter")


def validate(clicks: Clicks, reference: str) -> None:
    """The secretary records what the governance decided."""
    clicks.be("Claire Le Goff", "Infirmière ou infirmier").act("inscrire_seance", seance="2026-01-12")
    clicks.act("valider", presences="Six collèges sur six.", dd="dd-35", priorite="normale", retour__texte=LONG)


def answer(clicks: Clicks, reference: str) -> None:
    """The officer comes from the mail, says who they are, types one code, reads, decides."""
    page = clicks.page
    page.get_by_role("button", name="Sortir").click()
    assert reference in clicks.mail(BOX, "transmise à votre délégation")
    page.locator(".texte a").first.click()
    page.get_by_label("Sophie Carré").check()
    page.get_by_role("button", name="Recevoir un code").click()
    typing = page.url
    code = re.search(r"\b\d{6}\b", clicks.mail("sophie.carre@ars.example", "code"))
    assert code
    page.goto(typing)
    page.get_by_label("Code reçu par courriel").fill(code[0])
    page.get_by_role("button", name="Entrer", exact=True).click()
    page.wait_for_url(f"**/situations/{reference}")
    expect(page.get_by_text(RELUE)).to_be_visible()
    assert str(FORM["resume"]) not in page.content()
    final = {name.replace(".", "__"): text for name, text in PARTS.items()}
    clicks.act("prendre_en_charge.constater", motif__code="offre_insuffisante", **final)


def come_back(clicks: Clicks, reference: str) -> None:
    """The retours reach everybody crossed; the DAC passes it on; the rédacteur reads; it closes."""
    page = clicks.page
    for receiver in ("katell.morvan@dactiv.example", "claire.legoff@gouvernance.example"):
        assert reference in clicks.mail(receiver, reference)
    clicks.be("Katell Morvan").open(reference).act("acquitter", having="moyen", moyen="courriel")
    assert LONG not in clicks.mail("maelle.riou@dactiv.example", "retour")
    clicks.be("Maëlle Riou").open(reference)
    expect(page.get_by_text(LONG).first).to_be_visible()
    page.locator("summary", has_text="J’ai lu ce retour").click()
    page.locator("details[open] form button").click()
    expect(page.get_by_role("status").first).to_contain_text("C’est fait")
    clicks.shoot()
    clicks.wait()
    clicks.be("Katell Morvan").open(reference)
    expect(page.locator(".sous-titre").first).to_contain_text("Clôturée")
    clicks.shoot()


def test_a_situation_goes_up_and_its_answer_comes_back_by_clicks(
    chromium: Browser,  # noqa: F811
    there: tuple[Site, str],
) -> None:
    clicks = Clicks(chromium.new_page(), there[1], "trajet")
    reference = deposit(clicks)
    analyse(clicks, reference)
    validate(clicks, reference)
    clicks.wait()
    clicks.wait()
    answer(clicks, reference)
    come_back(clicks, reference)


def test_three_weeks_are_skipped_by_clicks_and_nothing_is_decided(
    chromium: Browser,  # noqa: F811
    there: tuple[Site, str],
) -> None:
    """Whoever owes is reminded and seen late, whoever answers for them is told, nobody else is (DESIGN §4)."""
    (site, address), clicks = there, Clicks(chromium.new_page(), there[1], "silence")
    world, page = site.world, clicks.page
    sent = world.open()
    for act, by, fields in (("deposer", "maelle.riou", FORM), *TO_THE_DD):
        world.decide(sent, act, by, fields)
    clicks.wait()  # transmitted
    waiting = deposit(clicks)
    decided = [world.kinds(reference).count("decision") for reference in (sent, waiting)]
    for _ in range(3):
        clicks.wait("+1 semaine")
        clicks.shoot()
    late = page.get_by_role("listitem").filter(has_text="en retard").get_by_role("button").all_inner_texts()
    assert set(late) == {"Yann Le Bihan", "Katell Morvan", "Sophie Carré", "Tiphaine Roy"}
    for person, reference in (("Yann Le Bihan", waiting), ("Sophie Carré", sent), ("Katell Morvan", sent)):
        line = clicks.be(person).page.locator("main li", has_text=reference)
        expect(line.get_by_text(re.compile(r"En retard de 11 jours ouvrés"))).to_be_visible()
        expect(line.get_by_text("délai indicatif")).to_be_visible()
        clicks.shoot()
    reminded = {
        "yann.lebihan@dactiv.example": (waiting, "rappel"),
        BOX: (sent, "rappel"),
        "katell.morvan@dactiv.example": (sent, "retour à transmettre au rédacteur"),
    }
    for address, (reference, words) in reminded.items():
        found = [subject for subject in clicks.mailbox(address) if f"{reference} – {words}" in subject]
        assert len(found) == 3, (address, found)  # J-2, J+1, J+7
        clicks.shoot()
    for supervisor in ("herve.guillou@dactiv.example", "marc.aubin@ars.example"):
        assert ["vis de retard" in subject for subject in clicks.mailbox(supervisor)] == [True]
    for other in ("maelle.riou@dactiv.example", "claire.legoff@gouvernance.example"):
        assert not [subject for subject in clicks.mailbox(other) if "retard" in subject or "rappel" in subject]
    assert [world.case(reference).step for reference in (sent, waiting)] == ["transmise_dd", "deposee"]
    assert [world.kinds(reference).count("decision") for reference in (sent, waiting)] == decided


def test_axe_finds_nothing_on_the_pages_of_the_demonstration(
    chromium: Browser,  # noqa: F811
    there: tuple[Site, str],
) -> None:
    clicks = Clicks(chromium.new_page(viewport=NARROW), there[1], "demo")
    there[0].world.to_analysis()
    clicks.wait()
    found = {"/demo": faults(clicks.page)}
    clicks.mailbox("maelle.riou@dactiv.example")
    found["boîte"] = faults(clicks.page)
    clicks.page.locator("main .titre").first.click()
    found["courriel"] = faults(clicks.page)
    clicks.page.goto(f"{there[1]}/demo/courriels")
    found["boîtes"] = faults(clicks.page)
    clicks.shoot()
    assert {page: faulty for page, faulty in found.items() if faulty} == {}
