"""What holds on PostgreSQL alone: rows are locked one by one, so any number of workers share the work (DESIGN §9)."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text

from storage.database import transaction
from storage.demo_clock import DemoClock
from storage.tables import TABLES
from tests.postgres import Postgres, Unavailable, running
from tests.smtp_server import HOST, SmtpServer
from tests.world import DIRECTORY, FORM, START, World, make_world
from workflow.errors import Conflict, Infrastructure, OrpError, accepted
from workflow.model import Case
from workflow.opening import Draft
from workflow.triggers import Decision

ROOT = Path(__file__).parents[2]
JOURNAL = TABLES["journal"]
LATE = START + timedelta(days=9)
"""D03 was due two days ago: each situation that was deposited owes one overrun and some mails."""
BACKLOG = 4_000
"""Situations due at once: as many as a busy machine plays in a minute. 10,000 pass too."""
SECONDS = 300
"""Nothing here takes long, but the machine may be busy."""


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    with postgres.fresh() as address:
        yield address


@contextmanager
def opened(url: str) -> Iterator[World]:
    made = make_world(url)
    yield made
    made.store.engine.dispose()


@pytest.fixture
def world(url: str) -> Iterator[World]:
    with opened(url) as made:
        yield made


@pytest.fixture
def other(world: World, url: str) -> Iterator[World]:
    """The same base, seen by another worker."""
    with opened(url) as made:
        yield made


def submitted(world: World, number: int = 1) -> list[str]:
    drafts = [Draft(f"f{n}", "maelle.riou", "antenne-fougeres", "35") for n in range(number)]
    references = [accepted(case).reference for case in world.engine.open(drafts)]
    world.engine.decide([Decision(f"d-{r}", r, "deposer", "maelle.riou", FORM) for r in references])
    return references


def counted(world: World, table: str) -> int:
    with transaction(world.store.engine, writes=False) as connection:
        return connection.execute(select(func.count()).select_from(TABLES[table])).scalar_one()


# --- Each move once, however many workers ---

WORKER = """
import json, sys
from dataclasses import astuple
from datetime import datetime
from tests.world import make_world

world = make_world(sys.argv[1], datetime.fromisoformat(sys.argv[2]))
print("prêt", flush=True)
sys.stdin.readline()
done = [0, 0, 0]
while (ticked := world.engine.tick()).cases:
    done = [a + b for a, b in zip(done, astuple(ticked))]
