"""Ten thousand spoilt layers: refused in French, at their line, for the right reason; never a crash."""

import pytest

from tests.layer_mutants import ON_LAYERS, LayerBase, LayerMutant, draw, shipped_layers, small_layers
from tests.unit.test_circuit_french import assert_french
from tests.unit.test_circuit_mutants import SYNTAX
from workflow.circuit.checks import MOST_SHOWN
from workflow.circuit.loader import load_variants
from workflow.errors import Fault, InvalidDefinition

SMALL, CHUNK = 10_000, 500
WHOLE = {"fichier-vide", "taille", "suite", "encodage"}
"""Faults of a file as a whole; « suite » counts those that are not shown."""


def faults_of(base: LayerBase, text: str | bytes) -> tuple[Fault, ...]:
    try:
        load_variants(base.files(text), base.name)
    except InvalidDefinition as error:
        return error.faults
    return ()


def check(mutant: LayerMutant) -> None:
    """The mutant is judged as its operator says it must be, in its own file."""
    operator, base, faults = mutant.operator, mutant.base, faults_of(mutant.base, mutant.text)
    here = [fault for fault in faults if fault.file == base.path]
    codes = [fault.code for fault in here]
    said = f"{operator.name} of {base.name}: {[str(fault) for fault in faults]}\n{mutant.text[:20_000]!r}"
    if not operator.codes:
        assert not faults, said
    elif operator.lexical:
        assert set(codes[:1]) & set(operator.codes), said
    else:
        assert set(codes) & set(operator.codes), said
    assert all(fault.line and fault.column for fault in faults if fault.code not in WHOLE), said
    assert all(fault.line for fault in here if fault.code in SYNTAX - {"encodage"}), said
    assert len(faults) <= MOST_SHOWN + 1
    assert_french(faults)


@pytest.mark.parametrize("start", range(0, SMALL, CHUNK))
def test_mutants_of_small_layers(start: int) -> None:
    for mutant in draw(CHUNK, small_layers(), start):
        check(mutant)


def test_mutants_of_the_shipped_layers() -> None:
    for mutant in draw(2 * len(ON_LAYERS), (*shipped_layers(), *small_layers())):
        check(mutant)


def test_there_are_operators_for_every_kind_of_fault_and_each_is_drawn_the_same() -> None:
    names = [operator.name for operator in ON_LAYERS]
    assert len(set(names)) == len(names) <= CHUNK
    assert sum(not operator.lexical for operator in ON_LAYERS) >= 40
    assert [m.text for m in draw(200, small_layers())] == [m.text for m in draw(200, small_layers())]


@pytest.mark.parametrize("base", [*small_layers(), *shipped_layers()], ids=lambda base: base.name)
def test_what_they_are_made_from_is_right(base: LayerBase) -> None:
    assert faults_of(base, base.scene.text) == ()
