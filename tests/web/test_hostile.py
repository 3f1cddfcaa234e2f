"""Five hundred hostile texts in every field of every form, in addresses, in headers: refused or kept, never obeyed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from itertools import cycle, islice, product
from urllib.parse import quote, urlsplit

import pytest

from tests.local import local_world
from tests.web.forms import SENTENCE, Form, pages, route_of
from tests.web.site import SETUP, Browser, make_site
from tests.web.stage import NOBODY, Stage
from web.routes import ROUTES
from web.session import begin
from workflow.circuit.model import Proof

MARK = "zqzq"
"""Begins what a browser would obey, in a payload: « <zq7 » as markup, « "zq7= » as an attribute."""

SEEDS = (
    "<{m} onload=alert(1)>",
    '"><{m}><script>alert(1)</script>',
    "'><{m} src=x onerror=alert(1)>",
    '" {m}=1 autofocus onfocus=alert(1) x="',
    "' {m}=1 onmouseover=alert(1) x='",
    "</textarea><{m}>",
    "</select></option><{m}>",
    "</title><{m}>",
    "--><{m}>",
    "]]><{m}>",
    "<{m}\x00>",
    "<svg/onload=alert(1)><{m}>",
    "\ufeff<{m}>",
    "{{{{7*7}}}}{m}",
    "{{%print(7*7)%}}{m}",
    "${{7*7}}{m}",
    "#{{7*7}}{m}",
    "' OR 1=1; DROP TABLE cases; -- {m}",
    '" UNION SELECT password FROM accounts -- {m}',
    "%' ESCAPE '\\ {m}",
    "%s%n%x{m}",
    "../../../etc/passwd{m}",
    "..\\..\\{m}",
    "file:///etc/passwd#{m}",
    "javascript:alert('{m}')",
    "//evil.example/{m}",
    "https://evil.example/{m}",
    "\r\nSet-Cookie: {m}=1",
    "\nBcc: {m}@evil.example",
    "{m}\x00\x01\x1b[31m",
    "\ud800{m}",
    "\u202e{m}\u2066",
    "\u200b{m}\u00ad",
    "e\u0301" * 40 + "{m}",
    "𝕊\U0001f469\u200d\U0001f52c{m}",
    "１２³{m}",
    "{m}" + "A" * 5_000,
    '{{"texte": "{m}", "$ne": 1}}',
    "[1, [2, [3, {m}",
    "!!python/object:os.system {m}",
    "&amp;&lt;{m}&#x3c;",
    "\\u003c{m}\\u003e",
    "%3c{m}%3e",
    "+ADw-{m}+AD4-",
    "=cmd|' /C calc'!{m}",
)
NUMBERS = (
    "-1", "0", "00", "1e309", "NaN", "²", "١", "9" * 400, "2147483648", "-9223372036854775809", "0x10", "1_0", " 1 ",
    "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "2026-13-01", "2026-W01-1", "12/01/2026",
    "true", "null", "None", "", " ", "\t", "\n", "\x00", ".", "..", "/", "\\", "*", "?", "#", ";", "|", "dd-99",
)  # fmt: skip
MANY = 500
OURS = re.compile(r"/(?!/)|#|\?|data:,$|tel:\d+$")
"""Where a link, a form or a picture of ours may lead."""


def payloads() -> list[str]:
    """Return the seeds again and again, each time under a mark of its own."""
    seeds = zip(range(MANY - len(NUMBERS)), cycle(SEEDS), strict=False)
    return [*NUMBERS, *(seed.format(m=f"{MARK}{n}x") for n, seed in seeds)]


KINDS = payloads()[: len(NUMBERS) + len(SEEDS)]
"""Each once."""


