"""The pages of a demonstration: anybody, everybody's mailbox, the clock; and nothing of them in a real service."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest

from orp.demo_folder import Folder
from orp.demo_service import LiveDemonstration
from orp.demo_stage import Stage, stage
from tests.web.site import Browser, Site, demo_site
from tests.web.test_guard import ELSEWHERE
from tests.world import ANALYSIS, FORM, VALIDATION, Fields
from web.routes import DEMO, Route
from workflow.errors import accepted
from workflow.opening import Draft
from workflow.triggers import Decision
from workflow.words import PARIS

FRIDAY = datetime(2026, 1, 9, 10, 0, tzinfo=PARIS)


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Stage]:
    """A demonstration that begins, without its year."""
    with stage(Folder(tmp_path), FRIDAY) as on:
        yield on


@pytest.fixture
def browser(on: Stage, tmp_path: Path) -> Browser:
    return demo_site(on, Folder(tmp_path)).browser()


def _href(browser: Browser, begins: str) -> str:
    """Return the first link of the page that begins so."""
    return unescape(re.findall(f'href="({re.escape(begins)}[^"]*)"', browser.text)[0])


TO_THE_DD: tuple[tuple[str, str, Fields], ...] = (
    ("prendre_en_charge_antenne", "yann.lebihan", {}),
    ("retenir_pour_analyse", "yann.lebihan", {"nature": "averee"}),
    ("proposer_gouvernance", "katell.morvan", ANALYSIS),
    ("presenter", "katell.morvan", {}),
    ("inscrire_seance", "claire.legoff", {"seance": "2026-01-12"}),
    ("valider", "claire.legoff", VALIDATION),
)


def deposit(on: Stage) -> str:
    (reference,) = on.open([Draft("essai", "maelle.riou", "antenne-fougeres", "35")])
    on.app.engine.decide([Decision("depot", reference, "deposer", "maelle.riou", FORM, salt="sel")])
    return reference


def test_a_person_is_chosen_and_is_there_with_both_proofs(browser: Browser) -> None:
    browser.get("/demo")
    assert "Antenne de Fougères" in browser.words
    browser.post("/demo/personne", {"personne": "yann.lebihan"})
    assert browser.path == "/a-traiter"
    assert "Yann Le Bihan" in browser.words
    assert "code et mot de passe" in browser.get("/mon-compte").words


def test_nobody_becomes_a_mailbox_nor_who_is_not_there(browser: Browser) -> None:
    for name in ("boite-dd-35", "personne.nulle-part", "", "<script>"):
        assert browser.get("/demo").post("/demo/personne", {"personne": name}).status == 404


def test_each_mailbox_shows_what_it_received_and_its_links_open(on: Stage, browser: Browser) -> None:
    assert "Personne n’a encore rien reçu" in browser.get("/demo/courriels").words
    reference = deposit(on)
    browser.get("/demo").post("/demo/personne", {"personne": "yann.lebihan"})  # any form lets the mails leave
    browser.get("/demo/courriels/yann.lebihan%40dactiv.example")
    browser.get(_href(browser, "/demo/courriels/yann.lebihan"))
    assert reference in browser.words
    browser.get(_href(browser, "/d/"))
    assert (browser.status, browser.path) == (200, f"/situations/{reference}")


def test_who_are_you_offers_the_officer_and_a_colleague(on: Stage, browser: Browser) -> None:
    reference = deposit(on)
    for act, by, fields in TO_THE_DD:
        (result,) = on.app.engine.decide([Decision(act, reference, act, by, fields, salt="sel")])
        accepted(result)
    browser.get("/demo").post("/demo/horloge", {"pas": "jour"})
    browser.get("/demo/courriels/dd35-parcours%40ars.example")
    browser.get(_href(browser, "/demo/courriels/dd35-parcours"))
    browser.get(_href(browser, "/d/"))
    assert "Sophie Carré" in browser.words
    assert "Tiphaine Roy" in browser.words


def test_the_local_key_is_there_and_finds_its_situation(on: Stage, browser: Browser) -> None:
    reference = deposit(on)
    browser.get("/demo").post("/demo/personne", {"personne": "katell.morvan"})
    browser.get(f"/situations/{reference}/analyse").post(f"/situations/{reference}/repere", {"repere": "GW-2026-0412"})
    assert "Repère local : GW-2026-0412" in browser.words
    browser.get("/situations").post("/situations", {"repere": "gw-2026-0412"})
    assert browser.path == f"/situations/{reference}"


def test_what_a_mail_holds_is_never_markup(on: Stage, browser: Browser, tmp_path: Path) -> None:
    mail = "Date: Fri, 09 Jan 2026 10:00:00 +0100\nTo: a@b.example\nSubject: <b>x\n\n<script>alert(1)</script> http://x/y\"'"
    (Folder(tmp_path).mails / "a.eml").write_text(mail, encoding="utf-8")
    browser.get("/demo/courriels/a%40b.example/a.eml")
    assert "&lt;script&gt;" in browser.text
    assert 'href="/y&#34;&#39;"' in browser.text
    assert "<b>x" not in browser.text


DAYS = (
    ("jour", "lundi 12 janvier 2026"),
    ("semaine", "lundi 19 janvier 2026"),
    ("mois", "jeudi 19 février 2026"),
    ("", "vendredi 20 février 2026"),
)


def test_the_clock_goes_to_a_working_morning_and_whoever_is_there_stays(browser: Browser) -> None:
    browser.get("/demo").post("/demo/personne", {"personne": "claire.legoff"})
    for step, shown in DAYS:
        browser.get("/demo").post("/demo/horloge", {"pas": step})
        assert f"nous sommes le {shown} à 9 h 00" in browser.words
    assert "Claire Le Goff" in browser.words


def test_time_that_passes_sends_what_it_owes(on: Stage, browser: Browser, tmp_path: Path) -> None:
    deposit(on)
    browser.get("/demo").post("/demo/horloge", {"pas": "mois"})
    mails = LiveDemonstration(on, Folder(tmp_path)).received()
    reminded = {mail.at.date() for mail in mails if mail.to == "yann.lebihan@dactiv.example"}
    assert len(reminded) > 3


def test_three_weeks_of_silence_remind_the_right_people_and_decide_nothing(
    on: Stage, browser: Browser, tmp_path: Path
) -> None:
    """Domain 3.5: a late situation stays where it is; who owes is reminded, and nobody of another house is told."""
    reference = deposit(on)
    for _ in range(3):
        browser.get("/demo").post("/demo/horloge", {"pas": "semaine"})
    mails = [mail for mail in LiveDemonstration(on, Folder(tmp_path)).received() if mail.at > FRIDAY]
    by_person: dict[str, list[str]] = {}
    for mail in mails:
        by_person.setdefault(mail.to, []).append(mail.subject)
    assert set(by_person) <= {
        "yann.lebihan@dactiv.example",
        "herve.guillou@dactiv.example",
        "maelle.riou@dactiv.example",
    }
    assert sum("rappel" in subject for subject in by_person["yann.lebihan@dactiv.example"]) == 3  # J-2, J+1, J+7
    assert ["avis de retard" in subject for subject in by_person["herve.guillou@dactiv.example"]] == [True]
    browser.get("/demo").post("/demo/personne", {"personne": "yann.lebihan"})
    assert re.search(r"En retard de \d+ jours ouvrés", browser.get("/a-traiter").words)
    with on.app.store.reading() as work:
        assert work.screens.case(reference).step == "deposee"
        assert {line.kind for line in work.journal.of(reference)} <= {"decision", "ouvrir", "depassement_debut"}


@pytest.mark.parametrize("route", DEMO, ids=lambda route: f"{route.method} {route.path}")
def test_a_real_service_has_none_of_it(site: Site, route: Route) -> None:
    claire = site.signed_in("claire.legoff").get("/a-traiter")
    answer = claire.get(route.path) if route.method == "GET" else claire.post(route.path, {"personne": "yann.lebihan"})
    assert answer.status == 404


def test_a_form_sent_from_elsewhere_pushes_nothing(on: Stage, browser: Browser) -> None:
    for headers in ELSEWHERE:
        for route in DEMO:
            if route.method == "POST":
                assert browser.get("/demo").post(route.path, {"pas": "mois"}, **headers).status == 403
    assert on.clock.now() == FRIDAY
