"""Communes, EPCI, départements and régions, against tables written by hand (domain.md §8.1)."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from workflow.errors import Refusal
from workflow.territories import (
    Commune,
    DepartementCode,
    Region,
    RegionCode,
    UnknownPlace,
    commune,
    communes_named,
    departement,
    epci,
    region,
    region_of,
)
from workflow.working_days import DEPARTEMENTS

FILES = Path(__file__).parents[2] / "definitions" / "territoires"

DEPARTEMENTS_OF = {
    "84": "01 03 07 15 26 38 42 43 63 69 73 74",
    "27": "21 25 39 58 70 71 89 90",
    "53": "22 29 35 56",
    "24": "18 28 36 37 41 45",
    "94": "2A 2B",
    "44": "08 10 51 52 54 55 57 67 68 88",
    "32": "02 59 60 62 80",
    "11": "75 77 78 91 92 93 94 95",
    "28": "14 27 50 61 76",
    "75": "16 17 19 23 24 33 40 47 64 79 86 87",
    "76": "09 11 12 30 31 32 34 46 48 65 66 81 82",
    "52": "44 49 53 72 85",
    "93": "04 05 06 13 83 84",
    "01": "971",
    "02": "972",
    "03": "973",
    "04": "974",
    "06": "976",
}
"""Région -> its départements, INSEE codes."""

REDON = "243500741"


def test_every_departement_has_its_region() -> None:
    expected = {code: where for where, codes in DEPARTEMENTS_OF.items() for code in codes.split()}
    assert expected.keys() == DEPARTEMENTS
    assert {code: region_of(DepartementCode(code)).code for code in DEPARTEMENTS} == expected


def test_the_files_name_eighteen_regions_and_nothing_else() -> None:
    assert {row["code"] for row in rows("regions.csv")} == DEPARTEMENTS_OF.keys()
    assert {row["code"] for row in rows("departements.csv")} == DEPARTEMENTS
    assert {row["departement"] for row in rows("communes.csv")} == DEPARTEMENTS


def rows(file: str) -> list[dict[str, str]]:
    with (FILES / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("code", "of_departement", "its_region", "of_region"),
    [
        ("01", "Ain", "Auvergne-Rhône-Alpes", "Guadeloupe"),
        ("02", "Aisne", "Hauts-de-France", "Martinique"),
        ("03", "Allier", "Auvergne-Rhône-Alpes", "Guyane"),
        ("04", "Alpes-de-Haute-Provence", "Provence-Alpes-Côte d’Azur", "La Réunion"),
        ("06", "Alpes-Maritimes", "Provence-Alpes-Côte d’Azur", "Mayotte"),
        ("44", "Loire-Atlantique", "Pays de la Loire", "Grand Est"),
        ("53", "Mayenne", "Pays de la Loire", "Bretagne"),
        ("75", "Paris", "Île-de-France", "Nouvelle-Aquitaine"),
        ("93", "Seine-Saint-Denis", "Île-de-France", "Provence-Alpes-Côte d’Azur"),
    ],
)
def test_the_same_code_is_a_departement_or_a_region(
    code: str, of_departement: str, its_region: str, of_region: str
) -> None:
    found = departement(DepartementCode(code))
    assert (found.name, found.region.name) == (of_departement, its_region)
    assert region(RegionCode(code)).name == of_region


def test_mypy_tells_a_region_from_a_departement() -> None:
    """The comments are the test: mypy says when it no longer needs them."""
    bretagne = region_of(DepartementCode("35")).code
    assert region_of(bretagne).name == "Pays de la Loire"  # type: ignore[arg-type]
    assert region(DepartementCode("53")).name == "Bretagne"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "name", "of"),
    [
        ("2A", "Corse-du-Sud", Region(RegionCode("94"), "Corse")),
        ("2B", "Haute-Corse", Region(RegionCode("94"), "Corse")),
        ("971", "Guadeloupe", Region(RegionCode("01"), "Guadeloupe")),
        ("974", "La Réunion", Region(RegionCode("04"), "La Réunion")),
        ("976", "Mayotte", Region(RegionCode("06"), "Mayotte")),
    ],
)
def test_codes_are_texts(code: str, name: str, of: Region) -> None:
    found = departement(DepartementCode(code))
    assert (found.code, found.name, found.region) == (code, name, of)


@pytest.mark.parametrize(
    ("code", "name", "departement_code", "region_code"),
    [
        ("01001", "L’Abergement-Clémenciat", "01", "84"),
        ("2A004", "Ajaccio", "2A", "94"),
        ("2B033", "Bastia", "2B", "94"),
        ("97105", "Basse-Terre", "971", "01"),
        ("97411", "Saint-Denis", "974", "04"),
        ("97611", "Mamoudzou", "976", "06"),
        ("35236", "Redon", "35", "53"),
        ("44185", "Saint-Nicolas-de-Redon", "44", "52"),
        ("56194", "Rieux", "56", "53"),
    ],
)
def test_a_commune_knows_where_it_is(code: str, name: str, departement_code: str, region_code: str) -> None:
    found = commune(code)
    assert (found.code, found.name) == (code, name)
    assert (found.departement.code, found.departement.region.code) == (departement_code, region_code)


def test_every_commune_can_be_resolved() -> None:
    for row in rows("communes.csv"):
        found = commune(row["code"])
        assert found.departement.code == row["departement"]
        assert found.postcodes
        assert (found.epci.code if found.epci else "") == row["epci"]


def test_redon_agglomeration_lies_in_three_departements_and_two_regions() -> None:
    around = [commune(row["code"]) for row in rows("communes.csv") if row["epci"] == REDON]
    counts: dict[tuple[str, str], int] = {}
    for each in around:
        where = (each.departement.code, each.departement.region.name)
        counts[where] = counts.get(where, 0) + 1
    assert counts == {("35", "Bretagne"): 12, ("44", "Pays de la Loire"): 8, ("56", "Bretagne"): 11}
    assert {each.epci for each in around} == {epci(REDON)}
    assert epci(REDON).name == "CA Redon Agglomération"


def test_an_island_has_no_epci() -> None:
    assert commune("29155").epci is None  # Ouessant


# --- What is typed in a form ---


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Redon", "35236"),
        ("  redon ", "35236"),
        ("SAINT MALO", "35288"),
        ("St-Malo", "35288"),
        ("Fegreac", "44057"),
        ("Fe\N{COMBINING ACUTE ACCENT}gre\N{COMBINING ACUTE ACCENT}ac", "44057"),
        ("saint-jean la poterie", "56223"),
        ("L'Ile d'Yeu", "85113"),
        ("l’île-d’yeu", "85113"),
        ("Ste Marie aux Mines", "68298"),
        ("Crévecoeur-sur-l’Escaut", "59161"),
    ],
)
def test_accents_case_and_hyphens_do_not_count(typed: str, code: str) -> None:
    assert [found.code for found in communes_named(typed)] == [code]


def test_a_postcode_gives_all_its_communes() -> None:
    assert names(communes_named("35600")) == ["Bains-sur-Oust", "Redon", "Sainte-Marie"]
    assert names(communes_named(" 75011 ")) == ["Paris", "Paris 11e Arrondissement"]


def names(found: list[Commune]) -> list[str]:
    return [each.name for each in found]


def test_a_postcode_tells_namesakes_apart() -> None:
    assert len(communes_named("Sainte-Colombe")) == 12
    assert len(communes_named("Sainte-Colombe", "")) == 12
    assert [found.code for found in communes_named("sainte colombe", " 35134")] == ["35262"]


# --- Refusals ---


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("1", "Le département « 1 » n’existe pas ; vouliez-vous dire « 01 » (Ain) ?"),
        ("2a", "Le département « 2a » n’existe pas ; vouliez-vous dire « 2A » (Corse-du-Sud) ?"),
        (
            "20",
            "Le département « 20 » n’existe pas ; vouliez-vous dire « 2A » (Corse-du-Sud) ou « 2B » (Haute-Corse) ?",
        ),
        ("cotes d armor", "Le département « cotes d armor » n’existe pas ; vouliez-vous dire « 22 » (Côtes-d’Armor) ?"),
        ("975", "Le département « 975 » n’existe pas."),
        ("x" * 10_000, f"Le département « {'x' * 59}… » n’existe pas."),
    ],
)
def test_an_unknown_departement_is_refused(code: str, sentence: str) -> None:
    for asked in (departement, region_of):
        with pytest.raises(UnknownPlace) as refused:
            asked(DepartementCode(code))
        assert str(refused.value) == sentence


def test_an_unknown_region_or_epci_is_refused() -> None:
    with pytest.raises(UnknownPlace, match=r"^La région « 971 » n’existe pas\.$"):
        region(RegionCode("971"))
    with pytest.raises(UnknownPlace, match=r"^L’EPCI « 1 » n’existe pas\.$"):
        epci("1")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("1001", "La commune « 1001 » n’existe pas ; vouliez-vous dire « 01001 » (L’Abergement-Clémenciat) ?"),
        (
            "35600",
            "La commune « 35600 » n’existe pas ; "
            "vouliez-vous dire « 35013 » (Bains-sur-Oust), « 35236 » (Redon) ou « 35294 » (Sainte-Marie) ?",
        ),
        ("redon", "La commune « redon » n’existe pas ; vouliez-vous dire « 35236 » (Redon) ?"),
        ("99999", "La commune « 99999 » n’existe pas."),
        ("code", "La commune « code » n’existe pas."),
    ],
)
def test_an_unknown_commune_is_refused(code: str, sentence: str) -> None:
    with pytest.raises(UnknownPlace) as refused:
        commune(code)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("typed", "postcode", "sentence"),
    [
        ("Redonn", None, "La commune « Redonn » n’existe pas ; vouliez-vous dire « Redon » ?"),
        ("Redonn", "35600", "La commune « Redonn » n’existe pas ; vouliez-vous dire « Redon » ?"),
        ("Redon", "44000", "« Redon » n’a pas le code postal « 44000 » ; vouliez-vous dire « 35600 » ?"),
        ("00000", None, "La commune « 00000 » n’existe pas."),
        ("", None, "La commune «  » n’existe pas."),
    ],
)
def test_an_unknown_name_is_refused(typed: str, postcode: str | None, sentence: str) -> None:
    with pytest.raises(UnknownPlace) as refused:
        communes_named(typed, postcode)
    assert str(refused.value) == sentence


def test_an_unknown_place_is_a_refusal() -> None:
    assert issubclass(UnknownPlace, Refusal)


# --- Nothing is read before it is asked for ---

WATCHED = """
import sys, time

opened = []
def watch(event, args):
    if event == "open" and "territoires" in str(args[0]):
        opened.append(str(args[0]).replace("\\\\", "/").rpartition("/")[2])
sys.addaudithook(watch)

from workflow import territories
print(*opened, sep=",")
territories.departement("35")
print(*opened, sep=",")
opened.clear()
start = time.perf_counter()
territories.commune("35236")
seconds = time.perf_counter() - start
print(*opened, sep=",")
opened.clear()
territories.commune("44185")
territories.communes_named("Redon")
print(*opened, sep=",")
print(seconds)
"""


def test_files_are_read_once_and_only_when_a_place_is_resolved() -> None:
    done = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True, check=True)  # noqa: S603  # our own code
    at_import, at_departement, at_commune, later, seconds = done.stdout.splitlines()
    assert at_import == ""
    assert at_departement == "departements.csv,regions.csv"
    assert at_commune == "communes.csv,epci.csv"
    assert later == ""
    assert float(seconds) < 10  # a safety bound; speed is measured in benchmarks/
