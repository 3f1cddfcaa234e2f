"""Three ways of using the same pages: with JavaScript, without it, and by keyboard alone."""

import re
from collections.abc import Mapping
from enum import StrEnum

import pytest
from playwright.sync_api import Browser, ElementHandle, Locator, Page, expect

WITHIN_REACH = 250
"""Times one presses Tab before giving up: no page has so many fields and links."""
WHERE = """one => one === document.activeElement
  ? (getComputedStyle(one).outlineStyle === 'none' ? 'unseen' : 'there')
  : one.type === 'radio' && document.activeElement.name === one.name ? 'group' : 'elsewhere'"""
"""Where the focus is: there, on it though nothing shows it, on another choice of its group, elsewhere."""
DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class Way(StrEnum):
    """How somebody uses a browser."""

    SCRIPTS = "avec-javascript"
    PLAIN = "sans-javascript"
    KEYBOARD = "au-clavier"


class Hands:
    """Somebody before a browser. By keyboard: Tab, arrows, Space, Enter and letters; never a click, never `focus()`."""

    def __init__(self, chromium: Browser, way: Way, address: str, secret: str = "") -> None:
        context = chromium.new_context(java_script_enabled=way is not Way.PLAIN, base_url=address)
        if secret:
            context.add_cookies([{"name": "orp", "value": secret, "url": address}])
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self._by_keyboard = way is Way.KEYBOARD

    def go(self, path: str) -> "Hands":
        """Open an address, as a link of a mail does."""
        self.page.goto(path)
        return self

    def follow(self, words: str) -> "Hands":
        """Follow a link."""
        return self._leave(self.page.get_by_role("link", name=words).first)

    def press(self, words: str, within: Locator | None = None) -> "Hands":
        """Press a button that sends a form, and read the page it leads to."""
        return self._leave((within or self.page.locator("main")).get_by_role("button", name=words, exact=True).first)

    def unfold(self, title: str) -> Locator:
        """Unfold what a title hides, an act most often, and return it."""
        words = r"\s+".join(re.escape(word) for word in title.split())
        summary = self.page.locator("summary").filter(has_text=re.compile(rf"^\s*{words}\s*(\(n° \d+\))?\s*$"))
        found = self.page.locator("details", has=summary)
        if found.get_attribute("open") is None:
            self._activate(summary)
        expect(found).to_have_attribute("open", "")
        return found

    def act(self, title: str, answers: Mapping[str, str] | None = None) -> "Hands":
        """Do one of the acts of a page: unfold it, answer what it asks, send it."""
        act = self.unfold(title)
        self.answer(answers or {}, act)
        return self.press(title, act)

    def answer(self, answers: Mapping[str, str], within: Locator | None = None) -> "Hands":
        """Answer the questions of a form, each given by its label."""
        for label, said in answers.items():
            asked = (within or self.page.locator("main")).get_by_label(label)
            self._answer(asked.and_(self.page.locator("input, select, textarea")).first, said)
        return self

    def says(self, words: str) -> None:
        """Expect the page to say that it is done."""
        expect(self.page.get_by_role("status").first).to_contain_text(words)

    def _answer(self, field: Locator, said: str) -> None:
        kind = field.evaluate("one => one.type")
        if kind in ("radio", "checkbox"):
            self._check(field)
        elif kind.startswith("select"):
            self._choose(field, said)
        elif self._by_keyboard:
            self._reach(field)
            day = DATE.fullmatch(said) if kind == "date" else None
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type("{1}{2}{0}".format(*day.groups()) if day else said)
        else:
            field.fill(said)
        if kind not in ("radio", "checkbox") and not kind.startswith("select"):
            expect(field).to_have_value(said)

    def _check(self, field: Locator) -> None:
        if not self._by_keyboard:
            field.check()
            return
        wanted = self._reach(field)
        while wanted.evaluate(WHERE) == "group":
            self.page.keyboard.press("ArrowDown")
        if not field.is_checked():
            self.page.keyboard.press("Space")
        expect(field).to_be_checked()

    def _choose(self, field: Locator, title: str) -> None:
        titles = [" ".join(one.split()) for one in field.locator("option").all_inner_texts()]
        if not self._by_keyboard:
            field.select_option(index=titles.index(title))
            return
        self._reach(field)
        self.page.keyboard.press("Home")
        for _ in titles[: titles.index(title)]:
            self.page.keyboard.press("ArrowDown")
        expect(field.locator("option:checked")).to_have_text(title)

    def _leave(self, target: Locator) -> "Hands":
        with self.page.expect_navigation():
            self._activate(target)
        return self

    def _activate(self, target: Locator) -> None:
        if self._by_keyboard:
            self._reach(target)
            self.page.keyboard.press("Enter")
        else:
            target.click()

    def _reach(self, target: Locator) -> ElementHandle:
        """Go there by Tab, and see that one can see where one is."""
        wanted = target.element_handle()
        for _ in range(WITHIN_REACH):
            self.page.keyboard.press("Tab")
            found = wanted.evaluate(WHERE)
            assert found != "unseen", f"nothing shows that {target} has the focus"
            if found != "elsewhere":
                return wanted
        pytest.fail(f"{target} is out of reach of the keyboard")
