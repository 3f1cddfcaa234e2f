"""Each morning one mail of reminders to each person, of all that they owe and that presses (domain.md §3.5)."""

from datetime import datetime, timedelta

from sqlalchemy import update

from notifications.render import Renderer
from storage.tables import TABLES
from tests.acceptance.test_wrong_address import refuse
from tests.world import FINAL, FORM, LONG, PARIS, START, VALIDATION, World
from workflow.errors import Refusal
from workflow.gathering import PATIENCE
from workflow.incidents import Incident
from workflow.records import QueuedMail

CASES = TABLES["cases"]
UP = {"motif": "offre_insuffisante", "au_dela": "Aucun service du département ne peut ouvrir.", "retour": LONG}
OFFICER_BOX = "dd35-parcours@ars.example"
OFFICER = "sophie.carre@ars.example"
RENDERER = Renderer("https://orp.example", "orp@orp.example")


def deposited(world: World, count: int) -> list[str]:
    """Some situations that Yann Le Bihan must take in charge."""
    references = [world.open() for _ in range(count)]
    for reference in references:
        world.decide(reference, "deposer", "maelle.riou", FORM)
    return references


def sent(world: World) -> list[QueuedMail]:
    """Let the mail server take all that may leave; return it."""
    taken: list[QueuedMail] = []
    while mails := world.posting.claim(100):
        world.posting.accepted(mails)
        taken += mails
    return taken


def mornings(world: World) -> list[QueuedMail]:
    return [mail for mail in sent(world) if mail.mail == "M12" and mail.reference is None]


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
        assert f"https://orp.example/d/{mail.links[reference]}" in text.get_content()
        assert [status for code, status in states(world, reference) if code == "M12"] == ["envoye"]


def states(world: World, reference: str) -> list[tuple[str, str]]:
    return [(row["mail"], row["status"]) for row in world.queue(reference)]


def test_what_is_late_comes_first_and_nothing_owed_is_no_mail(world: World) -> None:
    (late,) = deposited(world, 1)
    world.until("2026-01-12")
    sent(world)
    world.until("2026-01-13", "07:00")
    (soon,) = deposited(world, 1)
    world.until("2026-01-13", "08:00")
    (mail,) = mornings(world)
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
    (owed,) = [o for o in world.owed(reference) if o.last_mile]
    assert owed.due is not None
    world.until((owed.due + timedelta(days=1)).isoformat(), "12:00")
    told = {mail.address: [line["reference"] for line in mail.context["lignes"]] for mail in mornings(world)}
    assert told["katell.morvan@dactiv.example"] == [reference]


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
    first, held = deposited(world, 2)
    sent(world)
    world.until("2026-01-09", "07:30")
    with world.store.writing() as work:  # an incident holds it back until noon
        noon = world.clock.now() + timedelta(hours=4, minutes=30)
        work.incidents.open([Incident(held, "KeyError", 1, START, START, noon)])
        work._connection.execute(update(CASES).where(CASES.c.reference == held).values(wake_at=noon))
    world.until("2026-01-09", "08:00")
    (mail,) = mornings(world)
    assert {line["reference"] for line in mail.context["lignes"]} == {first, held}
    world.until("2026-01-09", "12:01")
    assert ("M12", "a_envoyer") in states(world, held)
    assert mornings(world) == []
    world.until("2026-01-12", "08:00")
    assert len(mornings(world)) == 1
    assert ("M12", "envoye") in states(world, held)


def test_a_dead_mailbox_gives_way_for_a_morning_and_for_a_bordereau(world: World) -> None:
    references = on_the_agenda(world, 3)
    validate(world, references)
    world.post()
    world.wait(minutes=15)
    refuse(world, OFFICER_BOX)
    for reference in references:
        told = [(r["name"], r["status"]) for r in world.queue(reference) if r["mail"] == "M07"]
        officers = [("Sophie Carré", "envoye"), ("Tiphaine Roy", "envoye")]
        assert told == [("Boîte de service de la DD 35", "refuse"), *officers]
        assert world.owed(reference, "adresse_en_erreur")
    world.until("2026-01-09", "08:00")  # D11 is due on Monday 12
    mails = refuse(world, OFFICER_BOX)
    officer = [mail for mail in mails if mail.address == OFFICER and mail.mail == "M12"]
    assert subjects(world, officer, OFFICER) == ["[ORP] Rappel – 3 situations à traiter"]


