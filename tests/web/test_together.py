"""One act on several situations: each is judged alone, and the page says what became of each."""

import re

from tests.web.site import Browser, Site
from tests.web.test_links import CONSTATER
from tests.web.test_situation import flat
from tests.world import ANALYSIS, LONG
from workflow.circuit.model import Proof


def chosen(browser: Browser, *, most: int = 50) -> str:
    """The address that « Agir sur la sélection » leads to when the first lines are ticked."""
    found = re.findall(r'name="choix" value="([^"]+)"', browser.get("/a-traiter").text)
    return "/a-traiter/ensemble?" + "&".join(f"choix={one}" for one in found[:most])


def send(browser: Browser, act: str, fields: dict[str, str]) -> Browser:
    forms = re.findall(r"<form.*?</form>", browser.text, re.DOTALL)
    form = next(f for f in forms if f'name="acte" value="{act}"' in f)
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    data: dict[str, list[str]] = {}
    for name, value in hidden:
        data.setdefault(name, []).append(value)
    return browser.post("/a-traiter/ensemble", {**data, **fields})


def test_one_decision_is_taken_on_all_through_the_engine(site: Site) -> None:
    references = [site.world.to_agenda() for _ in range(3)]
    browser = site.signed_in("claire.legoff", Proof.CODE)
    browser.get(chosen(browser))
    assert "Situations choisies (3)" in browser.words
    assert "domicile, Antenne de Fougères" in browser.words
    send(browser, "completer_analyse", {"ajout": "Trois cas semblables cette année."})
    assert browser.status == 200
    assert browser.words.count("✓ Fait") == 3
    for reference in references:
        assert site.world.journal(reference)[-1]["author"] == "claire.legoff"
        assert site.world.journal(reference)[-1]["code"] == "T17"


def test_what_somebody_decided_meanwhile_is_refused_alone_and_stays_chosen(site: Site) -> None:
    first, second = site.world.to_agenda(), site.world.to_agenda()
    browser = site.signed_in("claire.legoff", Proof.CODE)
    browser.get(chosen(browser))
    site.world.decide(first, "completer_analyse", "claire.legoff", {"ajout": "Un élément de plus."})
    before = len(site.world.journal(first))
    send(browser, "completer_analyse", {"ajout": "Deux cas <b>semblables</b>."})
    assert browser.status == 422
    assert browser.words.count("✓ Fait") == 1
    assert "▲ Refusé" in browser.words
    assert "par Claire Le Goff" in browser.words
    assert "Restent choisies (1)" in browser.words
    assert "Deux cas &lt;b&gt;semblables&lt;/b&gt;." in browser.text
    assert len(site.world.journal(first)) == before
    assert site.world.journal(second)[-1]["code"] == "T17"


def test_what_is_missing_is_said_for_each_and_nothing_is_written(site: Site) -> None:
    references = [site.world.to_agenda() for _ in range(2)]
    browser = site.signed_in("claire.legoff", Proof.CODE)
    browser.get(chosen(browser))
    lines = [len(site.world.journal(reference)) for reference in references]
    send(browser, "ajourner", {"seance": "2026-02-10"})
    assert browser.words.count("▲ Refusé") == 2
    assert [len(site.world.journal(reference)) for reference in references] == lines


