"""Each role's own journey in a real browser, three ways: with JavaScript, without it, by keyboard alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.local import local_world
from tests.web.hands import Hands, Way
from tests.web.served import served
from tests.web.site import PASSWORD, SETUP, Site, make_site
from tests.web.test_browser import chromium  # noqa: F401 - a fixture
from tests.web.test_links import RELUE, transmitted
from tests.world import ANALYSIS, FINAL, FORM, LONG
from web.session import begin
from workflow.circuit.model import Kind, Proof

SITUATION = "Infirmière ou infirmier"
"""How the intitulé of the form begins."""
SHORT_FORM = {
    "Qui ? (type d’acteur": "Infirmière ou infirmier",
    "Fait quoi ?": "Arrête",
    "Quel soin, quelle aide ?": "Soins",
    "Pourquoi ?": str(FORM["pourquoi"]),
    "Où ?": "Domicile",
    "Tranche d’âge": "75 à 84 ans",
    "Résumé des faits": str(FORM["resume"]),
}
SHEET = {
    "Cause principale": "Offre absente ou saturée",
    "Conséquences pour la personne": str(ANALYSIS["impact"]),
    "Ce qui a tenu en attendant": str(ANALYSIS["compensations"]),
    "Préconisations": str(ANALYSIS["preconisations"]),
}
ANSWER = {
    "Motif": "L’offre est insuffisante sur le territoire",
    "Le retour": LONG,
    "Les actions": "aucune à ce niveau",
    "Ce qui est conservé": "La situation compte dans la carte.",
    "La prochaine date": "aucune",
    "La fonction à contacter": "Pôle parcours",
}
SHARED = "constat partagé, pas de moyen d’action à ce niveau"

Somebody = Callable[[str], Hands]
"""A browser in the hands of a person: by their identifier, or of nobody yet (« »)."""


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Site:
    """The small world of Bretagne; a test may name another territory."""
    url, elsewhere = f"sqlite:///{tmp_path}/pages.sqlite", getattr(request, "param", "")
    return make_site(url, local_world(elsewhere, url=url) if elsewhere else None)


@pytest.fixture(params=list(Way))
def somebody(chromium: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Somebody]:  # noqa: F811
    """Give a browser to anybody; whoever is named has shown both proofs already."""
    opened = []

    def open_for(person: str) -> Hands:
        with site.world.store.writing() as work:
            secret = begin(work, person, Proof.STRONG, "essai", site.world.clock.now()) if person else ""
        opened.append(Hands(chromium, request.param, address, secret))
        return opened[-1]

    with served(site) as address:
        yield open_for
        for hands in opened:
            hands.page.context.close()


def test_the_redacteur_deposits(site: Site, somebody: Somebody) -> None:
    maelle = somebody("maelle.riou").go("/a-traiter").follow("Déposer").press("Commencer la fiche")
    maelle.answer(SHORT_FORM).press("Déposer")
    assert site.world.case(maelle.page.locator("main .reference").first.inner_text()).step == "deposee"


@pytest.mark.parametrize("site", ["maine-et-loire"], indirect=True)
def test_whoever_has_no_account_deposits_and_comes_back_with_the_code(site: Site, somebody: Somebody) -> None:
    nobody = somebody("").go("/").follow("Déposer une situation sans compte").press("Commencer la fiche")
    code = nobody.page.locator(".code").inner_text()
    nobody.follow("Écrire la fiche").answer(SHORT_FORM).press("Déposer")
    reference = nobody.page.locator("main .reference").first.inner_text()
    assert site.world.case(reference).step == "deposee"
    back = somebody("").go("/").follow("Suivre une situation").answer({"Code de suivi": code}).press("Suivre")
    expect(back.page.get_by_text(reference).first).to_be_visible()


def test_the_antenne_retains_and_analyses(site: Site, somebody: Somebody) -> None:
    reference = site.world.open()
    site.world.decide(reference, "deposer", "maelle.riou", FORM)
    yann = somebody("yann.lebihan").go("/a-traiter").follow(SITUATION).act("Prendre en charge")
    yann.act("Retenir pour analyse", {"Rupture": "Avérée"}).follow("L’analyse et les suites")
    yann.answer(SHEET).press("Enregistrer l’analyse").says("C’est fait")
    recorded = site.world.journal(reference)[-1]
    assert (recorded["decision"], recorded["codes"]) == ("enregistrer_analyse", {"nature": "averee", "causes": "OFFRE"})
    assert set(recorded["textes"]) == {"impact", "compensations", "preconisations"}


def test_one_writes_the_version_relue_another_confirms_it_and_proposes(site: Site, somebody: Somebody) -> None:
    reference = site.world.to_analysis()
    sheet = {name: said for name, said in ANALYSIS.items() if name != "version_relue"}
    site.world.decide(reference, "enregistrer_analyse", "yann.lebihan", sheet)
    yann = somebody("yann.lebihan").go(f"/situations/{reference}").follow("La version relue")
    yann.answer({"Le texte": RELUE}).press("Enregistrer le texte")
    assert yann.page.get_by_role("button", name="J’ai relu").count() == 0
    katell = somebody("katell.morvan").go(f"/situations/{reference}").follow("La version relue")
    katell.press("J’ai relu : ce texte n’identifie personne").follow("La situation")
    katell.act("Proposer à la gouvernance").says("C’est fait")
    assert site.world.case(reference).step == "proposee_gouvernance"
    with site.world.store.reading() as work:
        assert work.screens.reviewed(reference) == RELUE


def test_the_secretary_records_the_validation(site: Site, somebody: Somebody) -> None:
    reference = site.world.to_analysis()
    site.world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    claire = somebody("").go("/").answer({"Adresse électronique": "claire.legoff@gouvernance.example"})
    claire.press("Recevoir un code").answer({"Code reçu par courriel": site.code()}).press("Entrer")
    claire.follow(SITUATION).act("Inscrire à l’ordre du jour", {"La date de la séance": "2026-01-20"}).says(
        "C’est fait"
    )
    said = {"Les présences par collège": "Six collèges présents sur six.", "La priorité": "Normale", "Le retour": LONG}
    claire.act("Valider la transmission à l’ARS", said).says("C’est fait")
    assert site.world.case(reference).step == "validee"


def test_the_officer_takes_charge_from_the_mail_then_decides_after_a_code(site: Site, somebody: Somebody) -> None:
    reference, link = transmitted(site)
    sophie = somebody("").go(link).press("Prendre en charge")
    sophie.says("C’est fait")
    assert site.world.case(reference).step == "en_instruction_dd"
    sophie.answer({"Sophie Carré": ""}).press("Recevoir un code")
    sophie.answer({"Code reçu par courriel": site.code()}).press("Entrer")
    expect(sophie.page.get_by_text(RELUE)).to_be_visible()
    sophie.act("Constat partagé, pas de moyen d’action à ce niveau", ANSWER).says("C’est fait")
    assert site.world.case(reference).step == "retour_en_diffusion"


def test_the_ars_siege_decides_what_was_relayed(site: Site, somebody: Somebody) -> None:
    reference = site.world.to_dd()
    relay = {"motif": "offre_insuffisante", "au_dela": LONG, "retour": LONG}
    site.world.decide(reference, "relayer", "sophie.carre", relay)
    viviane = somebody("viviane.madec").go("/a-traiter").follow(SITUATION)
    viviane.act(f"Prendre en charge et décider : {SHARED}", ANSWER).says("C’est fait")
    assert site.world.case(reference).step == "retour_en_diffusion"


def test_the_dac_passes_the_retour_on_and_the_redacteur_reads_and_judges_it(site: Site, somebody: Somebody) -> None:
    reference = site.world.to_dd()
    site.world.decide(reference, "constater", "sophie.carre", FINAL)
    katell = somebody("katell.morvan").go("/retours").follow(SITUATION)
    katell.act("Faire le retour", {"Comment le retour": "Par courriel, envoyé par l’outil"}).says("C’est fait")
    site.world.post()
    maelle = somebody("maelle.riou").go("/retours").follow(SITUATION)
    expect(maelle.page.get_by_text(LONG).first).to_be_visible()
    maelle.act("J’ai lu ce retour").says("C’est fait")
    assert [one for one in site.world.owed(reference) if one.kind is Kind.RETOUR] == []
    maelle.go("/retours").press("Oui").says("C’est noté, merci")
    assert [line["codes"]["juge"] for line in site.world.journal(reference) if line.get("verbe") == "juger"] == ["oui"]


def test_the_pilot_gives_a_function_and_a_substitute(site: Site, somebody: Somebody) -> None:
    katell = somebody("katell.morvan").go("/a-traiter").follow("Organisation").follow("Antenne de Fougères")
    new = {
        "Fonction": "l’analyste de l’antenne",
        "Prénom et nom": "Inès Roy",
        "Adresse électronique": "ines.roy@dactiv.example",
    }
    form = katell.unfold("Donner une fonction")
    katell.answer(new, form).press("Donner cette fonction", form).says("C’est enregistré")
    assert "ines.roy@dactiv.example" in {row["email"] for row in site.rows("people")}
    katell.follow("Organisation")
    form = katell.unfold("Déclarer une absence")
    away = {"Qui remplace": "Hervé Guillou", "Du": "2026-01-12", "Au (inclus)": "2026-01-16"}
    katell.answer(away, form).press("Enregistrer cette absence", form).says("C’est enregistré")
    assert [(row["person"], row["substitute"]) for row in site.rows("absences")] == [("katell.morvan", "herve.guillou")]


def test_the_administrator_begins_the_service_and_lets_people_in(site: Site, somebody: Somebody) -> None:
    anne, email = somebody(""), "anne.admin@exemple.fr"
    anne.go("/installation").answer(
        {"Code affiché": SETUP, "Prénom et nom": "Anne Admin", "Adresse électronique": email}
    )
    anne.answer({"Mot de passe": PASSWORD, "Le même mot de passe": PASSWORD}).press("Désigner l’administrateur")
    anne.answer({"Adresse électronique": email}).press("Recevoir un code")
    anne.answer({"Code reçu par courriel": site.code()}).press("Entrer")
    anne.follow("Accès").answer({"Mot de passe": PASSWORD}).press("Continuer")
    anne.follow("Accès").answer({"Adresse électronique": "claire.legoff@gouvernance.example"})
    anne.press("Faire un code d’activation")
    code = anne.page.locator(".code").inner_text()
    claire = somebody("claire.legoff").go("/mon-compte").answer({"Code d’activation": code})
    claire.answer({"Nouveau mot de passe": PASSWORD, "Le même": PASSWORD}).press("Enregistrer ce mot de passe")
    with site.world.store.reading() as work:
        assert work.entry.account("claire.legoff")["password"]
