"""Typologies: two levels, codes that close with a successor and never go, and what a region may add."""

import time
from datetime import date

import pytest

from workflow.circuit.check_typology import compare
from workflow.circuit.loader import load_circuit, load_typology, shared_files, shipped_files
from workflow.circuit.reader import read
from workflow.errors import Fault, InvalidDefinition

NATIONAL = """\
typologie: nationale
version: 1
titre: Causes
codes:
  OFFRE: {libelle: Offre}
  COORD: {libelle: Coordination}
  AUTRE: {libelle: Autre, ferme_le: 2030-01-01, successeur: COORD}
  OFFRE_LOIN: {libelle: Trop loin, parent: OFFRE, ferme_le: 2026-06-01, successeur: OFFRE_LENT}
  OFFRE_LENT: {libelle: Trop lent, parent: OFFRE, ferme_le: 2027-06-01, successeur: COORD_RELAIS}
  COORD_RELAIS: {libelle: Sans relais, parent: COORD}
"""

REGION = """\
typologie: bretagne
version: 1
titre: Causes, précisées en Bretagne
etend: nationale
codes:
  OFFRE_ILE: {libelle: Vivre sur une île, parent: OFFRE}
  OFFRE_MER: {libelle: Bac arrêté, parent: OFFRE, ferme_le: 2026-01-01, successeur: OFFRE_ILE}
"""

FILES = {"typologies/nationale.yaml": NATIONAL, "typologies/bretagne.yaml": REGION}


def faults_of(files: dict[str, str], name: str) -> tuple[Fault, ...]:
    with pytest.raises(InvalidDefinition) as caught:
        load_typology(files, name)
    return caught.value.faults


def spoilt(name: str, old: str, new: str) -> dict[str, str]:
    path = f"typologies/{name}.yaml"
    assert FILES[path].count(old) == 1, old
    return FILES | {path: FILES[path].replace(old, new)}


def test_the_shipped_national_list_has_eight_first_level_codes_and_each_other_code_counts_under_one() -> None:
    typology = load_typology(shared_files(), "nationale")
    first = [code for code in typology.codes if typology.level(code) == 1]
    assert first == ["OFFRE", "ACCES", "COORD", "INFO", "TRANSITION", "PERSONNE", "CADRE", "AUTRE"]
    for code in typology.codes:
        assert typology.first_level(code) in first
        assert code.startswith(typology.first_level(code))


def test_the_shipped_alarm_grid_has_seven_families() -> None:
    typology = load_typology(shared_files(), "alarm")
    assert [typology.level(code) for code in typology.codes] == [1] * 7


def test_every_shipped_typology_loads() -> None:
    names = [file.removeprefix("typologies/").removesuffix(".yaml") for file in shared_files() if "typologies/" in file]
    assert {load_typology(shared_files(), name).name for name in names} == {"nationale", "alarm"}


@pytest.mark.parametrize(
    ("code", "on", "found"),
    [
        ("OFFRE", date(2026, 1, 1), "OFFRE"),
        ("OFFRE_LOIN", date(2026, 5, 31), "OFFRE_LOIN"),
        ("OFFRE_LOIN", date(2026, 6, 1), "OFFRE_LENT"),  # closed from that day on
        ("OFFRE_LOIN", date(2027, 6, 1), "COORD_RELAIS"),  # its successor closed in turn
        ("AUTRE", date(2029, 12, 31), "AUTRE"),
        ("AUTRE", date(2031, 1, 1), "COORD"),
        ("OFFRE_MER", date(2026, 1, 1), "OFFRE_ILE"),
        ("JAMAIS", date(2026, 1, 1), None),
    ],
)
def test_a_closed_code_resolves_to_the_one_that_stands_for_it(code: str, on: date, found: str | None) -> None:
    assert load_typology(FILES, "bretagne").resolve(code, on) == found


def test_a_closed_code_still_counts_where_it_did() -> None:
    typology = load_typology(FILES, "nationale")
    assert typology.first_level("OFFRE_LOIN") == "OFFRE"
    assert typology.level("OFFRE_LOIN") == 2


def test_only_open_codes_are_offered() -> None:
    typology = load_typology(FILES, "bretagne")
    assert list(typology.open_codes(date(2026, 6, 1), 2)) == ["OFFRE_LENT", "COORD_RELAIS", "OFFRE_ILE"]
    assert list(typology.open_codes(date(2031, 1, 1), 1)) == ["OFFRE", "COORD"]
    assert typology.open_codes(date(2026, 6, 1))["OFFRE_ILE"] == "Vivre sur une île"


