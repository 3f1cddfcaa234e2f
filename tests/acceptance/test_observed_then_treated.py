"""A situation is only watched; its review brings it back, then it is treated and closed (T09, T50, T10, T12)."""

from tests.world import CONCLUSION, REVIEW, SPOKEN, Fields, World, action


def test_watched_for_four_months_then_treated(world: World) -> None:
    # 5 January: put in observation until 4 May
    reference = world.to_analysis()
    observation: Fields = {
        "motif": {"code": "isolee", "texte": "À revoir au printemps."},
        "prochaine_date": "2026-05-04",
    }
    world.decide(reference, "observer", "yann.lebihan", observation)
    assert {o.code: str(o.due) for o in world.owed(reference)} == {"D07": "2026-05-04", "F2": "2026-01-12"}
    world.act(reference, "F2", "katell.morvan", SPOKEN)
    world.fresh(reference)

    # nothing until a week before; then Yann is reminded, and nothing moves by itself
    world.until("2026-04-24")
    assert world.fresh(reference) == []
    world.until("2026-05-06")
    assert world.fresh(reference) == [("M12", "Yann Le Bihan")] * 3  # 27 April, 30 April (2 May is a Saturday), 5 May
    assert world.case(reference).step == "en_observation"
    assert world.owed(reference, "D07")[0].late

    # 6 May: the review is held; the lateness ends
    world.decide(reference, "faire_le_point", "yann.lebihan", {"point": REVIEW, "prochaine_date": "2026-09-01"})
    assert [(o.code, str(o.due), o.late) for o in world.owed(reference)] == [("D07", "2026-09-01", False)]
    assert world.kinds(reference).count("depassement_fin") == 1

    # 1 June: it has come back, the antenne treats it
    world.until("2026-06-01")
    actions = action("Un cabinet infirmier du secteur", "2026-07-01")
    world.decide(reference, "traiter_localement", "yann.lebihan", {"actions": actions})
    assert {o.code for o in world.owed(reference)} == {"D06", "action_locale", "F2"}

    # 1 July: done, concluded; one last mile answers both F2 and the end
    world.act(reference, "F2", "katell.morvan", SPOKEN)
    world.until("2026-07-01")
    world.act(reference, "action_locale", "katell.morvan", {"etat": "faite"})
    world.decide(reference, "conclure_localement", "katell.morvan", CONCLUSION)
    world.act(reference, "F2_final", "maelle.riou", {"moyen": "lu"})
    world.tick()
    assert world.case(reference).step == "cloturee"


def test_an_outcome_not_yet_told_joins_the_last_one(world: World) -> None:
    reference = world.to_analysis()
    observation: Fields = {"motif": {"code": "isolee", "texte": "À revoir."}, "prochaine_date": "2026-05-04"}
    world.decide(reference, "observer", "yann.lebihan", observation)
    world.until("2026-01-08")
    world.decide(reference, "conclure_observation", "yann.lebihan", CONCLUSION)

    owed = world.owed(reference)
    assert [(str(o.due), o.final, len(o.answers)) for o in owed] == [("2026-01-12", True, 2)]
    world.act(reference, owed[0].code, "katell.morvan", SPOKEN)
    world.tick()
    assert world.case(reference).step == "cloturee"