def test_what_one_act_transmits_is_one_bordereau(world: World) -> None:
    references = on_the_agenda(world, 3)
    validate(world, references)
    apart = on_the_agenda(world, 1)
    world.wait(minutes=1)
    validate(world, apart)
    world.post()
    world.wait(minutes=20, step=timedelta(minutes=1))
    mails = [mail for mail in sent(world) if mail.mail == "M07"]
    assert sorted(subjects(world, mails, OFFICER_BOX)) == [
        "[ORP] 3 situations transmises à votre délégation, réponse attendue le 12 janvier 2026",
        f"[ORP] {apart[0]} – transmise à votre délégation, réponse attendue le 12 janv.",
    ]
    (several,) = [mail for mail in mails if mail.reference is None]
    assert [line["reference"] for line in several.context["lignes"]] == sorted(references)
    assert [states(world, r).count(("M07", "envoye")) for r in references] == [1, 1, 1]


def test_a_bordereau_waits_until_the_whole_act_is_played(world: World) -> None:
    """Found by review: the worker plays a few situations at a time, and its mails leave beside it."""
    references = on_the_agenda(world, 5)
    validate(world, references)
    world.post()
    world.clock.set(world.clock.now() + timedelta(minutes=15))
    taken: list[QueuedMail] = []
    while world.engine.tick(2).cases:
        taken += sent(world)
    taken += sent(world)
    mails = [mail for mail in taken if mail.mail == "M07"]
    assert [len(mail.context["lignes"]) for mail in mails if mail.reference is None] == [5]
    assert subjects(world, mails, OFFICER_BOX) == [
        "[ORP] 5 situations transmises à votre délégation, réponse attendue le 12 janvier 2026"
    ]


def test_reminders_that_ring_together_leave_together(world: World) -> None:
    """Found by review: those of the second batch waited for the next day, to be said again."""
    references = deposited(world, 5)
    sent(world)
    world.clock.set(datetime(2026, 1, 9, 8, tzinfo=PARIS))
    taken: list[QueuedMail] = []
    while world.engine.tick(2).cases:
        taken += sent(world)
    taken += sent(world)
    assert subjects(world, taken, MANAGER) == ["[ORP] Rappel – 5 situations à traiter"]
    assert {status for r in references for code, status in states(world, r) if code == "M12"} == {"envoye"}


def test_a_scheduler_that_stands_still_holds_no_mail(world: World) -> None:
    deposited(world, 3)
    sent(world)
    world.clock.set(datetime(2026, 1, 9, 8, tzinfo=PARIS))
    assert world.engine.tick(2).cases == 2
    assert sent(world) == []
    world.clock.set(world.clock.now() + PATIENCE)
    assert len(subjects(world, sent(world), MANAGER)) == 1


def test_what_one_act_relays_is_one_bordereau(world: World) -> None:
    references = [world.to_dd() for _ in range(2)]
    sent(world)
    relays = [world.decision(reference, "relayer", "sophie.carre", UP) for reference in references]
    assert not any(isinstance(result, Refusal) for result in world.engine.decide(relays))
    mails = [mail for mail in sent(world) if mail.mail == "M10" and mail.reference is None]
    assert [len(mail.context["lignes"]) for mail in mails] == [2]
    assert subjects(world, mails, mails[0].address) == [
        "[ORP] 2 situations relayées à votre niveau, réponse attendue le 12 janvier 2026"
    ]


def on_the_agenda(world: World, count: int) -> list[str]:
    return [world.to_agenda() for _ in range(count)]


def validate(world: World, references: list[str]) -> None:
    """One séance, one act."""
    decisions = [world.decision(reference, "valider", "claire.legoff", VALIDATION) for reference in references]
    assert not any(isinstance(result, Refusal) for result in world.engine.decide(decisions))