def test_a_region_adds_to_the_national_list_and_leaves_it_as_it_is() -> None:
    region, national = load_typology(FILES, "bretagne"), load_typology(FILES, "nationale")
    assert region.codes.keys() == national.codes.keys() | {"OFFRE_ILE", "OFFRE_MER"}
    assert region.first_level("OFFRE_ILE") == "OFFRE"
    assert national.level("OFFRE_ILE") is None


SPOILT: list[tuple[str, str, str, list[str], str]] = [
    # file, what is replaced, by what, codes, a piece of the first sentence
    ("nationale", "parent: COORD}", "parent: CORD}", ["nom-inconnu"], "vouliez-vous dire « COORD »"),
    ("nationale", "parent: COORD}", "parent: [COORD, OFFRE]}", ["type"], "Un texte"),
    ("nationale", "parent: COORD}", "parent: OFFRE_LENT}", ["niveau"], "second niveau"),
    ("nationale", ", successeur: OFFRE_LENT", "", ["sans-successeur"], "celui qui le remplace"),
    ("nationale", ", ferme_le: 2026-06-01", "", ["sans-fermeture"], "quand il ferme"),
    ("nationale", "successeur: OFFRE_LENT", "successeur: OFFRE_TARD", ["nom-inconnu"], "« OFFRE_TARD » n’existe pas"),
    ("nationale", "successeur: COORD}", "successeur: OFFRE_LENT}", ["niveau"], "premier niveau"),
    ("nationale", "successeur: COORD_RELAIS", "successeur: OFFRE_LENT", ["cycle"], "« OFFRE_LENT » tournent en rond"),
    ("nationale", "successeur: COORD_RELAIS", "successeur: OFFRE_LOIN", ["cycle"], "tournent en rond"),
    ("nationale", "2026-06-01", "2026-06-31", ["date"], "« 2026-06-31 » n’est pas une date"),
    ("nationale", "2026-06-01", "[2026-06-01]", ["date"], "Un texte"),
    ("nationale", "  COORD:", "  Coord:", ["forme", "nom-inconnu", "nom-inconnu"], "forme attendue"),
    ("nationale", "typologie: nationale", "typologie: national", ["nom-de-fichier"], "« nationale »"),
    ("nationale", "libelle: Offre}", "libele: Offre}", ["cle-manquante", "cle-inconnue"], "« libelle »"),
    ("bretagne", "etend: nationale", "etend: national", ["valeur"], "« nationale »"),
    ("bretagne", "Vivre sur une île, parent: OFFRE", "Île", ["INV-14"], "fixé par la liste nationale"),
    ("bretagne", "Vivre sur une île, parent: OFFRE", "Île, parent: OFFRE_MER", ["niveau"], "second niveau"),
    ("bretagne", "  OFFRE_ILE:", "  OFFRE_LENT:", ["code-double", "nom-inconnu"], "déjà dans la typologie"),
    ("bretagne", "successeur: OFFRE_ILE", "successeur: OFFRE_MER", ["cycle"], "tournent en rond"),
]


@pytest.mark.parametrize(("name", "old", "new", "codes", "word"), SPOILT)
def test_what_is_refused_in_a_typology(name: str, old: str, new: str, codes: list[str], word: str) -> None:
    faults = faults_of(spoilt(name, old, new), name)
    assert [fault.code for fault in faults] == codes, faults
    assert word in faults[0].sentence
    assert {fault.file for fault in faults} == {f"typologies/{name}.yaml"}
    assert all(fault.line and fault.excerpt for fault in faults)


def test_faults_of_the_extended_list_are_told_with_those_of_the_region() -> None:
    files = spoilt("bretagne", "parent: OFFRE}", "parent: OFRE}") | {
        "typologies/nationale.yaml": NATIONAL.replace("parent: COORD}", "parent: CORD}")
    }
    assert [fault.file for fault in faults_of(files, "bretagne")] == [
        "typologies/bretagne.yaml",
        "typologies/nationale.yaml",
    ]


@pytest.mark.parametrize("name", ["absente", "../circuits/national", ""])
def test_a_typology_that_is_not_there(name: str) -> None:
    assert [fault.code for fault in faults_of(FILES, name)] == ["fichier-absent"]


def test_a_region_without_the_national_file() -> None:
    faults = faults_of({"typologies/bretagne.yaml": REGION}, "bretagne")
    assert [(fault.code, fault.excerpt) for fault in faults] == [("typologie-absente", "etend: nationale")]


