"""The way in: code, password, sessions, the set-up page, and what is refused."""

from datetime import timedelta

import pytest

from tests.web.site import PASSWORD, SETUP, URL, Browser, Site
from web.secrets import weakness
from workflow.circuit.model import Proof

CLAIRE = "claire.legoff@gouvernance.example"


def ask(site: Site, email: str = CLAIRE) -> Browser:
    return site.browser().get("/entrer").post("/entrer", {"courriel": email})


def enter(site: Site, browser: Browser) -> Browser:
    return browser.post("/entrer/code", {"code": site.code()})


def test_a_code_typed_in_the_browser_that_asked_opens_a_session(site: Site) -> None:
    browser = enter(site, ask(site))
    assert browser.path == "/a-traiter"
    assert "Claire Le Goff" in browser.words


def test_the_address_is_known_whatever_the_case_it_is_typed_in(site: Site) -> None:
    assert enter(site, ask(site, CLAIRE.upper())).path == "/a-traiter"


def test_the_same_code_is_worth_nothing_in_another_browser(site: Site) -> None:
    ask(site)
    other = site.browser().get("/entrer/code")
    assert enter(site, other).status == 422


def test_a_code_opens_once(site: Site) -> None:
    browser = ask(site)
    kept = browser.client.cookies.get("__Host-orp", domain="orp.example") or ""
    enter(site, browser)
    browser.client.cookies.clear()
    browser.client.cookies.set("__Host-orp", kept, domain="orp.example", path="/")
    browser.get("/entrer/code")
    assert enter(site, browser).status == 422


def test_a_code_dies_after_ten_minutes(site: Site) -> None:
    browser = ask(site)
    site.world.wait(minutes=10)
    assert enter(site, browser).status == 422


def test_five_wrong_codes_and_the_right_one_is_refused(site: Site) -> None:
    browser = ask(site)
    wrong = f"{(int(site.code()) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert browser.post("/entrer/code", {"code": wrong}).status == 422
    assert enter(site, browser).status == 422


def test_an_unknown_address_and_a_service_mailbox_get_the_same_answer_and_no_mail(site: Site) -> None:
    known = ask(site)
    for email in ("personne@ailleurs.example", "pas une adresse"):
        before = len(site.mails())
        unknown = ask(site, email)
        assert (unknown.status, unknown.path, unknown.words) == (known.status, known.path, known.words)
        assert len(site.mails()) == before


MAILBOX = "dd35-parcours@ars.example"


def in_the_mailbox(site: Site) -> Browser:
    return enter(site, ask(site, MAILBOX))


def test_the_mailbox_of_a_service_opens_nothing_but_the_question_who_are_you(site: Site) -> None:
    browser = in_the_mailbox(site)
    assert browser.path == "/entrer/qui"
    assert "Sophie Carré" in browser.words
    assert "Claire Le Goff" not in browser.words
    assert site.rows("sessions") == []
    assert browser.get("/a-traiter").path == "/entrer"


def test_the_code_then_goes_to_the_persons_own_address(site: Site) -> None:
    browser = in_the_mailbox(site).post("/entrer/qui", {"personne": "sophie.carre"})
    assert browser.path == "/entrer/code"
    assert site.mails()[-1]["recipient"] == "sophie.carre"
    assert enter(site, browser).path == "/a-traiter"
    assert [row["person"] for row in site.rows("sessions")] == ["sophie.carre"]


def test_nobody_says_they_are_of_another_service(site: Site) -> None:
    browser, before = in_the_mailbox(site), len(site.mails())
    for person in ("claire.legoff", "", "personne"):
        assert browser.post("/entrer/qui", {"personne": person}).status == 422
    assert len(site.mails()) == before


def test_who_are_you_is_asked_to_nobody_who_does_not_read_the_mailbox(site: Site) -> None:
    assert site.browser().get("/entrer/qui").path == "/entrer"
    other = ask(site, MAILBOX)  # asked, and not typed
    assert other.get("/entrer/qui").path == "/entrer"
    browser = in_the_mailbox(site)
    site.world.wait(minutes=10)
    assert browser.get("/entrer/qui").path == "/entrer"