print(json.dumps(done))
"""


def shared_out(url: str, workers: int) -> list[list[int]]:
    """Let processes tick until each finds nothing; how many situations, lines and mails each made."""
    running = [
        subprocess.Popen(  # noqa: S603  # our own code
            [sys.executable, "-c", WORKER, url, LATE.isoformat()],
            cwd=ROOT,
            env=os.environ | {"PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for _ in range(workers)
    ]
    for process in running:
        assert process.stdout
        assert process.stdout.readline() == "prêt\n"
    for process in running:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    return [json.loads(process.communicate(timeout=SECONDS)[0]) for process in running]


def owed_by_one() -> tuple[int, int]:
    """What one situation owes at that hour, played by nobody but itself: lines of its journal, mails."""
    calm = make_world()
    submitted(calm)
    calm.clock.set(LATE)
    ticked = calm.engine.tick()
    assert ticked.entries
    assert not calm.engine.tick().cases
    return ticked.entries, ticked.messages


def overruns(world: World) -> dict[str, int]:
    query = select(JOURNAL.c.reference, func.count()).where(JOURNAL.c.kind == "depassement_debut").group_by("reference")
    with transaction(world.store.engine, writes=False) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def played_once(world: World, before: tuple[int, int], number: int, done: list[list[int]]) -> None:
    lines, mails = owed_by_one()
    assert [sum(column) for column in zip(*done, strict=True)] == [number, number * lines, number * mails]
    assert all(situations for situations, *_ in done)
    assert set(overruns(world).values()) == {1}
    assert len(overruns(world)) == number
    assert (counted(world, "journal") - before[0], counted(world, "messages") - before[1]) == (
        number * lines,
        number * mails,
    )


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_share_what_is_due_and_play_each_move_once(world: World, url: str, workers: int) -> None:
    submitted(world, 500)
    before = counted(world, "journal"), counted(world, "messages")
    played_once(world, before, 500, shared_out(url, workers))
    with world.store.reading() as work:
        assert not work.journal.audit().broken


def test_four_workers_play_each_move_of_a_whole_backlog_once(world: World, url: str) -> None:
    (model,) = submitted(world)
    copied(world, model, BACKLOG - 1)
    before = counted(world, "journal"), counted(world, "messages")
    played_once(world, before, BACKLOG, shared_out(url, 4))


def copied(world: World, model: str, number: int) -> None:
    """Copy a situation, but for its past: its journal is left where it is."""
    with transaction(world.store.engine, writes=True) as connection:
        for name in ("cases", "parties", "obligations", "redacteur_contacts"):
            columns = [column.name for column in TABLES[name].c if column.name != "reference"]
            names = ", ".join(f'"{column}"' for column in columns)
            connection.execute(
                text(
                    f"INSERT INTO {name} (reference, {names}) SELECT 'COPIE-' || copy, {names}"  # noqa: S608  # our own names
                    f" FROM {name}, generate_series(1, :number) AS copy WHERE reference = :model"
                ),
                {"number": number, "model": model},
            )


# --- Nobody waits for another's situations ---


def test_a_situation_that_somebody_advances_is_left_to_them_and_the_others_are_played(
    world: World, other: World
) -> None:
    first, *others = submitted(world, 4)
    for each in (world, other):
        each.clock.set(LATE)
    with world.store.holding() as session, session.reading() as work:
        assert work.due(LATE, 1) == [first]
        assert other.engine.tick().cases == 3
        assert not other.engine.tick().cases
    assert overruns(world) == dict.fromkeys(others, 1)
    assert other.engine.tick().cases == 1


def test_a_decision_on_another_situation_does_not_wait(world: World, other: World) -> None:
    held, free = submitted(world, 2)
    with world.store.holding() as session, session.reading() as work:
        work.load({held}, (), (), START)
        assert other.decide(free, "prendre_en_charge_antenne", "yann.lebihan").step == "en_qualification"


def test_a_decision_on_a_held_situation_waits_and_is_judged_on_what_it_became(world: World, other: World) -> None:
    (reference,) = submitted(world)
    results: list[Case | OrpError] = []
    waiting = Thread(target=lambda: results.extend(other.engine.decide([decision])))
    decision = Decision("double", reference, "prendre_en_charge_antenne", "yann.lebihan")
    with world.store.holding() as session:
        with session.reading() as work:
            work.load({reference}, (), (), START)
        waiting.start()
        until(lambda: somebody_waits(world))
        assert results == []
    waiting.join(SECONDS)
    (case,) = results
    assert isinstance(case, Case)
    assert case.step == "en_qualification"


def somebody_waits(world: World) -> bool:
    with transaction(world.store.engine, writes=False) as connection:
        return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


def test_mails_that_somebody_takes_are_left_to_them(world: World, other: World) -> None:
    submitted(world, 4)
    with world.store.writing() as work:
        mine = work.outbox.claim(START, LATE, 3)
        theirs = other.posting.claim(50)
    assert len(mine) == 3
    assert len(theirs) == counted(world, "messages") - 3
    assert not {mail.id for mail in mine} & {mail.id for mail in theirs}


def test_what_is_read_in_one_transaction_is_of_one_moment(world: World, other: World) -> None:
    (reference,) = submitted(world)
    with world.store.reading() as work:
        seen = work.journal.audit()
        other.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
        assert work.screens.case(reference).step == "deposee"
        assert work.journal.audit() == seen
    assert world.case(reference).step == "en_qualification"


# --- The journal ---


@pytest.mark.parametrize("column", ["content", "author", "kind", "recorded_at", "digest", "previous"])
def test_a_line_changed_by_hand_shows(world: World, column: str) -> None:
    reference, _ = submitted(world, 2)
    change = text(f"UPDATE journal SET {column} = {column} || ' ' WHERE reference = :r AND seq = 2")  # noqa: S608
    with transaction(world.store.engine, writes=True) as connection:
        connection.execute(change, {"r": reference})
    with world.store.reading() as work:
        assert work.journal.audit().broken == (reference,)


def test_the_seal_is_the_same_on_every_kind_of_base(world: World) -> None:
    """The order of words depends on the language of a server; that of a seal must not."""
    seals = []
    for each in (world, make_world()):
        submitted(each, 2)
        with each.store.reading() as work:
            seals.append(work.journal.audit().seal)
    assert seals[0] == seals[1]


# --- What goes wrong, in words ---


def ask(engine: Engine, *statements: str, writes: bool = True) -> None:
    with transaction(engine, writes=writes) as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_a_base_without_tables_is_said(postgres: Postgres) -> None:
    url = postgres.create()
    assert refused(run("list", url)) == "Cette base n’est pas préparée : lancez d’abord « orp init »."
    postgres.drop(url)


@pytest.mark.parametrize(
    "url", ["postgresql://orp:secret@127.0.0.1:1/orp", "postgresql://orp:secret@/absente?host=NULLE-PART"]
)
def test_a_server_that_does_not_answer_is_said_without_a_password(url: str, tmp_path: Path) -> None:
    said = refused(run("list", url.replace("NULLE-PART", str(tmp_path))))
    assert said.startswith("Le serveur de la base « postgresql://orp:***@")
    assert "ne répond pas" in said


def test_a_base_that_the_server_does_not_have_is_said(postgres: Postgres) -> None:
    assert "vérifiez l’adresse, le nom de la base" in refused(run("list", postgres.url("absente")))


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["SET TRANSACTION READ ONLY", "DELETE FROM demo_clock"], "n’accepte pas d’écriture"),
        (["CREATE ROLE lecteur", "SET LOCAL ROLE lecteur", "SELECT 1 FROM cases"], "n’a pas les droits"),
        (["SELECT pg_terminate_backend(pg_backend_pid())"], "ne répond pas. "),
        (["SELECT 1 / 0"], "ne répond pas comme prévu"),
    ],
)
def test_what_the_server_refuses_is_said_in_french(world: World, statements: list[str], words: str) -> None:
    with pytest.raises(Infrastructure, match=words):
        ask(world.store.engine, *statements)


def test_somebody_who_waits_too_long_is_told(world: World, other: World) -> None:
    (reference,) = submitted(world)
    lock = f"SELECT 1 FROM cases WHERE reference = '{reference}' FOR UPDATE"  # noqa: S608  # our own words
    with world.store.holding() as session:
        with session.reading() as work:
            work.load({reference}, (), (), START)
        with pytest.raises(Infrastructure, match="occupée"):
            ask(other.store.engine, "SET LOCAL lock_timeout = '50ms'", lock)


def test_of_two_who_wait_for_each_other_one_starts_again(world: World, other: World) -> None:
    first, second = submitted(world, 2)
    got: list[type[Exception]] = []
    holding = Barrier(2, timeout=SECONDS)

    def cross(mine: World, one: str, two: str) -> None:
        try:
            with mine.store.writing() as work:
                work.load({one}, (), (), START)
                holding.wait()
                work.load({two}, (), (), START)
        except Conflict as error:
            got.append(type(error))

    threads = [Thread(target=cross, args=args) for args in ((world, first, second), (other, second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert got == [Conflict]


# --- As operators run it ---


def run(command: str, url: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own: it ends with its connections."""
    return subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-m", "orp", command, "--db", url, *args],
        cwd=ROOT,
        env=os.environ | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )


