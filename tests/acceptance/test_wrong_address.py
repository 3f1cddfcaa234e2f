"""A bounce must not stop a circuit: somebody else is served the same day, the DAC owes the correction."""

from tests.world import FORM, VALIDATION, World
from workflow.records import QueuedMail

BOX = "dd35-parcours@ars.example"
OFFICER, COLLEAGUE, DIRECTOR = "sophie.carre@ars.example", "tiphaine.roy@ars.example", "marc.aubin@ars.example"


def refuse(world: World, *addresses: str) -> list[QueuedMail]:
    """Let the mail server refuse these addresses for good, and take the others, until nothing may leave."""
    tried: list[QueuedMail] = []
    while mails := world.posting.claim(100):
        tried += mails
        for mail in mails:
            if mail.address in addresses:
                world.posting.refused(mail, "smtp-550")
            else:
                world.posting.accepted([mail])
    return tried


def transmitted(world: World) -> str:
    """A situation that has just left for DD 35; the mail has not."""
    reference = world.to_agenda()
    world.decide(reference, "valider", "claire.legoff", VALIDATION)
    world.post()
    world.wait(minutes=15)
    world.fresh(reference)
    return reference


def sent(world: World, reference: str, mail: str) -> list[tuple[str, str]]:
    return [(row["name"] or "rédacteur", row["status"]) for row in world.queue(reference) if row["mail"] == mail]


def test_a_dead_service_mailbox_gives_way_to_its_officers_the_same_day(world: World) -> None:
    reference = transmitted(world)
    refuse(world, BOX)
    assert sent(world, reference, "M07") == [
        ("Boîte de service de la DD 35", "refuse"),
        ("Sophie Carré", "envoye"),
        ("Tiphaine Roy", "envoye"),
    ]
    (task,) = world.owed(reference, "adresse_en_erreur")
    assert (task.kind, task.debtor.function, str(task.due)) == ("tache", "pilote_orp", "2026-01-07")
    assert world.journal(reference)[-1]["a"] == "boite-dd-35"

    # the circuit goes on: she takes charge; the DAC corrects the address, ticks the task
    world.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    world.act(reference, "adresse_en_erreur", "katell.morvan")
    assert world.owed(reference, "adresse_en_erreur") == []


def test_when_no_officer_can_be_reached_either_the_supervisor_is(world: World) -> None:
    reference = transmitted(world)
    refuse(world, BOX, OFFICER, COLLEAGUE)
    assert sent(world, reference, "M07") == [
        ("Boîte de service de la DD 35", "refuse"),
        ("Sophie Carré", "refuse"),
        ("Tiphaine Roy", "refuse"),
        ("Marc Aubin", "envoye"),
    ]
    assert len(world.owed(reference, "adresse_en_erreur")) == 1


def test_when_nobody_can_be_reached_it_ends_and_the_task_stays(world: World) -> None:
    reference = transmitted(world)
    refuse(world, BOX, OFFICER, COLLEAGUE, DIRECTOR)
    assert [status for _, status in sent(world, reference, "M07")] == ["refuse"] * 4
    assert world.owed(reference, "adresse_en_erreur")


def test_an_address_that_takes_mail_again_is_served_again(world: World) -> None:
    reference = transmitted(world)
    refuse(world, BOX)
    world.until("2026-01-26")  # the decision of the DD is awaited: reminders
    world.post()
    assert ("Boîte de service de la DD 35", "envoye") in sent(world, reference, "M12")
    with world.store.reading() as work:
        assert work.screens.refused_addresses() == []


def test_the_fallback_waits_for_the_window(world: World) -> None:
    transmitted(world)
    (mail,) = [mail for mail in world.posting.claim(100) if mail.address == BOX]
    world.until("2026-01-09", "18:31")  # Friday
    world.posting.refused(mail, "smtp-550")
    assert world.posting.claim(100) == []
    world.until("2026-01-12", "08:00")
    assert OFFICER in [mail.address for mail in world.posting.claim(100)]


def test_a_redacteur_who_cannot_be_reached_is_the_dacs_to_find(world: World) -> None:
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    refuse(world, "maelle.riou@dactiv.example")
    assert sorted(world.mails(reference)) == [("M01", "rédacteur"), ("M03", "Yann Le Bihan")]
    assert world.owed(reference, "adresse_en_erreur")
    with world.store.reading() as work:
        refused = work.screens.refused_addresses()
    assert {(row["name"], row["reference"]) for row in refused} == {("Maëlle Riou", None), (None, reference)}
