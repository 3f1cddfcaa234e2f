"""`comme`: a step written as its differences from another is the same step, and its faults are told where they help."""

from pathlib import Path

import pytest

from tests.mutants import small_others
from tests.unit.test_circuit_french import assert_french
from tests.unit.test_circuit_schema import SCHEMA
from tests.unit.test_circuit_schema import faults as against_schema
from workflow.circuit.inheritance import written_out
from workflow.circuit.library import circuit_file
from workflow.circuit.loader import load_circuit
from workflow.circuit.model import CircuitDefinition
from workflow.circuit.reader import MAX_BYTES, read
from workflow.errors import Fault, InvalidDefinition

WHOLE = (Path(__file__).parents[1] / "fixtures/circuits_justes/instruction.yaml").read_text(encoding="utf-8")
TREATED = WHOLE[WHOLE.index("  en_traitement:\n") : WHOLE.index("  rattachee:\n")]
SHORT = """\
  en_traitement:
    comme: autre_traitement
    titre: Actions en cours
    horloge: D26
    decisions:
      faire_le_point: {rend: [D26]}
"""
OTHER = (
    TREATED.replace("  en_traitement:", "  autre_traitement:")
    .replace("D26", "D36")
    .replace("titre: Actions en cours", "titre: Autres actions en cours")
)
DOOR = "      traiter: {code: T30"
OTHER_DOOR = "      traiter_autrement: {code: T99, titre: Traiter autrement, par: [dd], vers: autre_traitement}\n"
BOTH = WHOLE.replace(TREATED, TREATED + OTHER).replace(DOOR, OTHER_DOOR + DOOR)


def definition(text: str) -> CircuitDefinition:
    return load_circuit({circuit_file("instruction"): text, **small_others()}, "instruction").definition


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(InvalidDefinition) as caught:
        definition(text)
    assert_french(caught.value.faults)
    return caught.value.faults


def short(old: str = "", new: str = "") -> str:
    """The circuit with `comme`, in which one thing is changed."""
    text = BOTH.replace(TREATED, SHORT)
    assert old in text
    return text.replace(old, new, 1) if old else text


def place(text: str, piece: str) -> tuple[int, int]:
    before = text[: text.index(piece)].split("\n")
    return len(before), len(before[-1]) + 1


def test_a_step_written_as_its_differences_is_the_same_step() -> None:
    whole, brief = definition(BOTH), definition(short())
    same = brief.steps["en_traitement"].model_copy(update={"like": None})
    assert brief.steps["en_traitement"].like == "autre_traitement"
    assert brief.model_copy(update={"steps": {**brief.steps, "en_traitement": same}}) == whole
    assert list(brief.steps) == list(whole.steps)


def test_blocks_merge_and_lists_replace() -> None:
    text = short("    horloge: D26\n", "    horloge: D26\n    depassement: {J+7: [dd]}\n    bornes: [60 j, 120 j]\n")
    text = text.replace(
        OTHER, OTHER.replace("    delai: 90 j\n", "    delai: 90 j\n    depassement: {J+7: [dac], J+30: [dac]}\n")
    )
    step = definition(text).steps["en_traitement"]
    assert step.overrun == {7: ("dd",), 30: ("dac",)}
    assert [str(bound) for bound in step.bounds or ()] == ["60 j", "120 j"]


def test_a_step_may_take_over_one_that_takes_over_another() -> None:
    third = (
        "  encore: {comme: en_traitement, titre: Encore, horloge: D46, decisions: {faire_le_point: {rend: [D46]}}}\n"
    )
    door = OTHER_DOOR.replace("traiter_autrement", "encore_autrement").replace("vers: autre_traitement", "vers: encore")
    # written before the step it takes over
    text = short().replace(SHORT, third + SHORT).replace(DOOR, door + DOOR)
    steps = definition(text).steps
    assert (steps["encore"].delay, steps["encore"].clock) == (steps["en_traitement"].delay, "D46")
    assert list(steps["encore"].decisions) == ["faire_le_point", "conclure"]


def test_an_unknown_step_is_told_once_with_the_nearest() -> None:
    text = short("comme: autre_traitement", "comme: autre_traitemant")
    (fault,) = faults(text)
    assert (fault.line, fault.column) == place(text, "autre_traitemant")
    assert fault.sentence == "L’étape « autre_traitemant » n’existe pas ; vouliez-vous dire « autre_traitement » ?"
    (fault,) = faults(short("comme: autre_traitement", "comme: xyz"))
    assert fault.code == "nom-inconnu"
    assert "« en_instruction »" in fault.expected


