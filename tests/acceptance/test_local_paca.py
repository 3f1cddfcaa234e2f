"""The shipped circuits of Provence-Alpes-Côte d'Azur, on a layer that says nothing yet (domain.md §5.1)."""

import pytest

from tests.local import Local, local_circuit, local_world
from tests.world import FORM
from workflow.errors import MissingData


def test_the_region_says_nothing_yet() -> None:
    paca, national = (local_circuit(name, "", "83") for name in ("paca", "national"))
    assert (paca.dues, paca.definition.steps) == (national.dues, national.definition.steps)


@pytest.mark.parametrize(("dac", "antenne"), [("var-ouest", "antenne-toulon"), ("var-est", "antenne-draguignan")])
def test_the_var_two_dacs_one_cellule(dac: str, antenne: str) -> None:
    # the form of PACA: who does what, why, where; the cellule looks at it before the DAC's own governance
    story = Local(local_world("paca"), antenne, "83")
    assert "secteur" not in story.circuit.fields
    story.to_analysis(FORM)
    story.propose()
    assert (story.case.step, story.dues()["D04_cellule"]) == ("en_cellule", "2026-03-06")
    story.decide("inscrire_cellule", {"seance": "2026-01-22"})
    assert story.dues()["D04_cellule"] == "2026-01-29"
    story.decide("consulter", {"partenaires": "cpts-toulon", "questions": "Combien de cas semblables ?"})
    story.world.act(story.reference, "avis_cellule", "anne.pastor", {"reponse": "Une dizaine cette année."})

    # 22 January: the cellule is held with both DACs; it goes on, to the governance of the DAC that collected it
    story.world.until("2026-01-22")
    story.decide("presenter", {"presences": "DAC Var Ouest, DAC Var Est, CPTS de Toulon."})
    assert story.world.owed(story.reference, "D09")[0].debtor.organisation == f"gouvernance-{dac}"
    story.tell()
    story.to_dd("2026-02-05")
    story.take_charge()
    assert story.case.step == "en_instruction_dd"


def test_vaucluse_counts_the_days_lost() -> None:
    story = Local(local_world("paca"), "antenne-avignon", "84")
    with pytest.raises(MissingData, match="jours_perdus"):
        story.deposit(FORM)
    story.to_analysis({**FORM, "jours_perdus": "14"})
    story.propose()
    story.to_dd("2026-01-20")
    story.take_charge()
    assert story.case.step == "en_instruction_dd"
