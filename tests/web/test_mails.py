"""« Courriels »: who sees which, why each leaves, what may be sent again or cancelled, and a copy to oneself."""

from typing import Any

import pytest

from storage.tables import TABLES
from tests.smtp_server import SmtpServer
from tests.web.site import Browser, Site
from workflow.circuit.model import Proof

DAC, OTHER_DAC, SECRETARY, OFFICER = "katell.morvan", "gael.rouxel", "claire.legoff", "marc.aubin"


def mail(site: Site, code: str, **having: Any) -> dict[str, Any]:
    """The latest mail of a code."""
    found = [m for m in site.mails() if m["mail"] == code and all(m[name] == v for name, v in having.items())]
    return found[-1]


def change(site: Site, number: int, **values: Any) -> None:
    table = TABLES["messages"]
    with site.world.store.writing() as work:
        work._connection.execute(table.update().where(table.c.id == number).values(**values))


def act(browser: Browser, number: int, name: str) -> Browser:
    return browser.get(f"/courriels/{number}").post(f"/courriels/{number}", {"acte": name})


def test_a_dac_sees_its_mails_and_no_other_and_nobody_sees_a_code(site: Site) -> None:
    site.world.to_dd(instruct=False)
    site.browser().get("/entrer").post("/entrer", {"courriel": "katell.morvan@dactiv.example"})
    sent = mail(site, "M07")["id"]
    for person, status in ((DAC, 200), (OTHER_DAC, 404), (OFFICER, 200), ("sophie.carre", 404)):
        browser = site.signed_in(person, Proof.CODE)
        for path in (f"/courriels/{sent}", f"/courriels/{sent}/mis-en-forme"):
            assert browser.get(path).status == status, (person, path)
    code = mail(site, "M20")
    for person in (DAC, "marc.aubin"):
        browser = site.signed_in(person)
        assert browser.get(f"/courriels/{code['id']}").status == 404
    assert "Aucun courriel n’attend." in site.signed_in(OTHER_DAC).get("/courriels").words


def test_each_mail_says_why_in_a_sentence_and_who_wrote_the_form_stays_unnamed(site: Site) -> None:
    site.world.to_dd(instruct=False)
    page = site.signed_in(DAC).get("/courriels")
    assert "Transmission" in page.words
    assert "Écrit parce que c’est à DD 35 (ARS Bretagne) d’agir, et une décision est attendue au plus tard le" in (
        page.words
    )
    assert "Pour : Rédacteur de la fiche" in page.words
    assert "Maëlle" not in page.text


def test_the_preview_is_the_mail_itself_and_runs_nothing(site: Site) -> None:
    reference = site.world.to_dd(instruct=False)
    number = mail(site, "M07")["id"]
    page = site.signed_in(DAC, Proof.CODE).get(f"/courriels/{number}")
    assert f"[ORP] {reference} – transmise à votre délégation" in page.words
    assert "prise en charge dès maintenant." in page.words
    shown = page.get(f"/courriels/{number}/mis-en-forme")
    assert "Ouvrir et prendre en charge" in shown.words
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "script" not in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("code", "said"),
    [("M07", "Une transmission ne s’annule pas"), ("M01", "Un retour est dû"), ("M03", "il ne s’annule pas")],
)
def test_what_is_owed_is_never_cancelled_and_the_page_says_why(site: Site, code: str, said: str) -> None:
    site.world.to_dd(instruct=False)
    number = mail(site, code)["id"]
    change(site, number, status="a_envoyer", sent_at=None, carrier=None, lease_until=None)
    browser = site.signed_in(DAC).get(f"/courriels/{number}")
    assert said in browser.words
    assert act(browser, number, "annuler").status == 422
    assert mail(site, code)["status"] == "a_envoyer"


def reminder(site: Site) -> int:
    """A reminder to the secretary that waits."""
    site.world.to_agenda()
    site.world.wait(days=40)
    number: int = mail(site, "M12", organisation="gouvernance-dactiv")["id"]
    change(site, number, status="a_envoyer", sent_at=None, carrier=None, lease_until=None, reason=None)
    return number