def test_a_step_cannot_take_over_itself() -> None:
    text = short("comme: autre_traitement", "comme: en_traitement")
    (fault,) = faults(text)
    assert (fault.line, fault.column) == place(text, "en_traitement\n    titre")
    assert fault.code == "boucle"
    assert fault.sentence == "Cette étape se reprend elle-même : « en_traitement » → « en_traitement »."


def test_steps_that_take_over_each_other_are_all_told() -> None:
    text = short(
        "    titre: Autres actions en cours\n", "    titre: Autres actions en cours\n    comme: en_traitement\n"
    )
    found = faults(text)
    assert [fault.code for fault in found] == ["boucle", "boucle"]
    assert {(fault.line, fault.column) for fault in found} == {
        place(text, "autre_traitement\n    titre"),
        place(text, "en_traitement\n    responsable"),
    }


def test_what_hangs_on_a_faulty_step_is_not_told_again() -> None:
    found = faults(short("comme: autre_traitement", "comme: hangar").replace("vers: autre_traitement", "vers: hangar"))
    assert [fault.code for fault in found] == ["nom-inconnu", "nom-inconnu"]
    third = "  hangar: {comme: en_traitement, titre: Hangar, horloge: D46}\n"
    looped = short("comme: autre_traitement", "comme: en_traitement").replace(SHORT[:17], third + SHORT[:17])
    assert {fault.code for fault in faults(looped)} == {"boucle"}


def test_what_is_wrong_with_the_other_step_is_told_there_only() -> None:
    text = short("    delai: 90 j\n", "    delai: 90 jours\n")
    (fault,) = faults(text)
    assert (fault.line, fault.column) == place(text, "90 jours")
    text = short(
        "par: [dd], vers: diffusion, exige: [motif, resultat",
        "par: [personne], vers: diffusion, exige: [motif, resultat",
    )
    (fault,) = faults(text)
    assert (fault.line, fault.column) == place(text, "personne]")


def test_what_does_not_fit_the_new_step_is_told_at_comme() -> None:
    text = short("    decisions:\n      faire_le_point: {rend: [D26]}\n")
    (fault,) = faults(text)
    assert (fault.code, fault.line, fault.column) == ("du-ailleurs", *place(text, "autre_traitement\n    titre"))


def test_a_misspelt_key_may_have_meant_comme() -> None:
    found = faults(short("    comme: autre", "    come: autre"))
    assert any("vouliez-vous dire « comme » ?" in fault.sentence for fault in found)


def test_the_schema_asks_for_differences_only() -> None:
    assert against_schema(read("x.yaml", short()).data, SCHEMA) == []
    assert against_schema(read("x.yaml", short("    comme: autre_traitement\n")).data, SCHEMA)
    assert against_schema(read("x.yaml", short("rend: [D26]", "rends: [D26]")).data, SCHEMA)


@pytest.mark.parametrize("like", ["[un]", "{un: deux}", ""])
def test_comme_is_one_word(like: str) -> None:
    text = short("comme: autre_traitement", f"comme: {like}")
    codes = {(fault.code, fault.line) for fault in faults(text)}
    assert ("type" if like else "vide", place(text, "comme: ")[0]) in codes


def test_a_small_file_does_not_become_a_huge_one() -> None:
    many = ", ".join(f"d{n}: {{code: T1}}" for n in range(3_000))
    chain = "\n".join(f"  s{n}: {{comme: big}}" for n in range(3_000))
    text = f"circuit: x\netapes:\n  big: {{decisions: {{{many}}}}}\n{chain}\n"
    assert len(text) < MAX_BYTES
    source = written_out(read("x.yaml", text))
    assert source.data is None
    assert [fault.code for fault in source.faults] == ["taille"]


def test_a_long_chain_is_followed_to_its_end() -> None:
    chain = "\n".join(f"  s{n}: {{comme: s{n + 1}}}" for n in range(4_000))
    source = written_out(read("x.yaml", f"circuit: x\netapes:\n{chain}\n  s4000: {{titre: Fin}}\n"))
    assert isinstance(source.data, dict)
    steps = source.data["etapes"]
    assert isinstance(steps, dict)
    assert steps["s0"] == {"titre": "Fin", "comme": "s1"}
