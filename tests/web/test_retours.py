"""The retours: owed and awaited, late first; read by POST; « Ce retour répond-il à la situation ? »."""

from tests.postgres import Postgres
from tests.web.site import Browser, Site, make_site
from tests.web.test_links import come_in, links_of
from tests.world import ANALYSIS, LONG
from workflow.circuit.model import Proof


def proposed(site: Site) -> str:
    """Bring a situation where the DAC owes the rédacteur F2."""
    reference = site.world.to_analysis()
    site.world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    return reference


def passed_on(site: Site) -> str:
    """The DAC passed it on by mail, and the mail server took it."""
    reference = proposed(site)
    site.world.act(reference, "F2", "katell.morvan", {"moyen": "courriel", "mot": LONG})
    site.world.post()
    return reference


def press(browser: Browser, path: str, **fields: str) -> Browser:
    """Press a button of a form of the page."""
    identifier = browser.text.split('name="identifiant" value="')[1].split('"')[0]
    return browser.post(path, {"identifiant": identifier} | fields)


def read(site: Site, reference: str) -> Browser:
    """The rédacteur presses « J’ai lu ce retour »."""
    browser = site.signed_in("maelle.riou", Proof.CODE).get(f"/situations/{reference}")
    form = next(part for part in browser.text.split("<form")[1:] if "J’ai lu ce retour" in part.split("</form>")[0])
    names = ("acte", "du", "version", "identifiant")
    sent = {name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in names}
    return browser.post(f"/situations/{reference}", sent | {"moyen": "lu"})


def test_what_the_dac_owes_is_there_late_first_and_leads_to_its_form(site: Site) -> None:
    late = proposed(site)
    site.world.wait(days=12)
    fresh = proposed(site)
    browser = site.signed_in("katell.morvan").get("/retours")
    assert "À faire 2" in browser.words
    assert browser.words.index(late) < browser.words.index(fresh)
    assert "En retard de" in browser.words
    assert "pour : le rédacteur de la fiche" in browser.words
    n = site.world.owed(late, "F2")[0].n
    browser.get(f"/situations/{late}?acte=acquitter-{n}")
    assert f'id="acquitter-{n}" open' in browser.text


def test_the_redacteur_awaits_it_reads_it_and_says_it_does_not_answer(site: Site) -> None:
    reference = proposed(site)
    writer = site.signed_in("maelle.riou", Proof.CODE)
    assert "Reçus depuis trois mois 0" in writer.get("/retours").words  # the receipt of the form is no retour
    assert "Attendus 1" in writer.get("/retours").words
    site.world.act(reference, "F2", "katell.morvan", {"moyen": "courriel", "mot": LONG})
    site.world.post()
    assert "J’ai lu ce retour" in writer.get("/retours").words
    assert "preuve attendue" in site.signed_in("katell.morvan").get("/retours").words
    read(site, reference)
    step = site.world.case(reference).step
    assert "lu par le rédacteur" in writer.get("/retours").words
    assert "Ce retour répond-il à la situation ?" in writer.words
    (told,) = site.world.every(reference, "F2")
    press(writer, f"/retours/{reference}", du=str(told.n), reponse="non")
    assert "le DAC vous rappelle dans les sept jours" in writer.words
    assert "Ce retour répond-il" not in writer.words
    (call,) = site.world.owed(reference, "rappeler_redacteur")
    assert (call.debtor.actor, call.due and call.due.isoformat()) == ("pilote_orp", "2026-01-12")
    assert site.world.case(reference).step == step  # nothing is reopened
    dac = site.signed_in("katell.morvan")
    assert "Rappeler le rédacteur" in dac.get("/a-traiter?onglet=taches").words
    assert "de 1 retour s’il répond à la situation : non pour 1" in dac.get("/retours").words
    site.world.act(reference, "rappeler_redacteur", "katell.morvan")
    assert site.world.owed(reference, "rappeler_redacteur") == []


