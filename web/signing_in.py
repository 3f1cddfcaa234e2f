"""The way in: an address, six digits typed in the browser that asked, a password for what needs more (DESIGN §7)."""

from datetime import datetime, timedelta
from typing import Any

from web.ports.services import Work
from web.secrets import digest, matches, new_code, same
from web.throttle import CODES_FROM_A_PLACE, CODES_TO_AN_ADDRESS, PASSWORDS, TRIES_FROM_A_PLACE, allows
from workflow.records import Message

LIFE = timedelta(minutes=10)
TRIES = 5
MAIL = "M20"


def ask(work: Work, email: str, browser: str, place: str, now: datetime) -> bool:
    """Send a code to whoever receives mails at an address; an unknown one gets the same answer, and no mail.

    False: too many were asked. An address nobody owns is counted as any other.
    """
    if not (allows(work, CODES_FROM_A_PLACE, place, now) and allows(work, CODES_TO_AN_ADDRESS, email, now)):
        return False
    _send(work, work.entry.person_at(email) or work.entry.mailbox_at(email), browser, now)
    return True


def ask_person(work: Work, person: str, browser: str, place: str, now: datetime) -> bool:
    """Send a code to somebody's own address, once they said who they are; False: too many were asked."""
    email = work.addresses({person})[person]
    if not (allows(work, CODES_FROM_A_PLACE, place, now) and allows(work, CODES_TO_AN_ADDRESS, email, now)):
        return False
    _send(work, person, browser, now)
    return True


def _send(work: Work, person: str | None, browser: str, now: datetime) -> None:
    code = new_code()
    work.entry.ask_code(_browser(browser), person, _code(browser, code), now + LIFE, now)
    if person:
        minutes = int(LIFE.total_seconds() // 60)
        key = f"code:{_code(browser, code)}:{now.timestamp()}"
        mail = Message(key, MAIL, None, person, now, {"code": code, "minutes": minutes})
        work.outbox.add([(None, mail)])


def check(work: Work, typed: str, browser: str, place: str, now: datetime) -> str | None:
    """Return who typed the code that this browser asked; None if it is not right, too old, or tried too often."""
    if not allows(work, TRIES_FROM_A_PLACE, place, now):
        return None
    asked = work.entry.try_code(_browser(browser))
    right = asked is not None and same(asked.digest, _code(browser, "".join(typed.split())))
    if asked is None or asked.tries > TRIES or now >= asked.expires_at or not right:
        return None
    work.entry.drop_code(_browser(browser))
    return asked.person


def reads_for(work: Work, mailbox: str, browser: str, now: datetime) -> None:
    """Remember, as long as a code lives, that this browser showed that it reads the mails of a service."""
    work.entry.ask_code(_browser(browser), mailbox, digest("boîte", browser), now + LIFE, now)


def colleagues(work: Work, browser: str, now: datetime) -> dict[str, str]:
    """Return who may be reading for the service whose mails this browser reads, nobody if it showed nothing."""
    asked = work.entry.asked_code(_browser(browser))
    if asked is None or asked.person is None or asked.digest != digest("boîte", browser) or now >= asked.expires_at:
        return {}
    service = {organisation for organisation, _ in work.facts((), {asked.person}, now).people[asked.person].functions}
    people = sorted(work.facts(service, (), now).people.values(), key=lambda one: one.name)
    return {one.id: one.name for one in people if not one.mailbox}


def check_password(work: Work, person: str, password: str, now: datetime) -> bool:
    """Say whether a password is this person's; a guess too many and none is, for an hour."""
    if not allows(work, PASSWORDS, person, now):
        return False
    account: dict[str, Any] = work.entry.account(person)
    return matches(account["password"], password)


def needs_password(work: Work, person: str) -> bool:
    """Say whether a person has a password, and so may be asked for it."""
    return work.entry.account(person)["password"] is not None


def _browser(secret: str) -> str:
    return digest("navigateur", secret)


def _code(browser: str, code: str) -> str:
    return digest("code", browser, code)
