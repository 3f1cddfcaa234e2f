"""« Organisation »: who may change what, functions and periods, addresses, absences told to both."""

from typing import Any

import pytest

from storage.tables import TABLES
from tests.web.site import Browser, Site
from tests.world import VALIDATION
from workflow.circuit.model import Proof

DIRECTOR, PILOT, SECRETARY, PRESIDENT = "herve.guillou", "katell.morvan", "claire.legoff", "paul.tanguy"
HEAD_OF_DD, OFFICER, HEAD_OF_ARS = "marc.aubin", "sophie.carre", "alain.perrot"


def send(browser: Browser, place: str, act: str, **fields: str) -> Browser:
    return browser.get(f"/organisation/{place}").post(f"/organisation/{place}", {"acte": act} | fields)


def away(
    browser: Browser, substitute: str, since: str = "2026-01-05", until: str = "2026-01-16", **more: str
) -> Browser:
    fields = {"remplacant": substitute, "du": since, "au": until} | more
    return browser.get("/organisation").post("/organisation/absences", fields)


def address(site: Site, person: str) -> str:
    found: str = next(row["email"] for row in site.rows("people") if row["id"] == person)
    return found


@pytest.mark.parametrize(
    ("person", "opens"),
    [
        (DIRECTOR, {"dactiv", "gouvernance-dactiv", "antenne-fougeres"}),
        (PILOT, {"dactiv", "gouvernance-dactiv", "antenne-fougeres"}),
        (PRESIDENT, {"gouvernance-dactiv"}),
        (HEAD_OF_DD, {"dd-35"}),
        (HEAD_OF_ARS, {"ars-bretagne", "dd-35"}),
        (SECRETARY, set()),
        (OFFICER, set()),
        ("yann.lebihan", set()),
        ("karine.lostis", set()),
        ("anne.admin", {"dactiv", "gouvernance-dactiv", "antenne-fougeres", "dd-35", "ars-bretagne", "rance-emeraude"}),
    ],
)
def test_each_changes_its_own_structures_and_others_do_not_exist(site: Site, person: str, opens: set[str]) -> None:
    with site.world.store.writing() as work:
        work.entry.add_person("anne.admin", "Anne Admin", "anne.admin@exemple.fr")
        work.entry.keep_account("anne.admin", administrator=True)
    browser = site.signed_in(person)
    for place in ("dactiv", "gouvernance-dactiv", "antenne-fougeres", "dd-35", "ars-bretagne", "rance-emeraude"):
        expected = 200 if place in opens else 404
        assert browser.get(f"/organisation/{place}").status == expected, place
        browser.get("/organisation")
        fields = {"acte": "corriger", "personne": OFFICER, "courriel": "x@y.example"}
        wanted = 404 if place not in opens else None
        answer = browser.post(f"/organisation/{place}", fields).status
        assert wanted is None or answer == wanted


def test_it_asks_the_password(site: Site) -> None:
    site.give_password(PILOT)
    assert site.signed_in(PILOT, Proof.CODE).get("/organisation").path == "/entrer/mot-de-passe"


def test_a_new_person_is_given_a_function_from_a_day_on_and_may_then_act(site: Site) -> None:
    fields = {"fonction": "secretaire", "nom": "Inès Roy", "courriel": "ines.roy@dactiv.example", "du": "2026-01-12"}
    browser = send(site.signed_in(DIRECTOR), "gouvernance-dactiv", "donner", **fields)
    assert (browser.status, "Inès Roy" in browser.words) == (200, True)
    assert "Fonction donnée : le ou la secrétaire de gouvernance : Inès Roy · Hervé Guillou" in browser.words
    reference = site.world.to_agenda()
    assert site.signed_in("ines.roy").get(f"/situations/{reference}").status == 404
    site.world.wait(days=7)
    assert site.signed_in("ines.roy").get(f"/situations/{reference}").status == 200


