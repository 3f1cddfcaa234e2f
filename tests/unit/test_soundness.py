"""What must never vary is proved: each invariant has a circuit that breaks it, a story, a line to change."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.broken_rules import BREAKS, COMPANIONS, Break
from tests.unit.test_circuit_french import assert_french
from tests.unsound import FLAWS, LOCAL, Flaw, flawed, found, shipped
from workflow.circuit.loader import load, shipped_circuits
from workflow.circuit.soundness import prove
from workflow.circuit.stack import switched

ABSURD = """\
circuit: absurde
version: 1
titre: Trop de chemins
annulation: 0 min
acteurs: {dac: {titre: le DAC, structure: dac, fonction: pilote_orp}}
dus: {rappel: {genre: tache, par: dac, pendant: [milieu], delai: 3 j}}
etapes:
"""
STAFFED = {"INV-15", "INV-16"}
"""They need people and places: `test_staffing`."""


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: f"{flaw.code}: {flaw.excerpt}")
def test_each_flaw_is_told_on_the_line_to_change(flaw: Flaw) -> None:
    faults = flawed(flaw)
    first = faults[0]
    assert first.code == flaw.code, [str(fault) for fault in faults]
    assert flaw.excerpt in first.excerpt
    assert flaw.story in first.sentence
    assert flaw.code in first.sentence + first.expected
    assert (first.file == LOCAL) == bool(flaw.local)
    assert_french(tuple(faults))


def test_every_invariant_has_its_flaw() -> None:
    told = {flaw.code for flaw in FLAWS} | STAFFED
    assert told == {f"INV-{n:02}" for n in range(1, 23)} - {"INV-20"}


@pytest.mark.parametrize("file", sorted(shipped_circuits()))
def test_what_is_shipped_is_sound(file: str) -> None:
    name, files = file.rpartition("/")[2].removesuffix(".yaml"), shipped()
    for antenne in (None, *switched(files, name)):
        assert found(files, name, antenne) == []


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(BREAKS), st.integers(0, 2**32), st.sampled_from(["national", "dactiv"]))
def test_what_breaks_one_rule_is_told_by_its_code_first(broken: tuple[str, Break], seed: int, name: str) -> None:
    code, make = broken
    files = shipped() | make(Random(seed))  # noqa: S311 - chance that can be played again
    antenne = "antenne-fougeres" if name == "dactiv" else None
    faults = found(files, "mon-dac" if LOCAL in files else name, antenne)
    codes = [fault.code for fault in faults]
    assert codes[:1] == [code], (make.__name__, [str(fault) for fault in faults])
    assert set(codes) <= {code} | COMPANIONS.get(code, set()), (make.__name__, [str(fault) for fault in faults])


def test_a_circuit_of_too_many_ways_is_refused_and_not_explored_for_minutes() -> None:
    # from one step to each of three hundred and back; half of them are where a reopening would come back to
    names = [f"e{n}" for n in range(300)]
    way = "{{code: T1, titre: Aller, par: [dac], vers: {to}}}"
    step = "{{niveau: dac, titre: É, responsable: dac, horloge: {name}, delai: 3 j{more}, decisions: {{{moves}}}}}"
    turning = ", ".join(f"va_{name}: {way.format(to=name)}" for name in [*names, "fin"])
    lines = [f"  milieu: {step.format(name='M1', more='', moves=turning)}"]
    for n, name in enumerate(names):
        more, moves = ", instruction: oui" if n % 2 else "", f"revenir: {way.format(to='milieu')}"
        lines.append(f"  {name}: {step.format(name=f'D{n}', more=more, moves=moves)}")
    loaded = load(
        {"circuits/absurde.yaml": ABSURD + "\n".join([*lines, "  fin: {niveau: dac, titre: Fin}"])}, "absurde"
    )
    (one,) = prove(loaded.circuit, loaded.source)
    assert (one.code, one.excerpt) == ("taille", "etapes:")
    assert_french((one,))
