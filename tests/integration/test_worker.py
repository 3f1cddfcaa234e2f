"""`orp worker` as operators run it: a real process beside others, stopped, killed, started again (C.5 R1, R3, R17)."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from notifications.deliver import LANES
from orp.cli import orp
from storage.database import open_database
from storage.demo_clock import DemoClock
from tests.smtp_server import HOST, STALL, Received, SmtpServer
from tests.world import DIRECTORY, FORM, LONG, PARIS

ROOT = Path(__file__).parents[2]
START = datetime(2026, 1, 5, 9, 0, tzinfo=PARIS)
CANARY = "canari"
DEADLINE = 60
"""Seconds: nothing here takes five, but the machine may be busy."""

# --- Parts ---


@dataclass
class Base:
    """A demonstration base, seen from a process of its own."""

    path: Path

    def ask(self, *args: str) -> Any:
        result = CliRunner().invoke(orp, [*args, "--db", str(self.path), "--json"])
        assert result.exit_code == 0, (args, result.output, result.exception)
        return json.loads(result.output)

    def deposit(self) -> str:
        place = ("--antenne", "antenne-fougeres", "--departement", "35")
        reference = str(self.ask("open", "--as", "maelle.riou", *place)["reference"])
        fields = FORM | {"resume": f"{LONG} {CANARY}"}
        typed = [word for name, value in fields.items() for word in ("--field", f"{name}={value}")]
        self.ask("decide", reference, "deposer", "--as", "maelle.riou", *typed)
        return reference

    def facts(self, reference: str) -> list[str]:
        return [line["fait"] for line in self.ask("show", reference)["histoire"]]

    def push(self, instant: datetime) -> None:
        """Move the clock; nothing is played but by a worker."""
        engine = open_database(f"sqlite:///{self.path}")
        DemoClock(engine).set(instant)
        engine.dispose()


@dataclass
class Worker:
    """A running `orp worker`, and all that it writes."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=DEADLINE)


@contextmanager
def working(base: Base, port: int, name: str = "worker") -> Iterator[Worker]:
    """Run a worker; whatever happens it does not outlive the block."""
    settings = {"CADENCE": "1", "SMTP_HOTE": HOST, "SMTP_PORT": str(port), "SMTP_SECURITE": "aucune"}
    log = base.path.with_name(f"{name}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own code
            [sys.executable, "-m", "orp", "worker", "--db", str(base.path)],
            cwd=ROOT,
            env=os.environ | settings | {"LANG": "C", "LC_ALL": "C"},
            stdout=output,
            stderr=output,
        )
    try:
        yield Worker(process, log)
    finally:
        process.kill()
        process.wait()


def until(condition: Callable[[], object], seconds: float = DEADLINE) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "trop tard"
        time.sleep(0.1)


def make_base(folder: Path) -> Base:
    base = Base(folder / "orp.sqlite")
    arguments = ["init", "--db", str(base.path), "--people", str(DIRECTORY), "--demo-from", START.isoformat()]
    assert CliRunner().invoke(orp, arguments).exit_code == 0
    return base


# --- A quiet life ---


@dataclass
class Life:
    """What was seen of a worker that started, met a rival, played and was stopped."""

    base: Base
    reference: str
    server: SmtpServer
    rival: subprocess.CompletedProcess[str]
    rival_seconds: float
    beside: list[Any]
    said: str
    code: int
    seconds_to_stop: float


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    base = make_base(tmp_path_factory.mktemp("vie"))
    reference = base.deposit()
    with SmtpServer() as server, working(base, server.port) as worker:
        until(lambda: len(server.messages) == 2)
        started = time.monotonic()
        rival = subprocess.run(  # noqa: S603  # our own code
            [sys.executable, "-m", "orp", "worker", "--db", str(base.path)],
            cwd=ROOT,
            env=os.environ | {"LANG": "C"},
            capture_output=True,
            encoding="utf-8",
            timeout=DEADLINE,
            check=False,
        )
        rival_seconds = time.monotonic() - started
        beside = [base.ask(*command) for command in (["list"], ["outbox"], ["audit"], ["tick"])]
        beside.append(base.deposit())
        base.push(START + timedelta(days=9))  # D03 was due on the 12th: reminders, overrun
        until(lambda: "Échéance dépassée (D03)" in base.facts(reference))
        until(lambda: {row["etat"] for row in base.ask("outbox")} == {"envoye"})
        stopping = time.monotonic()
        code = worker.end(signal.SIGTERM)
        seconds = time.monotonic() - stopping
        return Life(base, reference, server, rival, rival_seconds, beside, worker.said, code, seconds)


def test_a_worker_plays_what_is_due_once(life: Life) -> None:
    assert life.base.facts(life.reference).count("Échéance dépassée (D03)") == 1
    assert life.base.ask("audit")["a_examiner"] == []


