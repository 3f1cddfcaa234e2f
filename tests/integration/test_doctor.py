"""`orp doctor`: the state of the service at a glance, and exit 1 when somebody must look."""

import platform
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from orp.bootstrap import build
from orp.diagnosis import diagnose
from orp.settings import read_settings
from storage.version import SCHEMA
from tests.cli import CommandLine, make_command_line
from tests.integration.test_cli import english
from tests.postgres import Postgres
from tests.smtp_server import HOST, SmtpServer
from tests.world import START, make_world

NOBODY_THERE = "Serveur de messagerie 127.0.0.1:{port} : il ne répond pas à cette adresse."


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        monkeypatch.setenv("SMTP_HOTE", HOST)
        monkeypatch.setenv("SMTP_PORT", str(running.port))
        monkeypatch.setenv("SMTP_SECURITE", "aucune")
        yield running


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    return make_command_line(tmp_path)


def test_all_is_well(line: CommandLine, server: SmtpServer) -> None:
    references = [line.world.open() for _ in range(6)]
    told = line.json("doctor")
    assert told["a_regarder"] == []
    assert (told["versions"]["python"], told["versions"]["schema"]) == (platform.python_version(), SCHEMA)
    assert told["versions"]["base"].startswith("SQLite 3.")
    assert (told["journalisation"], told["demonstration"]) == ("wal", True)
    assert [due["reference"] for due in told["echeances"]] == references[:5]
    assert (told["retard_en_secondes"], told["plus_ancien_courriel"]) == (0, None)
    assert not english(" ".join(told).replace("_", " "))
    assert "Rien à signaler." in line.run("doctor")
    assert server.messages == []  # it greets, and sends nothing


def test_a_function_nobody_holds_any_more(line: CommandLine, server: SmtpServer) -> None:
    with line.world.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM assignments WHERE person = 'claire.legoff'"))
    said = line.run("doctor", code=1)
    assert "À regarder : Gouvernance de DAC’tiv : personne n’est joignable comme « secretaire » (INV-04)." in said


def test_a_mail_server_that_is_not_there(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind((HOST, 0))
        port = taken.getsockname()[1]
        monkeypatch.setenv("SMTP_HOTE", HOST)
        monkeypatch.setenv("SMTP_PORT", str(port))
        assert f"À regarder : {NOBODY_THERE.format(port=port)}" in line.run("doctor", code=1)


def test_a_mail_server_without_the_encryption_that_was_asked(
    line: CommandLine, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_SECURITE", "starttls")
    assert "la connexion chiffrée n’a pas pu s’établir" in line.run("doctor", code=1)


def test_a_scheduler_that_stopped_and_a_mail_that_waits(line: CommandLine, server: SmtpServer) -> None:
    reference = line.world.open()
    line.world.clock.set(START + timedelta(days=90))
    told = line.run("doctor", code=1)
    assert "Rien ne fait avancer les situations" in told
    line.world.tick()
    line.world.clock.set(line.world.clock.now() + timedelta(days=3))
    told = line.run("doctor", code=1)
    assert "Des courriels ne partent pas : « orp outbox » dit pourquoi." in told
    assert line.world.mails(reference)


def test_on_postgresql(postgres: Postgres, server: SmtpServer) -> None:
    with postgres.fresh() as url:
        world = make_world(url)
        app = build(read_settings(DATABASE_URL=url))
        found = diagnose(app)
        assert found.versions["base"].startswith("PostgreSQL 18")
        assert (found.to_look_at, found.demo) == ([], False)
        assert found.database_clock is not None
        world.store.engine.dispose()
        app.store.engine.dispose()
