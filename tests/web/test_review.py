"""The version relue: each suspect judged, another reader, frozen; and nothing as typed reaches another organisation."""

import json
import re
from typing import Any

import pytest

from tests.web.site import Browser, Site
from tests.world import ANALYSIS, FORM
from workflow.circuit.decision_fields import DECISION_FIELDS as FIELDS
from workflow.circuit.model import Kind
from workflow.model import Person
from workflow.ports.lists import Sought

TYPED = "Mme Le Goff, 82 ans, habite à Fougères. Jeanne est seule."
SHEET = {name: ANALYSIS[name] for name in ("causes", "impact", "compensations", "preconisations")}


@pytest.fixture
def reference(site: Site) -> str:
    """A situation in analysis, whose form names somebody."""
    world = site.world
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", {**FORM, "resume": TYPED})
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    return reference


def open_review(site: Site, reference: str, person: str = "nolwenn.prigent") -> Browser:
    return site.signed_in(person).get(f"/situations/{reference}/version-relue")


def send(browser: Browser, gesture: str, **fields: Any) -> Browser:
    """Send one of the forms of the page."""
    forms = re.findall(r"<form.*?</form>", browser.text, re.DOTALL)
    form = next((f for f in forms if f'name="geste" value="{gesture}"' in f), forms[-1])
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    named = {name.replace("_", "."): value for name, value in fields.items()}
    return browser.post(browser.path, hidden | {"geste": gesture} | named)


def judged(site: Site, reference: str) -> Browser:
    """The proposal, of which « Jeanne » is kept and all else replaced, as Nolwenn leaves it."""
    browser = open_review(site, reference)
    proposals = dict(re.findall(r'name="par\.(\d)" value="([^"]*)"', browser.text))
    words = re.findall(r"<legend>« (.*?) »", browser.text)
    choices = {f"choix_{n}": "garder" if words[int(n) - 1] == "Jeanne" else "remplacer" for n in proposals}
    return send(browser, "juger", **choices, **{f"par_{n}": text for n, text in proposals.items()})


def test_the_tool_proposes_and_highlights(site: Site, reference: str) -> None:
    page = open_review(site, reference).words
    assert "Une personne de 75 à 84 ans, département Ille-et-Vilaine." in page
    assert "« Mme Le Goff » : une civilité suivie d’un nom" in page
    assert "« 82 ans » : un âge précis" in page
    assert "« à Fougères » : une commune" in page
    assert "Jugez d’abord chaque mot surligné." in page


def test_each_suspect_is_replaced_or_kept_one_by_one(site: Site, reference: str) -> None:
    browser = judged(site, reference)
    text = "La personne, 75 à 84 ans, habite dans le département (Ille-et-Vilaine). Jeanne est seule."
    assert text in browser.words
    assert "Mots gardés : « Jeanne »." in browser.words
    assert "Une autre personne du DAC doit la relire : Hervé Guillou, Katell Morvan, Yann Le Bihan." in browser.words


def test_another_reader_confirms_and_it_is_frozen_with_its_digest(site: Site, reference: str) -> None:
    judged(site, reference)
    browser = send(open_review(site, reference, "katell.morvan"), "confirmer", lu="Jeanne")
    assert browser.status == 200
    assert "Relue par Katell Morvan, le lundi 5 janvier 2026 à 9 h 00" in browser.words
    line = site.world.journal(reference)[-1]
    assert (line["code"], line["author"], line["codes"]) == (
        "REL",
        "katell.morvan",
        {"version_relue.lecteur": "katell.morvan"},
    )
    assert line["textes"]["version_relue"][:16] in browser.words
    assert site.rows("drafts") == []


def test_the_writer_of_the_text_does_not_vouch_for_it(site: Site, reference: str) -> None:
    browser = send(judged(site, reference), "confirmer", lu="Jeanne")
    assert browser.status == 422
    assert "a été relue par qui a écrit ce texte" in browser.words
    assert site.world.case(reference).version == 3


def test_a_kept_word_that_the_reader_did_not_tick_is_not_confirmed(site: Site, reference: str) -> None:
    judged(site, reference)
    browser = send(open_review(site, reference, "katell.morvan"), "confirmer")
    assert (browser.status, "Cochez chaque mot" in browser.words) == (422, True)


