"""Layers: what a local circuit may change, what it may not, each fault on its own line (DESIGN §5)."""

import pytest

from workflow.circuit.compiled import Circuit
from workflow.circuit.loader import load_circuit, shared_files, shipped_circuits
from workflow.delays import Delay
from workflow.errors import Fault, InvalidDefinition

SHIPPED = shipped_circuits() | shared_files()
REGION = """\
circuit: pays-gallo
version: 1
titre: Pays gallo
couche: region
etend: national
incontournables:
  destinataires: {F5: [gouvernance]}
  delais: {D03: 10 j, D09: 45 j}
  champs: [deja_vue]
dus:
  D03: {delai: 5 j}
  D12: {delai: 20 j}
"""
DAC = """\
circuit: mon-dac
version: 1
titre: Mon DAC
couche: dac
etend: pays-gallo
"""
DD = """\
circuit: ma-dd
version: 1
titre: Ma DD
couche: dd
etend: national
departements: ['35']
dus:
  D13: {delai: 45 j}
"""
GROUP = """\
ajouts:
  groupe:
    seulement: [antenne-a]
    apres: [en_analyse.proposer_gouvernance]
    etape:
      niveau: dac
      titre: Groupe territorial
      responsable: pilote_orp
      horloge: D_groupe
      delai: 30 j
      decisions:
        presenter: {code: T13, titre: Présenter, par: [pilote_orp], vers: suite, doit: [F2]}
"""


def load(
    own: str = "", antenne: str | None = None, dd: str | None = None, region: str = REGION, receiving: str = ""
) -> Circuit:
    """Load « mon-dac » with these lines of its own, and those of the delegation that receives."""
    files = {**SHIPPED, "circuits/gallo/pays-gallo.yaml": region, "circuits/gallo/mon-dac.yaml": DAC + own}
    return load_circuit({**files, "circuits/gallo/ma-dd.yaml": DD + receiving}, "mon-dac", antenne, dd)


def fault(own: str, **given: str) -> Fault:
    """The only fault of these lines."""
    with pytest.raises(InvalidDefinition) as caught:
        load(own, **given)
    (found,) = caught.value.faults
    return found


def delay(circuit: Circuit, code: str) -> str:
    return str(circuit.dues[code].delay)


def test_what_a_layer_does_not_say_is_as_above() -> None:
    circuit, national = load(), load_circuit(SHIPPED, "national")
    assert (circuit.key, circuit.definition.title) == ("mon-dac@1", "Mon DAC")
    assert delay(circuit, "D03") == "5 j"  # the région's
    assert circuit.definition.steps == national.definition.steps


def test_a_delay_is_replaced_and_a_list_is_added_to() -> None:
    circuit = load(
        "dus:\n  D03: {delai: 4 j}\n  F3: {remis: [direction]}\netapes:\n  en_analyse: {titre: Analyse, delai: 21 j}\n"
    )
    assert (delay(circuit, "D03"), delay(circuit, "D04")) == ("4 j", "21 j")
    assert circuit.step("en_analyse").title == "Analyse"
    assert circuit.dues["F3"].delivered == ("dac", "antenne", "co_antenne", "gouvernance", "direction")


