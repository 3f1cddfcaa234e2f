"""What stands before every page: hosts, forms from elsewhere, size, headers."""

import re

import pytest

from tests.web.site import URL, Site
from web.guard import MOST_BYTES
from web.routes import ROUTES

POSTS = [route.path for route in ROUTES if route.method == "POST"]


@pytest.mark.parametrize("host", ["evil.example", "orp.example.evil.example", "orp.example:81", "", "orp.example@evil"])
def test_a_foreign_host_is_refused(site: Site, host: str) -> None:
    browser = site.browser().get("/entrer", Host=host)
    assert browser.status == 400
    assert "evil" not in browser.text


def test_what_a_proxy_claims_makes_no_link(site: Site) -> None:
    browser = site.browser().get("/entrer", **{"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    assert browser.status == 200
    assert "evil" not in browser.text


ELSEWHERE = [
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "null", "Sec-Fetch-Site": "none"},
    {"Origin": URL, "Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": ""},
]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_form_sent_from_elsewhere_is_refused(site: Site, path: str, headers: dict[str, str]) -> None:
    reference = site.world.to_agenda()
    browser = site.signed_in("claire.legoff").get("/a-traiter")
    assert browser.post(path.replace("{reference}", reference), {}, **headers).status == 403


@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_its_token_is_refused(site: Site, path: str) -> None:
    reference = site.world.to_agenda()
    browser = site.signed_in("claire.legoff")
    for token in ({}, {"jeton": ""}, {"jeton": "0" * 64}, {"jeton": "é"}):
        browser.text = ""
        assert browser.post(path.replace("{reference}", reference), token).status == 403


def test_a_body_too_large_is_refused_announced_or_not(site: Site) -> None:
    client = site.browser().client
    assert client.post("/entrer", content=b"a" * (MOST_BYTES + 1)).status_code == 413
    chunks = (b"a" * 50_000 for _ in range(8))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/entrer", content=chunks, headers=form).status_code == 413


@pytest.mark.parametrize("path", ["/entrer", "/nulle-part", "/static/style.css", "/sante", "/urgence"])
def test_every_answer_bears_the_security_headers(site: Site, path: str) -> None:
    browser = site.browser().get(path)
    policy = browser.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert browser.headers["x-content-type-options"] == "nosniff"
    assert browser.headers["strict-transport-security"]


def test_the_nonce_changes_at_every_answer_and_is_the_one_of_the_page(site: Site) -> None:
    seen = set()
    for _ in range(3):
        browser = site.browser().get("/entrer")
        nonce = re.findall(r"nonce-([\w-]+)", browser.headers["content-security-policy"])[0]
        assert f'nonce="{nonce}"' in browser.text
        seen.add(nonce)
    assert len(seen) == 3


def test_no_page_asks_anything_of_another_site(site: Site) -> None:
    reference = site.world.to_agenda()
    browser = site.signed_in("claire.legoff")
    for path in ("/a-traiter", f"/situations/{reference}", "/mon-compte", "/urgence"):
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", browser.get(path).text)


def test_the_stylesheet_is_small(site: Site) -> None:
    assert len(site.browser().get("/static/style.css").text.encode()) < 40_000


@pytest.mark.parametrize("name", ["..%2fapp.py", "%2e%2e/app.py", "app.py", "style.css%00"])
def test_no_other_file_is_served(site: Site, name: str) -> None:
    assert site.browser().get(f"/static/{name}").status == 404
