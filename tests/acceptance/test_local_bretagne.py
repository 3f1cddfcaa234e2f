"""The shipped circuits of Bretagne, and the delegations that receive its situations (domain.md §5.1)."""

import pytest

from tests.local import Local, local_circuit, local_world
from tests.world import FINAL, Fields, action
from workflow.errors import WrongRole
from workflow.model import Status

OTHER_TEAM: Fields = {
    "co_antenne": "antenne-redon",
    "motif": {"code": "suivi_partage", "texte": "Deux équipes suivent."},
}
ENTRUSTED: Fields = {"antenne": "antenne-vitre", "motif": {"code": "autre_antenne", "texte": "La personne habite là."}}


def test_the_region_asks_for_five_days_everywhere() -> None:
    for name, antenne in (("dactiv", "antenne-redon"), ("rance-emeraude", "antenne-saint-malo"), ("bretagne", "")):
        assert str(local_circuit(name, antenne, "35").dues["D03"].delay) == "5 j"


def test_fougeres_shows_its_situations_to_the_territory_before_the_governance() -> None:
    # 5 January: a nurse of the CPTS deposits; a fortnight later the pilote proposes: the GT looks first
    story = Local(local_world(), "antenne-fougeres", "35")
    story.begin("antenne-fougeres", "35", by="typhaine.gallais")
    story.to_analysis()
    story.world.until("2026-01-19")
    story.propose()
    assert story.case.step == "gt_orp_territorial"
    assert story.dues() == {"F2": "2026-01-26", "D04_gt": "2026-02-18"}

    # the professionals of the territory are asked, one answers; what is left is dropped when it is presented
    story.decide("consulter", {"partenaires": "cpts-fougeres, clic-fougeres", "questions": "Qu’en est-il chez vous ?"})
    story.world.act(story.reference, "avis_gt", "typhaine.gallais", {"reponse": "Deux cas semblables ce mois-ci."})
    story.tell()
    story.world.until("2026-02-02")
    story.decide("presenter")
    assert story.case.step == "proposee_gouvernance"
    assert {o.status for o in story.world.every(story.reference, "avis_gt")} == {Status.DISCHARGED, Status.WAIVED}
    assert story.world.owed(story.reference, "D09")


def test_what_fougeres_shows_the_others_do_not() -> None:
    story = Local(local_world(), "antenne-broceliande", "35")
    with pytest.raises(WrongRole, match="Seules les personnes du DAC"):
        story.begin("antenne-broceliande", "35", by="typhaine.gallais")
    story.begin("antenne-broceliande", "35")
    story.to_analysis()
    story.propose()
    assert story.case.step == "proposee_gouvernance"


def test_vitre_works_among_its_own() -> None:
    story = Local(local_world(), "antenne-vitre", "35")
    with pytest.raises(WrongRole):
        story.begin("antenne-vitre", "35", by="typhaine.gallais")
    assert not story.circuit.definition.open_to_partners


def test_redon_one_dac_three_situations_three_delegations_three_sets_of_delays() -> None:
    found = {}
    for departement in ("35", "44", "56"):
        story = Local(local_world(), "antenne-redon", departement)
        story.to_analysis()
        story.propose()
        story.to_dd("2026-01-20")
        waits = story.dues()["D11"]
        story.take_charge()
        found[departement] = (waits, story.dues()["D12"], story.dues()["D13"])
    assert found == {
        "35": ("2026-01-26", "2026-02-10", "2026-03-06"),  # 25 January is a Sunday
        "44": ("2026-01-30", "2026-02-19", "2026-04-07"),  # 5 April is Easter Sunday
        "56": ("2026-01-27", "2026-02-19", "2026-03-11"),
    }


def test_redon_sends_to_the_circuit_that_the_cpts_has_already() -> None:
    story = Local(local_world(), "antenne-redon", "56")
    story.to_analysis()
    story.decide("reorienter", {"motif": "recueil_cpts", "retour": FINAL["retour"]})
    assert (story.case.step, story.case.issue) == ("retour_en_diffusion", "reorientee")


def test_rennes_leaves_the_triage_to_its_teams() -> None:
    story = Local(local_world(), "antenne-rennes", "35")
    story.deposit()
    assert story.world.owed(story.reference, "D03")[0].debtor.function == "chef_equipe"
    story.decide("prendre_en_charge_antenne", by="chef_equipe")
    story.decide("retenir_pour_analyse", {"nature": "averee"}, by="chef_equipe")
    assert (story.case.step, list(story.dues())) == ("en_analyse", ["D04"])


def test_ccaa_follows_with_another_team_and_looks_again_after_six_months() -> None:
    story = Local(local_world(), "specificite-ccaa", "35")
    story.to_analysis()
    story.decide("associer", OTHER_TEAM)
    story.decide("traiter_localement", {"actions": action("cpam-35", "2026-02-27")})
    story.render("action_locale", {"etat": "faite"})
    story.tell()
    story.decide(
        "conclure_localement", {"motif": "resolue", "resultat": "Les soins tiennent.", "retour": FINAL["retour"]}
    )
    story.tell()
    story.world.tick()
    assert story.case.step == "cloturee"
    story.world.leap(184)
    (check,) = story.world.owed(story.reference, "F12")
    assert (check.debtor.organisation, check.debtor.function) == ("specificite-ccaa", "responsable_antenne")


def test_etp_contributes_and_keeps_no_queue() -> None:
    story = Local(local_world(), "specificite-etp", "35")
    story.deposit()
    assert (story.case.step, story.dues()) == ("orientation", {"D03_etp": "2026-01-12"})  # the tenth is a Saturday
    story.decide("confier", ENTRUSTED)
    owed = story.world.owed(story.reference, "D03")[0].debtor
    assert (story.case.step, owed.organisation) == ("deposee", "antenne-vitre")
    story.decide("prendre_en_charge_antenne")
    assert not [o for o in story.world.owed(story.reference) if o.debtor.organisation == "specificite-etp"]


def test_rance_emeraude_one_dac_two_delegations() -> None:
    found = {}
    for antenne, departement in (("antenne-saint-malo", "35"), ("antenne-dinan", "22")):
        story = Local(local_world(), antenne, departement)
        story.to_analysis()
        story.propose()
        story.to_dd("2026-01-20")
        story.take_charge()
        found[departement] = (story.case.dac, story.dues()["D13"])
    assert found == {"35": ("rance-emeraude", "2026-03-06"), "22": ("rance-emeraude", "2026-03-23")}  # 22 is a Sunday


def test_one_delegation_two_dacs_one_set_of_delays() -> None:
    dactiv, rance = (local_circuit(*given, "35") for given in (("dactiv", "antenne-vitre"), ("rance-emeraude", "")))
    for code in ("D11", "D12", "D13"):
        assert dactiv.dues[code] == rance.dues[code]


def test_a_situation_is_joined_to_one_that_waits_where_its_own_circuit_never_goes() -> None:
    # the parent waits at the GT of Fougères; the other, of Redon, has no such step
    story = Local(local_world(), "antenne-fougeres", "35")
    story.to_analysis()
    story.propose()
    parent = story.reference
    story.begin("antenne-redon", "35")
    story.to_analysis()
    story.decide("rattacher_doublon", {"parent": parent, "motif": {"code": "meme_cause", "texte": "Même cause."}})
    assert story.case.step == "rattachee"