@pytest.mark.parametrize(
    ("own", "code", "line", "said"),
    [
        ("dus:\n  F5: {remis: [dac, antenne]}\n", "INV-09", 7, "« gouvernance »"),
        ("dus:\n  F5: {remis: [dac, antenne]}\n", "INV-09", 7, "exigé par : Pays gallo"),
        ("dus:\n  D03: {delai: 12 j}\n", "incontournable", 7, "Pays gallo"),
        ("dus:\n  D03: {delai: 2 j, urgent: 1 jo}\n", "INV-05", 7, "bornes"),
        ("dus:\n  D03: {bornes: [1 j, 21 j]}\n", "bornes", 7, "dépassent"),
        ("dus:\n  D13: {delai: 40 j}\n", "autre-proprietaire", 7, "délégation"),
        ("dus:\n  F2: {genre: tache}\n", "fixe", 7, "genre"),
        ("etapes:\n  en_analyse: {niveau: dd}\n", "fixe", 7, "niveau"),
        ("etapes:\n  en_analyse: {decisions: {observer: {vers: cloturee}}}\n", "fixe", 7, "vers"),
        ("etapes:\n  en_analyze: {delai: 21 j}\n", "nom-inconnu", 7, "en_analyse"),
        ("etapes:\n  en_analyse: {delay: 21 j}\n", "cle-inconnue", 7, "delai"),
        ("dus:\n  D03: {delai: 4 jour}\n", "delai", 7, "4 jour"),
        (GROUP + GROUP.replace("ajouts:\n", "").replace("groupe:", "en_analyse:"), "nom-double", 19, "existe déjà"),
        (GROUP.replace("en_analyse.proposer", "en_analyse.propose"), "nom-inconnu", 9, "n’existe pas"),
        (
            GROUP.replace("proposer_gouvernance]", "proposer_gouvernance, en_analyse.observer]"),
            "suite",
            9,
            "même endroit",
        ),
        ("sens: haut\n", "cle-inconnue", 6, "sens"),
        ("dus:\n  D09: {delai: {au_plus_tot_de: [60 j, prochaine séance + 7 j]}}\n", "incontournable", 7, "Pays gallo"),
        ("dus:\n  D03: {bornes: [6 j, 21 j]}\n", "INV-05", 7, "sort de ses bornes"),
        ("dus:\n  F2: {pendant: [en_analyse]}\n", "fixe", 7, "pendant"),
        ("etapes:\n  en_analyse: {finale: oui}\n", "fixe", 7, "finale"),
        (
            "etapes:\n  en_analyse: {decisions: {observer: {porte: validation_gouvernance}}}\n",
            "fixe",
            7,
            "porte",
        ),
        ("acteurs:\n  dd: {titre: Notre DD}\n", "autre-proprietaire", 7, "délégation"),
        ("acteurs:\n  analyste: {structure: dac}\n", "fixe", 7, "structure"),
        ("instances:\n  strategique: {calendrier: chaque lundi}\n", "autre-proprietaire", 7, "délégation"),
        (
            "dus:\n  vite: {genre: decision, par: dd, pendant: [en_traitement_dd], delai: 2 j}\n",
            "autre-proprietaire",
            7,
            "délégation",
        ),
        (GROUP.replace("en_analyse.proposer", "transmise_dd.prendre"), "autre-proprietaire", 9, "délégation"),
        (GROUP.replace("niveau: dac", "niveau: dd"), "autre-proprietaire", 11, "délégation"),
        ("dus:\n  D12: {a: [direction_dd]}\n", "autre-proprietaire", 7, "les vôtres"),
        ("dus:\n  D12: {a: [antenne], delai: 20 j}\n", "autre-proprietaire", 7, "délégation"),
        ("fiches: [paca, analyse, nationale]\n", "incontournable", 6, "« deja_vue », exigé par : Pays gallo"),
        ("parent: pays-gallo@2\n", "parent", 6, "a changé"),
        ("parent: national@1\n", "parent", 6, "un autre circuit"),
    ],
)
def test_what_a_layer_may_not_say_is_refused_on_its_line(own: str, code: str, line: int, said: str) -> None:
    found = fault(own, antenne="antenne-a")
    assert (found.code, found.file, found.line) == (code, "circuits/gallo/mon-dac.yaml", line)
    assert said in found.sentence + found.expected


def test_a_step_is_put_on_the_way_for_the_antennes_that_take_it() -> None:
    with_it, without = load(GROUP, "antenne-a"), load(GROUP, "antenne-b")
    assert with_it.decision("en_analyse", "proposer_gouvernance").target == "groupe"
    assert with_it.decision("groupe", "presenter").target == "proposee_gouvernance"
    assert without.decision("en_analyse", "proposer_gouvernance").target == "proposee_gouvernance"
    assert "groupe" not in without.definition.steps