def refused(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 4, result
    (line,) = result.stderr.splitlines()
    return line


def told(command: str, url: str) -> Any:
    result = run(command, url, "--json")
    assert result.returncode == 0, result
    return json.loads(result.stdout)


@contextmanager
def working(url: str, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker; whatever happens it does not outlive the block."""
    settings = {"CADENCE": "1", "SMTP_HOTE": HOST, "SMTP_PORT": str(port), "SMTP_SECURITE": "aucune"}
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own code
            [sys.executable, "-m", "orp", "worker", "--db", url],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "too late"
        time.sleep(0.05)


def states(world: World) -> set[str]:
    """What became of the mails."""
    with transaction(world.store.engine, writes=False) as connection:
        return set(connection.execute(select(TABLES["messages"].c.status)).scalars())


def test_two_workers_serve_one_base(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.create()
    assert run("init", url, "--people", str(DIRECTORY), "--demo-from", START.isoformat()).returncode == 0
    deposits = make_world(url)
    references = submitted(deposits, 8)
    logs = [tmp_path / "premier.log", tmp_path / "second.log"]
    with SmtpServer() as server, working(url, server.port, logs[0]) as one, working(url, server.port, logs[1]) as two:
        until(lambda: all("En service" in log.read_text("utf-8") for log in logs))
        until(lambda: states(deposits) == {"envoye"})
        DemoClock(deposits.store.engine).set(LATE)
        until(lambda: len(overruns(deposits)) == len(references))
        until(lambda: states(deposits) == {"envoye"})
        for worker in (one, two):
            worker.terminate()
        assert [worker.wait(timeout=SECONDS) for worker in (one, two)] == [0, 0]
        sent = [mail.message["Message-ID"] for mail in server.messages]
    assert overruns(deposits) == dict.fromkeys(references, 1)
    assert len(sent) == len(set(sent)) == len([row for row in told("outbox", url) if not row["dans"]])
    assert told("audit", url)["a_examiner"] == []
    deposits.store.engine.dispose()
    postgres.drop(url)


# --- The server of the tests ---

HOLDER = """
import time
from tests.postgres import running

with running() as server:
    print(server.folder, flush=True)
    time.sleep(600)
"""


def test_tests_that_are_killed_leave_no_server(postgres: Postgres) -> None:
    with subprocess.Popen(  # noqa: S603  # our own code
        [sys.executable, "-c", HOLDER], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout
        folder = Path(process.stdout.readline().strip())
        assert (folder / "data" / "postmaster.pid").exists()
        process.kill()
    until(lambda: not folder.exists())  # removed once the server has stopped, not before


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("VERSION", "pginstall99", "has no pginstall99"), ("KEEPER", "echo no room left; exit 1", "no room left")],
)
def test_a_server_that_cannot_start_says_why(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setattr(f"tests.postgres.{name}", value)
    with pytest.raises(Unavailable, match=words), running():
        pass


@pytest.mark.parametrize(("ci", "outcome"), [("true", "1 error"), ("", "1 skipped")])
def test_without_a_server_tests_are_skipped_but_fail_the_ci(tmp_path: Path, ci: str, outcome: str) -> None:
    (tmp_path / "conftest.py").write_text(
        "import tests.postgres\ntests.postgres.VERSION = 'pginstall99'\nfrom tests.conftest import postgres\n"
    )
    (tmp_path / "test_it.py").write_text("def test_it(postgres): pass\n")
    done = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path],
        cwd=ROOT,
        env=os.environ | {"CI": ci},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert outcome in done.stdout
    assert "has no pginstall99" in done.stdout or not ci
