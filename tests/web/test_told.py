"""What each is told of one situation: their own path, what was asked and answered, where it is, and no more."""

import pytest

from tests.web.site import Site
from tests.web.test_inbox import statements
from tests.web.test_situation import TYPED, decide, send
from tests.world import ANALYSIS, FINAL, FORM, LONG, VALIDATION
from workflow.circuit.model import Proof

CODE, STRONG = Proof.CODE, Proof.STRONG
QUESTION, ANSWER = "Depuis quand les soins sont-ils arrêtés ?", "Depuis le début du mois de mars."


def test_the_redacteur_sees_five_steps_and_nothing_of_who_decides(site: Site) -> None:
    reference = site.world.to_dd()
    page = site.signed_in("maelle.riou", STRONG).get(f"/situations/{reference}").words
    for step in (
        "Déposée fait",
        "Examinée par la gouvernance fait",
        "Examinée par l’ARS en cours",
        "Retour reçu à venir",
    ):
        assert step in page
    for hidden in ("Claire Le Goff", "Sophie Carré", "DD 35", "Valider", "instruction", "Ce qui s’est passé"):
        assert hidden not in page
    assert TYPED in page
    assert str(ANALYSIS["impact"]) not in page


def test_the_redacteur_reads_the_retour_once_passed_on_and_says_so(site: Site) -> None:
    reference = site.world.to_dd()
    site.world.decide(reference, "constater", "sophie.carre", FINAL)
    mine = site.signed_in("maelle.riou", CODE)
    assert LONG not in mine.get(f"/situations/{reference}").words
    code = next(o.code for o in site.world.owed(reference) if o.last_mile)
    site.world.act(reference, code, "katell.morvan", {"moyen": "courriel"})
    page = mine.get(f"/situations/{reference}")
    assert "Les retours reçus" in page.words
    assert LONG in page.words
    assert "Constat partagé, pas de moyen d’action à ce niveau" in page.words
    assert send(page, reference, "acquitter", {}).status == 200
    assert not site.world.owed(reference, code)
    assert site.world.journal(reference)[-1]["codes"]["moyen"] == "lu"


@pytest.mark.parametrize("person", ["maelle.riou", "nolwenn.prigent", "katell.morvan"])
def test_a_complement_of_the_dac_is_read_by_those_who_asked_and_answered(site: Site, person: str) -> None:
    reference = _answered(site)
    page = site.signed_in(person, STRONG).get(f"/situations/{reference}").words
    assert reference in page
    assert QUESTION in page
    assert ANSWER in page


@pytest.mark.parametrize("person", ["claire.legoff", "sophie.carre"])
def test_and_by_nobody_above(site: Site, person: str) -> None:
    reference = _answered(site)
    page = site.signed_in(person, STRONG).get(f"/situations/{reference}").words
    assert reference in page
    assert QUESTION not in page
    assert ANSWER not in page
    assert "Complément" not in page.split("Ce qui s’est passé")[0]


def _answered(site: Site) -> str:
    world = site.world
    reference = world.to_analysis()
    world.decide(reference, "demander_complement", "nolwenn.prigent", {"questions": QUESTION})
    world.act(reference, "complement", "maelle.riou", {"reponse": ANSWER})
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    world.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-01-20"})
    world.decide(reference, "valider", "claire.legoff", VALIDATION)
    world.wait(hours=3)
    return reference


def test_what_the_delegation_asks_the_dac_is_read_by_both_and_not_by_the_redacteur(site: Site) -> None:
    reference = site.world.to_dd()
    site.world.decide(reference, "demander_complement", "sophie.carre", {"questions": QUESTION})
    code = next(o.code for o in site.world.owed(reference) if o.kind == "complement")
    site.world.act(reference, code, "katell.morvan", {"reponse": ANSWER})
    for person in ("sophie.carre", "katell.morvan"):
        page = site.signed_in(person, CODE).get(f"/situations/{reference}").words
        assert QUESTION in page
        assert ANSWER in page
    assert QUESTION not in site.signed_in("maelle.riou", STRONG).get(f"/situations/{reference}").words


def test_the_dac_reads_the_forms_whole_and_the_levels_above_their_codes(site: Site) -> None:
    reference = site.world.to_dd()
    inside = site.signed_in("katell.morvan", STRONG).get(f"/situations/{reference}").words
    assert TYPED in inside
    assert "75 à 84 ans" in inside
    above = site.signed_in("sophie.carre", STRONG).get(f"/situations/{reference}").words
    assert "Offre absente ou saturée" in above
    assert "75 à 84 ans" in above
    for hidden in (TYPED, *(str(ANALYSIS[name]) for name in ("impact", "compensations", "preconisations"))):
        assert hidden not in above