def test_a_reminder_is_cancelled_once_and_who_did_is_said(site: Site) -> None:
    number = reminder(site)
    browser = act(site.signed_in(DAC), number, "annuler")
    assert (browser.status, "Ce courriel est annulé" in browser.words) == (200, True)
    assert "Annulé par Katell Morvan" in browser.words
    assert act(browser, number, "annuler").status == 422
    assert number not in [m.id for m in site.world.posting.claim(100)]


def test_a_mail_that_is_leaving_is_not_cancelled(site: Site) -> None:
    number = reminder(site)
    site.world.posting.claim(100)
    change(site, number, lease_until=site.world.clock.now().replace(year=2030))
    browser = act(site.signed_in(DAC), number, "annuler")
    assert "Ce courriel est en train de partir." in browser.words
    assert mail(site, "M12", id=number)["status"] == "a_envoyer"


def test_a_refused_mail_is_sent_again_to_the_address_of_today(site: Site) -> None:
    site.world.to_dd(instruct=False)
    number = mail(site, "M07")["id"]
    change(site, number, status="refuse", reason="smtp-550")
    browser = site.signed_in(DAC).get("/courriels?etat=en-erreur")
    assert "Le serveur de messagerie refuse cette adresse (550)" in browser.words
    assert act(browser, number, "renvoyer").status == 200
    assert number in [m.id for m in site.world.posting.claim(100)]
    assert act(browser, number, "renvoyer").status == 422


def test_who_does_not_run_the_structure_acts_on_nothing(site: Site) -> None:
    number = reminder(site)
    browser = site.signed_in(SECRETARY)
    assert act(browser, number, "annuler").status == 404
    stranger = site.signed_in(OTHER_DAC).get("/mon-compte")
    assert stranger.post(f"/courriels/{number}", {"acte": "annuler"}).status == 404
    assert mail(site, "M12", id=number)["status"] == "a_envoyer"


def test_an_act_asks_the_password(site: Site) -> None:
    number = reminder(site)
    site.give_password(DAC)
    assert act(site.signed_in(DAC, Proof.CODE), number, "annuler").path == "/entrer/mot-de-passe"


def test_a_trial_goes_to_oneself_only_marked_and_changes_nothing(site: Site) -> None:
    site.world.to_dd(instruct=False)
    number, before = mail(site, "M07")["id"], site.mails()
    with SmtpServer() as server:
        site.smtp_port = server.port
        browser = act(site.signed_in(DAC), number, "essai")
    assert "Une copie marquée [TEST]" in browser.words
    (received,) = server.messages
    assert received.recipients == ("katell.morvan@dactiv.example",)
    assert str(received.message["Subject"]).startswith("[TEST] [ORP]")
    assert received.message["Message-ID"] != before[number - 1]["message_id"]
    assert site.mails() == before


def test_a_trial_that_cannot_leave_says_why(site: Site) -> None:
    site.world.to_dd(instruct=False)
    browser = act(site.signed_in(DAC), mail(site, "M07")["id"], "essai")
    assert browser.status == 422
    assert "le serveur de messagerie ne répond pas" in browser.words


def test_refused_addresses_are_listed_to_those_they_concern(site: Site) -> None:
    reference = site.world.to_dd(instruct=False)
    with site.world.store.writing() as work:
        for name in ("people", "redacteur_contacts"):
            table = TABLES[name]
            here = table.c.id == "boite-dd-35" if name == "people" else table.c.reference == reference
            work._connection.execute(table.update().where(here).values(refused_at=site.world.clock.now()))
    page = site.signed_in(DAC).get("/courriels/adresses").words
    assert "Boîte de service de la DD 35" in page
    assert f"Rédacteur de la fiche {reference}" in page
    for person in (OTHER_DAC, OFFICER):
        assert reference not in site.signed_in(person).get("/courriels/adresses").words


@pytest.mark.parametrize("address", ["/courriels?etat=<b>&page=-3", "/courriels?page=²", "/courriels?etat=annules"])
def test_nonsense_in_the_address_shows_a_page(site: Site, address: str) -> None:
    assert site.signed_in(DAC).get(address).status == 200
