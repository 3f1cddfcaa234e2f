"""« Courriels » on a large base: which mails a page shows is found in an index, and the links of old mails go."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.world import FORM, World, make_world
from workflow.links import LIFE
from workflow.mailroom import Reader, State

READERS = (Reader("x", (), everything=True), Reader("yann.lebihan", ("dactiv", "antenne-fougeres")), Reader("x"))


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.mark.parametrize("reader", READERS, ids=["qui exploite", "un DAC", "personne"])
@pytest.mark.parametrize("state", State)
def test_a_page_of_mails_is_chosen_without_reading_the_others(world: World, reader: Reader, state: State) -> None:
    said: list[tuple[str, Any]] = []
    event.listen(world.store.engine, "before_cursor_execute", lambda *call: said.append((call[2], call[3])))
    with world.store.reading() as work:
        work.mailroom.counts(reader)
        work.mailroom.page(reader, state, 0, 50)
    asked = [(statement, values) for statement, values in said if "messages" in statement]
    with world.store.engine.connect() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", values).all() for one, values in asked]
    assert len(plans) == 2
    for plan in plans:
        read = [row.detail for row in plan if "messages" in row.detail]
        assert any("COVERING INDEX ix_messages_listed" in detail for detail in read), read
        assert not any(detail == "SCAN messages" for detail in read), read


def test_links_too_old_to_open_anything_are_forgotten(world: World) -> None:
    world.decide(world.open(), "deposer", "maelle.riou", FORM)
    world.post()
    first = kept(world)
    world.clock.set(world.clock.now() + LIFE + timedelta(days=1))
    world.decide(world.open(), "deposer", "maelle.riou", FORM)
    world.post()
    assert first
    assert not first & kept(world)


def kept(world: World) -> set[str]:
    with world.store.engine.connect() as connection:
        return set(connection.execute(text("SELECT digest FROM mail_links")).scalars())
