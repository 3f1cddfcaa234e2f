"""An ordinary story asks few acts besides the decisions: at most six (T01 … T18, T22, T23, T30, T35, T45)."""

from tests.world import (
    ANALYSIS,
    CONCLUSION,
    FORM,
    LONG,
    NATIONAL,
    OWN_WORDS,
    PASSED_ON,
    VALIDATION,
    Fields,
    World,
    action,
)

AT_MOST = 6


def acts(world: World, reference: str) -> list[str]:
    """Return the codes of the retours and tasks that a person had to render or waive."""
    kinds = {o.n: o for o in world.every_due(reference)}
    rendered = [
        kinds[line["du"]]
        for line in world.journal(reference)
        if line["kind"] == "acte" and line["verbe"] in ("acquitter", "dispenser")
    ]
    return [o.code for o in rendered if o.kind in ("retour", "tache")]


def test_an_ordinary_story(world: World) -> None:
    # 5 January: deposited; 6: retained; 14: proposed, and Maëlle is told so
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.until("2026-01-06")
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    world.until("2026-01-14")
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS | NATIONAL)
    told(world, reference)

    # 20 January: nothing is left to complete, it is put on the agenda; 10 February: validated, transmitted
    world.until("2026-01-20")
    assert not world.every(reference, "D27")
    world.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-02-10"})
    world.until("2026-02-10")
    world.decide(reference, "valider", "claire.legoff", VALIDATION)
    told(world, reference)

    # 13 February: taken in charge; 9 March: treated; 20 April: done, concluded
    world.until("2026-02-13")
    world.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    world.until("2026-03-09")
    treatment: Fields = {"actions": action("Un service du secteur", "2026-04-20"), "retour": LONG}
    world.decide(reference, "traiter", "sophie.carre", treatment)
    told(world, reference)
    world.until("2026-04-20")
    world.act(reference, "action_dd", "sophie.carre", {"etat": "faite"})
    world.decide(reference, "conclure", "sophie.carre", CONCLUSION)
    told(world, reference)

    # closed; the presentations to the governance and to the team are made in time
    world.until("2026-05-04")
    assert world.case(reference).step == "cloturee"
    for task, person in (("D21", "claire.legoff"), ("D22", "yann.lebihan")):
        for _ in world.owed(reference, task):
            world.act(reference, task, person)
    assert world.owed(reference) == []
    assert not [o for o in world.every_due(reference) if o.late]
    assert len(acts(world, reference)) <= AT_MOST, acts(world, reference)


def told(world: World, reference: str) -> None:
    """Katell mails Maëlle what is owed to her, the same day; the server takes the mail."""
    for owed in [o for o in world.owed(reference) if o.last_mile and o.passed_on is None]:
        words = OWN_WORDS if owed.code == "F2" else PASSED_ON
        world.decide(reference, "acquitter", "katell.morvan", words, due=owed.n)
    world.wait(minutes=30)
    world.post()
