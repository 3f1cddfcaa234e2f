"""« Constat partagé, pas de moyen d'action à ce niveau »: said, kept, told to everybody, then closed (T32)."""

import pytest

from tests.world import FINAL, LONG, NATIONAL, PASSED_ON, SPOKEN, World
from workflow.errors import MissingData

QUESTION = {"partenaires": ["cd-35", "cpam-35"], "questions": "Une place est-elle prévue cette année ?"}


def test_shared_by_the_delegation_and_told_to_all(world: World) -> None:
    # 5 January: DD 35 asks the département and the assurance maladie
    reference = world.to_dd()
    world.act(reference, "F2", "katell.morvan", SPOKEN)
    world.act(reference, "D27", "maelle.riou", NATIONAL)
    world.fresh(reference)
    world.decide(reference, "consulter", "sophie.carre", QUESTION)
    assert world.fresh(reference) == [("M09", "Boîte de service de la CPAM 35"), ("M09", "Boîte de service du CD 35")]

    # 19 January: one answers, DD 35 decides without the other
    world.until("2026-01-19")
    world.act(reference, "avis_dd", "jean-yves.coadou", {"reponse": "Aucune place n’est prévue cette année."})
    world.fresh(reference)
    world.decide(reference, "constater", "sophie.carre", FINAL)
    assert world.fresh(reference) == [
        ("M11", "Boîte de service de la CPAM 35"),
        ("M11", "Boîte de service du CD 35"),
        ("M11", "Claire Le Goff"),
        ("M11", "Katell Morvan"),
        ("M11", "Yann Le Bihan"),
    ]
    assert {o.code for o in world.owed(reference)} == {"F5", "D21", "D22"}
    assert [o.status for o in world.every(reference, "avis_dd")] == ["rendu", "dispense"]

    # 20 January: Maëlle is mailed; 23 January: proved, closed; the two presentations are still to make
    world.until("2026-01-20")
    world.act(reference, "F5", "katell.morvan", PASSED_ON)
    world.post()
    world.until("2026-01-24")
    assert world.case(reference).step == "cloturee"
    assert {o.code for o in world.owed(reference)} == {"D21", "D22"}


@pytest.mark.parametrize("part", ["texte", "actions", "conserve", "prochaine", "contact"])
def test_nothing_may_be_left_unsaid(world: World, part: str) -> None:
    reference = world.to_dd()
    retour = FINAL["retour"]
    assert isinstance(retour, dict)
    with pytest.raises(MissingData):
        world.decide(reference, "constater", "sophie.carre", FINAL | {"retour": retour | {part: ""}})
    with pytest.raises(MissingData):
        world.decide(reference, "constater", "sophie.carre", {"retour": LONG})


def test_no_opinion_is_awaited_once_the_strategic_instance_has_decided(world: World) -> None:
    reference = world.to_dd()
    world.decide(reference, "consulter", "sophie.carre", QUESTION)
    world.decide(reference, "inscrire_instance", "sophie.carre", {"seance": "2026-02-03", "retour": LONG})
    end = {"motif": "sans_objet", "presences": "Tous.", "retour": FINAL["retour"]}
    world.decide(reference, "instance_clore", "sophie.carre", end)
    assert not world.owed(reference, "avis_dd")
