"""My sessions, each with its browser in plain French."""

import pytest

from tests.web.site import Site
from web.browsers import UNKNOWN, named

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox sous Windows",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox sous Linux",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/126.0.0.0 Safari/537.36": "Chrome sous Windows",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0": "Edge sous Windows",
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/126.0.0.0 Safari/537.36": "Chrome sous ChromeOS",
    f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36": "Chrome sous Android",
    f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36": (
        "Samsung Internet sous Android"
    ),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 "
    "Safari/605.1.15": "Safari sous macOS",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 "
    "Mobile/15E148 Safari/604.1": "Safari sous iPhone",
    "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 "
    "Safari/604.1": "Chrome sous iPad",
    "Firefox/128.0": "Firefox",
    "curl/8.5.0": UNKNOWN,
    "": UNKNOWN,
    "<script>alert(1)</script>": UNKNOWN,
}


@pytest.mark.parametrize(("agent", "said"), AGENTS.items())
def test_a_browser_is_named(agent: str, said: str) -> None:
    assert named(agent) == said


def test_what_a_browser_says_of_itself_is_kept_nowhere(site: Site) -> None:
    browser = site.browser()
    browser.client.headers["User-Agent"] = f"{next(iter(AGENTS))} <b>06 12 34 56 78</b>"
    browser.get("/entrer").post("/entrer", {"courriel": "claire.legoff@gouvernance.example"})
    browser.post("/entrer/code", {"code": site.code()})
    assert "Firefox sous Windows (celle-ci)" in browser.get("/mon-compte").words
    assert [row["agent"] for row in site.rows("sessions")] == ["Firefox sous Windows"]
