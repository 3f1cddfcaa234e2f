"""What breaks around the engine, each fault for real: nothing is lost, doubled, or on the wrong civil day.

- The mail server refuses the connection, answers 421, 451 or 550 to one recipient, stalls, hangs up in the middle of
  DATA, or takes the mail and hangs up before saying so; test_smtp.py has every answer of the protocol.
- The disk is full, whoever writes; the file may only be read.
- The clock steps back.
- The clocks change, months end: alarms ring on the civil day of whoever owes, in Paris, Martinique and La Réunion.

Killed processes are in test_kills.py.
"""

import json
import logging
import resource
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, text

from notifications.deliver import Delivered, deliver
from notifications.render import Renderer
from notifications.smtp import SmtpTransport
from orp.ticker import _safely
from storage.database import open_database, transaction
from storage.tables import TABLES
from storage.unit_of_work import SqlStore
from tests.smtp_server import CUT, DROP, HOST, LOST, STALL, SmtpServer
from tests.world import FORM, START, World, make_world, ten_steps
from workflow.engine import Engine
from workflow.errors import Infrastructure, accepted
from workflow.opening import Draft
from workflow.posting import LEASE

WRITER, MANAGER = "maelle.riou@dactiv.example", "yann.lebihan@dactiv.example"
LATE = START + timedelta(days=9)
"""D03 was due two days ago."""
FULL = "Le disque est plein. Rien n’a été écrit : libérez de la place, puis réessayez."
READ_ONLY = "La base est en lecture seule. Rien n’a été écrit : vérifiez les droits du fichier."


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'orp.sqlite'}")
    yield made
    made.store.engine.dispose()


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def submitted(world: World, number: int = 1) -> list[str]:
    references = [world.open() for _ in range(number)]
    for reference in references:
        world.decide(reference, "deposer", "maelle.riou", FORM)
    return references


def send(world: World, port: int, timeout: float = 1.0) -> Delivered:
    connect = partial(SmtpTransport, HOST, port, "aucune", timeout=timeout)
    return deliver(world.posting, connect, Renderer("https://orp.example", "orp@orp.example"), world.clock)


def send_all(world: World, port: int) -> None:
    while send(world, port).sent:
        pass


def rows(world: World, table: str) -> list[dict[str, Any]]:
    with transaction(world.store.engine, writes=False) as connection:
        return [dict(row) for row in connection.execute(select(TABLES[table])).mappings()]


def everything(world: World) -> dict[str, list[dict[str, Any]]]:
    return {table: rows(world, table) for table in TABLES}


def is_whole(world: World) -> bool:
    with world.store.reading() as work:
        broken = work.journal.audit().broken
    with transaction(world.store.engine, writes=False) as connection:
        checked = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    return not broken and checked == "ok"


def overruns(world: World) -> Counter[str]:
    return Counter(row["reference"] for row in rows(world, "journal") if row["kind"] == "depassement_debut")


def arrived(server: SmtpServer) -> Counter[str]:
    return Counter(mail.message["Message-ID"] for mail in server.messages)


# --- The mail server ---


class Silence(NamedTuple):
    """What the server does at one command, the reason kept, how many copies arrive in the end."""

    command: str
    answer: str
    reason: str
    copies: int = 1


@pytest.mark.parametrize(
    "fault",
    [
        Silence("rcpt", "421 4.3.2 shutting down", "smtp-421"),
        Silence("rcpt", "451 4.3.0 try later", "smtp-451"),
        Silence("rcpt", DROP, "connexion"),
        Silence("rcpt", STALL, "delai"),
        Silence("data", "451 4.3.0 try later", "smtp-451"),
        Silence("data", DROP, "connexion"),
        Silence("data", CUT, "connexion"),
        Silence("data", STALL, "delai"),
        Silence("data", LOST, "connexion", copies=2),
    ],
)
def test_what_the_server_did_not_say_it_took_is_sent_again_under_the_same_message_id(
    world: World, server: SmtpServer, fault: Silence
) -> None:
    (reference,) = submitted(world)
    answers: dict[str, str] = getattr(server, fault.command)
    answers[WRITER] = fault.answer
    send(world, server.port)
    row = next(row for row in rows(world, "messages") if row["mail"] == "M01")
    assert (row["status"], row["reason"]) == ("a_envoyer", fault.reason)
    answers.clear()
    world.clock.set(START + timedelta(minutes=1))
    send(world, server.port)
    assert {row["status"] for row in rows(world, "messages")} == {"envoye"}
    assert arrived(server)[row["message_id"]] == fault.copies
    assert {row["message_id"] for row in rows(world, "messages")} == set(arrived(server))
    assert arrived(server).total() == 1 + fault.copies
    assert world.kinds(reference)[-1] == "decision"
    assert is_whole(world)


