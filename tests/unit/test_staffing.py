"""A sound circuit with nobody to run it: what people, places and colleges lack, said in French (INV-04, 15, 16, 21)."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orp.directory_file import read_directory
from tests.small_circuit import facts
from tests.unit.test_circuit_french import assert_french
from tests.unsound import shipped
from tests.world import DIRECTORY
from workflow.circuit.loader import Loaded, load
from workflow.errors import Fault
from workflow.model import Organisation, Person
from workflow.staffing import Directory, prove_staffed

COVERED = ("35", "44", "56")
GOVERNANCE = "gouvernance-dactiv"


@cache
def circuit(text: str = "", new: str = "") -> Loaded:
    files = shipped()
    files["circuits/national.yaml"] = files["circuits/national.yaml"].replace(text, new)
    return load(files, "dactiv")


@cache
def directory() -> Directory:
    organisations, _, _ = read_directory(DIRECTORY).rows(datetime(2020, 1, 1, tzinfo=UTC))
    colleges = {row["id"]: row["colleges"] for row in organisations if row["colleges"]}
    return Directory(facts().organisations, tuple(facts().people.values()), colleges)


def found(there: Directory, loaded: Loaded | None = None) -> list[Fault]:
    loaded = loaded or circuit()
    faults = prove_staffed(loaded.circuit, loaded.source, there, "dactiv", COVERED)
    assert_french(faults)
    return faults


def without(*people: str) -> Directory:
    return replace(directory(), people=[person for person in directory().people if person.id not in people])


def with_place(one: Organisation) -> Directory:
    return replace(directory(), organisations={**directory().organisations, one.id: one})


def with_person(person: Person) -> Directory:
    return replace(directory(), people=[*(one for one in directory().people if one.id != person.id), person])


def seats(**colleges: int) -> Directory:
    own = {**directory().colleges[GOVERNANCE], **{name.replace("_", " "): count for name, count in colleges.items()}}
    return replace(directory(), colleges={GOVERNANCE: own})


def test_the_demonstration_can_be_run() -> None:
    assert found(directory()) == []


@pytest.mark.parametrize(
    ("there", "code", "line", "said"),
    [
        (without("claire.legoff"), "INV-04", "secretaire:", "Gouvernance de DAC’tiv : personne n’est joignable comme"),
        (without("estelle.naud", "boite-dd-44"), "INV-04", "dd:", "DD 44 (ARS Pays de la Loire) : personne"),
        (
            with_place(Organisation("dd-35-b", "DD 35 bis", "35", "dd", "ars-bretagne")),
            "INV-15",
            "circuit:",
            "DD 35 bis",
        ),
        (with_place(Organisation("dd-56", "DD 56", "56", "dd", None)), "INV-15", "circuit:", "ne dépend d’aucune ARS"),
        (
            with_place(Organisation("dd-56", "DD 56", "29", "dd", "ars-bretagne")),
            "INV-15",
            "circuit:",
            "département 56",
        ),
        (seats(Usagers=0), "INV-16", "colleges:", "personne n’y siège pour les usagers"),
        (replace(directory(), colleges={}), "INV-16", "colleges:", "le secteur sanitaire, le secteur social"),
        (without("paul.tanguy"), "INV-21", "secretaire:", "Claire Le Goff est seul à pouvoir décider"),
    ],
)
def test_what_is_lacking_is_said_on_the_line_that_asks_for_it(
    there: Directory, code: str, line: str, said: str
) -> None:
    first = found(there)[0]
    assert first.code == code
    assert said in first.sentence
    assert code in first.sentence
    assert line in first.excerpt


def test_a_quorum_is_needed() -> None:
    (one,) = found(directory(), circuit("    quorum: la moitié des sièges\n", ""))
    assert (one.code, "combien de sièges" in one.sentence) == ("INV-16", True)


def test_an_address_that_is_refused_reaches_nobody() -> None:
    unreachable = [replace(one, reachable=False) for one in directory().people if one.id == "claire.legoff"]
    assert [one.code for one in found(with_person(unreachable[0]))] == ["INV-04"]


def test_a_college_the_circuit_does_not_know_is_named() -> None:
    there = seats(Usagers=0, Associations_de_patients=2)
    assert "Associations de patients" in found(there)[0].expected


def test_only_the_places_of_this_dac_count() -> None:
    # nobody left in Finistère, where DAC’tiv sends nothing; nor at the other DAC
    assert found(without("fanch.urvoas", "boite-dd-29", "monique.abgrall", "gael.rouxel", "sylvie.hamonet")) == []


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(person.id for person in facts().people.values())), st.integers(0, 2**16))
def test_whoever_leaves_no_other_invariant_is_said_to_break(person: str, seed: int) -> None:
    gone = Random(seed).sample([one.id for one in directory().people], 2)  # noqa: S311 - chance played again
    assert {fault.code for fault in found(without(person, *gone))} <= {"INV-04", "INV-21"}
