"""Who stands in for whom: through absent substitutes too, never in a ring, never too far."""

from datetime import UTC, datetime, timedelta

import pytest

from workflow.absences import DEPTH, Absence, declarable, house, may_stand_in, stand_ins
from workflow.errors import Refusal
from workflow.model import Organisation, Person

NOW = datetime(2026, 8, 3, 8, 0, tzinfo=UTC)


def away(person: str, substitute: str, start: int = 0, days: int = 7) -> Absence:
    since = NOW + timedelta(days=start)
    return Absence(person, substitute, since, since + timedelta(days=days))


def test_a_substitute_who_is_away_hands_on_what_they_were_given() -> None:
    assert stand_ins([("a", "b"), ("b", "c")]) == {"b": {"a"}, "c": {"a", "b"}}


def test_it_goes_three_links_and_no_further() -> None:
    found = stand_ins([("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")])
    assert found["d"] == {"a", "b", "c"}
    assert found["e"] == {"b", "c", "d"}
    assert DEPTH == 3


def test_a_ring_written_by_hand_gives_nobody_to_themselves() -> None:
    assert stand_ins([("a", "b"), ("b", "a")]) == {"a": {"b"}, "b": {"a"}}


@pytest.mark.parametrize(
    ("new", "others", "said"),
    [
        (away("a", "b", -9), [], "à venir"),
        (away("a", "b", days=0), [], "après son début"),
        (away("a", "b", days=500), [], "treize mois"),
        (away("a", "a"), [], "soi-même"),
        (away("a", "b"), [away("a", "c", 3)], "terminez-la d’abord"),
        (away("a", "b"), [away("b", "a", 3)], "en rond"),
        (away("a", "b"), [away("b", "c"), away("c", "a")], "en rond"),
        (away("a", "b"), [away("b", "c"), away("c", "d"), away("d", "e")], "trois au plus"),
        (away("c", "d"), [away("a", "b"), away("b", "c"), away("d", "e")], "trois au plus"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(new: Absence, others: list[Absence], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        declarable(new, others, NOW)


@pytest.mark.parametrize(
    ("new", "others"),
    [
        (away("a", "b"), []),
        (away("a", "b"), [away("b", "a", 7)]),  # the one begins when the other ends
        (away("a", "b"), [away("b", "c"), away("c", "d")]),
        (away("a", "c"), [away("b", "c")]),
        (away("a", "b", -2), []),
    ],
)
def test_an_absence_that_makes_sense_is_accepted(new: Absence, others: list[Absence]) -> None:
    declarable(new, others, NOW)


def test_a_colleague_of_the_house_stands_in_and_nobody_else() -> None:
    kinds = {"dac": ("dac", "ars"), "ant": ("antenne", "dac"), "gouv": ("gouvernance", "dac"), "dd": ("dd", "ars")}
    kinds |= {"ars": ("region", "")}
    places = {key: Organisation(key, key, "35", kind, parent) for key, (kind, parent) in kinds.items()}
    people = {key: Person(f"p-{key}", key, frozenset({(key, "f")})) for key in kinds}
    assert house(places, "ant") == house(places, "dac") == "dac"
    assert may_stand_in(places, people["ant"], people["dac"])
    assert may_stand_in(places, people["dd"], people["ars"])
    assert not may_stand_in(places, people["gouv"], people["dac"])
    assert not may_stand_in(places, people["dd"], people["dac"])
    assert not may_stand_in(places, people["dd"], people["dd"])
