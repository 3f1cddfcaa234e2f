"""A DAC that begins its observatory: one antenne, the short form, no step that could be done without."""

from tests.local import Local, local_circuit, local_world, shipped
from tests.world import FINAL, FORM
from workflow.circuit.loader import Version, version_of


def own() -> Version:
    """The preset, copied under the name of the DAC."""
    copied = shipped()["circuits/demarrage.yaml"].replace("circuit: demarrage", "circuit: premier-dac")
    return version_of({**shipped(), "circuits/premier-dac.yaml": copied}, "premier-dac")


def test_from_a_first_deposit_to_a_first_return() -> None:
    # 5 January: deposited with the short form alone; the team has a fortnight
    story = Local(local_world("premier", [own()]), "antenne-seule", "29")
    story.deposit(FORM)
    assert story.dues() == {"D03": "2026-01-19"}
    story.decide("prendre_en_charge_antenne")
    story.decide("retenir_pour_analyse", {"nature": "averee"})
    assert story.dues() == {"D04": "2026-02-19"}
    story.propose()
    story.tell()
    story.to_dd("2026-01-20")
    story.take_charge()
    story.decide("constater", FINAL)
    story.tell()
    story.world.tick()
    assert story.case.step == "cloturee"


def test_it_adds_no_step() -> None:
    steps = (local_circuit(name, "", "29").definition.steps for name in ("demarrage", "national"))
    assert len({tuple(found) for found in steps}) == 1
