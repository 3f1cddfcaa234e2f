"""From the mail: what a link shows, what it lets do, and all that it does not (DESIGN §7)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storage.tables import TABLES
from tests.web.site import Browser, Site, make_site
from tests.world import ANALYSIS, FINAL, LONG, World
from workflow.circuit.model import Proof
from workflow.links import digest_of, token
from workflow.records import QueuedMail

RELUE = "Une personne âgée, à domicile, sans soins depuis un mois."
BOX = "boite-dd-35"


def links_of(world: World, reference: str, mail: str = "M07", recipient: str | None = BOX) -> list[str]:
    """Let the mails of now leave, and return the addresses in those of one kind."""
    found: list[str] = []
    while mails := world.posting.claim(200):
        found += [m.links[reference] for m in mails if (m.mail, m.recipient) == (mail, recipient)]
        world.posting.accepted(mails)
    return [f"/d/{secret}" for secret in found]


def transmitted(site: Site) -> tuple[str, str]:
    """Return a situation just transmitted to DD 35, and the address in its mail."""
    reference = site.world.to_dd(instruct=False)
    (link,) = links_of(site.world, reference)
    return reference, link


def hidden(browser: Browser, name: str) -> str:
    """Return a hidden field of the page, the first of its name."""
    return browser.text.split(f'name="{name}" value="')[1].split('"')[0]


def take(browser: Browser, link: str, **fields: str) -> Browser:
    """Press « Prendre en charge » on the page of a link."""
    sent = {name: hidden(browser, name) for name in ("acte", "version", "identifiant")}
    return browser.post(link, sent | fields)


def come_in(site: Site, browser: Browser, link: str, person: str = "sophie.carre") -> Browser:
    """« Qui êtes-vous ? », then the code."""
    browser.get(link).post(f"{link}/qui", {"personne": person})
    return browser.post(f"{link}/code", {"code": site.code()})


def test_the_service_takes_charge_in_two_clicks_without_a_code(site: Site) -> None:
    reference, link = transmitted(site)
    browser = site.browser().get(link)  # one click
    assert "Transmise à la DD" in browser.words
    assert "DD 35 (ARS Bretagne)" in browser.words
    assert "délai indicatif" in browser.words
    take(browser, link)  # two
    assert (browser.status, browser.path) == (200, link)
    assert "C’est fait" in browser.words
    assert site.world.case(reference).step == "en_instruction_dd"
    line = [one for one in site.world.journal(reference) if one["kind"] == "decision"][-1]
    assert (line["author"], line["pour"], line["code"]) == (BOX, "dd-35", "T23")
    assert sorted(site.world.mails(reference, "M08")) == [("M08", "Claire Le Goff"), ("M08", "Katell Morvan")]


def test_whoever_decides_first_is_in_charge_from_then_on(site: Site) -> None:
    reference, link = transmitted(site)
    take(site.browser().get(link), link)
    site.world.decide(reference, "demander_complement", "sophie.carre", {"questions": "Depuis quand ?"})
    with site.world.store.reading() as work:
        (party,) = [p for p in work.screens.parties(reference) if p.slot == "dd"]
    assert party.person == "sophie.carre"


def test_a_forwarded_link_shows_reference_stage_and_date_and_nothing_else(site: Site) -> None:
    reference, link = transmitted(site)
    words = site.browser().get(link).words
    assert reference in words
    assert "Sophie Carré" in words  # « Qui êtes-vous ? »
    for private in (RELUE, "Infirmière", "Fougères", "Maëlle", "Katell", LONG, "infirmier"):
        assert private not in words


def test_the_code_goes_to_the_persons_own_address_and_opens_the_situation(site: Site) -> None:
    other, theirs = transmitted(site)
    reference, link = transmitted(site)
    browser = come_in(site, site.browser(), link)
    assert browser.path == f"/situations/{reference}"
    assert RELUE in browser.words
    (mail,) = [row for row in site.mails() if row["mail"] == "M20"]
    assert mail["recipient"] == "sophie.carre"
    assert browser.get(link).path == f"/situations/{reference}"  # one code for the sitting
    assert RELUE in browser.get(theirs).words
    assert browser.path == f"/situations/{other}"


def test_nobody_of_another_service_can_be_named_and_no_other_code_is_taken(site: Site) -> None:
    _, link = transmitted(site)
    browser = site.browser().get(link)
    for stranger in ("estelle.naud", BOX, "", "personne", "claire.legoff"):
        assert browser.post(f"{link}/qui", {"personne": stranger}).status == 422
    assert not [row for row in site.mails() if row["mail"] == "M20"]
    browser.get("/entrer").post("/entrer", {"courriel": "claire.legoff@gouvernance.example"})
    assert browser.get(f"{link}/code").post(f"{link}/code", {"code": site.code()}).status == 422
    assert site.rows("sessions") == []


def test_a_code_is_worth_nothing_in_another_browser(site: Site) -> None:
    _, link = transmitted(site)
    site.browser().get(link).post(f"{link}/qui", {"personne": "sophie.carre"})
    assert site.browser().get(f"{link}/code").post(f"{link}/code", {"code": site.code()}).status == 422


def test_somebody_elses_session_opens_no_more_than_the_link(site: Site) -> None:
    reference, link = transmitted(site)
    browser = site.signed_in("estelle.naud").get(link)
    assert browser.path == link
    assert RELUE not in browser.words
    assert browser.get(f"/situations/{reference}").status == 404


def test_the_same_form_sent_twice_does_it_once(site: Site) -> None:
    reference, link = transmitted(site)
    browser = site.browser().get(link)
    sent = {name: hidden(browser, name) for name in ("acte", "version", "identifiant")}
    before = browser.text
    browser.post(link, sent)
    browser.text = before
    browser.post(link, sent)
    decisions = [one for one in site.world.journal(reference) if one["kind"] == "decision" and one["code"] == "T23"]
    assert len(decisions) == 1


@pytest.mark.parametrize(
    "wrong", [{"version": "0"}, {"version": ""}, {"version": "²"}, {"acte": "traiter"}, {"acte": ""}]
)
def test_a_stale_or_a_strange_form_is_refused_and_tells_nothing(site: Site, wrong: dict[str, str]) -> None:
    reference, link = transmitted(site)
    browser = take(site.browser().get(link), link, **wrong)
    assert browser.status == 409
    assert "Rien n’a été enregistré" in browser.words
    assert "Claire" not in browser.words  # who decided last
    assert site.world.case(reference).step == "transmise_dd"


def test_a_form_without_its_token_takes_no_charge(site: Site) -> None:
    reference, link = transmitted(site)
    browser = site.browser().get(link)
    assert browser.post(link, {"acte": "prendre_en_charge", "jeton": "0" * 64}).status == 403
    assert site.world.case(reference).step == "transmise_dd"


@pytest.mark.parametrize("guess", ["x", "0" * 43, "é", "%00", "..%2f..%2fetc", "a" * 5000])
def test_a_guess_opens_nothing(site: Site, guess: str) -> None:
    transmitted(site)
    browser = site.browser().get(f"/d/{guess}")
    assert browser.status == 404
    for path in (f"/d/{guess}", f"/d/{guess}/qui", f"/d/{guess}/code"):
        browser.get("/entrer")
        assert browser.post(path, {"personne": "sophie.carre", "acte": "prendre_en_charge"}).status == 404


def test_a_link_too_old_opens_nothing(site: Site) -> None:
    _, link = transmitted(site)
    site.world.clock.set(site.world.clock.now() + timedelta(days=181))
    assert site.browser().get(link).status == 404


def test_a_link_of_a_former_stay_lets_nobody_act(site: Site) -> None:
    reference, link = transmitted(site)
    site.world.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    relay = {"motif": "offre_insuffisante", "au_dela": LONG, "retour": LONG}
    site.world.decide(reference, "relayer", "sophie.carre", relay)
    site.world.decide(reference, "prendre_en_charge", "viviane.madec", {"officier": "viviane.madec"})
    back = {"motif": "appui_propose", "retour": LONG}
    site.world.decide(reference, "retourner_dd", "viviane.madec", back)
    browser = site.browser().get(link)
    assert 'name="acte"' not in browser.text
    browser.text = site.browser().get("/entrer").text
    assert browser.get(link).post(link, {"acte": "prendre_en_charge", "version": "9"}).status == 409


def test_a_link_of_a_service_that_has_it_no_more_opens_nothing(site: Site) -> None:
    reference, link = transmitted(site)
    away = {"dd_competente": "dd-44", "motif": {"code": "autre_departement", "texte": "Elle réside à Châteaubriant."}}
    site.world.decide(reference, "autre_dd", "sophie.carre", away)
    assert site.browser().get(link).status == 404
    (theirs,) = links_of(site.world, reference, recipient="boite-dd-44")
    back = {"dd_competente": "dd-35", "motif": {"code": "autre_departement", "texte": "Elle est revenue."}}
    site.world.decide(reference, "autre_dd", "estelle.naud", back)
    assert site.browser().get(theirs).status == 404
    assert 'name="acte"' not in site.browser().get(link).text  # another stay than the one it was sent for


def test_the_link_of_one_situation_moves_no_other(site: Site) -> None:
    first, link = transmitted(site)
    second, _ = transmitted(site)
    take(site.browser().get(link), link)
    assert site.world.case(first).step == "en_instruction_dd"
    assert site.world.case(second).step == "transmise_dd"


def test_no_secret_of_a_link_is_kept(site: Site) -> None:
    _, link = transmitted(site)
    secret = link.removeprefix("/d/")
    held = "".join(str(site.rows(table)) for table in TABLES)
    assert secret not in held
    assert digest_of(secret) in held


def test_a_mail_sent_again_bears_the_same_link_and_no_two_links_are_alike(site: Site) -> None:
    reference = site.world.to_dd(instruct=False)
    first = site.world.posting.claim(100)
    for mail in first:
        site.world.posting.postponed(mail, "indisponible")
    site.world.clock.set(site.world.clock.now() + timedelta(hours=1))
    again = {mail.key: mail.links for mail in site.world.posting.claim(100)}
    assert {mail.key: mail.links for mail in first} == again
    secrets = [secret for links in again.values() for secret in links.values()]
    assert len(set(secrets)) == len(secrets) == len(site.rows("mail_links"))
    assert all(len(secret) == 43 for secret in secrets)
    assert reference in again[next(key for key in again if ":M07:" in key)]


def test_the_same_mail_under_another_secret_bears_another_link() -> None:
    mail = QueuedMail(1, "<a@b>", "M07", "BRE-1", "a@b.example", {}, 1, key="BRE-1:d1:M07:x")
    other = replace(mail, key="BRE-1:d1:M07:y")
    made = {
        token("un", mail, "BRE-1"),
        token("deux", mail, "BRE-1"),
        token("un", other, "BRE-1"),
        token("un", mail, "B"),
    }
    assert len(made) == 4


def test_the_redacteur_reads_their_retour_from_the_mail(site: Site) -> None:
    world = site.world
    reference = world.to_analysis()
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    world.act(reference, "F2", "katell.morvan", {"moyen": "courriel", "mot": LONG})
    (link,) = links_of(world, reference, "M11", None)
    browser = site.browser().get(link)
    for name in ("Maëlle", "maelle", "Riou"):  # known to the DAC only: the link may have been forwarded
        assert name not in browser.text
    browser = come_in(site, site.browser(), link, "maelle.riou")
    assert browser.path == f"/situations/{reference}"


CONSTATER = {
    "motif.code": "offre_insuffisante",
    **{f"retour.{part}": text for part, text in FINAL["retour"].items()},  # type: ignore[union-attr]
}


def decide(browser: Browser, reference: str, act: str, fields: dict[str, str]) -> Browser:
    """Open one act of the page of a situation, fill it in and send it."""
    form = browser.text.split(f'name="acte" value="{act}"')[1].split("</form>")[0]
    sent = {n: form.split(f'name="{n}" value="')[1].split('"')[0] for n in ("version", "identifiant")}
    return browser.post(f"/situations/{reference}", {"acte": act, "du": ""} | sent | fields)


def test_taking_charge_and_deciding_is_one_form_then_the_next_one_is_two_clicks_away(site: Site) -> None:
    first, link = transmitted(site)
    second = site.world.to_dd(instruct=False)
    browser = come_in(site, site.browser(), link)
    assert "Prendre en charge et décider : constat partagé" in browser.words
    decide(browser, first, "prendre_en_charge.constater", CONSTATER)
    assert site.world.case(first).step == "retour_en_diffusion"
    lines = [one for one in site.world.journal(first) if one["kind"] == "decision"][-2:]
    assert [(one["code"], one["author"]) for one in lines] == [("T23", "sophie.carre"), ("T32", "sophie.carre")]
    assert f"À décider ensuite : {second}" in browser.words
    following = f"/situations/{second}?acte=prendre_en_charge.constater"
    assert f'href="{following}#prendre_en_charge.constater"' in browser.text
    browser.get(following)
    assert 'id="prendre_en_charge.constater" open' in browser.text
    decide(browser, second, "prendre_en_charge.constater", CONSTATER)
    assert site.world.case(second).step == "retour_en_diffusion"
    assert len([row for row in site.mails() if row["mail"] == "M20"]) == 1


def test_what_is_missing_in_the_decision_leaves_the_charge_untaken_and_the_text_in_place(site: Site) -> None:
    reference, link = transmitted(site)
    browser = come_in(site, site.browser(), link)
    before = site.world.journal(reference)
    decide(browser, reference, "prendre_en_charge.constater", CONSTATER | {"motif.code": ""})
    assert browser.status == 422
    assert "Rien n’a été enregistré" in browser.words
    assert LONG in browser.text
    assert site.world.journal(reference) == before


def test_it_is_for_a_colleague_who_is_written_to(site: Site) -> None:
    reference, link = transmitted(site)
    browser = come_in(site, site.browser(), link)
    owed = site.world.owed(reference, "D11")[0].due
    decide(browser, reference, "reattribuer", {"personne": "estelle.naud"})
    assert browser.status == 422
    decide(browser, reference, "reattribuer", {"personne": "tiphaine.roy"})
    assert "Confiée à Tiphaine Roy" in browser.words
    (now,) = site.world.owed(reference, "D11")
    assert (now.due, now.debtor.person) == (owed, "tiphaine.roy")
    assert ("M19", "Tiphaine Roy") in site.world.mails(reference)
    assert site.world.case(reference).step == "transmise_dd"


def test_it_is_for_another_delegation(site: Site) -> None:
    reference, link = transmitted(site)
    browser = come_in(site, site.browser(), link)
    away = {"dd_competente": "dd-44", "motif.code": "autre_departement", "motif.texte": "Elle réside à Châteaubriant."}
    decide(browser, reference, "autre_dd", away)
    assert browser.get(f"/situations/{reference}").status == 404
    assert links_of(site.world, reference, recipient="boite-dd-44")


ROBOT = {"User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0)"}
CHROME = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0", "Sec-Fetch-Mode": "navigate"}


def contents(site: Site) -> dict[str, list[dict[str, Any]]]:
    return {table: site.rows(table) for table in TABLES if table != "access_log"}


def test_machines_that_open_links_change_nothing_but_the_access_log(site: Site) -> None:
    reference, link = transmitted(site)
    site.world.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    site.world.decide(reference, "constater", "sophie.carre", FINAL)
    before, read = contents(site), len(site.rows("access_log"))
    for agent in (ROBOT, CHROME):
        for _ in range(3):
            assert site.browser().get(link, **agent).status == 200
            assert site.browser().client.head(link, headers=agent).status_code == 200
            assert site.browser().get(f"{link}/code", **agent).status == 200
    assert contents(site) == before
    assert len(site.rows("access_log")) == read + 18


def test_nobody_is_signed_in_by_opening_a_link() -> None:
    site = make_site()
    _, link = transmitted(site)
    browser = site.browser().get(link)
    assert browser.get("/a-traiter").path == "/entrer"
    assert site.signed_in("sophie.carre", Proof.CODE).get(link).path.startswith("/situations/")
