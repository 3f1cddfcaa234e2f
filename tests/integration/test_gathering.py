"""Gathering mails on both kinds of base: few statements, one mail a morning whoever gathers, an upgrade that keeps."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event

from storage.schema import downgrade, upgrade
from tests.acceptance.test_morning import MANAGER, deposited, mornings, sent, states
from tests.integration.test_storage import inhabited
from tests.world import World
from workflow.gathering import gather
from workflow.posting import Posting


@pytest.fixture(params=["fichier", "mémoire", "postgresql"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with inhabited(request.param, request) as made:
        yield made


def rung(world: World, situations: int) -> list[str]:
    """Situations whose reminder has just rung."""
    references = deposited(world, situations)
    sent(world)
    world.until("2026-01-09", "08:00")
    return references


@pytest.mark.parametrize("situations", [1, 12])
def test_a_morning_is_gathered_in_as_many_statements_as_one(world: World, situations: int) -> None:
    rung(world, situations)
    said: list[str] = []
    event.listen(world.store.engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    gather(world.store, world.circuits, world.clock.now())
    assert len([statement for statement in said if "BEGIN" not in statement]) == 8


def test_two_senders_make_one_mail(world: World) -> None:
    rung(world, 3)
    other = Posting(world.store, world.engine)
    gather(world.store, world.circuits, world.clock.now())
    gather(world.store, world.circuits, world.clock.now())
    first = [mail for mail in world.posting.claim(50) if mail.mail == "M12"]
    assert [mail.address for mail in first] == [MANAGER]
    assert other.claim(50) == []


def test_a_sender_that_read_before_another_gathered_adds_nothing(world: World) -> None:
    rung(world, 2)
    with world.store.reading() as work:
        seen = work.gathering.waiting(world.clock.now())
    gather(world.store, world.circuits, world.clock.now())
    with world.store.writing() as work:
        assert work.gathering.still_waiting([mail.id for mail in seen]) == set()


def test_a_mail_that_did_not_leave_is_the_same_on_the_second_try(world: World) -> None:
    references = rung(world, 2)
    (first,) = [mail for mail in world.posting.claim(50) if mail.mail == "M12"]
    world.posting.postponed(first, "delai")
    assert world.posting.claim(50) == []
    world.clock.set(world.clock.now() + timedelta(minutes=2))
    (again,) = mornings(world)
    assert (again.message_id, again.attempts) == (first.message_id, 2)
    assert ("M12", "envoye") in states(world, references[0])


def test_a_morning_that_left_meanwhile_is_not_gathered_again(world: World) -> None:
    """A sender slower than its lease, past midnight: another read its mail as unsent, just before it left."""
    references = rung(world, 2)
    (slow,) = [mail for mail in world.posting.claim(50) if mail.mail == "M12"]
    world.wait(days=1)
    with world.store.reading() as work:
        assert [mail.id for mail in work.gathering.unsent(world.clock.now())] == [slow.id]
    world.posting.accepted([slow])
    with world.store.writing() as work:
        work.gathering.undo([slow.id])
    assert mornings(world) == []
    for reference in references:
        assert ("M12", "envoye") in states(world, reference)
    with world.store.reading() as work:
        assert len(work.gathering.carried(slow.id)) == 2


def test_going_back_a_version_loses_no_reminder(world: World) -> None:
    references = rung(world, 2)
    gather(world.store, world.circuits, world.clock.now())
    downgrade(world.store.engine, "0005")
    upgrade(world.store.engine)
    for reference in references:
        assert ("M12", "a_envoyer") in states(world, reference)
    taken = [(mail.mail, mail.reference) for mail in sent(world)]
    assert taken == [("M12", reference) for reference in references]