def test_without_the_password_no_query_of_the_page_reaches_a_text_as_typed(site: Site) -> None:
    reference = site.world.to_dd()
    texts = [str(value) for value in (FORM["resume"], FORM["pourquoi"], ANALYSIS["impact"])]
    with site.world.store.reading() as work:
        reached = str(work.screens.decided(reference, ("retour", "motif", "questions", "reponse", "presences"), ()))
    assert not [text for text in texts if text in reached]
    page = site.signed_in("katell.morvan", CODE).get(f"/situations/{reference}").words
    assert not [text for text in texts if text in page]


def test_a_motif_written_in_the_dac_stays_there_and_a_retour_travels(site: Site) -> None:
    world = site.world
    reference = world.to_analysis()
    world.decide(
        reference,
        "accorder_urgence",
        "yann.lebihan",
        {"motif": {"code": "danger_proche", "texte": "Le frère appelle chaque jour."}},
    )
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    page = f"/situations/{reference}"
    assert "Le frère appelle" in site.signed_in("katell.morvan", STRONG).get(page).words
    assert "Le frère appelle" not in site.signed_in("claire.legoff", STRONG).get(page).words
    world.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-01-20"})
    world.decide(reference, "valider", "claire.legoff", VALIDATION)
    assert LONG in site.signed_in("katell.morvan", CODE).get(page).words


def test_three_sentences_to_paste_hold_no_name_of_a_person(site: Site) -> None:
    reference = site.world.to_dd()
    text = site.signed_in("katell.morvan", STRONG).get(f"/situations/{reference}").text
    copied = text.split("data-copie>")[1].split("</textarea>")[0]
    assert copied.count(". ") == 2
    assert reference in copied
    assert "entre les mains de DD 35 (ARS Bretagne), qui doit décider au plus tard le vendredi 6 mars 2026" in copied
    for person in ("Maëlle", "Katell", "Sophie", "Claire"):
        assert person not in copied


def test_the_text_is_kept_when_the_act_itself_is_gone(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = site.signed_in("claire.legoff").get(f"/situations/{reference}")
    site.world.decide(reference, "valider", "claire.legoff", VALIDATION)
    site.world.wait(minutes=20)
    page = send(browser, reference, "valider", dict(VALIDATION) | {"presences": "Quatre <i>collèges</i> sur six."})
    assert page.status == 409
    assert "Ce que vous aviez écrit" in page.words
    assert "Quatre &lt;i&gt;collèges&lt;/i&gt; sur six." in page.text
    assert "par Claire Le Goff" in page.words or "par l’outil" in page.words


def test_a_second_click_once_the_act_is_gone_is_harmless(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = site.signed_in("claire.legoff").get(f"/situations/{reference}")
    form = browser.text
    for _ in range(2):
        browser.text = form
        assert send(browser, reference, "valider", dict(VALIDATION)).status == 200
        assert "C’est fait." in browser.words
        site.world.wait(minutes=10)


def test_the_supervisor_waives_prolongs_and_delegates_from_the_page(site: Site) -> None:
    reference = site.world.to_analysis()
    site.world.decide(reference, "demander_complement", "nolwenn.prigent", {"questions": QUESTION})
    asker = site.signed_in("nolwenn.prigent", CODE)
    page = decide(asker, reference, "prolonger", {"motif": "partenaire_attendu", "jusqu_au": "2026-01-22"})
    assert page.status == 200
    assert site.world.owed(reference, "complement")[0].due.isoformat() == "2026-01-22"  # type: ignore[union-attr]
    assert decide(asker, reference, "dispenser", {"motif": "sans_reponse"}).status == 200
    assert not site.world.owed(reference, "complement")
    page = decide(asker, reference, "deleguer", {"personne": "yann.lebihan", "jusqu_au": "2026-02-01"})
    assert page.status == 200
    assert "Délégation à Yann Le Bihan" in page.words


def test_nobody_else_is_offered_to_arrange_anything(site: Site) -> None:
    reference = site.world.to_dd()
    for person in ("claire.legoff", "maelle.riou"):
        page = site.signed_in(person, STRONG).get(f"/situations/{reference}")
        assert "Délais et délégation" not in page.words


def test_a_page_of_a_situation_asks_as_much_of_the_base_whatever_lives_there(site: Site) -> None:
    reference, counts = site.world.to_dd(), []
    everything: list[str] = []
    for _ in range(2):
        browser = site.signed_in("sophie.carre", CODE).get(f"/situations/{reference}")
        with statements(site.world) as said:
            browser.get(f"/situations/{reference}")
        counts.append(len(said))
        everything += said
        site.world.to_dd()
        site.world.act(reference, "D12", "sophie.carre", {"retour": LONG})
    assert counts[0] == counts[1]
    assert not [text for text in everything if "FROM organisations" in text and "WHERE" not in text]
