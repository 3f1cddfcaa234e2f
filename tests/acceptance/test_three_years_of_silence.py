"""Three years without a word, wherever a situation may be stuck: everybody is told, nothing is decided (INV-10)."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.world import FINAL, FORM, LONG, PARIS, VALIDATION, Fields, World, action, make_world
from workflow.working_days import calendar_of

THREE_YEARS = 3 * 365
UP = {"motif": "offre_insuffisante", "au_dela": "Aucun service du département ne peut ouvrir.", "retour": LONG}
NO = {"presences": "Tous.", "motif": "faits_insuffisants", "suggestion": "Dire ce qui a été tenté.", "retour": LONG}
WATCHED: Fields = {"motif": {"code": "isolee", "texte": "À revoir."}, "prochaine_date": "2026-05-04"}


def deposee(world: World) -> str:
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    return reference


def en_analyse(world: World) -> str:
    return world.to_analysis()


def en_traitement_local(world: World) -> str:
    reference = world.to_analysis()
    world.decide(reference, "traiter_localement", "yann.lebihan", {"actions": action("Un cabinet", "2026-03-31")})
    return reference


def en_observation(world: World) -> str:
    reference = world.to_analysis()
    world.decide(reference, "observer", "yann.lebihan", WATCHED)
    return reference


def inscrite_seance(world: World) -> str:
    return world.to_agenda()


def validee(world: World) -> str:
    reference = world.to_agenda()
    world.decide(reference, "valider", "claire.legoff", VALIDATION)
    return reference


def non_validee(world: World) -> str:
    reference = world.to_agenda()
    world.decide(reference, "ne_pas_valider", "claire.legoff", NO)
    return reference


def transmise_dd(world: World) -> str:
    return world.to_dd(instruct=False)


def en_instruction_dd(world: World) -> str:
    return world.to_dd()


def en_traitement_dd(world: World) -> str:
    reference = world.to_dd()
    world.decide(reference, "traiter", "sophie.carre", {"actions": action("Un cabinet", "2026-03-31"), "retour": LONG})
    return reference


def transmise_region(world: World) -> str:
    reference = world.to_dd()
    world.decide(reference, "relayer", "sophie.carre", UP)
    return reference


def en_instruction_region(world: World) -> str:
    reference = transmise_region(world)
    world.decide(reference, "prendre_en_charge", "viviane.madec", {"officier": "viviane.madec"})
    return reference


def retour_en_diffusion(world: World) -> str:
    reference = world.to_dd()
    world.decide(reference, "constater", "sophie.carre", FINAL)
    return reference


STUCK = [
    deposee,
    en_analyse,
    en_traitement_local,
    en_observation,
    inscrite_seance,
    validee,
    non_validee,
    transmise_dd,
    en_instruction_dd,
    en_traitement_dd,
    transmise_region,
    en_instruction_region,
    retour_en_diffusion,
]


@pytest.mark.parametrize("stuck", STUCK)
def test_three_years(stuck: Callable[[World], str]) -> None:
    nobody = ("sophie.carre", "tiphaine.roy", "boite-dd-35") if stuck is validee else ()
    world = make_world(without=nobody)
    reference = stuck(world)
    before = world.case(reference)
    assert before.step == stuck.__name__
    world.leap(THREE_YEARS)

    # nothing validated, nothing closed, nothing moved, the same page
    after = world.case(reference)
    assert (after.step, after.version, after.issue) == (before.step, before.version, before.issue)
    assert {line["kind"] for line in world.journal(reference)[before.seq :]} == {"depassement_debut"}

    # four reminders at most for each dû and person
    rows = world.queue(reference)
    personal = Counter((row["key"].split(":")[1], row["recipient"]) for row in rows if row["mail"] in ("M12", "M14"))
    assert max(personal.values()) <= 4

    # the rédacteur never stays more than thirty days without knowing that it is late
    last_day = world.clock.now().astimezone(PARIS).date()
    told = sorted({r["not_before"].astimezone(PARIS).date() for r in rows if r["mail"] == "M13" and not r["recipient"]})
    known = [first_lateness(world, reference), *told]
    for earlier, later in zip(known, [*told, last_day], strict=True):
        assert later <= in_thirty_days(earlier), f"told on {earlier}, then only on {later}"


def first_lateness(world: World, reference: str) -> date:
    """Return the first date that passed among what structures owe: it was late from the day after."""
    return min(o.due for o in world.owed(reference) if o.late and o.due and o.debtor.actor != "redacteur")


def in_thirty_days(day: date) -> date:
    """Return the working day on which thirty days are over."""
    return calendar_of("35").next_working(day + timedelta(days=30))
