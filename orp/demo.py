"""The walking story: one situation deposited in Fougères, its answer back to the rédacteur.

Everything is real but the clock: the SQLite file, the engine, the scheduler's beat, the SMTP server.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from orp.bootstrap import Application, build
from orp.demo_mailbox import mailbox
from orp.demo_story import STORY, Moment
from orp.preparation import prepare
from orp.settings import read_settings
from orp.ticker import beat
from orp.times import PARIS, in_paris
from storage.database import open_database
from storage.demo_clock import DemoClock, read_demo_clock
from workflow.errors import Infrastructure, accepted
from workflow.model import Decision
from workflow.opening import Draft
from workflow.words import counted

BEAT = timedelta(hours=3)
"""How often the scheduler beats in the story; another pace would change nothing."""


def play(out: Path, progress: Callable[[], object] = lambda: None) -> dict[str, Any]:
    """Play the story in `out` and return it: its moments, its figures, where the files lie.

    `progress` is called after each moment.

    Raises:
        Infrastructure: `out` holds a database that is not a demonstration.
    """
    path, mails = out / "demo.sqlite", out / "mails"
    _clear(path, mails)
    with mailbox(mails) as port:
        url = f"sqlite:///{path}"
        settings = read_settings(DATABASE_URL=url, SMTP_HOTE="127.0.0.1", SMTP_PORT=port, SMTP_SECURITE="aucune")
        with resources.as_file(resources.files("definitions") / "territoires" / "bretagne.yaml") as directory:
            prepare(settings, directory, datetime.fromisoformat("2026-01-05T09:00").replace(tzinfo=PARIS))
        app = build(settings)
        reference = accepted(app.engine.open([Draft("demo", "maelle.riou", "antenne-fougeres", "35")])[0]).reference
        story = []
        for moment in _tell(app, reference, mails):
            story.append(moment)
            progress()
    with app.store.reading() as work:
        audit = work.journal.audit()
    state = "à examiner" if audit.broken else "intact"
    report = [
        f"Journal : {counted(audit.entries, 'ligne')}, {state}.",
        f"Courriels reçus : {len(list(mails.glob('*.eml')))}, dans {mails}",
        f"Base : {path} (à regarder avec « orp show {reference} --db {path} »)",
    ]
    return {
        "reference": reference,
        "histoire": story,
        "bilan": report,
        "base": str(path),
        "courriels": str(mails),
        "intact": not audit.broken,
    }


def _clear(path: Path, mails: Path) -> None:
    """Remove the files of an earlier demonstration, and nothing else."""
    if path.exists():
        database = open_database(f"sqlite:///{path}")
        if read_demo_clock(database) is None:
            raise Infrastructure(
                f"{path} n’est pas une base de démonstration : choisissez un autre dossier avec --out."
            )
        database.dispose()
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in (path, *path.parent.glob("demo.sqlite-*"), *mails.glob("*.eml")):
        old.unlink(missing_ok=True)


def _tell(app: Application, reference: str, mails: Path) -> Iterator[dict[str, Any]]:
    received = 0
    for number, moment in enumerate(STORY):
        _advance(app, datetime.fromisoformat(moment.at).replace(tzinfo=PARIS))
        if moment.decision:
            _act(app, reference, moment, number)
        beat(app)
        with app.store.reading() as work:
            case, names = work.screens.case(reference), work.screens.names()
        now = len(list(mails.glob("*.eml")))
        step = app.circuits.get(case.circuit).step(case.step).title
        who = names.get(moment.by, "l’outil")
        yield {
            "date": in_paris(app.clock.now()),
            "qui": who,
            "fait": moment.said,
            "etape": step,
            "courriels": now - received,
        }
        received = now


def _advance(app: Application, until: datetime) -> None:
    """Let time pass, beating all along."""
    clock = app.clock
    if not isinstance(clock, DemoClock):
        raise TypeError("a demonstration runs on its own clock")
    while (now := clock.now()) < until:
        clock.set(min(until, now + BEAT))
        beat(app)


def _act(app: Application, reference: str, moment: Moment, number: int) -> None:
    with app.store.reading() as work:
        owed = {
            code: o.n for o in work.screens.obligations(reference) if o.is_open for code in _answers(o.code, o.answers)
        }
    due = owed[moment.due] if moment.due else None
    decision = Decision(
        f"demo-{number}", reference, moment.decision, moment.by, moment.fields, due=due, salt=f"demo-{number}"
    )
    accepted(app.engine.decide([decision])[0])


def _answers(code: str, answers: list[str]) -> set[str]:
    """An obligation answers to its own code and to those of the retours it took in."""
    return {code} | {answer.partition(":")[0] for answer in answers}
