"""Many situations at once: one that the engine really made, and as many copies of its rows as asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, String, Table, func, insert, literal, select, text, true

from benchmarks.rounds import Run
from storage.circuits import PublishedCircuits
from storage.database import open_database, transaction
from storage.tables import TABLES
from storage.unit_of_work import SqlStore
from tests.world import FORM, START, World, make_world
from workflow.clock import VirtualClock
from workflow.engine import Engine
from workflow.errors import accepted
from workflow.triggers import Decision

NAMES = ("cases", "parties", "obligations", "journal", "contents", "form_answers", "redacteur_contacts", "messages")
CASE_TABLES = [TABLES[name] for name in NAMES]
"""Every table that holds rows of a situation, the situation first."""

CROWD = Table("crowd", MetaData(), Column("name", String, primary_key=True), prefixes=["TEMPORARY"])

MEASURED = START + timedelta(days=9)
"""What was deposited at the start is overdue by two days, what was deposited the day before owes nothing yet."""


def instant(number: int) -> datetime:
    """Return when the round `number` is played: nothing that waits for a later one is due by then."""
    return MEASURED + timedelta(minutes=1 + number)


def multiply(world: World, model: str, prefix: str, count: int, wake_at: datetime | None = None) -> list[str]:
    """Copy a situation `count` times and return the references of the copies, as long as its own.

    The copies are whole, but the digests of their journals are those of the model. `wake_at`: they are looked at from
    then on only, however long ago something fell due.
    """
    names = [f"{prefix}-{number:0{len(model) - len(prefix) - 1}d}" for number in range(count)]
    with transaction(world.store.engine, writes=True) as connection:
        CROWD.create(connection)
        connection.execute(insert(CROWD), [{"name": name} for name in names])
        for table in CASE_TABLES:
            columns = [column for column in table.c if column.name != "id"]
            values = [_copied(column, model, wake_at) for column in columns]
            rows = select(*values).select_from(table.join(CROWD, true())).where(table.c.reference == model)
            connection.execute(insert(table).from_select(columns, rows))
        CROWD.drop(connection)
    return names


def _copied(column: Column[Any], model: str, wake_at: datetime | None) -> ColumnElement[Any]:
    """Return the value of a column in a copy: what must be unique names the copy."""
    if column is TABLES["cases"].c.wake_at and wake_at:
        return literal(wake_at, column.type)
    if column.name == "decision_id":
        return column + literal("-") + CROWD.c.name
    return func.replace(column, model, CROWD.c.name) if column.name in {"reference", "key"} else column


def deposit(references: Sequence[str]) -> list[Decision]:
    """Return the decision that hands in each of these drafts."""
    return [
        Decision(f"d-{reference}", reference, "deposer", "maelle.riou", FORM, salt="sel") for reference in references
    ]


def deposited(world: World) -> str:
    """Return a situation that was just handed in."""
    reference = world.open()
    accepted(world.engine.decide(deposit([reference]))[0])
    return reference


def store_on(url: str) -> SqlStore:
    """Return a store on a base that is there already, as another process would open it."""
    return SqlStore(open_database(url), "orp.example")


def engine_on(store: SqlStore, clock: VirtualClock) -> Engine:
    """Return an engine on that store."""
    return Engine(store, PublishedCircuits(store.reading, clock), clock)


def ready(world: World) -> None:
    """Let the planner know the base, and leave nothing of the filling behind."""
    with world.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    world.store.engine.dispose()


@dataclass(frozen=True, slots=True)
class Base:
    """A big SQLite base: nothing is due at `MEASURED`, then so many situations at the instant of each round."""

    path: Path
    drafts: list[str]
    warming: list[str]
    """Two drafts more: the first decision of a process loads the circuit, and is not measured."""

    @property
    def url(self) -> str:
        """Its address."""
        return f"sqlite:///{self.path}"


@cache
def big(run: Run) -> Base:
    """Fill the big base, once for all the measures."""
    sizes, path = run.sizes, run.file("big")
    world = make_world(f"sqlite:///{path}")
    draft, old = world.open(), deposited(world)
    for number in range(sizes.rounds):
        multiply(world, old, f"DUE{number}", sizes.due, instant(number))
    multiply(world, old, "PUMP", sizes.pumped, instant(sizes.rounds))
    drafts = multiply(world, draft, "DRAFT", sizes.rounds * (sizes.single + 2 * sizes.person))
    warming = multiply(world, draft, "WARM", 2)
    world.clock.set(MEASURED - timedelta(days=1))
    rest = sizes.crowd - sizes.rounds * sizes.due - sizes.pumped - len(drafts) - len(warming)
    multiply(world, deposited(world), "LATER", rest)
    world.clock.set(MEASURED)
    world.tick()  # the models themselves
    ready(world)
    return Base(path, drafts, warming)
