"""Two teams follow one situation; or another antenne takes it over, with all that is owed (T03)."""

import pytest

from tests.world import FORM, World
from workflow.errors import WrongRole
from workflow.triggers import FieldValue

SHARED: dict[str, FieldValue] = {
    "co_antenne": "specificite-ccaa",
    "motif": {"code": "suivi_partage", "texte": "Suivi aussi en addictologie."},
}
MOVED: dict[str, FieldValue] = {
    "antenne": "antenne-vitre",
    "motif": {"code": "autre_antenne", "texte": "La personne a déménagé."},
}


def qualified(world: World) -> str:
    """Deposited at Fougères and taken in charge by Yann on 5 January."""
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.fresh(reference)
    return reference


def test_the_second_antenne_may_act_and_one_owes(world: World) -> None:
    reference = qualified(world)
    with pytest.raises(WrongRole):
        world.decide(reference, "retenir_pour_analyse", "denis.carval", {"nature": "averee"})
    world.decide(reference, "associer", "yann.lebihan", SHARED)
    assert ("M08", "rédacteur") in world.fresh(reference)
    assert [o.debtor.organisation for o in world.owed(reference)] == ["antenne-fougeres"]

    # Denis, of the CCAA, may take it on; the journal names him; Fougères still owes
    world.decide(reference, "retenir_pour_analyse", "denis.carval", {"nature": "averee"})
    assert world.journal(reference)[-1]["author"] == "denis.carval"
    assert [(o.code, o.debtor.organisation) for o in world.owed(reference)] == [("D04", "antenne-fougeres")]
    with pytest.raises(WrongRole):  # a third antenne may not
        world.decide(reference, "accorder_urgence", "francoise.gesrel", {"motif": {"code": "danger_proche"}})


def test_the_second_antenne_is_told(world: World) -> None:
    reference = qualified(world)
    world.decide(reference, "associer", "yann.lebihan", SHARED)
    assert "Denis Carval" in {name for _, name in world.fresh(reference)}


def test_another_antenne_takes_it_over(world: World) -> None:
    # 7 January: it belongs to Vitré; what is owed keeps its date and changes hands
    reference = qualified(world)
    world.until("2026-01-07")
    world.fresh(reference)
    world.decide(reference, "reaffecter", "yann.lebihan", MOVED)
    assert world.case(reference).step == "deposee"
    assert [(o.code, o.debtor.organisation, str(o.due)) for o in world.owed(reference)] == [
        ("D03", "antenne-vitre", "2026-01-12")
    ]
    assert world.fresh(reference) == [("M08", "Françoise Gesrel"), ("M08", "rédacteur")]
    with pytest.raises(WrongRole):
        world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.decide(reference, "prendre_en_charge_antenne", "francoise.gesrel")
    world.until("2026-01-13")
    assert ("M12", "Françoise Gesrel") in world.fresh(reference)

    # Maëlle, of Fougères, remains the rédactrice
    world.decide(reference, "demander_complement", "francoise.gesrel", {"questions": "Depuis quel mois ?"})
    assert ("M02", "rédacteur") in world.fresh(reference)
    world.act(reference, "complement", "maelle.riou", {"reponse": "Depuis décembre."})


def test_not_for_another_dac(world: World) -> None:
    reference = qualified(world)
    with pytest.raises(Exception, match="une autre antenne du même DAC"):
        world.decide(reference, "reaffecter", "yann.lebihan", MOVED | {"antenne": "antenne-saint-malo"})