def test_a_recipient_refused_for_good_stops_no_other_and_somebody_owes_a_correction(
    world: World, server: SmtpServer
) -> None:
    (reference,) = submitted(world)
    server.rcpt[MANAGER] = "550 5.1.1 unknown"
    assert send(world, server.port) == Delivered(sent=1, refused=1)
    assert [mail.recipients for mail in server.messages] == [(WRITER,)]
    assert len(world.owed(reference, "adresse_en_erreur")) == 1
    world.clock.set(START + timedelta(days=1))
    send(world, server.port)
    assert MANAGER not in [to for mail in server.messages for to in mail.recipients]
    assert is_whole(world)


def test_a_server_that_refuses_connections_loses_no_mail(world: World, server: SmtpServer) -> None:
    submitted(world, 3)
    assert send(world, 1) == Delivered(postponed=6)
    world.clock.set(START + timedelta(minutes=1))
    assert send(world, server.port) == Delivered(sent=6)
    assert set(arrived(server).values()) == {1}


# --- The disk ---


@contextmanager
def full(world: World) -> Iterator[None]:
    """Give SQLite no page more than it has: it fails as it does on a full disk."""
    engine = world.store.engine

    def limit(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with transaction(engine, writes=False) as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    event.listen(engine, "connect", limit)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()


@contextmanager
def filling(world: World, spare: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes: SQLite's journal of writes, emptied first, soon takes nothing more."""
    with world.store.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (spare, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def filled(world: World) -> Draft:
    """Begin situations until nothing more can be written, and return the draft that was refused."""
    for number in range(1000):
        draft, before = Draft(f"f{number}", "maelle.riou", "antenne-fougeres", "35"), everything(world)
        try:
            world.engine.open([draft])
        except Infrastructure:
            assert everything(world) == before
            return draft
    raise AssertionError("the disk is endless")


def test_what_finds_the_disk_full_writes_nothing_and_succeeds_later(world: World) -> None:
    references = submitted(world, 3)
    taken = [world.decision(reference, "prendre_en_charge_antenne", "yann.lebihan") for reference in references]
    with full(world):
        refused = filled(world)
        before = everything(world)
        with pytest.raises(Infrastructure, match=FULL):
            world.engine.decide(taken)
        assert everything(world) == before
    assert is_whole(world)
    assert accepted(world.engine.open([refused])[0]).step == "brouillon"
    world.engine.decide(taken)
    world.engine.decide(taken)
    assert [world.kinds(reference).count("decision") for reference in references] == [2, 2, 2]
    assert is_whole(world)


def test_a_tick_that_finds_the_disk_full_plays_all_of_it_later(world: World, caplog: pytest.LogCaptureFixture) -> None:
    references = submitted(world, 30)
    world.clock.set(LATE)
    before = everything(world)
    with full(world), caplog.at_level(logging.ERROR):
        _safely(lambda _: world.tick(), None)  # type: ignore[arg-type]  # as the worker plays it
    assert [record.message for record in caplog.records] == [FULL]
    assert everything(world) == before
    world.tick()
    assert overruns(world) == Counter(references)
    assert is_whole(world)


def test_mails_on_a_full_disk_arrive_at_least_once_under_the_same_message_id(world: World, server: SmtpServer) -> None:
    submitted(world, 30)
    with filling(world, 400_000), pytest.raises(Infrastructure, match="Rien n’a été écrit"):
        send_all(world, server.port)
    early = arrived(server)
    assert 0 < len(early) < 60
    assert len(early) > len([row for row in rows(world, "messages") if row["status"] == "envoye"])
    world.clock.set(START + LEASE)
    send_all(world, server.port)
    owed = {row["message_id"]: row["status"] for row in rows(world, "messages")}
    assert set(owed.values()) == {"envoye"}
    assert set(arrived(server)) == set(owed)
    assert is_whole(world)


def test_a_file_that_may_only_be_read_moves_nothing_and_nothing_is_lost(world: World, server: SmtpServer) -> None:
    (reference,) = submitted(world)
    world.clock.set(LATE)
    before = everything(world)
    reader = open_database(f"sqlite:///file:{world.store.engine.url.database}?mode=ro&uri=true")
    store = SqlStore(reader, "orp.example")
    engine = Engine(store, world.circuits, world.clock)
    closed = replace(world, store=store, engine=engine, posting=type(world.posting)(store, engine))
    taken = closed.decision(reference, "prendre_en_charge_antenne", "yann.lebihan")
    for attempt in (closed.tick, partial(closed.engine.decide, [taken]), partial(send, closed, server.port)):
        with pytest.raises(Infrastructure) as caught:
            attempt()
        assert str(caught.value) == READ_ONLY
    reader.dispose()
    assert everything(world) == before
    assert server.messages == []
    world.tick()
    world.engine.decide([taken])
    send_all(world, server.port)
    assert overruns(world) == Counter([reference])
    assert world.case(reference).step == "en_qualification"
    assert {row["status"] for row in rows(world, "messages")} == {"envoye"}


# --- A clock that steps back ---


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=2), timedelta(days=8), timedelta(days=400)])
def test_a_clock_that_steps_back_doubles_nothing_and_loses_nothing(
    world: World, server: SmtpServer, back: timedelta
) -> None:
    one, other = submitted(world, 2)
    world.clock.set(LATE)
    world.tick()
    send(world, server.port)
    before = everything(world)
    world.clock.set(LATE - back)
    world.tick()
    assert send(world, server.port) == Delivered()
    assert everything(world) == before
    world.decide(one, "prendre_en_charge_antenne", "yann.lebihan")
    world.tick()
    world.clock.set(LATE + timedelta(days=20))
    world.tick()
    send_all(world, server.port)
    assert overruns(world) == Counter([one, other])
    assert set(arrived(server).values()) == {1}
    assert set(arrived(server)) == {row["message_id"] for row in rows(world, "messages")}
    for reference in (one, other):
        recorded = [row["recorded_at"] for row in rows(world, "journal") if row["reference"] == reference]
        assert recorded == sorted(recorded)  # INV-38
    assert rows(world, "incidents") == []
    assert is_whole(world)