def test_an_antenne_changes_what_is_its_own() -> None:
    own = "antennes:\n  antenne-a: {dus: {D03: {delai: 3 j}}}\n"
    assert [delay(load(own, antenne), "D03") for antenne in ("antenne-a", "antenne-b")] == ["3 j", "5 j"]
    refused = fault("antennes:\n  antenne-a: {dus: {D03: {delai: 12 j}}}\n", antenne="antenne-a")
    assert (refused.code, refused.line) == ("incontournable", 7)


def test_a_layer_below_says_who_takes_a_step_unless_it_is_mandatory() -> None:
    region = REGION + GROUP.replace("    seulement: [antenne-a]\n", "")
    here = "ajouts:\n  groupe: {sans: [antenne-b]}\n"
    taken = ["groupe" in load(here, antenne, region=region).definition.steps for antenne in ("antenne-a", "antenne-b")]
    assert taken == [True, False]
    found = fault(
        here, antenne="antenne-b", region=region.replace("incontournables:", "incontournables:\n  etapes: [groupe]")
    )
    assert (found.code, found.line) == ("incontournable", 7)
    assert "Pays gallo" in found.sentence


def test_each_side_is_ruled_by_its_own_layers() -> None:
    # the DAC's région wants D12 within 20 days: from its own ARS, not from the delegation that receives
    alone, received = load(), load(dd="ma-dd")
    assert [delay(circuit, "D12") for circuit in (alone, received)] == ["20 j", "30 j"]
    assert [delay(circuit, "D13") for circuit in (alone, received)] == ["60 j", "45 j"]
    assert delay(received, "D03") == "5 j"


def test_circuits_that_extend_each_other_in_a_circle() -> None:
    found = fault("", region=REGION.replace("etend: national", "etend: mon-dac"))
    assert (found.code, found.line) == ("boucle", 5)


def test_a_circuit_that_extends_nothing_known() -> None:
    with pytest.raises(InvalidDefinition) as caught:
        load(region=REGION.replace("etend: national", "etend: nationale"))
    (found,) = caught.value.faults
    assert (found.code, found.file, found.line) == ("circuit-absent", "circuits/gallo/pays-gallo.yaml", 5)
    assert "national" in found.sentence


def test_a_fault_of_a_layer_above_stands_in_its_file() -> None:
    found = fault("", region=REGION.replace("D03: {delai: 5 j}", "D03: {delai: 5 jour}"))
    assert (found.code, found.file, found.line) == ("delai", "circuits/gallo/pays-gallo.yaml", 11)


def test_bounds_may_be_narrowed() -> None:
    assert load("dus:\n  D03: {bornes: [4 j, 8 j]}\n").dues["D03"].bounds == (Delay.parse("4 j"), Delay.parse("8 j"))


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("etapes: [en_analize]", "vouliez-vous dire « en_analyse »"),
        ("destinataires: {F55: [gouvernance]}", "vouliez-vous dire « F5 »"),
        ("destinataires: {F2: [gouvernance]}", "n’est pas destiné à « gouvernance »"),
        ("delais: {D003: 10 j}", "vouliez-vous dire « D03 »"),
        ("delais: {D04: 20 j}", "laisse plus longtemps : « 30 j »"),
        ("champs: [deja_vues]", "vouliez-vous dire « deja_vue »"),
    ],
)
def test_what_is_made_mandatory_exists_and_holds(claim: str, said: str) -> None:
    found = fault(
        "",
        region=REGION.replace("  champs: [deja_vue]\n", "")
        .replace("  delais: {D03: 10 j, D09: 45 j}", f"  {claim}")
        .replace("  destinataires: {F5: [gouvernance]}\n", ""),
    )
    assert (found.file, found.line) == ("circuits/gallo/pays-gallo.yaml", 7)
    assert said in found.sentence + found.expected


def test_the_other_side_is_heard_and_not_ruled() -> None:
    # the DAC asks DD 35 to tell its antenne too; the delegation asks to be told of the last mile
    circuit = load("dus:\n  D12: {a: [antenne]}\n  F4: {remis: [antenne]}\n", dd="ma-dd")
    assert circuit.dues["D12"].beneficiaries == ("dac", "antenne")
    assert circuit.dues["F4"].delivered == ("gouvernance", "dac", "antenne")
    with pytest.raises(InvalidDefinition) as caught:
        load(dd="ma-dd", receiving="fiches: [courte, analyse, nationale]\n")
    (found,) = caught.value.faults
    assert (found.code, found.file) == ("autre-proprietaire", "circuits/gallo/ma-dd.yaml")


