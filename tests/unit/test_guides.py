"""What the guides show is what the tool says."""

import re
from pathlib import Path

import pytest

from tests.local import shipped
from workflow.circuit.differences import differences
from workflow.circuit.loader import load_circuit, load_variants
from workflow.errors import InvalidDefinition

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "responsable-dac.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
REFUSED = re.findall(r"^\| `(.*?)` \| (.*?) \|$", GUIDE, re.MULTILINE)


def with_example(text: str = EXAMPLE) -> dict[str, str]:
    return {**shipped(), "circuits/bretagne/mon-dac.yaml": text}


def test_the_local_circuit_of_the_guide_is_right_and_changes_what_the_guide_says() -> None:
    variants = load_variants(with_example(), "mon-dac")
    steps = {antenne: "comite_de_lecture" in loaded.circuit.definition.steps for antenne, loaded in variants.items()}
    assert steps == {None: True, "antenne-nord": False}
    said = differences(load_circuit(shipped(), "bretagne"), variants[None].circuit)
    assert said == [line.strip() for line in GUIDE.splitlines() if line.strip() in said]


@pytest.mark.parametrize(("written", "answer"), REFUSED)
def test_what_the_guide_says_is_refused_is_refused_in_these_words(written: str, answer: str) -> None:
    own = re.sub(r"dus:\n(  .*\n)+", f"dus:\n  {written}\n", EXAMPLE)
    with pytest.raises(InvalidDefinition) as caught:
        load_circuit(with_example(own), "mon-dac")
    assert [fault.sentence for fault in caught.value.faults] == [answer]
