"""Retours owed as long as a level examines: `pendant` and `renouvelle` (DESIGN §1)."""

import pytest

from tests.small_circuit import DD, FOLLOW, RETOUR, SMALL, Fields, Story, small
from workflow.errors import InvalidDefinition
from workflow.model import Obligation, Status

LEFT = """\
  suivi: {genre: retour, par: dd, a: [dac], pendant: [examen], delai: 30 j, renouvelle: 90 j}
  remise: {genre: retour, par: dd, remis: [dac]}
  ailleurs: {genre: retour, par: dd, remis: [gouvernance]}
"""
LEAVING = """\
      dire: {code: X13, titre: Dire, par: [dd], vers: suite, exige: [retour], doit: [remise]}
      dire_ailleurs: {code: X14, titre: Dire ailleurs, par: [dd], vers: suite, exige: [retour], doit: [ailleurs]}
"""


def test_moving_inside_the_steps_of_a_due_does_not_restart_it() -> None:
    story = Story(small(FOLLOW))
    story.on("2026-01-12").decide("passer", DD)
    story.on("2026-01-14").decide("revenir", DD)
    assert story.due("suivi") == "2026-02-04"
    assert len([o for o in story.all.values() if o.code == "suivi"]) == 1


def test_a_retour_opens_again_after_it_was_written_while_the_situation_stays() -> None:
    story = Story(small(FOLLOW))
    story.on("2026-01-20").decide("acquitter", DD, RETOUR, story.one("suivi"))
    assert story.due("suivi") == "2026-04-20"  # 90 j from that day
    story.on("2026-01-21").decide("acquitter", DD, RETOUR, story.owed("suivi")[0])
    assert story.due("suivi") == "2026-04-21"


def test_on_leaving_it_lapses_when_the_decision_delivers_to_the_same_beneficiary() -> None:
    story = Story(small(LEFT, LEAVING))
    story.decide("dire", DD, RETOUR)
    assert (story.one("suivi").status, story.one("suivi").proof) == (Status.LAPSED, "remplacé par X13")


@pytest.mark.parametrize(("name", "fields"), [("passer", {}), ("dire_ailleurs", RETOUR)])
def test_on_leaving_it_stays_owed_when_nothing_reaches_its_beneficiary(name: str, fields: Fields) -> None:
    story = Story(small(LEFT, LEAVING))
    story.decide(name, DD, fields)
    assert story.one("suivi").is_open


def test_a_retour_still_owed_after_leaving_is_not_renewed_once_written() -> None:
    story = Story(small(LEFT, LEAVING))
    story.decide("passer", DD)
    story.decide("acquitter", DD, RETOUR, story.one("suivi"))
    assert not story.owed("suivi")


def test_entering_again_does_not_owe_twice_what_is_still_owed() -> None:
    story = Story(small(LEFT, LEAVING))
    story.decide("passer", DD)
    story.decide("revenir", DD)
    assert len(story.owed("suivi")) == 1


WRITER_WAITS = """\
  suivi: {genre: retour, par: dac, a: [redacteur], pendant: [examen], delai: 30 j}
  remise: {genre: retour, par: dd, remis: [antenne]}
"""
TELL_ANTENNE = "      dire: {code: X13, titre: Dire, par: [dd], vers: suite, exige: [retour], doit: [remise]}\n"


def test_telling_the_antenne_does_not_end_what_is_owed_to_the_redacteur() -> None:
    story = Story(small(WRITER_WAITS, TELL_ANTENNE))
    story.decide("dire", DD, RETOUR)
    assert story.one("suivi").is_open


TWO_WAIT = "  suivi: {genre: retour, par: dd, a: [dac, gouvernance], pendant: [examen], delai: 30 j}\n"


def test_a_retour_that_opens_with_its_steps_is_owed_to_all_its_beneficiaries() -> None:
    story = Story(small(TWO_WAIT))
    assert [o.beneficiary.actor for o in story.owed("suivi") if o.beneficiary] == ["dac", "gouvernance"]


NO_ANTENNE = SMALL.replace("#dus\n", "  tous: {genre: retour, par: dd, remis: [niveaux_traverses]}\n").replace(
    "  antenne: {titre: l’antenne, structure: antenne, fonction: responsable_antenne, superieur: direction}\n", ""
)
TELL_ALL = "      dire: {code: X13, titre: Dire, par: [dd], vers: meme, exige: [retour], doit: [tous]}\n"


def test_a_circuit_without_an_actor_for_a_crossed_level_is_refused_or_runs() -> None:
    try:
        circuit = small("", TELL_ALL, NO_ANTENNE)
    except InvalidDefinition:
        return
    story = Story(circuit)
    story.dossier.parties["antenne"].since = story.now
    story.decide("dire", DD, RETOUR)


def test_the_order_in_which_the_base_gives_rows_decides_nothing() -> None:
    """PostgreSQL gives rows in the order they were last written: numbers of dûs must not follow it."""

    def told(order: int) -> list[Obligation]:
        story = Story(small("", TELL_ALL, NO_ANTENNE.replace("[niveaux_traverses]", "[niveaux_traverses, dac]")))
        story.dossier.parties = dict(list(story.dossier.parties.items())[::order])
        for party in story.dossier.parties.values():
            party.since = story.now
        story.decide("dire", DD, RETOUR)
        return [o for o in story.all.values() if o.code == "tous"]

    assert len(told(1)) > 1
    assert told(1) == told(-1)
