"""Processes that are killed with SIGKILL at random moments, over and over: workers, and one that takes decisions.

Run as `python -m tests.kills`: everything is imported once, before any thread or connection exists, then each process
is a fork of that one, so that a restart costs a few milliseconds. What was asked and what was answered is written in a
ledger beside the base, as whoever calls the engine would know it. The end is calm: a worker that nobody kills plays
what is due and sends what is owed.
"""

import json
import logging
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, NoReturn

from sqlalchemy import func, select

from orp.bootstrap import Application, build
from orp.settings import read_settings
from orp.ticker import beat, run_worker
from storage.database import transaction
from storage.demo_clock import DemoClock
from storage.tables import TABLES
from tests.small_circuit import facts
from tests.smtp_server import HOST
from tests.stories import Moves, Play, dated, moves_of, on_something_owed, picked
from tests.world import World
from workflow.errors import OrpError, Refusal
from workflow.model import Dossier
from workflow.opening import Draft
from workflow.triggers import Decision

LIVE = 8
"""Situations under way at once: old ones end while new ones begin, however long it lasts."""
OVER = ("cloturee", "reorientee", "retiree", "archivee")
BEAT = 0.05
"""Seconds between two beats: kills are as frequent as in years of service."""
LONGEST = 0.4
"""Seconds at most between two kills."""
TRAVEL = 0.02
"""Seconds at most before an answer arrives: some are written, and their caller will never know."""
QUIET = 40
"""Acts before the first kill."""
CASES, MESSAGES = TABLES["cases"], TABLES["messages"]


