"""Each morning one mail of reminders to each person, of all that they owe and that presses (domain.md §3.5)."""

from datetime import timedelta

import pytest

from notifications.render import Renderer
from tests.world import FINAL, FORM, PARIS, VALIDATION, World, make_world
from workflow.records import QueuedMail

OFFICER_BOX = "dd35-parcours@ars.example"
RENDERER = Renderer("https://orp.example", "orp@orp.example")


def deposited(world: World, count: int, departement: str = "35") -> list[str]:
    """Some situations that Yann Le Bihan must take in charge."""
    references = [world.open(departement=departement) for _ in range(count)]
    for reference in references:
        world.decide(reference, "deposer", "maelle.riou", FORM)
    return references


def sent(world: World) -> list[QueuedMail]:
    """Let the mail server take all that may leave; return it."""
    taken: list[QueuedMail] = []
    while mails := world.posting.claim(100):
        for mail in mails:
            world.posting.accepted(mail)
        taken += mails
    return taken


def subjects(world: World, mails: list[QueuedMail], address: str) -> list[str]:
    return [str(RENDERER.render(m, world.clock.now())["Subject"]) for m in mails if m.address == address]


MANAGER = "yann.lebihan@dactiv.example"


def test_ten_reminders_of_a_morning_are_one_mail(world: World) -> None:
    references = deposited(world, 10)
    sent(world)
    world.until("2026-01-09", "07:59")
    assert sent(world) == []
    world.until("2026-01-09", "08:00")  # D03 is due on Monday 12: two days before is Saturday, so Friday
    mails = sent(world)
    assert subjects(world, mails, MANAGER) == ["[ORP] Rappel – 10 situations à traiter"]
    (mail,) = [mail for mail in mails if mail.address == MANAGER]
    text = RENDERER.render(mail, world.clock.now()).get_body(("plain",))
    assert text is not None
    for reference in references:
        line = f"- {reference}, Déposée : décision attendue, au plus tard le lundi 12 janvier 2026 (délai indicatif)"
        assert line in text.get_content()
        assert f"https://orp.example/situations/{reference}" in text.get_content()
        assert [status for code, status in states(world, reference) if code == "M12"] == ["envoye"]


def states(world: World, reference: str) -> list[tuple[str, str]]:
    return [(row["mail"], row["status"]) for row in world.queue(reference)]


def test_what_is_late_comes_first_and_nothing_owed_is_no_mail(world: World) -> None:
    late, soon = deposited(world, 1)[0], ""
    world.until("2026-01-12")
    sent(world)
    world.until("2026-01-13", "07:00")
    soon = deposited(world, 1)[0]
    sent(world)
    world.until("2026-01-13", "08:00")
    (mail,) = [mail for mail in sent(world) if mail.address == MANAGER]
    told = [(line["reference"], line["retard_depuis"]) for line in mail.context["lignes"]]
    assert told == [(late, "2026-01-12"), (soon, None)]
    assert subjects(world, [mail], MANAGER) == ["[ORP] Rappel – 2 situations à traiter, 1 en retard"]
    world.until("2026-01-14", "12:00")
    assert sent(world) == []  # nothing rings on that day


def test_what_was_rendered_before_the_mail_left_is_not_in_it(world: World) -> None:
    first, second = deposited(world, 2)
    sent(world)
    world.until("2026-01-09", "08:00")
    for reference in (first, second):
        world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
        world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    assert [mail for mail in sent(world) if mail.mail == "M12"] == []
    assert ("M12", "remplace") in states(world, first)


def test_a_retour_to_pass_on_stands_at_the_end(world: World) -> None:
    reference = world.to_dd()
    world.decide(reference, "constater", "sophie.carre", FINAL)
    sent(world)
    (owed,) = [o for o in world.owed(reference) if o.last_mile and o.code == "F5"]
    assert owed.due is not None
    world.until((owed.due - timedelta(days=2)).isoformat(), "12:00")
    mails = [mail for mail in sent(world) if mail.mail == "M12" and mail.context["lignes"][-1]["courriel"] == "M14"]
    assert mails


def test_after_the_mail_server_was_down_for_days_only_todays_mail_leaves(world: World) -> None:
    references = deposited(world, 2)
    sent(world)
    world.until("2026-01-09", "08:00")
    (mail,) = [mail for mail in world.posting.claim(100) if mail.mail == "M12"]
    world.posting.postponed(mail, "connexion")
    world.until("2026-01-13", "08:00")
    world.until("2026-01-21", "10:00")
    mails = sent(world)
    assert len(subjects(world, mails, MANAGER)) == 1
    assert subjects(world, mails, MANAGER) == ["[ORP] Rappel – 2 situations à traiter, 2 en retard"]
    assert all(not mail.key.endswith("2026-01-09") for mail in mails)
    last = [status for code, status in states(world, references[0]) if code == "M12"]
    assert last[-1] == "envoye"


def test_a_second_reminder_of_the_day_waits_for_the_next_morning(world: World) -> None:
    deposited(world, 1)
    sent(world)
    world.until("2026-01-09", "08:00")
    assert len([mail for mail in sent(world) if mail.mail == "M12"]) == 1
    other = make_late_reminder(world)
    assert [mail for mail in sent(world) if mail.mail == "M12"] == []
    world.until("2026-01-12", "08:00")
    assert other in [line["reference"] for mail in sent(world) for line in mail.context.get("lignes", ())]


def make_late_reminder(world: World) -> str:
    """A reminder that an incident held back until later the same day."""
    raise NotImplementedError


