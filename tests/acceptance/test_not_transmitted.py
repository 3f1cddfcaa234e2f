"""The governance does not transmit; the DAC comes back with new elements, and it is then validated (T19, T21, T18)."""

import pytest

from tests.world import ANALYSIS, LONG, SPOKEN, VALIDATION, World
from workflow.errors import MissingData
from workflow.triggers import FieldValue

NO = {
    "presences": "Six collèges présents sur six.",
    "motif": "faits_insuffisants",
    "suggestion": "Dire ce qui a été tenté.",
    "retour": LONG,
}


def test_not_transmitted_then_validated(world: World) -> None:
    # 20 January: not transmitted; DAC and antenne hear it at once, DD 35 never
    reference = world.to_agenda()
    world.act(reference, "F2", "katell.morvan", SPOKEN)
    world.until("2026-01-20", "18:00")
    world.fresh(reference)
    world.decide(reference, "ne_pas_valider", "claire.legoff", NO)
    assert world.case(reference).step == "non_validee"
    assert world.fresh(reference) == [("M06", "Katell Morvan"), ("M06", "Yann Le Bihan")]
    assert {o.code: str(o.due) for o in world.owed(reference)} == {"D25": "2026-02-03", "F3": "2026-01-27"}
    world.act(reference, "F3", "katell.morvan", SPOKEN)

    # 30 January: proposed anew, which takes new elements and a new version relue
    world.until("2026-01-30")
    again: dict[str, FieldValue] = {"motif": {"code": "element_nouveau", "texte": "Trois cabinets ont répondu."}}
    with pytest.raises(MissingData, match="Il manque les éléments nouveaux"):
        world.decide(reference, "suite_proposer", "katell.morvan", again)
    again |= {"elements": "Les refus écrits de trois cabinets.", "version_relue": ANALYSIS["version_relue"]}
    world.decide(reference, "suite_proposer", "katell.morvan", again)
    assert world.owed(reference, "D09")[0].opened_at.date().isoformat() == "2026-01-30"
    assert {o.code for o in world.owed(reference)} >= {"D09", "D08", "F2"}

    # 10 February: validated, transmitted to DD 35 once it can no longer be undone
    world.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-02-10"})
    assert str(world.owed(reference, "D09")[0].due) == "2026-02-17"
    world.until("2026-02-10")
    world.decide(reference, "valider", "claire.legoff", VALIDATION)
    assert not [name for _, name in world.mails(reference) if "DD 35" in name]
    world.wait(minutes=20)
    assert world.case(reference).step == "transmise_dd"
    assert ("M07", "Boîte de service de la DD 35") in world.fresh(reference)


def test_closed_without_action(world: World) -> None:
    reference = world.to_agenda()
    world.decide(reference, "ne_pas_valider", "claire.legoff", NO)
    final = {"texte": LONG, "actions": "Aucune.", "conserve": "Le constat.", "prochaine": "aucune", "contact": "Pilote"}
    world.decide(reference, "suite_clore", "katell.morvan", {"motif": "sans_objet", "retour": final})
    (owed,) = world.owed(reference)
    assert (owed.final, [answer.partition("@")[0] for answer in owed.answers]) == (
        True,
        ["F2:T13", "F3:T19", "F2_final:T21"],
    )
    world.act(reference, owed.code, "katell.morvan", SPOKEN)
    world.tick()
    assert world.case(reference).step == "cloturee"


def test_postponing_hides_no_lateness(world: World) -> None:
    # session on 20 January, decision due on the 27th; postponed only on the 30th, to 10 February
    reference = world.to_agenda()
    world.until("2026-01-30")
    assert world.owed(reference, "D09")[0].late
    world.decide(reference, "ajourner", "claire.legoff", {"motif": "quorum", "seance": "2026-02-10", "retour": LONG})
    world.until("2026-02-19")  # what came too late stays late until the governance decides
    lines = [line for line in world.journal(reference) if line.get("code") == "D09" and "depassement" in line["kind"]]
    assert [line["kind"] for line in lines] == ["depassement_debut"]
