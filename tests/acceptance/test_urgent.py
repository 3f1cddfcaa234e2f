"""The urgent track: granted with a motif, it shortens delays and nothing else (DESIGN §11)."""

import pytest

from tests.world import ANALYSIS, FORM, LONG, VALIDATION, World
from workflow.errors import IllegalDecision, MissingData, WrongRole

DANGER = {"motif": {"code": "danger_proche", "texte": "La personne n’a plus de traitement."}}
OVER = {"motif": {"code": "danger_ecarte", "texte": "Une infirmière passe chaque jour."}}


def dates(world: World, reference: str) -> dict[str, str]:
    """Return the date of each open dû."""
    return {o.code: str(o.due) for o in world.owed(reference)}


def test_granted_by_the_responsable_with_a_motif(world: World) -> None:
    # 5 January, deposited: seven days to qualify, two working days once it is urgent
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    assert dates(world, reference) == {"D03": "2026-01-12"}
    with pytest.raises(WrongRole):
        world.decide(reference, "accorder_urgence", "maelle.riou", DANGER)
    with pytest.raises(MissingData):
        world.decide(reference, "accorder_urgence", "yann.lebihan")
    world.decide(reference, "accorder_urgence", "yann.lebihan", DANGER)
    assert (world.case(reference).step, world.case(reference).urgent) == ("deposee", True)
    assert dates(world, reference) == {"D03": "2026-01-07"}
    granted = [line for line in world.journal(reference) if line.get("code") == "URG"]
    assert [line["codes"]["motif"] for line in granted] == ["danger_proche"]
    assert [(line["code"], line["echeance"]) for line in granted[0]["deplace"]] == [("D03", "2026-01-07")]

    # from there every later dû that has an urgent delay uses it
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    assert dates(world, reference) == {"D04": "2026-01-12"}
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    assert dates(world, reference) == {
        "D09": "2026-01-12",
        "D08": "2026-01-07",
        "F2": "2026-01-07",
        "D27": "2026-03-06",
    }


def test_a_date_already_nearer_does_not_move(world: World) -> None:
    # 5 January; on 30 January five days of the analysis are left, fewer than the seven of the urgent track
    reference = world.to_analysis()
    world.until("2026-01-30")
    world.decide(reference, "accorder_urgence", "yann.lebihan", DANGER)
    assert dates(world, reference) == {"D04": "2026-02-04"}


def test_granted_by_the_governance(world: World) -> None:
    reference = world.to_agenda()
    world.decide(reference, "valider", "claire.legoff", VALIDATION | {"priorite": "urgente"})
    assert dates(world, reference)["D10"] == "2026-01-06"
    world.wait(hours=1)
    assert dates(world, reference)["D11"] == "2026-01-06"
    world.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    assert (dates(world, reference)["D13"], dates(world, reference)["D12"]) == ("2026-01-20", "2026-01-12")
    world.decide(
        reference, "relayer", "sophie.carre", {"motif": "financement", "au_dela": "Hors budget.", "retour": LONG}
    )
    assert dates(world, reference)["D11_region"] == "2026-01-06"


def test_granted_while_the_clock_is_stopped(world: World) -> None:
    # 6 January: urgent while a complement is awaited; it comes on the 7th: seven days at most are left
    reference = world.to_analysis()
    world.decide(reference, "demander_complement", "nolwenn.prigent", {"questions": "Depuis quel mois ?"})
    world.until("2026-01-06")
    world.decide(reference, "accorder_urgence", "yann.lebihan", DANGER)
    assert dates(world, reference)["complement"] == "2026-01-09"
    world.until("2026-01-07")
    world.act(reference, "complement", "maelle.riou", {"reponse": "Depuis décembre."})
    assert dates(world, reference)["D04"] <= "2026-01-14"


def test_withdrawn_it_changes_no_date(world: World) -> None:
    # 5 January: urgent, the analysis is due on the 12th; 7 January: it is not any more, the date stands
    reference = world.to_analysis()
    with pytest.raises(IllegalDecision):
        world.decide(reference, "lever_urgence", "yann.lebihan", OVER)
    world.decide(reference, "accorder_urgence", "yann.lebihan", DANGER)
    world.until("2026-01-07")
    with pytest.raises(IllegalDecision):
        world.decide(reference, "accorder_urgence", "yann.lebihan", DANGER)
    world.decide(reference, "lever_urgence", "yann.lebihan", OVER)
    assert not world.case(reference).urgent
    assert dates(world, reference)["D04"] == "2026-01-12"

    # what opens later takes the usual delay
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    assert dates(world, reference)["D08"] == "2026-01-14"
