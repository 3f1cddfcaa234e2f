"""Three weeks without a worker: everything is played at its true instant, and nobody is buried in mails (DESIGN §4)."""

from collections import Counter
from datetime import datetime, timedelta

from tests.acceptance.test_morning import MANAGER, deposited, sent, subjects, validate
from tests.world import PARIS, World, make_world
from workflow.posting import LEASE

SITUATIONS = 50
BACK = "2026-01-31"  # a Saturday


def before(world: World) -> list[str]:
    """Fifty situations to take in charge, and three that a séance validated a minute before the worker died."""
    references = deposited(world, SITUATIONS)
    validated = [world.to_agenda() for _ in range(3)]
    sent(world)
    world.clock.set(datetime(2026, 1, 9, 17, 50, tzinfo=PARIS))
    world.tick()
    sent(world)
    validate(world, validated)
    sent(world)
    return references + validated


def test_three_weeks_without_a_worker() -> None:
    world, steady = make_world(), make_world()
    references, same = before(world), before(steady)
    assert references == same
    marks = {reference: len(world.queue(reference)) for reference in references}
    world.clock.set(datetime.fromisoformat(f"{BACK}T03:00").replace(tzinfo=PARIS))
    world.tick()
    steady.until(BACK, "03:00", step=timedelta(hours=12))

    # what was due was played, in order, at its true instant, as if nobody had ever stopped
    for reference in references:
        entries = lines(world, reference)
        assert [(kind, at) for kind, at, _ in entries] == [(kind, at) for kind, at, _ in lines(steady, reference)]
        assert [at for _, at, _ in entries] == sorted(at for _, at, _ in entries)
        assert [(o.n, o.code, o.due, o.late) for o in world.owed(reference)] == [
            (o.n, o.code, o.due, o.late) for o in steady.owed(reference)
        ]
    transmitted = [entry for entry in lines(world, references[-1]) if entry[0] == "decision"][-1]
    assert transmitted[1:] == ("2026-01-09T17:05:00.000000+00:00", "2026-01-31T02:00:00.000000+00:00")

    # at most one reminder and one notice of lateness for each person and situation
    for reference in references:
        owed = Counter((row["mail"], row["recipient"]) for row in world.queue(reference)[marks[reference] :])
        assert max(owed.values()) == 1

    # nothing on a Saturday; on Monday one mail of reminders a person, one of what is late, one bordereau
    assert sent(world) == []
    world.until("2026-02-02", "08:00")
    mails = sent(world)
    received = Counter((mail.recipient, mail.mail) for mail in mails if mail.mail in ("M07", "M12", "M13"))
    assert {person for person, _ in received if person} > {"yann.lebihan", "boite-dd-35"}
    assert {count for (person, _), count in received.items() if person} == {1}
    assert subjects(world, [m for m in mails if m.mail == "M12"], MANAGER) == [
        "[ORP] Rappel – 50 situations à traiter, 50 en retard"
    ]
    world.wait(minutes=int(LEASE / timedelta(minutes=1)))
    assert sent(world) == []


def lines(world: World, reference: str) -> list[tuple[str, str, str]]:
    """The journal: what, its true instant, when it was written."""
    with world.store.reading() as work:
        return [(entry.kind, entry.effective_at, entry.recorded_at) for entry in work.journal.of(reference)]