def test_a_code_that_disappears_is_a_fault() -> None:
    new = NATIONAL.replace("  COORD_RELAIS: {libelle: Sans relais, parent: COORD}\n", "")
    faults = compare(read("avant.yaml", NATIONAL), read("apres.yaml", new))
    assert [(fault.code, fault.file, fault.excerpt) for fault in faults] == [("code-disparu", "apres.yaml", "codes:")]
    assert "« COORD_RELAIS » a disparu" in faults[0].sentence


def test_a_code_that_changes_parent_is_a_fault() -> None:
    new = NATIONAL.replace("parent: COORD}", "parent: OFFRE}").replace("  COORD: {lib", "  COORD: {parent: OFFRE, lib")
    faults = compare(read("avant.yaml", NATIONAL), read("apres.yaml", new))
    assert [(fault.code, fault.line) for fault in faults] == [("code-deplace", 6), ("code-deplace", 10)]


def test_to_close_a_code_add_one_or_say_it_better_is_no_fault() -> None:
    new = NATIONAL.replace("Sans relais, ", "Pas de relais, ").replace("  AUTRE:", "  INFO: {libelle: Info}\n  AUTRE:")
    closed = new.replace("parent: COORD}", "parent: COORD, ferme_le: 2028-01-01, successeur: OFFRE}")
    assert compare(read("avant.yaml", NATIONAL), read("apres.yaml", closed)) == []


def test_a_new_file_that_cannot_be_read_is_not_blamed_for_each_code() -> None:
    assert compare(read("avant.yaml", NATIONAL), read("apres.yaml", "codes: [\n")) == []
    assert compare(read("avant.yaml", "codes: [\n"), read("apres.yaml", NATIONAL)) == []


def circuit_with(typology: str, **more: str) -> dict[str, str]:
    files = shared_files() | shipped_files("national") | more
    files["circuits/national.yaml"] = files["circuits/national.yaml"].replace(
        "fiches: [", f"typologie: {typology}\nfiches: [", 1
    )
    return files


def test_a_circuit_uses_the_list_of_its_region() -> None:
    files = circuit_with("bretagne", **{"typologies/bretagne.yaml": REGION})
    circuit = load_circuit(files, "national")
    causes = circuit.typology("causes_profondes")
    assert causes
    assert causes.first_level("OFFRE_ILE") == "OFFRE"
    families = circuit.typology("familles_alarm")
    assert families
    assert families.name == "alarm"
    assert circuit.typology("nature") is None


@pytest.mark.parametrize(
    ("typology", "code", "word"),
    [("alarm", "INV-14", "précise la liste nationale"), ("bretagn", "typologie-absente", "« bretagn » n’existe pas")],
)
def test_a_circuit_counts_under_the_national_causes(typology: str, code: str, word: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        load_circuit(circuit_with(typology), "national")
    assert [(fault.code, fault.file) for fault in caught.value.faults] == [(code, "circuits/national.yaml")]
    assert word in caught.value.faults[0].sentence
    assert caught.value.faults[0].excerpt == f"typologie: {typology}"


def test_a_fault_in_a_typology_is_told_with_those_of_the_circuit() -> None:
    files = shipped_files("national")
    files["typologies/nationale.yaml"] = files["typologies/nationale.yaml"].replace("parent: CADRE", "parent: CADR", 1)
    files["circuits/national.yaml"] = files["circuits/national.yaml"].replace("delai: 60 j", "delai: 60 jour", 1)
    with pytest.raises(InvalidDefinition) as caught:
        load_circuit(files, "national")
    assert [(fault.code, fault.file) for fault in caught.value.faults] == [
        ("delai", "circuits/national.yaml"),
        ("nom-inconnu", "typologies/nationale.yaml"),
    ]


@pytest.mark.parametrize(
    "codes",
    [
        "\n".join(f"  C{n}: {{libelle: x, ferme_le: 2026-01-01, successeur: C{n + 1}}}" for n in range(2000)),
        "\n".join(f"  C{n}: {{libelle: x, parent: Z{n}}}" for n in range(3000)),
        "  C1: {libelle: x, ferme_le: 2026-01-01, successeur: C1}\n" * 2000,
    ],
)
def test_absurd_lists_are_refused_quickly(codes: str) -> None:
    begin = time.perf_counter()
    faults = faults_of({"typologies/x1.yaml": f"typologie: x1\nversion: 1\ntitre: X\ncodes:\n{codes}\n"}, "x1")
    assert time.perf_counter() - begin < 3  # a safety bound on a busy machine
    assert len(faults) <= 21