class Ledger:
    """What a caller asked and heard, line by line; a line that was written outlives the process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, **line: object) -> None:
        data = (json.dumps(line) + "\n").encode()
        with self._path.open("ab", buffering=0) as file:  # one write, of a whole line
            file.write(data)

    def lines(self) -> Iterator[dict[str, Any]]:
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                yield json.loads(line)

    def asked(self) -> dict[str, dict[str, Any]]:
        """Everything that was asked, by identifier."""
        return {line["id"]: line for line in self.lines() if "answer" not in line}

    def asked_again(self) -> int:
        """How many deaths kept a caller waiting, who asked again."""
        return len([line for line in self.lines() if "answer" not in line]) - len(self.asked())

    def answers(self) -> dict[str, str]:
        """What was answered to what got an answer, by identifier."""
        return {line["id"]: line["answer"] for line in self.lines() if "answer" in line}


def ask(app: Application | World, ledger: Ledger, asked: list[dict[str, Any]], travel: float = 0) -> None:
    """Send decisions, or drafts, and write down the answers, which take a while to arrive (seconds)."""
    if "draft" in asked[0]:
        answers: list[object] = list(app.engine.open([Draft(**line["draft"]) for line in asked]))
    else:
        answers = list(app.engine.decide([Decision(**line["decision"]) for line in asked]))
    time.sleep(travel)
    for line, answer in zip(asked, answers, strict=True):
        ledger.write(id=line["id"], answer=type(answer).__name__ if isinstance(answer, Refusal) else "fait")


class People:
    """Takes decisions without end, mostly good ones, and lets time pass."""

    def __init__(self, app: Application, moves: Moves, ledger: Ledger, life: int) -> None:
        self._app, self._moves, self._ledger = app, moves, ledger
        self._chance, self._ids = Random(life), (f"{life}-{n}" for n in count(1))  # noqa: S311  # not a secret
        self._clock = DemoClock(app.store.engine)

    def live(self) -> NoReturn:
        """First what got no answer before the last death is asked again under its identifier, one time out of two."""
        answers = self._ledger.answers()
        for line in [line for key, line in self._ledger.asked().items() if key not in answers][-3:]:
            if self._chance.random() < 0.5:
                self._ledger.write(**line)
                self._try([line])
        while True:
            self.act()

    def act(self) -> None:
        """Let time pass, then ask something."""
        self._let_time_pass()
        asked = self._next()
        for line in asked:
            self._ledger.write(**line)
        if asked:
            self._try(asked)

    def _try(self, asked: list[dict[str, Any]]) -> None:
        try:
            ask(self._app, self._ledger, asked, self._chance.uniform(0, TRAVEL))
        except OrpError as error:  # nothing was written, says the error: the caller knows nothing more
            logging.getLogger("orp").warning("%s", error)

    def _let_time_pass(self) -> None:
        kind = self._chance.random()
        minutes = self._chance.randrange(1, 30 if kind < 0.7 else 600 if kind < 0.95 else 6000)
        self._clock.set(self._clock.now() + timedelta(minutes=minutes))

    def _next(self) -> list[dict[str, Any]]:
        with transaction(self._app.store.engine, writes=False) as connection:
            query = select(CASES.c.reference).where(CASES.c.step.not_in(OVER)).order_by(CASES.c.reference)
            live = list(connection.execute(query).scalars())
        if len(live) < LIVE:
            draft = Draft(f"o{next(self._ids)}", "maelle.riou", "antenne-fougeres", "35")
            return [{"id": draft.id, "draft": asdict(draft)}]
        chosen = [self._decision(reference) for reference in self._chance.sample(live, self._chance.randint(1, 3))]
        return [{"id": decision.id, "decision": asdict(decision)} for decision in chosen if decision]

    def _decision(self, reference: str) -> Decision | None:
        with self._app.store.reading() as work:
            case, owed = work.screens.case(reference), work.screens.obligations(reference)
        circuit = self._app.circuits.get(case.circuit)
        dossier = Dossier(case, [o for o in owed if o.is_open], {}, facts())
        play = Play(dossier, circuit, self._moves, self._clock.now(), {o.n: o for o in owed})
        identifier, dice = f"d{next(self._ids)}", self._chance.randrange(2**16)
        known = self._moves[case.step]
        if not known or dice % 3 == 0:
            return on_something_owed(play, identifier, dice // 3)
        name, by, fields = picked(known, dice // 3)
        return Decision(identifier, reference, name, by, dated(fields, play.now), salt="sel")


class Killer:
    """Starts processes, kills some at random moments, starts them again."""

    def __init__(self, app: Application, ledger: Ledger, seed: int, workers: int) -> None:
        self._app, self._chance = app, Random(seed)  # noqa: S311  # not a secret
        self._ledger, self._seed = ledger, seed
        self._moves = moves_of(app.circuits.national())
        self._roles = [*[f"ouvrier {n}" for n in range(1, workers + 1)], "décisions"]
        self._alive: dict[str, int] = {}
        self.killed: Counter[str] = Counter()

    def run(self, kills: int) -> None:
        self._live_a_little()
        for _ in range(kills):
            self._start()
            time.sleep(self._chance.uniform(0.005, LONGEST))
            for role in self._chance.sample(self._roles, self._chance.randint(1, len(self._roles))):
                self._kill(role)
        for role in list(self._alive):
            self._kill(role)

    def _live_a_little(self) -> None:
        """Nobody is killed yet: what is compiled, loaded or cached at its first use is there for each fork."""
        people = self._people()
        for _ in range(QUIET):
            people.act()
        beat(self._app)

    def _people(self) -> People:
        life = self._seed * 1_000_000 + self.killed.total()
        return People(self._app, self._moves, self._ledger, life)

    def _start(self) -> None:
        self._app.store.engine.dispose()  # a connection must not be shared by two processes
        for role in self._roles:
            if role not in self._alive:
                self._alive[role] = fork(self._life(role))

    def _life(self, role: str) -> Callable[[], object]:
        return self._people().live if role == "décisions" else lambda: run_worker(self._app)

    def _kill(self, role: str) -> None:
        pid = self._alive.pop(role)
        os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        assert os.WIFSIGNALED(status), f"{role} : mort tout seul"
        self.killed[role.partition(" ")[0]] += 1


def fork(life: Callable[[], object]) -> int:
    """Live in a new process; it ends with it, whatever happens."""
    pid = os.fork()
    if pid:
        return pid
    try:
        life()
    except BaseException:
        logging.getLogger("orp").exception("mort")
    finally:
        os._exit(70)


def settle(app: Application) -> None:
    """Play what is due and send what is owed, letting time pass until the leases of the dead are over."""
    clock = DemoClock(app.store.engine)
    beat(app)
    while (free := _next_free(app)) is not None:
        clock.set(max(clock.now(), free))
        beat(app)


def _next_free(app: Application) -> datetime | None:
    """When the next mail that has not left may leave; one that another tells of leaves with it."""
    later = func.coalesce(MESSAGES.c.lease_until, MESSAGES.c.not_before)
    query = select(MESSAGES.c.not_before, later.label("lease")).where(
        MESSAGES.c.status == "a_envoyer", MESSAGES.c.carrier.is_(None)
    )
    with transaction(app.store.engine, writes=False) as connection:
        return min((max(tuple(row)) for row in connection.execute(query)), default=None)


def built(url: str, port: int) -> Application:
    """Build everything that a process needs."""
    given = {
        "SMTP_HOTE": HOST,
        "SMTP_PORT": str(port),
        "SMTP_SECURITE": "aucune",
        "URL_PUBLIQUE": "https://orp.example",
    }
    settings = read_settings(DATABASE_URL=url, **given)
    return build(settings.model_copy(update={"beat": BEAT}))


def main(url: str, folder: Path, *numbers: str) -> None:
    port, kills, seed, workers = map(int, numbers)
    logging.basicConfig(filename=folder / "processus.log", level=logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    app = built(url, port)
    killer = Killer(app, Ledger(folder / "demandes.jsonl"), seed, workers)
    killer.run(kills)
    settle(app)
    print(json.dumps(killer.killed))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