def test_sent_twice_it_is_done_once(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = site.signed_in("claire.legoff", Proof.CODE)
    form = browser.get(chosen(browser)).text
    for _ in range(2):
        browser.text = form
        send(browser, "completer_analyse", {"ajout": "Trois cas semblables cette année."})
    assert [line.get("code") for line in site.world.journal(reference)].count("T17") == 1


def test_only_the_acts_that_all_allow_are_offered(site: Site) -> None:
    site.world.to_agenda()
    other = site.world.to_analysis()
    site.world.decide(other, "proposer_gouvernance", "katell.morvan", dict(ANALYSIS))
    browser = site.signed_in("claire.legoff", Proof.CODE)
    browser.get(chosen(browser))
    names = set(re.findall(r'name="acte" value="(\w+)"', browser.text))
    assert "demander_complement" in names
    assert not names & {"valider", "inscrire_seance"}


def test_what_is_foreign_does_not_exist_there_either(site: Site) -> None:
    reference = site.world.to_agenda()
    n = site.world.owed(reference, "D09")[0].n
    browser = site.signed_in("sophie.carre").get(f"/a-traiter/ensemble?choix={reference}:{n}")
    assert "Aucune situation n’est choisie." in browser.words
    sent = {"acte": "valider", "choix": f"{reference}:{n}:0", "identifiant": "x"}
    assert reference not in browser.post("/a-traiter/ensemble", sent).words
    assert site.world.case(reference).step == "inscrite_seance"
    assert site.rows("access_log") == []


def test_a_decision_that_asks_a_password_is_not_offered_without(site: Site) -> None:
    site.world.to_analysis()
    browser = site.signed_in("nolwenn.prigent", Proof.CODE)
    browser.get(chosen(browser))
    assert re.findall(r'name="acte" value="(\w+)"', browser.text) == ["deleguer"]


def test_nonsense_chooses_nothing(site: Site) -> None:
    browser = site.signed_in("claire.legoff")
    for query in ("", "choix=", "choix=a:b:c", "choix=" + "x" * 500):
        assert "Aucune situation n’est choisie." in browser.get(f"/a-traiter/ensemble?{query}").words


AT_ONCE = "prendre_en_charge.constater"


def test_several_are_taken_in_charge_and_decided_in_one_go(site: Site) -> None:
    references = [site.world.to_dd(instruct=False) for _ in range(3)]
    browser = site.signed_in("sophie.carre", Proof.CODE)
    browser.get(chosen(browser))
    assert "Prendre en charge et décider : constat partagé" in browser.words
    send(browser, AT_ONCE, flat(CONSTATER))
    assert (browser.status, browser.words.count("✓ Fait")) == (200, 3)
    for reference in references:
        lines = [line for line in site.world.journal(reference) if line["kind"] == "decision"][-2:]
        assert [(line["code"], line["author"]) for line in lines] == [("T23", "sophie.carre"), ("T32", "sophie.carre")]
        assert site.world.case(reference).step == "retour_en_diffusion"


def test_what_is_missing_leaves_all_of_them_untaken(site: Site) -> None:
    references = [site.world.to_dd(instruct=False) for _ in range(2)]
    browser = site.signed_in("sophie.carre", Proof.CODE)
    browser.get(chosen(browser))
    send(browser, AT_ONCE, flat(CONSTATER) | {"retour.texte": "Trop <b>court</b>."})
    assert (browser.status, browser.words.count("▲ Refusé")) == (422, 2)
    assert "Trop &lt;b&gt;court&lt;/b&gt;." in browser.text
    assert {site.world.case(reference).step for reference in references} == {"transmise_dd"}
    send(browser, AT_ONCE, flat(CONSTATER))
    assert browser.words.count("✓ Fait") == 2


def test_what_a_colleague_took_meanwhile_is_told_and_the_others_are_decided(site: Site) -> None:
    first, second = site.world.to_dd(instruct=False), site.world.to_dd(instruct=False)
    browser = site.signed_in("sophie.carre", Proof.CODE)
    browser.get(chosen(browser))
    site.world.decide(first, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    send(browser, AT_ONCE, flat(CONSTATER))
    assert (browser.words.count("✓ Fait"), browser.words.count("▲ Refusé")) == (1, 1)
    assert "Cet acte n’est plus possible" in browser.words
    steps = (site.world.case(first).step, site.world.case(second).step)
    assert steps == ("en_instruction_dd", "retour_en_diffusion")


def test_a_second_click_says_what_the_first_one_did(site: Site) -> None:
    references = [site.world.to_dd(instruct=False) for _ in range(2)]
    browser = site.signed_in("sophie.carre", Proof.CODE)
    form = browser.get(chosen(browser)).text
    for _ in range(2):
        browser.text = form
        send(browser, AT_ONCE, flat(CONSTATER))
        assert (browser.status, browser.words.count("✓ Fait")) == (200, 2)
    for reference in references:
        assert [line.get("code") for line in site.world.journal(reference)].count("T32") == 1


def test_those_relayed_in_one_go_arrive_in_one_mail(site: Site) -> None:
    for _ in range(2):
        site.world.to_dd(instruct=False)
    browser = site.signed_in("sophie.carre", Proof.CODE)
    browser.get(chosen(browser))
    motif = {
        "motif.code": "offre_insuffisante",
        "au_dela": "Rien ne manque d’autre qu’une offre.",
        "retour.texte": LONG,
    }
    send(browser, "prendre_en_charge.relayer", motif)
    assert browser.words.count("✓ Fait") == 2, browser.words
    relayed = [mail["batch"] for mail in site.mails() if mail["mail"] == "M10" and mail["batch"]]
    assert len(relayed) >= 2
    assert len(set(relayed)) == 1