def test_a_function_that_is_needed_is_not_left_empty(site: Site) -> None:
    browser = site.signed_in(DIRECTOR)
    refused = send(browser, "gouvernance-dactiv", "finir", personne=SECRETARY, fonction="secretaire")
    assert (refused.status, "Personne d’autre ne tient cette fonction ici" in refused.words) == (422, True)
    send(browser, "gouvernance-dactiv", "donner", fonction="secretaire", personne=PRESIDENT)
    assert send(browser, "gouvernance-dactiv", "finir", personne=SECRETARY, fonction="secretaire").status == 200
    reference = site.world.to_analysis()
    assert site.signed_in(SECRETARY).get(f"/situations/{reference}").status == 404
    again = send(browser, "gouvernance-dactiv", "finir", personne=SECRETARY, fonction="secretaire")
    assert "ne tient plus cette fonction" in again.words


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"fonction": "roi", "personne": PILOT}, "Choisissez une fonction de la liste."),
        ({"fonction": "instruction", "personne": PILOT}, "Choisissez une fonction de la liste."),
        ({"fonction": "direction", "personne": OFFICER}, "Choisissez une personne de la liste"),
        ({"fonction": "direction", "nom": "X", "courriel": "pas une adresse"}, "Donnez un prénom et un nom"),
        ({"fonction": "pilote_orp", "personne": PILOT}, "tient déjà cette fonction"),
        ({"fonction": "direction", "personne": PILOT, "du": "demain"}, "n’est pas une date"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(site: Site, fields: dict[str, str], said: str) -> None:
    before = site.rows("assignments"), site.rows("people")
    browser = send(site.signed_in(DIRECTOR), "dactiv", "donner", **fields)
    assert (browser.status, said in browser.words) == (422, True)
    assert (site.rows("assignments"), site.rows("people"), site.rows("directory_changes")) == (*before, [])


def test_a_corrected_address_is_served_and_its_sessions_end(site: Site) -> None:
    table = TABLES["people"]
    with site.world.store.writing() as work:
        refused = table.update().where(table.c.id == SECRETARY).values(refused_at=site.world.clock.now())
        work._connection.execute(refused)
    reading = site.signed_in(SECRETARY)
    browser = site.signed_in(PILOT).get("/organisation/gouvernance-dactiv")
    assert "Adresse refusée" in browser.words
    browser = send(browser, "gouvernance-dactiv", "corriger", personne=SECRETARY, courriel="claire@gouv.example")
    assert (browser.status, "Adresse refusée" in browser.words) == (200, False)
    assert address(site, SECRETARY) == "claire@gouv.example"
    assert reading.get("/a-traiter").path == "/entrer"
    assert "claire@gouv.example" not in str(site.rows("directory_changes"))


def test_an_address_of_somebody_of_another_house_or_in_use_is_left_alone(site: Site) -> None:
    with site.world.store.writing() as work:
        work.staff.give(OFFICER, "dactiv", "pilote_orp", site.world.clock.now())
        work.entry.keep_account(DIRECTOR, administrator=True)
    browser = site.signed_in(PILOT)
    for person, email in ((OFFICER, "x@y.example"), (DIRECTOR, "x@y.example"), (PILOT, address(site, SECRETARY))):
        before = address(site, person)
        assert send(browser, "dactiv", "corriger", personne=person, courriel=email).status == 422
        assert address(site, person) == before


def test_a_mailbox_says_who_is_served_if_it_refuses(site: Site) -> None:
    page = site.signed_in(HEAD_OF_DD).get("/organisation/dd-35").words
    assert "Boîte de service de la DD 35 dd35-parcours@ars.example" in page
    assert "Si cette adresse refuse un courriel, il part à : Sophie Carré, Tiphaine Roy." in page


def test_an_absence_lends_what_may_be_done_for_its_time_and_both_are_told(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = away(site.signed_in(SECRETARY), PRESIDENT)
    assert (browser.status, "Les deux personnes en sont averties" in browser.words) == (200, True)
    mails: list[dict[str, Any]] = [mail for mail in site.mails() if mail["mail"] == "M22"]
    assert {mail["recipient"] for mail in mails} == {SECRETARY, PRESIDENT}
    substitute = site.signed_in(PRESIDENT)
    assert reference in substitute.get("/a-traiter").words
    assert "en l’absence de Claire Le Goff" in substitute.get("/organisation").words
    assert "Valider la transmission à l’ARS" in substitute.get(f"/situations/{reference}").words
    site.world.decide(reference, "valider", PRESIDENT, dict(VALIDATION))
    page = site.signed_in(SECRETARY).get(f"/situations/{reference}").words
    assert "Paul Tanguy pour Claire Le Goff" in page


def test_an_absence_is_ended_at_once_and_both_are_told(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = away(site.signed_in(SECRETARY), PRESIDENT)
    begun = site.rows("absences")[0]["since"].isoformat()
    site.world.wait(minutes=20)
    browser.get("/organisation").post("/organisation/absences", {"acte": "terminer", "debut": begun})
    assert [mail["context"]["terminee"] for mail in site.mails() if mail["mail"] == "M22"] == [False, False, True, True]
    assert reference not in site.signed_in(PRESIDENT).get("/a-traiter").words
    assert "Aucune absence n’est enregistrée." in browser.get("/organisation").words


@pytest.mark.parametrize(
    ("substitute", "since", "until", "said"),
    [
        (SECRETARY, "2026-01-05", "2026-01-16", "de la même structure"),
        (OFFICER, "2026-01-05", "2026-01-16", "de la même structure"),
        ("personne", "2026-01-05", "2026-01-16", "de la même structure"),
        (PRESIDENT, "2026-01-16", "2026-01-05", "après son début"),
        (PRESIDENT, "demain", "", "Les deux dates"),
        (PRESIDENT, "2026-01-05", "9999-12-31", "Les deux dates"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    site: Site, substitute: str, since: str, until: str, said: str
) -> None:
    browser = away(site.signed_in(SECRETARY), substitute, since, until)
    assert (browser.status, said in browser.words) == (422, True)
    assert (site.rows("absences"), site.rows("directory_changes")) == ([], [])


def test_a_ring_of_substitutes_is_refused(site: Site) -> None:
    away(site.signed_in(SECRETARY), PRESIDENT)
    browser = away(site.signed_in(PRESIDENT), SECRETARY)
    assert "tourneraient en rond" in browser.words


def test_who_answers_for_somebody_declares_for_them_and_nobody_else_does(site: Site) -> None:
    assert away(site.signed_in(PILOT), PRESIDENT, personne=SECRETARY).status == 200
    assert away(site.signed_in(OFFICER), HEAD_OF_DD, personne=SECRETARY).status == 422
    assert [row["person"] for row in site.rows("absences")] == [SECRETARY]


def test_the_dac_alone_corrects_where_a_writer_is_written_to(site: Site) -> None:
    reference = site.world.to_dd()
    for person, status in (("gael.rouxel", 422), (HEAD_OF_DD, 422), (SECRETARY, 422), (PILOT, 200)):
        browser = site.signed_in(person).get("/courriels/adresses")
        sent = browser.post("/courriels/adresses/redacteur", {"reference": reference, "courriel": "m@dactiv.example"})
        assert sent.status == status, person
    assert [row["email"] for row in site.rows("redacteur_contacts")] == ["m@dactiv.example"]