def test_a_worker_delivers_every_mail_once(life: Life) -> None:
    sent = [mail.message["Message-ID"] for mail in life.server.messages]
    assert len(sent) == len(set(sent)) == len([row for row in life.base.ask("outbox") if not row["dans"]]) > 4


def test_a_second_worker_on_the_same_file_ends_at_once_and_says_why(life: Life) -> None:
    assert (life.rival.returncode, life.rival.stdout) == (4, "")
    assert life.rival.stderr.startswith("Un autre « orp worker » sert déjà la base")
    assert life.rival.stderr.count("\n") == 1
    assert life.rival_seconds < 15  # a second on a quiet machine, most of it to start Python


def test_short_commands_run_beside_a_worker(life: Life) -> None:
    listed, mails, audit, tick, deposited = life.beside
    assert [row["reference"] for row in listed] == [life.reference]
    assert (len(mails), audit["a_examiner"], tick["situations"]) == (2, [], 0)
    assert life.base.facts(deposited)


def test_sigterm_ends_a_worker_cleanly_and_soon(life: Life) -> None:
    assert life.code == 0
    assert life.seconds_to_stop < 15
    assert life.said.splitlines()[-1].endswith("le battement en cours est terminé.")


def test_what_a_worker_says_holds_no_text_and_no_address(life: Life) -> None:
    assert [word for word in (CANARY, LONG[:20], "@dactiv.example", "Riou") if word in life.said] == []


def test_a_worker_says_two_sentences_and_no_trace(life: Life) -> None:
    assert "Traceback" not in life.said
    assert len(life.said.splitlines()) == 2


# --- A violent death ---


class Fatal(list[Received]):
    """Takes mails; the first one kills who brings it, before it hears that it was taken."""

    victim = 0

    def append(self, mail: Received) -> None:
        super().append(mail)
        if self.victim:
            os.kill(self.victim, signal.SIGKILL)
            self.victim = 0


def test_a_worker_killed_while_it_sends_loses_nothing(tmp_path: Path) -> None:
    base = make_base(tmp_path)
    references = [base.deposit() for _ in range(3)]
    queued = len(base.ask("outbox"))
    with SmtpServer() as server:
        server.messages = received = Fatal()
        with working(base, server.port, "premier") as first:
            received.victim = first.process.pid
            assert first.process.wait(timeout=DEADLINE) == -signal.SIGKILL
        assert 1 <= len(received) <= LANES
        base.push(START + timedelta(minutes=31))  # the lease of the dead one is over
        with working(base, server.port, "second") as second:
            until(lambda: {row["etat"] for row in base.ask("outbox")} == {"envoye"})
            assert second.end(signal.SIGTERM) == 0
    sent = [mail.message["Message-ID"] for mail in received]
    assert len(set(sent)) == queued
    assert sent.count(sent[0]) == 2  # what was under way: again, and recognisable
    assert len(sent) <= queued + LANES
    assert base.ask("audit")["a_examiner"] == []
    assert [base.facts(reference)[-1] for reference in references] == ["Déposer (T01) → Déposée"] * 3


def test_the_circuit_moves_on_while_the_mail_server_is_down(tmp_path: Path) -> None:
    base = make_base(tmp_path)
    reference = base.deposit()
    base.push(START + timedelta(days=9))
    with working(base, 1) as worker:
        until(lambda: "Échéance dépassée (D03)" in base.facts(reference))
        until(lambda: {row["raison"] for row in base.ask("outbox")} == {"connexion"})
        assert worker.end(signal.SIGINT) == 0  # Ctrl-C
    assert {row["etat"] for row in base.ask("outbox")} == {"a_envoyer"}


def test_a_mail_server_that_does_not_answer_does_not_hold_the_deadlines(tmp_path: Path) -> None:
    base = make_base(tmp_path)
    reference = base.deposit()
    with SmtpServer() as server:
        server.data = dict.fromkeys(("maelle.riou@dactiv.example", "yann.lebihan@dactiv.example"), STALL)
        with working(base, server.port):
            until(lambda: {row["essais"] for row in base.ask("outbox")} == {1})
            base.push(START + timedelta(days=9))
            until(lambda: "Échéance dépassée (D03)" in base.facts(reference))
            assert {row["raison"] for row in base.ask("outbox")} == {None}  # the sending is still under way


def test_a_worker_on_a_base_that_is_not_there_ends_at_once(tmp_path: Path) -> None:
    with working(Base(tmp_path / "absente.sqlite"), 1) as worker:
        assert worker.process.wait(timeout=DEADLINE) == 4
        assert "n’existe pas encore" in worker.said
    assert not (tmp_path / "absente.sqlite").exists()
