"""Five hundred forms and typologies spoilt on purpose: refused in French, at their line, for the right reason."""

from collections import Counter

import pytest

from tests.form_mutants import ON_FORMS, ON_TYPOLOGIES, FormBase, FormMutant, draw, form_bases, typology_bases
from tests.unit.test_circuit_french import assert_french
from tests.unit.test_circuit_mutants import SYNTAX
from workflow.circuit.checks import MOST_SHOWN
from workflow.errors import Fault, InvalidDefinition

KINDS = {"forms": (ON_FORMS, form_bases()), "typologies": (ON_TYPOLOGIES, typology_bases())}
EACH = 250
WHOLE = {"fichier-vide", "taille", "suite"}
"""Faults of a file as a whole."""
ELSEWHERE = {"champ-double", "INV-13"}
"""Told in the form that comes second, or in the circuit that names them all."""


def faults_of(base: FormBase, text: str | bytes) -> tuple[Fault, ...]:
    try:
        base.load(base.files(text))
    except InvalidDefinition as error:
        return error.faults
    return ()


def check(mutant: FormMutant) -> tuple[Fault, ...]:
    """The mutant is judged as its operator says it must be, in its own file."""
    operator, faults = mutant.operator, faults_of(mutant.base, mutant.text)
    here = [fault for fault in faults if fault.file == mutant.base.path]
    codes = {fault.code for fault in here} | {fault.code for fault in faults if fault.code in ELSEWHERE}
    said = f"{operator.name} of {mutant.base.path}: {[str(fault) for fault in faults]}\n{mutant.text[:20_000]!r}"
    if not operator.codes:
        assert not faults, said
    else:
        assert codes & set(operator.codes), said
    assert all(fault.line and fault.column for fault in here if fault.code not in WHOLE), said
    assert len(faults) <= MOST_SHOWN + 1
    assert_french(faults)
    return faults


@pytest.mark.parametrize("kind", KINDS)
def test_mutants_of_forms_and_typologies(kind: str) -> None:
    operators, bases = KINDS[kind]
    mutants = list(draw(EACH, operators, bases))
    seen = Counter(fault.code for mutant in mutants for fault in check(mutant))
    assert {code for operator in operators for code in operator.codes if len(operator.codes) == 1} <= set(seen)
    assert SYNTAX & set(seen)


@pytest.mark.parametrize("kind", KINDS)
def test_every_operator_is_drawn_and_the_same_each_time(kind: str) -> None:
    operators, bases = KINDS[kind]
    names = [operator.name for operator in operators]
    assert len(set(names)) == len(names) <= EACH
    assert [m.text for m in draw(len(names), operators, bases)] == [m.text for m in draw(len(names), operators, bases)]


@pytest.mark.parametrize(
    "base",
    [base for _, bases in KINDS.values() for base in bases],
    ids=lambda base: f"{base.path}-{len(base.scene.text)}",
)
def test_what_they_are_made_from_is_right(base: FormBase) -> None:
    assert faults_of(base, base.scene.text) == ()


def test_there_are_operators_for_every_kind_of_fault() -> None:
    assert sum(not operator.lexical for operators, _ in KINDS.values() for operator in operators) >= 45
