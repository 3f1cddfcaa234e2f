"""A house works by its own circuit: its functions can be given, its steps are on the list of its meeting."""

import pytest

from tests.local import Local, local_world
from tests.web.site import Site, make_site

TEAMS = "le ou la responsable d’équipe"


@pytest.fixture(scope="module")
def site() -> Site:
    return make_site(world=local_world())


def test_a_function_of_one_antenne_is_given_there_and_nowhere_else(site: Site) -> None:
    manager = site.signed_in("katell.morvan")
    assert TEAMS in manager.get("/organisation/antenne-rennes").words
    assert "chef equipe" not in manager.words
    assert TEAMS not in manager.get("/organisation/antenne-redon").words
    manager.get("/organisation/antenne-rennes")
    fields = {"acte": "donner", "fonction": "chef_equipe", "nom": "Ana Le Bras", "courriel": "ana@dactiv.example"}
    assert "C’est enregistré" in manager.post("/organisation/antenne-rennes", fields).words
    manager.get("/organisation/antenne-redon")
    assert "Choisissez une fonction de la liste" in manager.post("/organisation/antenne-redon", fields).words


def test_a_team_leader_reads_their_function_in_words_and_joins_the_meeting(site: Site) -> None:
    leader = site.signed_in("katia.lorant")
    assert TEAMS in leader.get("/organisation").words
    assert "Antenne de Rennes" in leader.get("/reunion").words
    assert leader.get("/reunion?antenne=antenne-redon").words.count("Antenne de Redon") == 0


def test_a_step_that_a_dac_added_is_on_the_list_of_its_meeting(site: Site) -> None:
    story = Local(site.world, "antenne-fougeres", "35")
    story.to_analysis()
    story.propose()
    step = site.world.case(story.reference).step
    assert step not in site.world.circuits.national().definition.steps
    assert story.reference in site.signed_in("yann.lebihan").get("/reunion?antenne=antenne-fougeres").words
