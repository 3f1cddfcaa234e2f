"""Acts of several decisions, several at a time: each is all or none, and one that is refused stops no other."""

from dataclasses import replace

import pytest

from tests.world import FINAL, World, make_world
from workflow.errors import MissingData, Refusal, accepted
from workflow.triggers import Decision

TAKE = {"officier": "sophie.carre"}


@pytest.fixture
def world() -> World:
    return make_world()


def act(world: World, reference: str, *, fault: bool = False) -> list[Decision]:
    """To take in charge and to say that nothing can be done there."""
    fields = {} if fault else FINAL
    taking = world.decision(reference, "prendre_en_charge", "sophie.carre", TAKE)
    return [taking, world.decision(reference, "constater", "sophie.carre", fields)]


def test_each_act_is_all_or_none_and_stops_no_other(world: World) -> None:
    first, faulty, last = (world.to_dd(instruct=False) for _ in range(3))
    before = world.journal(faulty)
    results = world.engine.decide_together([act(world, first), act(world, faulty, fault=True), act(world, last)])
    assert [type(result).__name__ for result in results] == ["Case", "MissingData", "Case"]
    assert [world.case(one).step for one in (first, faulty, last)] == [
        "retour_en_diffusion",
        "transmise_dd",
        "retour_en_diffusion",
    ]
    assert world.journal(faulty) == before


def test_what_was_played_before_a_refused_act_stands(world: World) -> None:
    reference = world.to_dd(instruct=False)
    taking, constat = act(world, reference)
    ask = world.decision(reference, "demander_complement", "sophie.carre", {"questions": "Depuis quand ?"})
    missing = replace(constat, id="sans-motif", fields={})
    results = world.engine.decide_together([[taking], [ask, missing], [constat]])
    assert isinstance(results[1], Refusal)
    assert accepted(results[2]).step == "retour_en_diffusion"
    codes = [line["code"] for line in world.journal(reference) if line["kind"] == "decision"]
    assert codes[-2:] == ["T23", "T32"]


def test_an_act_undone_can_be_sent_again_under_the_same_name(world: World) -> None:
    reference = world.to_dd(instruct=False)
    taking, constat = act(world, reference)
    results = world.engine.decide_together([[taking, replace(constat, id="sans-motif", fields={})], [taking, constat]])
    assert isinstance(results[0], MissingData)
    assert accepted(results[1]).step == "retour_en_diffusion"