def test_a_code_is_forgotten_once_its_mail_has_left(site: Site) -> None:
    ask(site)
    code = site.code()
    site.world.post()
    assert code not in str(site.rows("messages"))


def test_an_activation_code_lets_somebody_choose_a_password_once(site: Site) -> None:
    with site.world.store.writing() as work:
        work.entry.keep_account("herve.guillou", administrator=True)
    admin = site.signed_in("herve.guillou").get("/acces").post("/acces", {"courriel": CLAIRE})
    code = admin.text.split('<p class="code">')[1].split("<")[0]
    assert code not in str(site.rows("accounts"))
    assert code not in admin.get("/acces").text
    browser = site.signed_in("claire.legoff", Proof.CODE).get("/mon-compte")
    new = {"actuel": code.lower().replace("-", " "), "nouveau": PASSWORD, "encore": PASSWORD}
    assert browser.post("/mon-compte/mot-de-passe", new).status == 200
    assert browser.post("/mon-compte/mot-de-passe", new).status == 422


def test_an_activation_code_dies_after_a_week_and_an_unknown_address_gets_none(site: Site) -> None:
    with site.world.store.writing() as work:
        work.entry.keep_account("herve.guillou", administrator=True)
    admin = site.signed_in("herve.guillou").get("/acces")
    assert admin.post("/acces", {"courriel": MAILBOX}).status == 422
    admin.post("/acces", {"courriel": CLAIRE})
    code = admin.text.split('<p class="code">')[1].split("<")[0]
    site.world.clock.set(site.world.clock.now() + timedelta(days=7))
    browser = site.signed_in("claire.legoff", Proof.CODE).get("/mon-compte")
    new = {"actuel": code, "nouveau": PASSWORD, "encore": PASSWORD}
    assert browser.post("/mon-compte/mot-de-passe", new).status == 422


def test_a_sixth_code_in_an_hour_is_refused_whoever_owns_the_address(site: Site) -> None:
    for email in (CLAIRE, "personne@ailleurs.example"):
        assert [ask(site, email).status for _ in range(6)] == [200] * 5 + [429]


def test_signing_in_changes_the_secret_of_the_browser(site: Site) -> None:
    browser = ask(site)
    before = browser.client.cookies.get("__Host-orp", domain="orp.example")
    enter(site, browser)
    assert browser.client.cookies.get("__Host-orp", domain="orp.example") != before


def test_the_database_holds_no_secret_of_a_browser_and_no_code_but_in_its_mail(site: Site) -> None:
    browser = enter(site, ask(site))
    secret = browser.client.cookies.get("__Host-orp", domain="orp.example") or "-"
    held = str(site.rows("sessions") + site.rows("sign_in_codes") + site.rows("throttle"))
    assert secret not in held
    assert CLAIRE not in held


@pytest.mark.parametrize(("minutes", "alive"), [(29, True), (30, False)])
def test_an_idle_session_ends_after_half_an_hour(site: Site, minutes: int, alive: bool) -> None:  # noqa: FBT001
    browser = site.signed_in("claire.legoff")
    site.world.clock.set(site.world.clock.now() + timedelta(minutes=minutes))
    assert (browser.get("/a-traiter").path == "/a-traiter") is alive


def test_a_session_in_use_ends_after_twelve_hours(site: Site) -> None:
    browser = site.signed_in("claire.legoff")
    for _ in range(36):
        assert browser.get("/a-traiter").path == "/a-traiter"
        site.world.clock.set(site.world.clock.now() + timedelta(minutes=20))
    assert browser.get("/a-traiter").path == "/entrer"


def test_i_see_my_sessions_and_end_one_from_another(site: Site) -> None:
    first, second = site.signed_in("claire.legoff"), site.signed_in("claire.legoff")
    other = site.signed_in("sophie.carre")
    second.get("/mon-compte")
    ids = second.text.split('name="session" value="')[1:3]
    assert len(ids) == 2
    mine = next(row["id"] for row in site.rows("sessions") if row["person"] == "claire.legoff")
    second.post("/mon-compte/sessions", {"session": mine[:16]})
    assert first.get("/a-traiter").path == "/entrer"
    assert second.get("/a-traiter").path == "/a-traiter"
    second.get("/mon-compte").post("/mon-compte/sessions", {"session": "toutes"})
    assert second.get("/a-traiter").path == "/entrer"
    assert other.get("/a-traiter").path == "/a-traiter"


