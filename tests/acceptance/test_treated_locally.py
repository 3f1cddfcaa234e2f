"""The antenne de Fougères treats a situation itself: nobody above hears of it before it ends (DESIGN §1)."""

import pytest

from tests.world import CONCLUSION, FORM, PASSED_ON, REVIEW, SPOKEN, World, action
from workflow.errors import StillOwed


def test_deposited_treated_reviewed_concluded_told(world: World) -> None:
    # 5 January: Maëlle deposits; her receipt and Yann's mail leave
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    assert world.fresh(reference) == [("M01", "rédacteur"), ("M03", "Yann Le Bihan")]
    assert str(world.owed(reference, "D03")[0].due) == "2026-01-12"

    # 7 January: retained; the analysis is due in 30 days
    world.until("2026-01-07")
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    assert [str(o.due) for o in world.owed(reference)] == ["2026-02-06"]

    # 14 January: treated locally, one action until 27 February; Maëlle must be told within seven days
    world.until("2026-01-14")
    actions = action("Un cabinet infirmier du secteur", "2026-02-27")
    world.decide(reference, "traiter_localement", "yann.lebihan", {"actions": actions})
    owed = {o.code: str(o.due) for o in world.owed(reference)}
    assert owed == {"D06": "2026-03-16", "action_locale": "2026-02-27", "F2": "2026-01-21"}  # 15 March is a Sunday

    # 15 January: Katell tells her aloud
    world.until("2026-01-15")
    world.act(reference, "F2", "katell.morvan", SPOKEN)

    # 26 February: the action is done; the review is held ahead of time, and the next one has a date
    world.until("2026-02-26")
    world.act(reference, "action_locale", "katell.morvan", {"etat": "faite"})
    world.decide(reference, "faire_le_point", "yann.lebihan", {"point": REVIEW, "prochaine_date": "2026-04-30"})
    assert [(o.code, str(o.due)) for o in world.owed(reference)] == [("D06", "2026-04-30")]
    world.fresh(reference)

    # 28 April: concluded; the team and the governance are told at once, Maëlle within seven days
    world.until("2026-04-28")
    world.decide(reference, "conclure_localement", "yann.lebihan", CONCLUSION)
    assert world.case(reference).step == "retour_en_diffusion"
    assert world.fresh(reference) == [
        ("M11", "Claire Le Goff"),
        ("M11", "Katell Morvan"),
        ("M12", "Yann Le Bihan"),  # 23 and 28 April: his review comes near
        ("M12", "Yann Le Bihan"),
    ]
    assert [(o.code, str(o.due)) for o in world.owed(reference)] == [("F2_final", "2026-05-05")]

    # 29 April: Katell passes it on; a mail merely queued or accepted closes nothing
    world.until("2026-04-29")
    world.act(reference, "F2_final", "katell.morvan", PASSED_ON)
    assert world.fresh(reference) == [("M11", "rédacteur")]
    world.post()
    assert world.case(reference).step == "retour_en_diffusion"

    # three working days later, without a refusal (1 May is closed): told, and closed
    world.until("2026-05-05", "23:00")
    assert world.case(reference).step == "retour_en_diffusion"
    world.until("2026-05-06")
    assert world.case(reference).step == "cloturee"
    assert world.fresh(reference) == [("M15", "Katell Morvan"), ("M15", "Yann Le Bihan"), ("M15", "rédacteur")]
    assert world.owed(reference) == []
    assert "ARS" not in str(world.mails(reference))


def test_it_is_not_concluded_while_an_action_says_nothing(world: World) -> None:
    reference = world.to_analysis()
    actions = action("Un cabinet infirmier du secteur", "2026-02-27")
    world.decide(reference, "traiter_localement", "yann.lebihan", {"actions": actions})
    with pytest.raises(StillOwed, match="Une action n’a pas encore dit où elle en est"):
        world.decide(reference, "conclure_localement", "katell.morvan", CONCLUSION)
    assert world.case(reference).step == "en_traitement_local"
