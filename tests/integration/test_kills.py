"""Killed at random moments, over and over: nothing that was answered is lost, nothing is done twice (C.5 R1, R2, R17).

Two hundred kills on SQLite, a quarter of it on PostgreSQL with two workers; `make soak` kills two thousand times.
`tests/kills.py` lives and dies; here its remains are examined.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.database import transaction
from storage.demo_clock import DemoClock, read_demo_clock
from storage.tables import TABLES
from tests.kills import Ledger, ask
from tests.smtp_server import Received, SmtpServer
from tests.world import START, World, make_world
from workflow.messages import REPEATED
from workflow.opening import Draft
from workflow.triggers import Decision, MailReport

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("KILLS", "200"))
SEED = int(os.environ.get("SEED", "1"))
BASES = {"sqlite": (KILLS, 1), "postgresql": (KILLS // 4, 2)}
"""Kills, and workers."""
REPORTS = {"courriel_accepte": True, "courriel_refuse": False}
TOLD = ("cases", "obligations", "parties", "journal", "contents", "form_answers", "redacteur_contacts")
UNTOLD = {"revision", "head", "recorded_at", "previous", "digest"}
"""Columns that depend on how often something was written, or when."""


@dataclass
class Remains:
    """What is left after the kills: the base, what callers asked and heard, what the mail server received."""

    world: World
    ledger: Ledger
    mails: list[Received]
    summary: str = ""

    def rows(self, table: str) -> list[dict[str, Any]]:
        with transaction(self.world.store.engine, writes=False) as connection:
            return [dict(row) for row in connection.execute(select(TABLES[table])).mappings()]

    @cached_property
    def played(self) -> Counter[str]:
        """How many lines of the journal each identifier has."""
        return Counter(row["decision_id"] for row in self.rows("journal") if row["decision_id"])


@pytest.fixture(params=BASES)
def remains(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remains]:
    with address(request, tmp_path) as url, SmtpServer() as server:
        world = make_world(url)
        DemoClock(world.store.engine).set(START)
        kills, workers = BASES[request.param]
        arguments = [url, tmp_path, server.port, kills, SEED, workers]
        done = subprocess.run(  # noqa: S603  # our own code
            [sys.executable, "-m", "tests.kills", *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | {"PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        log = (tmp_path / "processus.log").read_text(encoding="utf-8")
        assert done.returncode == 0, done.stderr + log
        assert log == ""
        world.clock.set(read_demo_clock(world.store.engine) or START)
        found = Remains(world, Ledger(tmp_path / "demandes.jsonl"), server.messages)
        found.summary = told(request.param, json.loads(done.stdout), found)
        yield found
        world.store.engine.dispose()


@contextmanager
def address(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'orp.sqlite'}"
        return
    with request.getfixturevalue("postgres").fresh() as url:
        yield url


def told(base: str, killed: dict[str, int], found: Remains) -> str:
    asked, answers = found.ledger.asked(), found.ledger.answers()
    silent = [identifier for identifier in asked if identifier not in answers]
    written = [identifier for identifier in silent if found.played[identifier]]
    copies = Counter(mail.message["Message-ID"] for mail in found.mails)
    again = [identifier for identifier, number in copies.items() if number > 1]
    return (
        f"{base}, {BASES[base][0]} fois {killed}, graine {SEED} ; {len(asked)} demandes, "
        f"{found.played.total()} écrites, {found.ledger.asked_again()} redemandées, "
        f"{len(silent)} sans réponse dont {len(written)} écrites ; "
        f"{len(copies)} courriels, {len(again)} arrivés plus d’une fois"
    )


def test_nothing_is_lost_nor_done_twice_however_often_processes_are_killed(
    remains: Remains, record_property: Callable[[str, object], None]
) -> None:
    """One test, since the kills are long and every process of xdist would kill for itself."""
    record_property("Morts violentes", remains.summary)
    what_was_answered_is_written_once_and_nothing_twice(remains)
    the_base_is_whole(remains)
    every_mail_that_was_owed_arrived_always_under_its_own_message_id(remains)
    asking_again_changes_nothing(remains)
    the_same_story_without_a_single_death_leaves_the_same_rows(remains)


def what_was_answered_is_written_once_and_nothing_twice(remains: Remains) -> None:
    asked, answers = remains.ledger.asked(), remains.ledger.answers()
    lost = [i for i, said in answers.items() if said == "fait" and not remains.played[i]]
    assert lost == []
    assert [i for i, said in answers.items() if said != "fait" and remains.played[i]] == []
    assert set(remains.played) <= set(asked)
    assert max(remains.played.values()) == 1
    assert len(remains.rows("cases")) == len([i for i in remains.played if "draft" in asked[i]])


def the_base_is_whole(remains: Remains) -> None:
    with remains.world.store.reading() as work:
        assert work.journal.audit().broken == ()
    if remains.world.store.engine.dialect.name == "sqlite":
        with transaction(remains.world.store.engine, writes=False) as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert remains.rows("incidents") == []


def every_mail_that_was_owed_arrived_always_under_its_own_message_id(remains: Remains) -> None:
    rows = remains.rows("messages")  # a mail that another one tells of leaves with it; one that is outdated does not
    owed = {row["message_id"] for row in rows if row["carrier"] is None and row["status"] == "envoye"}
    arrived: dict[str, set[tuple[str, ...]]] = {}
    for mail in remains.mails:
        copies = arrived.setdefault(mail.message["Message-ID"], set())
        copies.add((*mail.recipients, mail.message["Subject"]))
    assert {row["status"] for row in rows} <= {"envoye", "remplace"}
    assert {row["reminds"] is not None or row["reference"] is None for row in rows if row["status"] == "remplace"} <= {
        True
    }
    assert owed <= set(arrived) <= {row["message_id"] for row in rows}
    assert {len(copies) for copies in arrived.values()} == {1}


def asking_again_changes_nothing(remains: Remains) -> None:
    tables = (*TOLD, "messages")
    before, asked = [comparable(remains, table) for table in tables], remains.ledger.asked()
    for kind in ("draft", "decision"):
        ask(remains.world, remains.ledger, [asked[i] for i in remains.played if kind in asked[i]])
    assert {remains.ledger.answers()[identifier] for identifier in remains.played} == {"fait"}
    assert [comparable(remains, table) for table in tables] == before


def the_same_story_without_a_single_death_leaves_the_same_rows(remains: Remains) -> None:
    """No move was lost or doubled: whatever a death interrupted was played in the end, at its true instant."""
    calm = retold(remains)
    for table in TOLD:
        assert comparable(remains, table) == comparable(calm, table), table
    assert lasting(remains) == lasting(calm)


def retold(remains: Remains) -> Remains:
    """Tell each situation again in a base of its own, each act at the instant it was taken."""
    calm, asked = make_world(), remains.ledger.asked()
    lines = sorted(remains.rows("journal"), key=lambda row: (row["reference"].split("-")[-3:-1], row["seq"]))
    for row in lines:
        at = datetime.fromisoformat(row["effective_at"])
        request = asked.get(row["decision_id"] or "")
        if request or row["kind"] in REPORTS:
            calm.clock.set(at)
        if request and "draft" in request:
            calm.engine.open([Draft(**request["draft"])])
        elif request:
            calm.engine.decide([Decision(**request["decision"])])
        elif row["kind"] in REPORTS:
            report = MailReport(json.loads(row["content"])["n"], accepted=REPORTS[row["kind"]])
            calm.engine.report([(row["reference"], report)])
    calm.clock.set(remains.world.clock.now())
    calm.tick()
    return Remains(calm, remains.ledger, [])


def comparable(remains: Remains, table: str) -> list[str]:
    return sorted(
        str({name: value for name, value in row.items() if name not in UNTOLD}) for row in remains.rows(table)
    )


def lasting(remains: Remains) -> set[str]:
    """Mails owed, but for those that come back: how many depends on when somebody looked (DESIGN §4)."""
    return {row["key"] for row in remains.rows("messages") if row["mail"] not in REPEATED}
