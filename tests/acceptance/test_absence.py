"""Somebody is away: their substitute may do what they may, for that time, and the journal says « X pour Y »."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from storage.tables import TABLES
from tests.world import FORM, LONG, VALIDATION, World
from workflow.errors import WrongRole, accepted
from workflow.sentences.followed import Followed
from workflow.sentences.history import History

SECRETARY, PRESIDENT = "claire.legoff", "paul.tanguy"


def away(world: World, person: str, substitute: str, days: int = 7) -> None:
    now = world.clock.now()
    row = {"person": person, "substitute": substitute, "since": now, "until": now + timedelta(days=days)}
    with world.store.writing() as work:
        work._connection.execute(TABLES["absences"].insert(), row)


def refused(world: World, reference: str, name: str, by: str, fields: dict[str, Any]) -> bool:
    return isinstance(world.engine.decide([world.decision(reference, name, by, fields)])[0], WrongRole)


def told(world: World, reference: str) -> str:
    """The latest line of the journal, as people read it."""
    with world.store.reading() as work:
        entries, case = work.journal.of(reference), work.screens.case(reference)
        owed = {o.n: o for o in work.screens.obligations(reference)}
        names = work.screens.names()
    return History(Followed(world.circuits.get, case, entries), owed, names).line(entries[-1])["par"]


def test_a_substitute_decides_within_the_time_and_the_journal_says_for_whom(world: World) -> None:
    reference = world.to_agenda()
    assert refused(world, reference, "valider", PRESIDENT, dict(VALIDATION))
    away(world, SECRETARY, PRESIDENT)
    world.decide(reference, "valider", PRESIDENT, dict(VALIDATION))
    line = world.journal(reference)[-1]
    assert (line["author"], line["remplace"]) == (PRESIDENT, SECRETARY)
    assert told(world, reference) == "Paul Tanguy pour Claire Le Goff"


def test_once_the_time_is_over_the_substitute_may_no_longer(world: World) -> None:
    reference = world.to_agenda()
    away(world, SECRETARY, PRESIDENT)
    world.clock.set(world.clock.now() + timedelta(days=7))
    assert refused(world, reference, "valider", PRESIDENT, dict(VALIDATION))


def test_who_is_away_may_still_act_in_their_own_name(world: World) -> None:
    reference = world.to_agenda()
    away(world, SECRETARY, PRESIDENT)
    world.decide(reference, "valider", SECRETARY, dict(VALIDATION))
    assert "remplace" not in world.journal(reference)[-1]


def test_what_somebody_may_do_in_their_own_name_is_not_said_to_be_for_another(world: World) -> None:
    away(world, "nolwenn.prigent", "yann.lebihan")
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan", {})
    assert "remplace" not in world.journal(reference)[-1]


def test_a_substitute_answers_a_complement_and_receives_the_mails(world: World) -> None:
    away(world, "maelle.riou", "nolwenn.prigent", 60)
    reference = world.to_analysis()
    world.decide(reference, "demander_complement", "yann.lebihan", {"questions": "Depuis quand ?"})
    world.act(reference, "complement", "nolwenn.prigent", {"reponse": "Depuis mars."})
    assert world.journal(reference)[-1]["remplace"] == "maelle.riou"


def test_a_substitute_beside_a_service_mailbox_is_written_to(world: World) -> None:
    away(world, "sophie.carre", "viviane.madec", 60)
    reference = world.to_dd(instruct=False)
    with world.store.reading() as work:
        mails = [row for row in work.screens.messages() if row["mail"] == "M07" and row["reference"] == reference]
    assert {mail["recipient"] for mail in mails} == {"Boîte de service de la DD 35", "Viviane Madec"}
    world.decide(reference, "prendre_en_charge", "viviane.madec", {"officier": "sophie.carre"})
    assert world.journal(reference)[-1]["remplace"] == "sophie.carre"


@pytest.mark.parametrize("links", [1, 2, 3])
def test_a_chain_of_substitutes_goes_three_links(world: World, links: int) -> None:
    chain = [SECRETARY, PRESIDENT, "yann.lebihan", "nolwenn.prigent"][: links + 1]
    reference = world.to_agenda()
    for person, substitute in itertools.pairwise(chain):
        away(world, person, substitute)
    case = accepted(
        world.engine.decide([world.decision(reference, "valider", chain[-1], dict(VALIDATION) | {"retour": LONG})])[0]
    )
    assert case.step == "validee"
    assert world.journal(reference)[-1]["remplace"] == SECRETARY
