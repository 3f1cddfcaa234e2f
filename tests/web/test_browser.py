"""The pages in a real browser, Debian’s Chromium: narrow and zoomed, read by axe, in few clicks."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.web.served import served
from tests.web.site import Site, make_site
from tests.web.test_links import transmitted
from tests.world import FORM, LONG
from web.routes import ROUTES, Access
from web.session import begin
from workflow.circuit.model import Proof

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("Chromium n’est pas installé : « apt-get install chromium »", allow_module_level=True)

SERIOUS = ("serious", "critical")
NARROW = ViewportSize(width=375, height=800)
WIDE = ViewportSize(width=1280, height=800)
ZOOMED = ViewportSize(width=640, height=400)
"""A screen of 1280 x 800 at 200 %, as the page sees it."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "CI sans Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def there(tmp_path: Path) -> Iterator[tuple[Site, str]]:
    site = make_site(f"sqlite:///{tmp_path}/pages.sqlite")
    with served(site) as address:
        yield site, address


def come_in(page: Page, site: Site, address: str, email: str) -> None:
    page.goto(f"{address}/")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Code reçu par courriel").fill(site.code())
    page.get_by_role("button", name="Entrer", exact=True).click()
    page.wait_for_url("**/a-traiter")


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical at this size, and whether the page overflows sideways at any of the three."""
    found = [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in SERIOUS]
    usual = page.viewport_size or WIDE
    for size in (WIDE, ZOOMED, NARROW, usual):
        page.set_viewport_size(size)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"déborde à {size['width']}")
    return found


def test_axe_and_narrow_screens_find_nothing(chromium: Browser, there: tuple[Site, str]) -> None:
    site, address = there
    reference = site.world.to_agenda()
    site.world.wait(days=25)
    page = chromium.new_context(viewport=NARROW).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    found = {}
    for path in ("/entrer", "/entrer/code", "/installation", "/urgence"):
        page.goto(address + path)
        found[path] = faults(page)
    come_in(page, site, address, "claire.legoff@gouvernance.example")
    chosen = f"/a-traiter/ensemble?choix={reference}:{site.world.owed(reference, 'D09')[0].n}"
    mine = ("/a-traiter", chosen, "/situations?q=soins", "/mon-compte", "/entrer/mot-de-passe")
    kept = ("/courriels", "/courriels/adresses", "/premiers-pas", "/aide/exploitation")
    for path in (*mine, *kept, f"/situations/{reference}"):
        page.goto(address + path)
        page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        found[re.sub(reference, "{reference}", path)] = faults(page)
        if folder := os.environ.get("IMAGES"):
            page.screenshot(path=f"{folder}/{path.strip('/').replace('/', '-')}-etroit.png", full_page=True)
    assert {path: faulty for path, faulty in found.items() if faulty} == {}
    assert [line for line in said if "Content Security Policy" in line] == []


def test_the_officer_decides_from_the_mail_in_a_few_clicks(chromium: Browser, there: tuple[Site, str]) -> None:
    """Typing apart: two clicks to take charge without a code; with one code for the sitting, two for each decision."""
    site, address = there
    first, link = transmitted(site)
    second, theirs = transmitted(site)
    third, _ = transmitted(site)
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(address + link)  # one: the link of the mail
    page.get_by_role("button", name="Prendre en charge").click()  # two
    assert "C’est fait" in page.get_by_role("status").inner_text()
    assert site.world.case(first).step == "en_instruction_dd"
    page.goto(address + theirs)
    page.get_by_label("Sophie Carré").check()
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Code reçu par courriel").fill(site.code())
    page.get_by_role("button", name="Entrer", exact=True).click()
    page.get_by_text("Prendre en charge et décider : constat partagé").first.click()  # one
    share(page)  # two
    assert site.world.case(second).step == "retour_en_diffusion"
    page.get_by_role("link", name="Constat partagé").click()  # one: the next, the most pressing
    share(page)  # two
    assert site.world.case(third).step == "retour_en_diffusion"
    assert first in page.locator(".suivante").inner_text()


def share(page: Page) -> None:
    """Fill in the act that stands open, « constat partagé », and send it."""
    form = page.locator("details[open] form")
    form.get_by_label("Motif").select_option("offre_insuffisante")
    form.get_by_label("Le retour").fill(LONG)
    for label in ("Les actions", "Ce qui est conservé", "La prochaine date", "La fonction à contacter"):
        form.get_by_label(label).fill("aucune")
    form.get_by_role("button").click()


def test_axe_finds_nothing_on_links_and_retours(chromium: Browser, there: tuple[Site, str]) -> None:
    site, address = there
    _, link = transmitted(site)
    page = chromium.new_context(viewport=NARROW).new_page()
    found = {}
    for path in (link, f"{link}/code", "/d/rien"):
        page.goto(address + path)
        found[path.replace(link, "/d/{jeton}")] = faults(page)
    come_in(page, site, address, "katell.morvan@dactiv.example")
    page.goto(f"{address}/retours")
    found["/retours"] = faults(page)
    assert {path: faulty for path, faulty in found.items() if faulty} == {}


def come_by(chromium: Browser, site: Site, address: str, person: str, **how: Any) -> Page:
    """A browser in which somebody of the DAC has given their password already."""
    with site.world.store.writing() as work:
        secret = begin(work, person, Proof.STRONG, "essai", site.world.clock.now())
    context = chromium.new_context(**how)
    context.add_cookies([{"name": "orp", "value": secret, "url": address}])
    return context.new_page()


def test_from_the_form_to_the_version_relue_through_the_pages(chromium: Browser, there: tuple[Site, str]) -> None:
    site, address = there
    # the référente, without JavaScript
    page = come_by(chromium, site, address, "maelle.riou", java_script_enabled=False)
    page.goto(f"{address}/deposer")
    page.get_by_role("button", name="Commencer la fiche").click()
    page.get_by_label("Résumé des faits").fill("Jeanne habite à Fougères.")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    assert "« Jeanne » (un prénom" in page.locator(".attention").last.inner_text()
    for name in ("qui", "fait", "quoi", "ou", "age"):
        page.locator(f"[name={name}]").select_option(str(FORM[name]))
    page.get_by_label("Pourquoi ?").first.fill(str(FORM["pourquoi"]))
    page.get_by_role("button", name="Déposer").click()
    reference = page.locator("main .reference").inner_text()
    assert site.world.case(reference).step == "deposee"
    # the responsable, in the meeting
    page = come_by(chromium, site, address, "yann.lebihan")
    for act in ("Prendre en charge", "Retenir pour analyse"):
        page.goto(f"{address}/situations/{reference}/analyse")
        page.locator("summary", has_text=act).click()
        form = page.locator("details[open] form")
        if act == "Retenir pour analyse":
            form.locator("select").select_option("averee")
        form.get_by_role("button").click()
    # a field is kept by itself where scripts run
    page.goto(f"{address}/situations/{reference}/analyse")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label("Cause principale").select_option("OFFRE")
    page.get_by_text("Enregistré.").wait_for()  # the answer arrived; the page may still be writing it
    # the version relue: judged by one, confirmed by another
    page.goto(f"{address}/situations/{reference}/version-relue")
    for one in page.locator("fieldset.suspect").all():
        one.get_by_label("Remplacer par", exact=True).check()
    page.get_by_role("button", name="Appliquer").click()
    page = come_by(chromium, site, address, "katell.morvan", viewport=NARROW)
    page.goto(f"{address}/situations/{reference}/version-relue")
    page.get_by_role("button", name="J’ai relu").click()
    assert (
        "La personne habite dans le département (Ille-et-Vilaine)." in page.locator("#figee + p + .texte").inner_text()
    )


def test_the_screens_of_the_dac_have_no_fault(chromium: Browser, there: tuple[Site, str]) -> None:
    site, address = there
    draft, here, there_ = site.world.open(), site.world.to_analysis(), site.world.to_agenda()
    found = {}
    for person, paths in {
        "maelle.riou": ("/deposer", f"/situations/{draft}/fiche", f"/situations/{there_}/formulaire", "/suivre"),
        "yann.lebihan": ("/reunion", f"/situations/{here}/analyse", f"/situations/{here}/version-relue"),
    }.items():
        page = come_by(chromium, site, address, person, viewport=NARROW)
        for path in paths:
            page.goto(address + path)
            page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
            found[path] = faults(page)
    assert {path: faulty for path, faulty in found.items() if faulty} == {}


APART = ("/static/{nom}", "/sante", "/d/{jeton}", "/d/{jeton}/code", "/courriels/{numero}/mis-en-forme")
"""No pages of ours, or read by axe above."""


def test_axe_reads_every_page_of_the_table(chromium: Browser, there: tuple[Site, str]) -> None:
    """Whatever page is added is read too, as somebody who may see it."""
    site, address = there
    reference = site.world.to_analysis()
    with site.world.store.writing() as work:
        work.entry.add_person("anne.admin", "Anne Admin", "anne.admin@exemple.fr")
        work.entry.keep_account("anne.admin", administrator=True)
    with site.world.store.reading() as work:
        number = str(work.screens.messages()[0]["id"])
    of = {"reference": reference, "structure": "dactiv", "numero": number, "guide": "redacteur"}
    pages = {"katell.morvan": come_by(chromium, site, address, "katell.morvan", viewport=WIDE)}
    pages["anne.admin"] = come_by(chromium, site, address, "anne.admin", viewport=WIDE)
    found, seen = {}, 0
    for route in ROUTES:
        if route.method != "GET" or route.path in APART:
            continue
        page = pages["anne.admin" if route.access is Access.ADMINISTRATOR else "katell.morvan"]
        answer = page.goto(address + route.path.format(**of))
        assert answer is not None
        if answer.status == 200:
            page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
            found[route.path], seen = faults(page), seen + 1
    assert seen > 25
    assert {path: faulty for path, faulty in found.items() if faulty} == {}
