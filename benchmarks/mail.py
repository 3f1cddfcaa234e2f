"""Queued mails delivered by us, beside building, rendering and sending the same messages with no queue to keep.

Bare builds the mails' contexts from the text of their rows, renders the same templates, and sends by aiosmtplib over as
many sessions, each used again. It claims nothing, writes down nothing, and knows no failure.
"""

import asyncio
import json
import shutil
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import asdict
from functools import partial
from time import perf_counter
from typing import Any

from aiosmtpd import smtp as server
from aiosmtplib import SMTP

from benchmarks.crowd import deposited, engine_on, multiply, ready, store_on
from benchmarks.processes import started
from benchmarks.rounds import Rounds, Run, compared, per_second
from notifications.deliver import LANES, deliver
from notifications.render import Renderer
from notifications.smtp import SmtpTransport
from tests.smtp_server import HOST
from tests.world import START, make_world
from workflow.clock import VirtualClock
from workflow.posting import Posting
from workflow.records import QueuedMail

Row = dict[str, Any]


def measure(run: Run) -> Rounds:
    """Compare mails per second, ours with bare ones, on a server in another process."""
    rows = _queued(run)
    renderer = Renderer("https://orp.example", "ORP <orp@orp.example>")
    for row in rows:  # templates are read once; this is not what is measured
        renderer.render(_mail(row), START)
    with started(sink) as there:
        there.go()
        for number in range(run.sizes.rounds):
            posting = _posting(run, str(number))
            ours, bare = partial(_ours, posting, renderer, rows, there.said), partial(_bare, renderer, rows, there.said)
            yield compared("mail", number, ours, bare)


def sink() -> Generator[int, None, None]:
    """Take every mail and forget it; yields its port."""
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(loop.create_server(lambda: server.SMTP(Sink(), hostname="smtp.test"), HOST, 0))
    yield listening.sockets[0].getsockname()[1]
    loop.run_forever()


def _queued(run: Run) -> list[Row]:
    """Fill a base with mails that may leave, and return what a row of each holds."""
    world = make_world(f"sqlite:///{run.file('mails')}")
    situation = deposited(world)
    each = len(world.queue(situation))
    multiply(world, situation, "MAIL", run.sizes.mails // each - 1)
    ready(world)
    claimed = _posting(run, "read").claim(run.sizes.mails)
    return [asdict(mail) | {"context": json.dumps(mail.context)} for mail in claimed]


def _posting(run: Run, copy: str) -> Posting:
    """Return the outbox of a copy of the base: every mail of it is still to leave."""
    url = f"sqlite:///{shutil.copy(run.file('mails'), run.file(f'mails_{copy}'))}"
    store = store_on(url)
    return Posting(store, engine_on(store, VirtualClock(START)))


def _ours(posting: Posting, renderer: Renderer, rows: Sequence[Row], port: int) -> float:
    """Return the speed of passes over the outbox, as a worker makes them, until nothing is left."""
    clock, sent = VirtualClock(START), 0
    start = perf_counter()
    while left := deliver(posting, lambda: SmtpTransport(HOST, port, "aucune"), renderer, clock).sent:
        sent += left
    if sent != len(rows):
        raise RuntimeError(f"{sent} mails left, {len(rows)} were queued")
    return sent / (perf_counter() - start)


def _bare(renderer: Renderer, rows: Sequence[Row], port: int) -> float:
    """Return the speed of building, rendering and sending."""
    return per_second(len(rows), lambda: asyncio.run(_send(renderer, deque(rows), port)))


async def _send(renderer: Renderer, rows: deque[Row], port: int) -> None:
    await asyncio.gather(*(_lane(renderer, rows, port) for _ in range(LANES)))


async def _lane(renderer: Renderer, rows: deque[Row], port: int) -> None:
    async with SMTP(hostname=HOST, port=port, start_tls=False) as smtp:
        while rows:
            mail = _mail(rows.popleft())
            await smtp.send_message(renderer.render(mail, START))


def _mail(row: Row) -> QueuedMail:
    return QueuedMail(**row | {"context": json.loads(row["context"])})


class Sink:
    """Takes every mail."""

    async def handle_DATA(self, _server: server.SMTP, _session: server.Session, _envelope: server.Envelope) -> str:  # noqa: N802  # its name
        """Answer at once."""
        return "250 OK"
