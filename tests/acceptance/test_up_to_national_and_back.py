"""Up three levels and back: every level crossed hears of each decision above it (F4, F6, F7, F8; INV-08, INV-37)."""

from tests.world import CONCLUSION, FINAL, LONG, NATIONAL, SPOKEN, Fields, World, action

ANTENNE, DAC, GOVERNANCE = "Yann Le Bihan", "Katell Morvan", "Claire Le Goff"
DD = "Boîte de service de la DD 35"
REGION = "Boîte de service de l’ARS Bretagne"
NATIONAL_BOX = "Boîte de service de l’équipe projet nationale"
BELOW = [GOVERNANCE, DAC, ANTENNE]

UP = {"motif": "offre_insuffisante", "au_dela": "Aucun service du département ne peut ouvrir.", "retour": LONG}
DOWN = {"motif": "competence_inferieure", "retour": LONG}


def to(mail: str, *names: str) -> set[tuple[str, str]]:
    return {(mail, name) for name in names}


def tell_maelle(world: World, reference: str) -> None:
    """Katell tells Maëlle aloud what was decided."""
    (owed,) = [o for o in world.owed(reference) if o.last_mile]
    world.act(reference, owed.code, "katell.morvan", SPOKEN)


def before_the_nation(world: World) -> str:
    """On 5 January in front of the national team, each relay told to Maëlle."""
    reference = world.to_dd()
    tell_maelle(world, reference)
    world.act(reference, "D27", "maelle.riou", NATIONAL)
    world.fresh(reference)

    # DD 35 relays: F6 below, the ARS is asked
    world.decide(reference, "relayer", "sophie.carre", UP)
    assert set(world.fresh(reference)) == to("M10", *BELOW, REGION)
    tell_maelle(world, reference)

    # ARS Bretagne takes charge: F4 to all below
    world.decide(reference, "prendre_en_charge", "viviane.madec", {"officier": "viviane.madec"})
    assert set(world.fresh(reference)) == to("M08", DD, GOVERNANCE, DAC)

    # ARS Bretagne relays: F6 to DD 35 too
    world.decide(reference, "relayer", "viviane.madec", UP)
    assert set(world.fresh(reference)) == to("M10", *BELOW, DD, NATIONAL_BOX)
    tell_maelle(world, reference)

    # The national team takes charge: F4 to all below
    world.decide(reference, "prendre_en_charge", "nadia.vasseur", {"officier": "nadia.vasseur"})
    assert set(world.fresh(reference)) == to("M08", REGION, DD, GOVERNANCE, DAC)
    return reference


def test_back_down_level_by_level(world: World) -> None:
    reference = before_the_nation(world)

    # The national team returns it to ARS Bretagne: F8 to every level crossed
    world.decide(reference, "retourner_region", "nadia.vasseur", DOWN)
    assert world.case(reference).step == "en_instruction_region"
    assert set(world.fresh(reference)) == to("M11", *BELOW, DD, REGION)
    assert {o.code for o in world.owed(reference)} == {"D16", "D12_region", "F8"}
    tell_maelle(world, reference)

    # ARS Bretagne returns it to DD 35: F7, and the national team hears of it as well
    world.decide(reference, "retourner_dd", "viviane.madec", DOWN)
    assert world.case(reference).step == "en_instruction_dd"
    assert set(world.fresh(reference)) == to("M11", *BELOW, DD, NATIONAL_BOX)
    assert {o.code for o in world.owed(reference)} == {"D13", "D12", "F7"}
    tell_maelle(world, reference)

    # DD 35 concludes: F5 to every level crossed, above as well
    world.decide(reference, "constater", "sophie.carre", FINAL)
    assert set(world.fresh(reference)) == to("M11", *BELOW, REGION, NATIONAL_BOX)
    tell_maelle(world, reference)
    world.tick()
    assert world.case(reference).step == "cloturee"
    assert set(world.fresh(reference)) == to("M15", "rédacteur", *BELOW, DD, REGION, NATIONAL_BOX)


def test_treated_by_the_national_team(world: World) -> None:
    reference = before_the_nation(world)
    actions = action("La caisse nationale", "2026-09-01")
    proposal: Fields = {"actions": actions, "destinataire": "La caisse nationale.", "retour": LONG}
    world.decide(reference, "proposer", "nadia.vasseur", proposal)
    assert set(world.fresh(reference)) == to("M11", *BELOW, DD, REGION)
    tell_maelle(world, reference)

    # 3 April: an interim retour, written once, reaches the three levels below; the next is due in 90 days
    world.until("2026-04-03")
    world.fresh(reference)
    assert len(world.owed(reference, "D12_national")) == 3
    world.act(reference, "D12_national", "nadia.vasseur", {"retour": LONG})
    assert set(world.fresh(reference)) == to("M11", DD, REGION, DAC)
    assert {str(o.due) for o in world.owed(reference, "D12_national")} == {"2026-07-02"}

    # 1 September: done, concluded, told, closed
    world.until("2026-09-01")
    world.act(reference, "action_nationale", "nadia.vasseur", {"etat": "faite"})
    world.fresh(reference)
    world.decide(reference, "conclure", "nadia.vasseur", CONCLUSION)
    assert set(world.fresh(reference)) == to("M11", *BELOW, DD, REGION)
    assert not world.owed(reference, "D12_national")
    tell_maelle(world, reference)
    world.tick()
    assert world.case(reference).step == "cloturee"


def test_the_level_reached_is_asked_once(world: World) -> None:
    reference = world.to_dd()
    world.fresh(reference)
    world.decide(reference, "relayer", "sophie.carre", UP)
    assert world.fresh(reference).count(("M10", REGION)) == 1