class Obeyed(HTMLParser):
    """What a browser would obey in a page that only our templates should write."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found = re.findall(rf"49{MARK}\d+x", text)  # a template that computes
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        given = {name: value or "" for name, value in attrs}
        if tag.startswith(MARK) or any(name.startswith((MARK, "on")) for name in given):
            self.found.append(f"<{tag} {' '.join(given)}>")
        if tag in ("script", "style", "iframe", "object") and "nonce" not in given:
            self.found.append(f"<{tag}>")
        self.found += [
            value for name in ("href", "src", "action") if not OURS.match(value := given.get(name, "/").strip() or "/")
        ]


def obeyed(answer: Browser) -> list[str]:
    """Return what would be obeyed of an answer: in the page, in its headers."""
    said = answer.headers.items()
    headers = [value for name, value in said if (MARK in value if name != "location" else not OURS.match(value))]
    return Obeyed(answer.text).found + headers if "html" in answer.headers.get("content-type", "") else headers


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


def fields(stage: Stage) -> list[tuple[Form, str]]:
    """Return every field of every form, the token of the form aside."""
    return [(form, name) for form in stage.forms() for name in form.filled() if name not in ("jeton", "")]


def faults_of(stage: Stage, tries: Iterable[tuple[str, tuple[Form, str]]]) -> list[tuple[object, ...]]:
    """Send each payload in its field, and return what broke or would be obeyed."""
    faults: list[tuple[object, ...]] = []
    for payload, (form, name) in tries:
        stage.reset()
        answer = stage.send(form, form.filled() | {name: payload})
        if answer.status >= 500 or obeyed(answer):
            faults.append((form.action, name, payload[:60], answer.status, obeyed(answer)))
    return faults


def test_no_payload_breaks_a_page_nor_comes_back_as_markup(stage: Stage) -> None:
    found = fields(stage)
    assert len({name for _, name in found}) > 120
    hostile = islice(cycle(payloads()), max(MANY, len(found)))
    assert faults_of(stage, zip(hostile, cycle(found), strict=False)) == []


def test_every_kind_of_payload_in_every_field_of_a_mails_link(stage: Stage) -> None:
    """Anybody may hold one: who it is, the code, what is taken charge of."""
    found = [(form, name) for form, name in fields(stage) if form.action.startswith("/d/")]
    assert {name for _, name in found} == {"acte", "version", "identifiant", "personne", "code"}
    assert faults_of(stage, product(KINDS, found)) == []


def test_no_payload_breaks_the_page_of_the_first_start() -> None:
    stage = Stage(make_site())
    (form,) = [form for form in stage.forms() if form.action == "/installation"]
    form.fields = [replace(one, value=SETUP) if one.name == "code" else one for one in form.fields]
    assert stage.send(form, form.filled()).headers["location"] == "/entrer"
    found = [(form, name) for name in form.filled() if name != "jeton"]
    assert faults_of(stage, zip(KINDS, cycle(found), strict=False)) == []


def test_no_payload_breaks_a_form_begun_without_an_account() -> None:
    stage = Stage(make_site(world=local_world("maine-et-loire")))
    (begin,) = [form for form in stage.forms() if form.action == "/deposer-sans-compte"]
    assert stage.send(begin, begin.filled()).status == 200
    reference = stage.site.rows("cases")[-1]["reference"]
    stage.browsers["fiche"] = stage.browsers[NOBODY]
    stage.browsers[NOBODY] = stage.site.browser()
    stage.addresses = [f"/situations/{reference}/fiche"]
    stage.keep()
    found = [(form, name) for form, name in fields(stage) if form.person or form.action == begin.action]
    assert len(found) > 20
    assert faults_of(stage, zip(KINDS, cycle(found), strict=False)) == []


def test_every_form_of_the_table_is_walked(stage: Stage) -> None:
    walked = {route_of(form.action) for form in stage.forms()}
    apart = {"/sortir", "/installation", "/deposer-sans-compte"}  # the last two: above
    assert {route.path for route in ROUTES if route.method == "POST"} - walked == apart


def test_what_was_kept_is_words_for_whoever_reads_it_later(stage: Stage) -> None:
    faults, kept = [], 0
    for n, form in enumerate(stage.forms()):
        stage.reset()
        markup = f"\"'></textarea></select><{MARK}{n}x onload=alert(1)>{{{{7*7}}}}{MARK}{n}x"
        free = {one.name: f"{SENTENCE} {markup}" for one in form.fields if one.is_free and one.likely() != "aucune"}
        stage.send(form, form.filled() | free)
        reference = re.search("/situations/[^/?]+", form.action)
        for person, browser in stage.browsers.items():
            lists = LISTS if person == form.person else ()
            for path in (reference[0] if reference else "/mon-compte", *lists):
                read = browser.get(path)
                kept += f"&lt;{MARK}{n}x" in read.text
                if read.status >= 500 or obeyed(read):
                    faults.append((form.action, path, read.status, obeyed(read)))
    assert faults == []
    assert kept > 5, "nothing of what was kept is shown to anybody: the test reads no more where it should"


def test_hostile_addresses_are_nowhere(stage: Stage) -> None:
    stage.reset()
    browser, hostile = stage.browsers["katell.morvan"], [p for p in payloads() if "\r" not in p and "\n" not in p]
    asked = {name for _, page in pages(browser, *stage.addresses) for link in page.links for name in names_in(link)}
    paths = [route.path for route in ROUTES if route.method == "GET"]
    addresses = [re.sub(r"{\w+}", "{}", path) for path in paths if "{" in path]
    addresses += [f"{path}?{name}={{}}" for path in paths if "{" not in path for name in sorted(asked)]
    faults = []
    for payload, address in zip(islice(cycle(hostile), max(MANY, len(addresses))), cycle(addresses), strict=False):
        answer = browser.get(address.format(quote(payload, safe="", errors="surrogatepass")))
        if answer.status >= 500 or obeyed(answer):
            faults.append((address, payload[:60], answer.status, obeyed(answer)))
    assert faults == []


LISTS = ("/a-traiter", "/retours", f"/situations?q={MARK}")


def names_in(link: str) -> list[str]:
    return [part.partition("=")[0] for part in urlsplit(link).query.split("&") if part]


FOREIGN = (
    {"Host": "evil.example"},
    {"Host": "orp.example.evil.example"},
    {"Host": "evil.example@orp.example"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-For": "evil.example"},
    {"Forwarded": "host=evil.example;proto=http"},
    {"X-Original-URL": "//evil.example", "X-Rewrite-URL": "//evil.example"},
    {"Referer": "https://evil.example/", "Origin": "https://evil.example"},
)


def test_no_header_makes_a_link_that_leads_elsewhere(stage: Stage) -> None:
    stage.reset()
    browser = stage.browsers["katell.morvan"]
    words = browser.get("/mon-compte").text
    for route in ROUTES:
        path = route.path.replace("/d/{jeton}", stage.link)
        path = re.sub(r"{\w+}", stage.addresses[0].rpartition("/")[2], path)
        for headers in FOREIGN:
            browser.text = words  # its form's token
            answer = browser.get(path, **headers) if route.method == "GET" else browser.post(path, {}, **headers)
            assert answer.status < 500, (path, headers)
            assert "evil" not in answer.text + str(answer.headers), (path, headers)
    assert "evil" not in str(stage.site.mails())


def test_what_a_browser_says_of_itself_is_only_words(stage: Stage) -> None:
    stage.reset()
    site, browser = stage.site, stage.site.signed_in("claire.legoff")
    with site.world.store.writing() as work:
        for payload in payloads()[-len(SEEDS) :]:
            begin(work, "claire.legoff", Proof.CODE, payload.encode(errors="ignore").decode(), site.world.clock.now())
    browser.get("/mon-compte")
    assert browser.text.count(MARK) >= len(SEEDS)
    assert not obeyed(browser)
    for payload in payloads()[-len(SEEDS) :]:
        answer = browser.client.get("/entrer", headers={b"Cookie": b"__Host-orp=" + payload.encode(errors="ignore")})
        assert answer.status_code == 200
