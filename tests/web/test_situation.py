"""One situation on screen: what each may see, what they may decide, and what a refusal keeps."""

import re
from typing import Any

import pytest

from tests.web.site import Browser, Site
from tests.world import FORM, LONG, VALIDATION
from workflow.circuit.model import Proof

TYPED = "Les soins quotidiens se sont arrêtés sans relais."
REVIEWED = "Une personne âgée, à domicile, sans soins depuis un mois."


def flat(fields: dict[str, Any]) -> dict[str, str]:
    """Fields of a decision as a form sends them."""
    found: dict[str, str] = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            found |= {f"{name}.{part}": text for part, text in value.items()}
        else:
            found["retour.texte" if name == "retour" else name] = value
    return found


def decide(browser: Browser, reference: str, act: str, fields: dict[str, Any], **other: str) -> Browser:
    browser.get(f"/situations/{reference}")
    return send(browser, reference, act, fields, **other)


def send(browser: Browser, reference: str, act: str, fields: dict[str, Any], **other: str) -> Browser:
    """Send the form of an act that stands on the page."""
    forms = re.findall(r"<form.*?</form>", browser.text, re.DOTALL)
    form = next((f for f in forms if f'name="acte" value="{act}"' in f), "")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)) or {"acte": act}
    return browser.post(f"/situations/{reference}", hidden | flat(fields) | other)