def test_mails_that_a_dead_worker_held_leave_even_if_the_clock_stepped_back(world: World, server: SmtpServer) -> None:
    submitted(world)
    assert len(world.posting.claim(10)) == 2
    world.clock.set(START - timedelta(days=1))
    assert send(world, server.port) == Delivered()
    world.clock.set(START + LEASE)
    assert send(world, server.port) == Delivered(sent=2)


# --- The right civil day ---

PARIS, MARTINIQUE, REUNION = ("35", "Europe/Paris"), ("972", "America/Martinique"), ("974", "Indian/Reunion")


@pytest.mark.parametrize(
    ("place", "deposited", "delay", "expected"),
    [
        (PARIS, "2026-03-20T09:00", "7 j", "2026-03-27, 2026-03-27T23:00Z, 2026-03-30T06:00Z"),
        (PARIS, "2026-03-22T12:00", "7 j", "2026-03-30, 2026-03-30T22:00Z, 2026-03-31T06:00Z"),  # 29: 23 hours
        (PARIS, "2026-10-16T09:00", "7 j", "2026-10-23, 2026-10-23T22:00Z, 2026-10-26T07:00Z"),
        (PARIS, "2026-10-18T12:00", "7 j", "2026-10-26, 2026-10-26T23:00Z, 2026-10-27T07:00Z"),  # 25: 25 hours
        (PARIS, "2026-01-31T10:00", "1 mois", "2026-03-02, 2026-03-02T23:00Z, 2026-03-03T07:00Z"),  # 28: Saturday
        (PARIS, "2028-01-31T10:00", "1 mois", "2028-02-29, 2028-02-29T23:00Z, 2028-03-01T07:00Z"),
        (PARIS, "2026-03-31T23:59", "1 mois", "2026-04-30, 2026-04-30T22:00Z, 2026-05-04T06:00Z"),  # 1 May
        (MARTINIQUE, "2026-03-20T09:00", "7 j", "2026-03-27, 2026-03-28T04:00Z, 2026-03-30T12:00Z"),
        (MARTINIQUE, "2026-06-30T21:00", "7 j", "2026-07-07, 2026-07-08T04:00Z, 2026-07-08T12:00Z"),  # 1 July UTC
        (MARTINIQUE, "2026-06-30T21:00", "1 mois", "2026-07-30, 2026-07-31T04:00Z, 2026-07-31T12:00Z"),
        (MARTINIQUE, "2026-05-15T09:00", "7 j", "2026-05-26, 2026-05-27T04:00Z, 2026-05-27T12:00Z"),  # 22 May off
        (REUNION, "2026-07-01T02:00", "1 mois", "2026-08-03, 2026-08-03T20:00Z, 2026-08-04T04:00Z"),  # 30 June UTC
        (REUNION, "2026-10-16T09:00", "7 j", "2026-10-23, 2026-10-23T20:00Z, 2026-10-26T04:00Z"),
        (REUNION, "2028-01-31T10:00", "1 mois", "2028-02-29, 2028-02-29T20:00Z, 2028-03-01T04:00Z"),
        (REUNION, "2027-12-13T09:00", "7 j", "2027-12-21, 2027-12-21T20:00Z, 2027-12-22T04:00Z"),  # 20 December off
    ],
)
def test_alarms_ring_on_the_civil_day_of_whoever_owes(
    place: tuple[str, str], deposited: str, delay: str, expected: str
) -> None:
    """`expected`: the due date, the instant it is late, the instant of the reminder of the day after."""
    (departement, zone), (due, late, reminded) = place, expected.split(", ")
    begin = datetime.fromisoformat(deposited).replace(tzinfo=ZoneInfo(zone))
    world = living_in(departement, delay, begin)
    reference = world.open(departement=departement)
    world.decide(reference, "deposer", "maelle.riou", FORM)
    assert str(world.owed(reference, "D03")[0].due) == due
    overrun, reminder = datetime.fromisoformat(late), datetime.fromisoformat(reminded)
    assert [lates_at(world, reference, overrun + moment) for moment in AROUND] == [[], [overrun], [overrun]]
    assert [reminders_at(world, reference, reminder + moment) for moment in AROUND] == [[], [reminder], [reminder]]