def test_going_out_ends_the_session_on_the_server(site: Site) -> None:
    browser = site.signed_in("claire.legoff").get("/a-traiter")
    secret = browser.client.cookies.get("__Host-orp", domain="orp.example") or ""
    browser.post("/sortir")
    browser.client.cookies.set("__Host-orp", secret, domain="orp.example", path="/")
    assert browser.get("/a-traiter").path == "/entrer"


def test_the_password_raises_the_proof_and_eight_wrong_ones_close_the_door(site: Site) -> None:
    site.give_password("claire.legoff")
    browser = enter(site, ask(site))
    assert browser.path == "/entrer/mot-de-passe"
    for _ in range(7):
        assert browser.post("/entrer/mot-de-passe", {"mot_de_passe": "pas celui-là"}).status == 422
    assert browser.post("/entrer/mot-de-passe", {"mot_de_passe": PASSWORD}).path == "/a-traiter"
    assert [row["proof"] for row in site.rows("sessions") if not row["ended_at"]] == ["forte"]
    weak = site.signed_in("claire.legoff", Proof.CODE).get("/entrer/mot-de-passe")
    assert weak.post("/entrer/mot-de-passe", {"mot_de_passe": PASSWORD}).status == 422


def test_somebody_without_a_password_cannot_choose_one_by_the_code_alone(site: Site) -> None:
    browser = site.signed_in("claire.legoff", Proof.CODE).get("/mon-compte")
    new = {"actuel": "", "nouveau": PASSWORD, "encore": PASSWORD}
    assert browser.post("/mon-compte/mot-de-passe", new).status == 422
    assert site.rows("accounts") == []


@pytest.mark.parametrize("password", ["azertyuiop", "Azerty12345", "une phrase"])
def test_a_weak_password_is_refused(password: str) -> None:
    assert weakness(password)


@pytest.mark.parametrize("password", ["Azerty12345!", "quatorze.signe", "un de ces mots en vaut sept"])
def test_a_password_as_the_cnil_asks_is_taken(password: str) -> None:
    assert not weakness(password)


# --- The first start ---

ADMIN = {
    "code": SETUP,
    "nom": "Anne Admin",
    "courriel": "anne.admin@exemple.fr",
    "mot_de_passe": PASSWORD,
    "encore": PASSWORD,
}


def test_the_code_of_the_console_makes_the_administrator_once(site: Site) -> None:
    browser = site.browser().get("/installation")
    assert browser.post("/installation", ADMIN).path == "/entrer"
    assert [(row["person"], row["administrator"]) for row in site.rows("accounts")] == [("anne.admin", True)]
    assert browser.get("/installation").status == 404
    enter(site, ask(site, ADMIN["courriel"])).post("/entrer/mot-de-passe", {"mot_de_passe": PASSWORD})


@pytest.mark.parametrize("wrong", [{"code": "autre"}, {"courriel": "rien"}, {"nom": ""}, {"encore": "autre"}])
def test_the_set_up_page_refuses_what_is_wrong_and_keeps_what_was_typed(site: Site, wrong: dict[str, str]) -> None:
    browser = site.browser().get("/installation").post("/installation", ADMIN | wrong)
    assert browser.status == 422
    assert PASSWORD not in browser.text
    assert site.rows("accounts") == []


def test_the_code_of_the_console_cannot_be_guessed(site: Site) -> None:
    browser = site.browser().get("/installation")
    for _ in range(10):
        browser.post("/installation", ADMIN | {"code": "non"})
    assert browser.post("/installation", ADMIN).status == 422


def test_a_page_of_mine_sends_me_to_the_door_when_i_am_nobody(site: Site) -> None:
    assert site.browser().get("/a-traiter").path == "/entrer"
    assert site.browser().get(f"{URL}/").path == "/entrer"