def test_an_antenne_adds_a_step_of_its_own() -> None:
    own = "antennes:\n  antenne-a:\n" + "".join(
        f"    {line}\n" for line in GROUP.splitlines() if "seulement" not in line
    )
    taken = ["groupe" in load(own, antenne).definition.steps for antenne in ("antenne-a", "antenne-b")]
    assert taken == [True, False]


@pytest.mark.parametrize("rank", ["dd", "antenne"])
def test_a_layer_stands_under_one_that_may_be_above_it(rank: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        load(region=REGION.replace("couche: region", f"couche: {rank}"))
    found = next(
        fault for fault in caught.value.faults if fault.code == "couche" and f"couche « {rank} »" in fault.sentence
    )
    assert found.line == 5


def test_a_clock_says_whose_it_is_and_nobody_else_sets_it() -> None:
    own = "dus:\n  D03: {delai: 4 j}\n"
    region = REGION.replace("D03: {delai: 5 j}", "D03: {delai: 5 j, fixe_par: region}")
    found = fault(own, region=region)
    assert (found.code, found.line) == ("autre-proprietaire", 7)
    assert "c’est à fixer par la région" in found.sentence
    assert delay(load(own, region=REGION.replace("D03: {delai: 5 j}", "D03: {fixe_par: dac}")), "D03") == "4 j"
    assert fault("dus:\n  D03: {fixe_par: dd}\n", region=region).code in ("autre-proprietaire", "fixe")


@pytest.mark.parametrize(
    ("own", "line"),
    [
        ("dus:\n  D_new: {genre: retour, par: dd, remis: [dac], courriel: M08}\n", 7),
        (GROUP.replace("en_analyse.proposer_gouvernance", "en_instruction_dd.constater"), 9),
        (GROUP.replace("niveau: dac", "niveau: dd"), 11),
    ],
)
def test_nobody_adds_to_the_side_of_another(own: str, line: int) -> None:
    found = fault(own, antenne="antenne-a")
    assert (found.code, found.line) == ("autre-proprietaire", line)


def test_a_region_that_adds_a_step_adds_it_once_for_its_dacs_and_its_delegations() -> None:
    region = REGION + GROUP.replace("    seulement: [antenne-a]\n", "")
    files = {**SHIPPED, "circuits/pays-gallo.yaml": region, "circuits/mon-dac.yaml": DAC}
    circuit = load_circuit(files, "mon-dac", None, "pays-gallo")
    assert circuit.decision("en_analyse", "proposer_gouvernance").target == "groupe"


def test_each_side_keeps_the_national_version_it_was_checked_against() -> None:
    # the delegation adopted a newer national circuit: its own clocks follow it, those of the DAC do not
    newer = SHIPPED["circuits/national.yaml"]
    newer = newer.replace("delai: 60 j\n    urgent: 15 j", "delai: 50 j\n    urgent: 15 j")
    newer = newer.replace(
        "delai: 7 j, urgent: 2 jo, bornes: [3 j, 21 j]", "delai: 9 j, urgent: 2 jo, bornes: [3 j, 21 j]"
    )
    newer = newer.replace(
        "    financement: Un financement manque\n", "    financement: Un financement manque\n    neuf: Un motif neuf\n"
    )
    theirs = {
        **SHIPPED,
        "circuits/national.yaml": newer,
        "circuits/ma-dd.yaml": DD.replace("D13: {delai: 45 j}", "D15: {urgent: 20 j}"),
    }
    circuit = load_circuit(
        {**SHIPPED, "circuits/mon-dac.yaml": DAC.replace("pays-gallo", "national")}, "mon-dac", None, "ma-dd", theirs
    )
    assert (delay(circuit, "D03"), delay(circuit, "D13")) == ("7 j", "50 j")
    assert "neuf" in circuit.definition.reasons["relais"]