AROUND = (-timedelta(microseconds=1), timedelta(), timedelta(hours=1))


def living_in(departement: str, delay: str, begin: datetime) -> World:
    """The same world elsewhere; D03 lasts as long as said."""
    files = ten_steps()
    was = "horloge: D03\n    delai: 7 j\n    urgent: 2 jo\n    bornes: [3 j, 21 j]\n"
    assert was in files["circuits/national.yaml"]
    now = f"horloge: D03\n    delai: {delay}\n    urgent: 2 jo\n"
    world = make_world(
        start=begin, files=files | {"circuits/national.yaml": files["circuits/national.yaml"].replace(was, now)}
    )
    with transaction(world.store.engine, writes=True) as connection:
        connection.execute(
            text("UPDATE organisations SET departement = :d WHERE departement = '35'"), {"d": departement}
        )
    return world


def lates_at(world: World, reference: str, instant: datetime) -> list[datetime]:
    world.clock.set(instant)
    world.tick()
    with world.store.reading() as work:
        lines = [line for line in work.journal.of(reference) if line.kind == "depassement_debut"]
    return [datetime.fromisoformat(line.effective_at) for line in lines if json.loads(line.content)["code"] == "D03"]


def reminders_at(world: World, reference: str, instant: datetime) -> list[datetime]:
    """When each reminder of the day after may leave."""
    world.clock.set(instant)
    world.tick()
    mails = [row for row in world.queue(reference) if row["mail"] == "M12" and row["context"]["jours"] == 1]
    return [row["not_before"] for row in mails]