def test_a_validation_from_the_page_goes_through_the_engine(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = decide(site.signed_in("claire.legoff", Proof.CODE), reference, "valider", dict(VALIDATION))
    assert (browser.status, browser.path) == (200, f"/situations/{reference}")
    assert "C’est fait. La situation est à l’étape « Validée, à transmettre »." in browser.words
    assert site.world.case(reference).step == "validee"
    assert site.world.journal(reference)[-1]["author"] == "claire.legoff"


def test_what_was_typed_survives_a_refusal_and_nothing_is_written(site: Site) -> None:
    reference = site.world.to_agenda()
    before = site.world.journal(reference)
    fields = {"presences": "Six <b>collèges</b> présents.", "retour": "Trop court."}
    browser = decide(site.signed_in("claire.legoff"), reference, "valider", fields)
    assert browser.status == 422
    assert "Rien n’a été enregistré" in browser.words
    assert "la priorité (priorite)" in browser.words
    assert "Six &lt;b&gt;collèges&lt;/b&gt; présents." in browser.text
    assert "Trop court." in browser.text
    assert site.world.journal(reference) == before


def test_the_second_of_two_is_told_who_decided_what_and_keeps_their_text(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = site.signed_in("claire.legoff").get(f"/situations/{reference}")
    site.world.decide(reference, "completer_analyse", "claire.legoff", {"ajout": "Deux cas semblables cette année."})
    fields = dict(VALIDATION) | {"presences": "Quatre collèges sur six."}
    browser = send(browser, reference, "valider", fields)
    assert browser.status == 409
    assert "« Compléter l’analyse », par Claire Le Goff, le lundi 5 janvier 2026 à 9 h 00." in browser.words
    assert "Quatre collèges sur six." in browser.text
    assert site.world.case(reference).step == "inscrite_seance"


def test_a_double_click_decides_once(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = site.signed_in("claire.legoff").get(f"/situations/{reference}")
    form = browser.text
    for _ in range(2):
        browser.text = form
        send(browser, reference, "valider", dict(VALIDATION))
    assert [line.get("code") for line in site.world.journal(reference)].count("T18") == 1


def test_an_act_that_is_not_mine_is_refused_whatever_the_form_says(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = decide(site.signed_in("katell.morvan"), reference, "valider", dict(VALIDATION), version="0")
    assert browser.status == 409
    assert site.world.case(reference).step == "inscrite_seance"


def test_a_decision_of_the_dac_asks_the_password(site: Site) -> None:
    reference = site.world.to_analysis()
    site.give_password("katell.morvan")
    browser = site.signed_in("katell.morvan", Proof.CODE).get(f"/situations/{reference}")
    assert "Cette décision demande votre mot de passe." in browser.words
    browser = send(browser, reference, "rattacher_doublon", {"parent": "rien"})
    assert browser.path == "/entrer/mot-de-passe"
    assert site.world.case(reference).step == "en_analyse"


def test_nobody_above_the_dac_learns_who_wrote_the_form(site: Site) -> None:
    reference = site.world.to_dd()
    for person in ("claire.legoff", "sophie.carre"):
        page = site.signed_in(person).get(f"/situations/{reference}")
        assert "Maëlle" not in page.text
        assert "le rédacteur de la fiche" in page.words
        assert REVIEWED in page.words
    assert "Maëlle Riou" in site.signed_in("katell.morvan").get(f"/situations/{reference}").words


@pytest.mark.parametrize("person", ["sophie.carre", "katell.morvan"])
def test_what_it_is_about_is_read_before_what_may_be_done(site: Site, person: str) -> None:
    reference = site.world.to_dd()
    site.world.decide(reference, "demander_complement", "sophie.carre", {"questions": "Depuis quand ?"})
    page = site.signed_in(person, Proof.CODE).get(f"/situations/{reference}").text
    parts = ("ou", "relue", "fiches", "echanges", "agir", "attendu", "histoire")
    order = [page.index(f'id="{part}"') for part in parts]
    assert order == sorted(order)
    top = page[page.index("<h1>") : order[0]]
    assert 'href="#relue"' in top
    assert 'href="#agir"' in top


def test_the_question_is_read_before_it_is_answered(site: Site) -> None:
    reference = site.world.to_analysis()
    site.world.decide(reference, "demander_complement", "nolwenn.prigent", {"questions": "Depuis quand ?"})
    page = site.signed_in("maelle.riou", Proof.CODE).get(f"/situations/{reference}").words
    assert page.index("Depuis quand ?") < page.index("Donner le complément (n°")


def test_after_a_refusal_one_click_leads_back_to_what_was_typed(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = decide(site.signed_in("claire.legoff"), reference, "valider", {"presences": "Six collèges."})
    assert '<a class="bouton" href="#valider">Revenir à ce que vous écriviez</a>' in browser.text
    assert '<details class="acte" id="valider" open>' in browser.text


def test_no_text_as_typed_leaves_the_dac(site: Site) -> None:
    reference = site.world.to_dd()
    for person in ("claire.legoff", "sophie.carre"):
        page = site.signed_in(person).get(f"/situations/{reference}").words
        assert TYPED not in page
        assert str(FORM["pourquoi"]) not in page


def test_a_complement_asked_is_answered_from_the_page(site: Site) -> None:
    reference = site.world.to_analysis()
    site.world.decide(reference, "demander_complement", "nolwenn.prigent", {"questions": "Depuis quand ?"})
    browser = decide(site.signed_in("maelle.riou", Proof.CODE), reference, "acquitter", {"reponse": "Depuis mars."})
    assert browser.status == 200
    assert not site.world.owed(reference, "complement")


def test_an_interim_retour_is_written_from_the_page(site: Site) -> None:
    reference = site.world.to_dd()
    browser = decide(site.signed_in("sophie.carre", Proof.CODE), reference, "acquitter", {"retour": LONG})
    assert browser.status == 200
    assert "Retour" in site.signed_in("katell.morvan").get(f"/situations/{reference}").words


@pytest.mark.parametrize("version", ["", "abc", "-1", "99"])
def test_a_form_without_its_version_decides_nothing(site: Site, version: str) -> None:
    reference = site.world.to_agenda()
    browser = decide(site.signed_in("claire.legoff"), reference, "valider", dict(VALIDATION), version=version)
    assert browser.status == 409


def test_an_act_that_takes_the_situation_elsewhere_says_so(site: Site) -> None:
    """What was done is no error: the page that no longer exists for them is not shown."""
    reference = site.world.to_dd()
    away = {"dd_competente": "dd-44", "motif": {"code": "autre_departement", "texte": "Elle réside à Châteaubriant."}}
    browser = decide(site.signed_in("sophie.carre", Proof.CODE), reference, "autre_dd", away)
    assert (browser.status, browser.path.partition("?")[0]) == (200, "/a-traiter")
    assert "C’est fait. La situation n’est plus devant vous" in browser.words
    assert site.world.case(reference).step == "transmise_dd"
    assert browser.get(f"/situations/{reference}").status == 404
