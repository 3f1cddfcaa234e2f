"""One antenne, three départements, two ARS: the département of the situation decides (DESIGN §5)."""

import pytest

from tests.world import ANALYSIS, FORM, LONG, NATIONAL, SPOKEN, VALIDATION, World

OFFICER = {"35": "sophie.carre", "56": "annaig.lebrun", "44": "estelle.naud"}
ELSEWHERE = {"motif": {"code": "autre_departement", "texte": "La personne a déménagé."}}
UP = {"motif": "offre_insuffisante", "au_dela": "Aucun service du département ne peut ouvrir.", "retour": LONG}


def transmitted(world: World, departement: str) -> str:
    """Deposited by Enora at Redon, validated by the governance of DAC'tiv, transmitted on 5 January."""
    reference = world.open("enora.lescop", departement, "antenne-redon")
    world.decide(reference, "deposer", "enora.lescop", FORM)
    world.decide(reference, "prendre_en_charge_antenne", "gwenaelle.cadiou")
    world.decide(reference, "retenir_pour_analyse", "gwenaelle.cadiou", {"nature": "averee"})
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    world.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-01-05"})
    world.decide(reference, "valider", "claire.legoff", VALIDATION | {"dd": f"dd-{departement}"})
    world.wait(hours=1)
    return reference


def test_three_situations_three_delegations_two_ars(world: World) -> None:
    ars = {"35": "ARS Bretagne", "56": "ARS Bretagne", "44": "ARS Pays de la Loire"}
    for departement, officer in OFFICER.items():
        reference = transmitted(world, departement)
        assert reference.startswith("BRE")  # the reference bears the région of the DAC
        assert world.mails(reference, "M07") == [("M07", f"Boîte de service de la DD {departement}")]
        world.decide(reference, "prendre_en_charge", officer, {"officier": officer})
        world.decide(reference, "relayer", officer, UP)
        assert ("M10", f"Boîte de service de l’{ars[departement]}") in world.mails(reference)
        others = {f"DD {other}" for other in OFFICER if other != departement} | (set(ars.values()) - {ars[departement]})
        assert not [name for _, name in world.mails(reference) for other in others if other in name]


def test_the_governance_cannot_send_it_to_another_delegation(world: World) -> None:
    with pytest.raises(Exception, match=r"La délégation .dd. d’une situation du département 44 est dd-44"):
        _wrong(world)


def _wrong(world: World) -> None:
    reference = world.open("enora.lescop", "44", "antenne-redon")
    world.decide(reference, "deposer", "enora.lescop", FORM)
    world.decide(reference, "prendre_en_charge_antenne", "gwenaelle.cadiou")
    world.decide(reference, "retenir_pour_analyse", "gwenaelle.cadiou", {"nature": "averee"})
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    world.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-01-20"})
    world.decide(reference, "valider", "claire.legoff", VALIDATION)


def test_not_this_departement(world: World) -> None:
    # 5 January: DD 35 takes charge
    reference = transmitted(world, "35")
    world.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    old = {o.n for o in world.owed(reference) if o.debtor.organisation == "dd-35"}
    world.fresh(reference)

    # 12 January: the person lives in 44 now; what DD 35 owed ends, DD 44 has its own seven days
    world.until("2026-01-12")
    world.fresh(reference)
    world.decide(reference, "autre_dd", "sophie.carre", ELSEWHERE | {"dd_competente": "dd-44"})
    case = world.case(reference)
    assert (case.step, case.departement) == ("transmise_dd", "44")
    assert not old & {o.n for o in world.owed(reference)}
    assert [(o.code, str(o.due)) for o in world.owed(reference) if o.debtor.organisation == "dd-44"] == [
        ("D11", "2026-01-19")
    ]
    assert world.fresh(reference) == [("M07", "Boîte de service de la DD 44"), ("M08", "Katell Morvan")]

    # 13 January: DD 44 relays to ARS Pays de la Loire; DD 35 may do nothing more
    world.until("2026-01-13")
    with pytest.raises(Exception, match="ne vous revient pas"):
        world.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    world.decide(reference, "prendre_en_charge", "estelle.naud", {"officier": "estelle.naud"})
    world.fresh(reference)
    world.decide(reference, "relayer", "estelle.naud", UP)
    told = {name for _, name in world.fresh(reference)}
    assert "Boîte de service de l’ARS Pays de la Loire" in told
    assert "Boîte de service de l’ARS Bretagne" not in told


def test_another_delegation_does_not_ask_the_redacteur_again(world: World) -> None:
    reference = transmitted(world, "35")
    world.act(reference, "D27", "enora.lescop", NATIONAL)
    world.decide(reference, "autre_dd", "sophie.carre", ELSEWHERE | {"dd_competente": "dd-44"})
    assert not world.owed(reference, "D27")


def test_the_new_ars_is_told_only_once_it_is_reached(world: World) -> None:
    # up to ARS Bretagne, back to DD 35, then to DD 44, which redirects
    reference = transmitted(world, "35")
    world.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    world.decide(reference, "relayer", "sophie.carre", UP)
    world.decide(reference, "prendre_en_charge", "viviane.madec", {"officier": "viviane.madec"})
    world.decide(reference, "retourner_dd", "viviane.madec", {"motif": "competence_inferieure", "retour": LONG})
    world.decide(reference, "autre_dd", "sophie.carre", ELSEWHERE | {"dd_competente": "dd-44"})
    world.decide(reference, "prendre_en_charge", "estelle.naud", {"officier": "estelle.naud"})
    world.decide(reference, "inscrire_instance", "estelle.naud", {"seance": "2026-01-20", "retour": LONG})
    assert "Boîte de service de l’ARS Pays de la Loire" not in {name for _, name in world.mails(reference)}


def test_the_same_governance_for_the_three(world: World) -> None:
    references = [transmitted(world, departement) for departement in OFFICER]
    for reference in references:
        world.act(reference, "F2", "katell.morvan", SPOKEN)
    assert {o.debtor.organisation for r in references for o in world.every(r, "D09")} == {"gouvernance-dactiv"}
