"""Withdrawn: a draft, before transmission, and after it with the agreement of the level that holds it (T46, T47)."""

import pytest

from tests.world import FINAL, FORM, SPOKEN, World
from workflow.errors import IllegalDecision

ASKED = {"motif": {"code": "resolue", "texte": "Les soins ont repris."}}
WITHDRAWN = {"motif": "resolue", "retour": FINAL["retour"]}


def test_a_draft_tells_nobody(world: World) -> None:
    reference = world.open()
    world.decide(reference, "retirer", "maelle.riou", {"motif": {"code": "erreur", "texte": "Commencée deux fois."}})
    assert world.case(reference).step == "retiree"
    assert world.mails(reference) == []


def test_a_withdrawn_draft_is_archived_too(world: World) -> None:
    reference = world.open()
    world.decide(reference, "retirer", "maelle.riou", {"motif": {"code": "erreur", "texte": "Commencée deux fois."}})
    world.leap(370)
    assert world.case(reference).step == "archivee"


def test_a_draft_forgotten_for_ninety_days(world: World) -> None:
    reference = world.open()
    world.until("2026-04-05")
    assert world.case(reference).step == "brouillon"
    world.until("2026-04-08")  # 5 April is Easter Sunday
    assert world.case(reference).step == "retiree"
    assert world.mails(reference) == [("M12", "rédacteur"), ("M12", "rédacteur"), ("M15", "rédacteur")]


def test_before_transmission(world: World) -> None:
    # 5 January: on the agenda of the governance; the DAC withdraws it
    reference = world.to_agenda()
    world.act(reference, "F2", "katell.morvan", SPOKEN)
    world.fresh(reference)
    world.decide(reference, "retirer_situation", "katell.morvan", WITHDRAWN)
    assert world.fresh(reference) == [("M15", "Claire Le Goff"), ("M15", "Yann Le Bihan")]
    assert {o.code for o in world.owed(reference)} == {"F13"}

    # told, then ended as withdrawn
    world.act(reference, "F13", "katell.morvan", SPOKEN)
    world.tick()
    case = world.case(reference)
    assert (case.step, case.issue) == ("retiree", "retiree")


def test_after_transmission_only_with_the_agreement_of_the_delegation(world: World) -> None:
    reference = world.to_dd()
    world.act(reference, "F2", "katell.morvan", SPOKEN)
    with pytest.raises(IllegalDecision):
        world.decide(reference, "retirer_situation", "katell.morvan", WITHDRAWN)
    with pytest.raises(IllegalDecision):  # nobody asked
        world.decide(reference, "accepter_retrait", "sophie.carre", WITHDRAWN)

    # 6 January: the DAC asks; nothing moves, DD 35 has fifteen days
    world.until("2026-01-06")
    world.decide(reference, "demander_retrait", "katell.morvan", ASKED)
    assert world.case(reference).step == "en_instruction_dd"
    assert str(world.owed(reference, "accord_retrait_dd")[0].due) == "2026-01-21"
    world.fresh(reference)

    # 8 January: it agrees; F13 to all who had it
    world.until("2026-01-08")
    world.decide(reference, "accepter_retrait", "sophie.carre", WITHDRAWN)
    assert world.fresh(reference) == [("M15", "Claire Le Goff"), ("M15", "Katell Morvan"), ("M15", "Yann Le Bihan")]
    world.act(reference, "F13", "katell.morvan", SPOKEN)
    world.tick()
    assert world.case(reference).step == "retiree"
    assert ("M15", "Boîte de service de la DD 35") in world.fresh(reference)


def test_the_delegation_is_told_that_a_withdrawal_is_asked(world: World) -> None:
    reference = world.to_dd()
    world.fresh(reference)
    world.decide(reference, "demander_retrait", "katell.morvan", ASKED)
    assert "Boîte de service de la DD 35" in {name for _, name in world.fresh(reference)}


def test_a_withdrawal_may_be_asked_at_every_step_above_the_governance(world: World) -> None:
    circuit = world.circuits.national()
    above = {"dd", "region", "national"}
    steps = {name: step for name, step in circuit.definition.steps.items() if step.level in above}
    assert [name for name, step in steps.items() if "demander_retrait" not in step.decisions] == []


def test_the_redacteur_withdraws_instead_of_answering(world: World) -> None:
    reference = world.to_analysis()
    world.decide(reference, "demander_complement", "nolwenn.prigent", {"questions": "Depuis quel mois ?"})
    world.decide(reference, "retirer_situation", "maelle.riou", WITHDRAWN)
    assert not world.owed(reference, "complement")


def test_the_redacteur_of_another_situation_may_not(world: World) -> None:
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    with pytest.raises(Exception, match="ne vous revient pas"):
        world.decide(reference, "retirer_situation", "enora.lescop", WITHDRAWN)
