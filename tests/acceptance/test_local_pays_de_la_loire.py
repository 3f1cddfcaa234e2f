"""The shipped circuits of Pays de la Loire (domain.md §5.1)."""

import pytest

from tests.local import Local, local_world
from tests.world import LONG
from workflow.errors import MissingData

CODE = "K7QF-2M9P-XW3T"
UP = {"motif": "offre_insuffisante", "au_dela": "Aucun service du département ne peut ouvrir.", "retour": LONG}


def test_its_ars_sets_its_own_delay_for_a_situation_that_comes_from_bretagne() -> None:
    # 20 January: DD 44 is reached, and relays; the ARS of its région takes charge, not that of the DAC
    story = Local(local_world(), "antenne-redon", "44")
    story.to_analysis()
    story.propose()
    story.to_dd("2026-01-20")
    story.take_charge()
    story.decide("relayer", UP)
    story.take_charge()
    assert story.world.owed(story.reference, "D16")[0].debtor.organisation == "ars-pays-de-la-loire"
    assert story.dues()["D16"] == "2026-04-07"  # 75 days: 5 April is Easter Sunday


def test_dac_49_collects_without_a_name_and_takes_up_causes_not_cases() -> None:
    # 5 January: a professional of the territory deposits; without a tracking code, it is refused
    story = Local(local_world("maine-et-loire"), "antenne-angers", "49", tracking=CODE, by="lise.gaudin")
    with pytest.raises(MissingData, match="la fiche est anonyme"):
        story.begin("antenne-angers", "49", by="lise.gaudin")
    carried = story.reference
    story.to_analysis()
    story.propose()
    assert (story.case.step, story.dues()["D04_collectif"]) == ("analyse_collective", "2026-03-06")

    # a second one, of the same cause: it follows the first, which alone goes up
    story.begin("antenne-angers", "49", tracking="ACDE-FGHJ-KMNP", by="lise.gaudin")
    story.to_analysis()
    story.propose()
    motif = {"code": "meme_cause", "texte": "Le même manque, au même endroit."}
    story.decide("rattacher_doublon", {"parent": carried, "motif": motif})
    follower, story.reference = story.reference, carried
    story.world.act(carried, "F2", "jeanne.cesbron", {"moyen": "publie", "mot": LONG})
    story.decide("presenter")
    story.to_dd("2026-01-20")
    story.take_charge()
    assert story.case.step == "en_instruction_dd"
    assert story.world.case(follower).step == "rattachee"
    assert not [who for ref in (carried, follower) for _, who in story.world.mails(ref) if who == "rédacteur"]