def test_a_yes_is_counted_and_owes_nothing(site: Site) -> None:
    reference = passed_on(site)
    read(site, reference)
    writer = site.signed_in("maelle.riou", Proof.CODE).get("/retours")
    press(writer, f"/retours/{reference}", du=str(site.world.every(reference, "F2")[0].n), reponse="oui")
    assert "C’est noté, merci" in writer.words
    assert site.world.owed(reference, "rappeler_redacteur") == []
    assert "non pour 0" in site.signed_in("katell.morvan").get("/retours").words


def test_nobody_else_judges_a_retour_nor_anything_but_yes_or_no(site: Site) -> None:
    reference = passed_on(site)
    n = str(site.world.every(reference, "F2")[0].n)
    dac = site.signed_in("katell.morvan").get("/retours")
    assert dac.post(f"/retours/{reference}", {"du": n, "reponse": "non"}).status == 409
    writer = site.signed_in("maelle.riou", Proof.CODE)
    refused = [(n, "non"), ("1", "non"), ("99", "non"), ("", "non")]  # not read yet; no retour; nothing
    for due, answer in refused:
        assert writer.get("/mon-compte").post(f"/retours/{reference}", {"du": due, "reponse": answer}).status == 409
    read(site, reference)
    for fields in ({"du": n, "reponse": "peut-être"}, {"du": n, "reponse": ""}):
        assert writer.get("/mon-compte").post(f"/retours/{reference}", fields).status == 409
    assert site.world.owed(reference, "rappeler_redacteur") == []
    for identifier in ("un", "deux"):  # the page was open twice
        again = {"du": n, "reponse": "oui", "identifiant": identifier}
        assert writer.get("/mon-compte").post(f"/retours/{reference}", again).status == (200, 409)[identifier == "deux"]
    assert len([one for one in site.world.journal(reference) if one.get("verbe") == "juger"]) == 1


def test_a_retour_between_structures_is_one_line_and_is_delivered_to_all(site: Site) -> None:
    reference = site.world.to_dd()
    relay = {"motif": "offre_insuffisante", "au_dela": LONG, "retour": LONG}
    site.world.decide(reference, "relayer", "sophie.carre", relay)
    site.world.decide(reference, "prendre_en_charge", "viviane.madec", {"officier": "viviane.madec"})
    assert len(site.world.owed(reference, "D12_region")) == 2
    region = site.signed_in("viviane.madec").get("/retours")
    assert "À faire 1" in region.words
    assert "écrit une fois, remis à tous" in region.words
    assert "Attendus 1" in site.signed_in("sophie.carre").get("/retours").words
    site.world.act(reference, "D12_region", "viviane.madec", {"retour": LONG})
    for person in ("sophie.carre", "katell.morvan"):
        assert "écrit et remis" in site.signed_in(person).get("/retours").words


def test_who_is_owed_nothing_is_told_so(site: Site) -> None:
    passed_on(site)
    words = site.signed_in("estelle.naud").get("/retours").words
    assert "Vous ne devez aucun retour." in words
    assert "Personne ne vous doit de retour" in words
    assert "BRE-" not in words


def test_postgresql_says_the_same_of_links_and_retours(postgres: Postgres) -> None:
    with postgres.fresh() as url:
        site = make_site(url)
        reference = proposed(site)
        site.world.act(reference, "F2", "katell.morvan", {"moyen": "courriel", "mot": LONG})
        (link,) = links_of(site.world, reference, "M11", None)
        come_in(site, site.browser(), link, "maelle.riou")
        writer = read(site, reference).get("/retours")
        n = str(site.world.every(reference, "F2")[0].n)
        writer.post(f"/retours/{reference}", {"du": n, "reponse": "non", "identifiant": "\0x"})
        assert site.world.owed(reference, "rappeler_redacteur")
        assert writer.get(f"/situations/{reference}%00").status == 404
        assert writer.get("/situations?q=%00").status == 200
        assert site.rows("incidents") == []  # what the base cannot hold is no fault of the situation
        assert "non pour 1" in site.signed_in("katell.morvan").get("/retours").words
        site.world.store.engine.dispose()
