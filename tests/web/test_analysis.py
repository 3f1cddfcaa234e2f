"""The analysis and what follows: kept, recorded, decided; and the weekly list: assign, decide, next."""

import re
from typing import Any

from tests.web.site import Browser, Site
from tests.world import FORM


def send(browser: Browser, gesture: str, act: str = "", **fields: Any) -> Browser:
    """Send a form of the page: an outcome by its name, else the sheet."""
    forms = re.findall(r"<form.*?</form>", browser.text, re.DOTALL)
    wanted = f'name="acte" value="{act}"' if act else "/analyse"
    form = next((f for f in forms if wanted in f and (act or 'name="acte"' not in f)), "")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    target = re.search(r'action="([^"]+)"', form)
    dotted = {name.replace("__", "."): value for name, value in fields.items()}
    return browser.post(target[1] if target else browser.path, hidden | {"geste": gesture} | dotted)


def sheet(site: Site, reference: str, person: str = "nolwenn.prigent", after: str = "") -> Browser:
    return site.signed_in(person).get(f"/situations/{reference}/analyse{after}")


def test_an_analysis_is_kept_then_recorded(site: Site) -> None:
    reference = site.world.to_analysis()
    send(sheet(site, reference), "garder", impact="Deux hospitalisations.")
    browser = sheet(site, reference, "yann.lebihan")
    assert "Deux hospitalisations." in browser.words
    send(browser, "envoyer", causes="OFFRE", impact="Deux hospitalisations.")
    assert [row["value"] for row in site.rows("form_answers") if row["field"] == "causes"] == ["OFFRE"]
    assert site.rows("drafts") == []
    assert site.world.journal(reference)[-1]["code"] == "ANA"


def test_what_lacks_is_said_and_what_was_typed_is_kept(site: Site) -> None:
    reference = site.world.to_analysis()
    browser = send(sheet(site, reference), "envoyer", impact="Deux hospitalisations.")
    assert browser.status == 422
    assert "« Cause principale »" in browser.words
    assert "Deux hospitalisations." in browser.words


def test_only_the_outcomes_of_the_circuit_and_of_the_person_are_offered(site: Site) -> None:
    reference = site.world.to_analysis()
    analyst, head = sheet(site, reference).words, sheet(site, reference, "yann.lebihan").words
    assert "Traiter localement" in head
    assert "Traiter localement" not in analyst
    assert "Demander un complément au rédacteur" in analyst
    assert "Proposer à la gouvernance" in sheet(site, reference, "katell.morvan").words


def test_a_situation_is_treated_locally_with_its_actions(site: Site) -> None:
    reference = site.world.to_analysis()
    action = {"intitule": "Chercher un cabinet.", "porteur": "antenne-fougeres", "echeance": "2026-03-02"}
    fields = {f"actions__1__{part}": text for part, text in action.items()}
    browser = send(sheet(site, reference, "yann.lebihan"), "decider", "traiter_localement", **fields)
    assert "C’est fait. La situation est à l’étape « Traitée localement (en cours) »." in browser.words
    assert site.world.owed(reference, "action_locale")[0].debtor.organisation == "antenne-fougeres"


def test_a_meeting_goes_from_one_situation_to_the_next(site: Site) -> None:
    first, second = site.world.to_analysis(), site.world.to_analysis()
    browser = site.signed_in("yann.lebihan").get("/reunion")
    assert browser.words.index(first) < browser.words.index(second)
    browser.get(f"/situations/{first}/analyse?antenne=antenne-fougeres")
    observed = {"motif__code": "isolee", "motif__texte": "À suivre.", "prochaine_date": "2026-06-01"}
    send(browser, "decider", "observer", **observed)
    assert browser.path == f"/situations/{second}/analyse"
    assert site.world.case(first).step == "en_observation"
    send(browser, "decider", "observer", **observed)
    assert browser.path == "/reunion"
    assert "Vous êtes au bout de la liste." in browser.words


def test_an_analysis_is_assigned_from_the_list(site: Site) -> None:
    reference = site.world.to_analysis()
    browser = site.signed_in("yann.lebihan").get("/reunion")
    send(browser, "decider", "confier_analyse", officier="nolwenn.prigent")
    assert browser.path == "/reunion"
    assert "confiée à Nolwenn Prigent" in browser.words
    assert site.world.owed(reference, "D04")[0].debtor.person == "nolwenn.prigent"


def test_a_person_of_another_antenne_cannot_be_given_it(site: Site) -> None:
    reference = site.world.to_analysis()
    browser = site.signed_in("yann.lebihan").get("/reunion")
    send(browser, "decider", "confier_analyse", officier="ronan.guegan")
    assert browser.status == 422
    assert site.world.owed(reference, "D04")[0].debtor.person is None


def test_each_sees_the_list_of_their_own_antennes(site: Site) -> None:
    reference = site.world.to_analysis()
    assert reference in site.signed_in("katell.morvan").get("/reunion?antenne=antenne-fougeres").words
    for person in ("gwenaelle.cadiou", "gael.rouxel", "maelle.riou", "sophie.carre"):
        page = site.signed_in(person).get("/reunion?antenne=antenne-fougeres").words
        assert reference not in page
    assert "Vous ne participez à l’analyse d’aucune antenne." in site.signed_in("sophie.carre").get("/reunion").words


def test_a_forged_next_situation_leads_nowhere(site: Site) -> None:
    reference = site.world.to_analysis()
    browser = sheet(site, reference, "yann.lebihan", "?antenne=antenne-fougeres")
    observed = {"motif__code": "isolee", "motif__texte": "À suivre.", "prochaine_date": "2026-06-01"}
    send(browser, "decider", "observer", suivante="//ailleurs.example", **observed)
    assert browser.status == 404


def test_a_form_not_yet_kept_for_analysis_has_its_sheet_to_read(site: Site) -> None:
    reference = site.world.open()
    site.world.decide(reference, "deposer", "maelle.riou", FORM)
    page = sheet(site, reference, "yann.lebihan")
    assert "Prendre en charge" in page.words
    assert "Enregistrer l’analyse" not in page.words
