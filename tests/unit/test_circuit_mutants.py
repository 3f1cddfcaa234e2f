"""Ten thousand spoilt circuits and sixty written wrong by hand: refused in French, for the right reason, quickly."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest

from tests.mutants import OPERATORS, Base, Mutant, draw, in_turn, national_base, small_bases, small_others
from tests.unit.test_circuit_french import assert_french
from workflow.circuit.checks import MOST_SHOWN
from workflow.circuit.library import circuit_file
from workflow.circuit.loader import load_circuit
from workflow.errors import Fault, InvalidDefinition

SMALL, CHUNK = 10_000, 500
NATIONAL_ROUNDS = 2
"""Every operator twice on the national circuit: some two hundred mutants."""
SAFETY_S = 10
"""No file may hang the reader; how fast it really is, `make bench` says."""

SYNTAX = {
    "ancre",
    "caractere",
    "cle",
    "directive",
    "documents",
    "doublon",
    "encodage",
    "etiquette",
    "profondeur",
    "syntaxe",
    "tabulation",
    "vide",
}

FIXTURES = Path(__file__).parents[1] / "fixtures"
BY_HAND = sorted((FIXTURES / "circuits_faux").glob("*.yaml"))
WITHOUT_A_COMMENT = {
    "archive": "encodage",
    "crochets": "profondeur",
    "image": "encodage",
    "latin_1": "encodage",
    "nuls": "caractere",
    "trop_gros": "taille",
    "utf_16": "encodage",
    "vide": "fichier-vide",
}
"""Files that are not a text one could write « # attendu: » in."""


def read(files: dict[str, str | bytes], name: str) -> tuple[Fault, ...]:
    """Read and check within the safety time; the faults, none if the circuit is right."""
    begin = perf_counter()
    try:
        load_circuit(files, name)
    except InvalidDefinition as error:
        faults = error.faults
        assert faults
    else:
        faults = ()
    assert perf_counter() - begin < SAFETY_S
    return faults


def located(faults: list[Fault]) -> float:
    """Every syntax error has its place; the share of the other faults that has."""
    for fault in faults:
        assert fault.code not in SYNTAX or (fault.line and fault.column), fault
    others = [fault for fault in faults if fault.code not in SYNTAX]
    return sum(1 for fault in others if fault.line and fault.column) / len(others) if others else 1.0


def check(mutant: Mutant) -> tuple[Fault, ...]:
    """The mutant is judged as its operator says it must be."""
    faults = read(mutant.files, mutant.base.name)
    operator, codes = mutant.operator, [fault.code for fault in faults]
    said = f"{operator.name} of {mutant.base.name}: {codes}\n{mutant.text[:20_000]!r}"
    if not operator.codes:
        assert not codes, said
    elif operator.lexical:
        assert set(codes[:1]) & set(operator.codes), said
    else:
        assert set(codes) & set(operator.codes), said
    assert len(faults) <= MOST_SHOWN + 1
    assert_french(faults)
    return faults


def share_located(mutants: Iterator[Mutant]) -> float:
    return located([fault for mutant in mutants for fault in check(mutant)])


@pytest.mark.parametrize("number", range(NATIONAL_ROUNDS))
def test_mutants_of_the_national_circuit(number: int) -> None:
    count = len(OPERATORS)
    assert NATIONAL_ROUNDS * count >= 200
    assert share_located(draw(count, (national_base(),), start=number * count)) >= 0.95


@pytest.mark.parametrize("start", range(0, SMALL, CHUNK))
def test_mutants_of_small_circuits(start: int) -> None:
    assert share_located(draw(CHUNK, small_bases(), start=start)) >= 0.95


def test_mutants_are_evenly_drawn_and_the_same_each_time() -> None:
    assert len({operator.name for operator in OPERATORS}) == len(OPERATORS) >= 30
    assert 2 * sum(operator.lexical for operator in OPERATORS) == len(in_turn()) == len(OPERATORS)
    drawn = list(draw(len(OPERATORS), small_bases()))
    assert set(Counter(mutant.operator.name for mutant in drawn).values()) == {1}
    assert [m.text for m in drawn] == [m.text for m in draw(len(OPERATORS), small_bases())]


@pytest.mark.parametrize("base", [*small_bases(), national_base()], ids=lambda base: base.name)
def test_what_mutants_are_made_from_is_right(base: Base) -> None:
    assert not read(base.files(base.scene.text), base.name)


def test_sixty_were_written_by_hand() -> None:
    assert len(BY_HAND) >= 60
    assert WITHOUT_A_COMMENT.keys() <= {path.stem for path in BY_HAND}


@pytest.mark.parametrize("path", BY_HAND, ids=lambda path: path.stem)
def test_written_wrong_by_hand(path: Path) -> None:
    content = path.read_bytes()
    faults = read({circuit_file("essai"): content, **small_others()}, "essai")
    first = content.partition(b"\n")[0].decode("utf-8", "replace")
    wanted = WITHOUT_A_COMMENT.get(path.stem) or first.removeprefix("# attendu: ")
    assert set(wanted.split(", ")) <= {fault.code for fault in faults}, faults
    located(list(faults))
    assert_french(faults)
