"""A situation that the software cannot move: set aside, written down, tried again; the others go on (DESIGN §3)."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from orp.bootstrap import build
from orp.settings import read_settings
from orp.ticker import _safely
from storage.database import transaction
from tests.cli import make_command_line
from tests.world import ANALYSIS, FORM, LONG, OWN_WORDS, START, World, make_world
from workflow.errors import SetAside
from workflow.incidents import PAUSES, Incident
from workflow.triggers import Decision

DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return make_world()


def submitted(world: World) -> str:
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    return reference


def rename(world: World, reference: str, before: str, after: str) -> None:
    """Give what is owed another code: one that its circuit does not know makes `advance` fail."""
    with transaction(world.store.engine, writes=True) as connection:
        query = text("UPDATE obligations SET code = :after WHERE reference = :r AND code = :before")
        connection.execute(query, {"r": reference, "before": before, "after": after})


def spoil(world: World, reference: str) -> None:
    rename(world, reference, "D03", "D99")


def mend(world: World, reference: str) -> None:
    rename(world, reference, "D99", "D03")


def incidents(world: World) -> list[Incident]:
    with world.store.reading() as work:
        return work.incidents.all()


def test_an_incident_holds_a_class_and_a_place_never_a_text(world: World) -> None:
    reference = submitted(world)
    spoil(world, reference)
    world.clock.set(START + 40 * DAY)
    world.tick()
    (incident,) = incidents(world)
    assert (incident.reference, incident.attempts) == (reference, 1)
    assert incident.cause.startswith("KeyError (workflow.")
    assert "D99" not in incident.cause


def test_a_failing_situation_is_tried_less_and_less_often(world: World) -> None:
    reference = submitted(world)
    spoil(world, reference)
    world.clock.set(START + 40 * DAY)
    for number, pause in enumerate([*PAUSES, PAUSES[-1]], 1):
        assert world.engine.tick().cases == 1
        assert world.engine.tick().cases == 0  # nothing is due before the next try
        (incident,) = incidents(world)
        assert (incident.attempts, incident.next_try) == (number, world.clock.now() + pause)
        assert (incident.since, world.case(reference).wake_at) == (START + 40 * DAY, incident.next_try)
        world.clock.set(incident.next_try)


def test_failing_situations_starve_no_other(world: World) -> None:
    failing, other = [submitted(world) for _ in range(3)], submitted(world)
    for reference in failing:
        spoil(world, reference)
    world.clock.set(START + 40 * DAY)
    while world.engine.tick(limit=1).cases:
        pass
    assert "depassement_debut" in world.kinds(other)
    assert {incident.reference for incident in incidents(world)} == set(failing)


def test_an_incident_ends_when_the_situation_moves_and_nothing_due_was_lost(world: World) -> None:
    reference, steady = submitted(world), submitted(world)
    spoil(world, reference)
    world.clock.set(START + 8 * DAY)
    world.tick()
    mend(world, reference)
    world.clock.set(incidents(world)[0].next_try)
    world.tick()
    assert incidents(world) == []
    assert world.kinds(reference) == world.kinds(steady)
    assert [line.get("echeance") for line in world.journal(reference)] == [
        line.get("echeance") for line in world.journal(steady)
    ]


def test_who_decides_is_told_that_nothing_was_written(world: World) -> None:
    reference = submitted(world)
    spoil(world, reference)
    before = world.case(reference)
    taken = world.decision(reference, "prendre_en_charge_antenne", "yann.lebihan")
    (result,) = world.engine.decide([taken])
    assert isinstance(result, SetAside)
    assert "Rien n’a été écrit" in str(result)
    assert world.case(reference) == before  # its deadline stands: it was not due
    assert [incident.attempts for incident in incidents(world)] == [1]
    mend(world, reference)
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    assert incidents(world) == []


def test_the_others_of_a_batch_are_written_with_the_incident(world: World) -> None:
    bad, good = submitted(world), submitted(world)
    spoil(world, bad)
    taken = [world.decision(r, "prendre_en_charge_antenne", "yann.lebihan") for r in (bad, good)]
    first, _ = world.engine.decide(taken)
    assert isinstance(first, SetAside)
    assert world.case(good).step == "en_qualification"


def test_an_identifier_used_twice_in_a_batch_on_two_situations_is_refused(world: World) -> None:
    one, other = submitted(world), submitted(world)
    first = world.decision(one, "prendre_en_charge_antenne", "yann.lebihan")
    second = type(first)(first.id, other, first.name, first.by, salt="sel")
    _, refused = world.engine.decide([first, second])
    assert "déjà servi à une décision sur une autre situation" in str(refused)
    assert world.case(other).step == "deposee"


def test_a_mail_whose_situation_fails_is_sent_once_and_the_situation_told_later(world: World) -> None:
    """The server took it: sending it again would not mend the situation, and forgetting it would lose the proof."""
    reference = world.to_analysis()
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    world.post()
    world.act(reference, "F2", "katell.morvan", OWN_WORDS)
    (mail,) = world.posting.claim(10)
    rename(world, reference, "F2", "F99")
    world.posting.accepted([mail])
    assert [(row["mail"], row["status"]) for row in world.queue(reference)][-1] == ("M11", "envoye")
    assert [incident.reference for incident in incidents(world)] == [reference]
    world.clock.set(START + timedelta(minutes=59))
    assert world.posting.claim(10) == []
    assert "courriel_accepte" not in world.kinds(reference)
    rename(world, reference, "F99", "F2")
    world.clock.set(START + timedelta(hours=1))
    assert world.posting.claim(10) == []
    assert world.kinds(reference)[-1] == "courriel_accepte"
    assert incidents(world) == []
    world.clock.set(START + timedelta(hours=3))
    world.posting.claim(10)
    assert world.kinds(reference).count("courriel_accepte") == 1


def test_the_doctor_shows_incidents_and_exits_1(tmp_path: Path) -> None:
    line = make_command_line(tmp_path)
    assert "Aucune situation n’est mise de côté" in line.run("doctor", code=1)
    reference = submitted(line.world)
    spoil(line.world, reference)
    taken = ("decide", reference, "prendre_en_charge_antenne", "--as", "yann.lebihan")
    assert "Rien n’a été écrit" in line.run(*taken, code=4)
    told = line.run("doctor", code=1)
    assert reference in told
    assert "À regarder : 1 situation de côté par une faute du logiciel." in told
    mend(line.world, reference)
    line.run(*taken)
    assert "faute du logiciel" not in line.run("doctor", code=1)  # no mail server here


def test_a_beat_survives_anything_and_says_the_class_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "orp.sqlite"
    make_world(f"sqlite:///{path}")
    app = build(read_settings(DATABASE_URL=f"sqlite:///{path}"))

    def fail(_: object) -> None:
        raise RuntimeError(LONG)

    with caplog.at_level(logging.ERROR):
        _safely(fail, app)
    assert "RuntimeError" in caplog.text
    assert LONG not in caplog.text


def refuse_writing(world: World, reference: str) -> None:
    """Let the database refuse every new row of one situation, as a damaged file or a rule of its operator would."""
    with transaction(world.store.engine, writes=True) as connection:
        connection.execute(
            text(
                f"CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.reference = '{reference}' "
                "BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        )


def test_what_the_database_refuses_is_replayed_one_by_one(world: World) -> None:
    bad, *others = [world.open() for _ in range(4)]
    refuse_writing(world, bad)
    deposits = [
        world.decision(reference, "deposer", "maelle.riou", FORM) for reference in (others[0], bad, *others[1:])
    ]
    results = world.engine.decide(deposits)
    assert [isinstance(result, SetAside) for result in results] == [False, True, False, False]
    assert {world.case(reference).step for reference in others} == {"deposee"}
    assert world.case(bad).step == "brouillon"
    assert [incident.reference for incident in incidents(world)] == [bad]


def test_a_due_situation_that_the_database_refuses_stops_no_other(world: World) -> None:
    references = [submitted(world) for _ in range(4)]
    refuse_writing(world, references[1])
    world.clock.set(START + 40 * DAY)
    world.tick()
    assert ["depassement_debut" in world.kinds(reference) for reference in references] == [True, False, True, True]
    assert [incident.reference for incident in incidents(world)] == [references[1]]


@pytest.mark.parametrize(
    ("table", "column", "written"),
    [("cases", "played", "'{'"), ("obligations", "kind", "'?'"), ("obligations", "left", "'?'")],
)
def test_a_due_situation_that_cannot_be_read_stops_no_other(
    world: World, table: str, column: str, written: str
) -> None:
    unreadable, sound = submitted(world), submitted(world)
    with transaction(world.store.engine, writes=True) as connection:
        query = f'UPDATE {table} SET "{column}" = {written} WHERE reference = :r'  # noqa: S608  # our own names
        connection.execute(text(query), {"r": unreadable})
    world.clock.set(START + 40 * DAY)
    world.tick()
    assert [incident.reference for incident in incidents(world)] == [unreadable]
    assert world.kinds(sound)[-1] == "depassement_debut"
    (refused,) = world.engine.decide([Decision("d-1", unreadable, "prendre_en_charge", "katell.morvan")])
    assert isinstance(refused, SetAside)
