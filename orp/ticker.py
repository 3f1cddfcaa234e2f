"""The metronome: APScheduler says « now », the engine and the outbox do the rest (DESIGN §4).

The scheduler holds no deadline: every deadline is a row, so a missed beat loses nothing.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from functools import partial
from pathlib import Path
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from filelock import FileLock, Timeout

from notifications.deliver import deliver
from orp.bootstrap import Application
from orp.pump import Pump
from workflow.clock import SystemClock
from workflow.errors import Infrastructure, OrpError

log = logging.getLogger("orp")


def beat(app: Application) -> None:
    """One beat: play what is due until nothing is, then send what may leave."""
    tick(app)
    post(app)


def tick(app: Application, rest: Callable[[float], object] = lambda _seconds: None) -> None:
    """Play what is due until nothing is; `rest` leaves the database to people between two batches."""
    for _ in Pump(app.engine, app.store, rest).run():
        pass


def post(app: Application) -> None:
    """Send what may leave until nothing is sent."""
    while deliver(app.posting, app.transport, app.renderer, app.clock).sent:
        pass


def run_worker(app: Application) -> None:
    """Beat until SIGTERM or Ctrl-C; the beat under way is finished.

    Raises:
        Infrastructure: another worker already serves this SQLite file.
    """
    stop = threading.Event()
    with _alone(app), _on_signal(stop):
        scheduler = BackgroundScheduler(timezone=UTC)
        # apart: a mail server that does not answer must not hold the deadlines
        for part in (partial(tick, rest=stop.wait), post):
            # misfire_grace_time=None: a late beat is played, not dropped; coalesce: several late ones are one
            scheduler.add_job(
                _safely,
                "interval",
                args=(part, app),
                seconds=app.settings.beat,
                next_run_time=SystemClock().now(),  # the metronome keeps real time, even over a demonstration clock
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )
        scheduler.start()
        log.info("En service : un battement toutes les %d secondes.", app.settings.beat)
        stop.wait()
        scheduler.shutdown(wait=True)
        log.info("Arrêt demandé : le battement en cours est terminé.")


def _safely(part: Callable[[Application], None], app: Application) -> None:
    """What fails is said and tried again at the next beat; it never stops the worker."""
    try:
        part(app)
    except OrpError as error:
        log.error("%s", error)  # noqa: TRY400 - a trace could quote a row; the sentence says what to do
    except Exception as error:  # the class only: the text may quote a row
        log.error("Erreur du logiciel (%s) : nouvel essai au prochain battement.", type(error).__name__)  # noqa: TRY400


@contextmanager
def _alone(app: Application) -> Iterator[None]:
    """One worker per SQLite file, by a lock of the system: kill -9 frees it."""
    path = app.store.engine.url.database
    if app.store.engine.dialect.name != "sqlite" or not path or path == ":memory:":
        yield
        return
    lock = FileLock(f"{Path(path).resolve()}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Infrastructure(
            f"Un autre « orp worker » sert déjà la base {path}. Laissez-le faire : un seul suffit."
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _on_signal(stop: threading.Event) -> Iterator[None]:
    """Ask for the end on SIGTERM or SIGINT, and put the former handlers back."""

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    asked: Callable[[int, FrameType | None], None] = ask
    former = {number: signal.signal(number, asked) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