def test_a_text_changed_meanwhile_is_not_confirmed(site: Site, reference: str) -> None:
    judged(site, reference)
    reader = open_review(site, reference, "katell.morvan")
    send(open_review(site, reference), "ecrire", texte="Tout autre chose.")
    assert send(reader, "confirmer", lu="Jeanne").status == 409
    assert "Tout autre chose." in reader.words


def test_a_telephone_number_can_never_stay(site: Site, reference: str) -> None:
    browser = send(open_review(site, reference), "ecrire", texte="Appeler le 06 12 34 56 78 demain.")
    assert "Ne peut pas rester" in browser.words
    browser = send(browser, "juger", choix_1="garder")
    assert "« 06 12 34 56 78 » : un numéro de téléphone" in browser.words


def test_the_rédacteur_sees_nothing_of_what_is_prepared(site: Site, reference: str) -> None:
    assert open_review(site, reference, "maelle.riou").status == 404


def test_a_proposal_to_the_governance_waits_for_the_version_relue(site: Site, reference: str) -> None:
    page = site.signed_in("katell.morvan").get(f"/situations/{reference}").words
    assert "La version relue n’est pas encore confirmée" in page
    judged(site, reference)
    send(open_review(site, reference, "katell.morvan"), "confirmer", lu="Jeanne")
    site.world.decide(reference, "proposer_gouvernance", "katell.morvan", SHEET)
    read = site.signed_in("claire.legoff").get(f"/situations/{reference}").words
    assert "La personne, 75 à 84 ans, habite dans le département (Ille-et-Vilaine)." in read


def test_alone_in_the_dac_the_writer_vouches_and_it_is_counted(site: Site, reference: str) -> None:
    alone = {"yann.lebihan", "nolwenn.prigent", "herve.guillou"}
    with site.world.store.writing() as work:
        for person in alone:
            work.typed._connection.exec_driver_sql("DELETE FROM assignments WHERE person = ?", (person,))
    browser = open_review(site, reference, "katell.morvan")
    send(browser, "ecrire", texte="Une personne âgée, sans soins depuis un mois.")
    send(browser, "confirmer")
    assert "qui l’a aussi écrite" in browser.words
    assert site.world.journal(reference)[-1]["codes"]["version_relue.seul"] == "oui"


# --- Whoever asks the database, it gives the words as typed to the DAC alone. ---


def everybody(site: Site) -> list[Person]:
    ids = {row["id"] for row in site.rows("people")}
    with site.world.store.reading() as work:
        return list(work.facts((), ids, site.world.clock.now()).people.values())


def test_no_query_gives_another_organisation_the_text_as_typed(site: Site, reference: str) -> None:
    world = site.world
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    world.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-01-20"})
    site.signed_in("yann.lebihan").get(f"/situations/{reference}")
    people = everybody(site)
    with world.store.writing() as work:
        work.typed.keep(reference, "dactiv", {"impact": TYPED}, people[0], world.clock.now())
        work.typed.keep_local_key(reference, "dactiv", TYPED, "digest")
    inside = {"antenne-fougeres", "dactiv"}
    with world.store.reading() as work:
        for person in people:
            given = (
                work.typed.answers(reference, person),
                work.typed.texts(reference, person),
                {name: kept.text for name, kept in work.typed.drafts(reference, person).items()},
                work.typed.local_key(reference, person),
            )
            told = TYPED in json.dumps(given, ensure_ascii=False)
            assert told == bool(inside & {organisation for organisation, _ in person.functions}), person.id
        today = world.clock.now().date()
        for person in people:
            for answer in (
                work.screens.reviewed(reference),
                work.inbox.answers({reference}, set(FORM) | set(ANALYSIS)),
                work.screens.obligations(reference),
                work.journal.of(reference),
                work.inbox.page(person, today, list(Kind), Sought(), (0, 100)),
                work.screens.answers(reference),
                work.screens.decided(reference, FIELDS, {"dac", "antenne"}),
                work.inbox.team("antenne-fougeres", ["inscrite_seance"], (), today),
            ):
                assert TYPED not in repr(answer)
                assert str(ANALYSIS["impact"]) not in repr(answer)
