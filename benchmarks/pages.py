"""How long the server takes for a page: « à traiter » and one situation, among few situations and among many.

The same person owes the same things in both bases; the others are before other antennes of the same DAC, so that every
table is as much bigger. `inbox_all_ms`: that page for somebody who owes something on every one of the many.
"""

from statistics import median
from time import perf_counter

from sqlalchemy import update

from benchmarks.crowd import deposited, multiply, ready
from benchmarks.rounds import Rounds, Run
from storage.database import transaction
from storage.tables import TABLES
from tests.web.site import Browser, make_site
from tests.world import World, make_world
from workflow.circuit.model import Proof

MINE, OTHERS = "yann.lebihan", "isabelle.fournel"
"""Responsables of the antennes de Fougères and de Rennes."""
OWED = 100
"""Situations of my antenne, in both bases."""
PARTIES, OBLIGATIONS = TABLES["parties"], TABLES["obligations"]


def measure(run: Run) -> Rounds:
    """Compare the pages of a small base and of a big one, one after the other."""
    small, model = _site(run, "pages_few", run.sizes.few)
    big, _ = _site(run, "pages_many", run.sizes.many)
    crowded = big.site.signed_in(OTHERS, Proof.STRONG)
    for _ in range(run.sizes.rounds):
        inbox = _compared(small, big, "/a-traiter", run.sizes.pages)
        page = _compared(small, big, f"/situations/{model}", run.sizes.pages)
        yield {
            "inbox_ms": inbox[1],
            "inbox_ratio": inbox[1] / inbox[0],
            "situation_ms": page[1],
            "situation_ratio": page[1] / page[0],
            "inbox_all_ms": median(_milliseconds(crowded, "/a-traiter") for _ in range(run.sizes.pages)),
        }


def _site(run: Run, name: str, count: int) -> tuple[Browser, str]:
    """Return a browser on a base of so many situations, and the reference of one."""
    world = make_world(f"sqlite:///{run.file(name)}")
    model = deposited(world)
    mine = min(OWED, count // 2)
    multiply(world, model, "MINE", mine - 1)
    _leave(world, multiply(world, model, "REST", count - mine))
    ready(world)
    return make_site(world=world).signed_in(MINE, Proof.STRONG), model


def _leave(world: World, references: list[str]) -> None:
    """Put situations before another antenne."""
    ours, theirs = "antenne-fougeres", "antenne-rennes"
    with transaction(world.store.engine, writes=True) as connection:
        for table, column in (
            (PARTIES, PARTIES.c.organisation),
            (OBLIGATIONS, OBLIGATIONS.c.debtor_organisation),
            (OBLIGATIONS, OBLIGATIONS.c.beneficiary_organisation),
        ):
            moved = (column == ours) & table.c.reference.between(references[0], references[-1])
            connection.execute(update(table).where(moved).values({column: theirs}))


def _compared(small: Browser, big: Browser, path: str, times: int) -> tuple[float, float]:
    """Return the median time of a page in each base, taken in turn."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for browser, found in zip((small, big), took, strict=True):
            found.append(_milliseconds(browser, path))
    return median(took[0]), median(took[1])


def _milliseconds(browser: Browser, path: str) -> float:
    start = perf_counter()
    if browser.get(path).status != 200 or browser.path != path:
        raise RuntimeError(f"{path} : {browser.status}")
    return (perf_counter() - start) * 1000
