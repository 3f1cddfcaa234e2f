"""Where a situation goes, with the directory of Bretagne; and what that directory promises."""

import csv
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select

from orp.directory_file import DirectoryFile, read_directory
from storage.database import open_database, transaction
from storage.directory import Directory
from storage.placing import Placing
from storage.schema import upgrade
from storage.tables import TABLES
from tests.world import DIRECTORY
from workflow.errors import InvalidDefinition, Refusal, accepted
from workflow.ports.work import Places
from workflow.territories import Commune, DepartementCode, commune, region_of

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
REDON = "243500741"
ORGANISATIONS = TABLES["organisations"]

BRETAGNE = read_directory(DIRECTORY)


@pytest.fixture
def empty() -> Iterator[Engine]:
    engine = open_database("sqlite:///:memory:")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(empty: Engine) -> Iterator[Connection]:
    with transaction(empty, writes=True) as opened:
        Directory(opened).add(*BRETAGNE.rows(SINCE))
        yield opened


@pytest.fixture
def directory(connection: Connection) -> Directory:
    return Directory(connection)


def placed(directory: Directory, antenne: str, departement: str) -> Places:
    """Where a situation goes."""
    return accepted(Placing(directory._connection, {antenne}).find(antenne, departement))


def slots(directory: Directory, antenne: str, departement: str) -> dict[str, str]:
    return {slot: party.organisation for slot, party in placed(directory, antenne, departement).parties.items()}


# --- The matrix of Redon ---


def communes_of(group: str) -> list[Commune]:
    with (DIRECTORY.parent / "communes.csv").open(encoding="utf-8", newline="") as lines:
        return [commune(row["code"]) for row in csv.DictReader(lines) if row["epci"] == group]


def test_each_commune_of_redon_goes_to_its_own_delegation_and_its_own_ars(directory: Directory) -> None:
    routes: Counter[tuple[str, str, str]] = Counter()
    for each in communes_of(REDON):
        found = slots(directory, "antenne-redon", each.departement.code)
        routes[each.departement.code, found["dd"], found["region"]] += 1
    assert routes == {
        ("35", "dd-35", "ars-bretagne"): 12,
        ("56", "dd-56", "ars-bretagne"): 11,
        ("44", "dd-44", "ars-pays-de-la-loire"): 8,
    }


@pytest.mark.parametrize("code", ["35236", "56194", "44185"])
def test_the_same_governance_validates_them_all(directory: Directory, code: str) -> None:
    places = placed(directory, "antenne-redon", commune(code).departement.code)
    found = {slot: party.organisation for slot, party in places.parties.items()}
    assert (found["antenne"], found["dac"], found["gouvernance"]) == ("antenne-redon", "dactiv", "gouvernance-dactiv")
    assert found["national"] == "equipe-nationale"
    assert (places.region_code, places.dac_code) == ("BRE", "DACTIV")  # the reference is that of the DAC, even in 44


def test_the_parties_of_a_situation_see_nothing_yet(directory: Directory) -> None:
    parties = placed(directory, "antenne-redon", "44").parties
    assert list(parties) == ["antenne", "dac", "gouvernance", "dd", "region", "national"]
    assert all(party.since is None and party.person is None for party in parties.values())


def test_rance_emeraude_works_in_two_departements(directory: Directory) -> None:
    for departement in ("22", "35"):
        found = slots(directory, "antenne-dinan", departement)
        assert (found["dac"], found["gouvernance"]) == ("rance-emeraude", "gouvernance-rance-emeraude")
        assert (found["dd"], found["region"]) == (f"dd-{departement}", "ars-bretagne")
    assert placed(directory, "antenne-saint-malo", "35").dac_code == "RANCE"


def test_a_specificite_is_an_antenne(directory: Directory) -> None:
    assert slots(directory, "specificite-ccaa", "29")["dd"] == "dd-29"
    assert slots(directory, "specificite-etp", "35")["dac"] == "dactiv"


def test_a_departement_without_its_delegation_is_refused(directory: Directory) -> None:
    with pytest.raises(Refusal, match="Aucune délégation départementale n’est enregistrée pour le département « 49 »"):
        placed(directory, "antenne-redon", "49")


def test_an_unknown_antenne_is_refused(directory: Directory) -> None:
    with pytest.raises(Refusal, match="« dactiv » n’est pas une antenne connue"):
        placed(directory, "dactiv", "35")


# --- A smaller, or a stranger, directory ---


def small(without: Collection[str], more: str = "") -> DirectoryFile:
    """Keep what one antenne of DAC'tiv needs in 35 but for `without`; `more` is another national team."""
    kept = {"equipe-nationale", "ars-bretagne", "ars-pays-de-la-loire", "dd-35"}
    kept |= {"dactiv", "gouvernance-dactiv", "antenne-redon"}
    entries = {key: entry for key, entry in BRETAGNE.organisations.items() if key in kept - set(without)}
    if more:
        entries[more] = entries["equipe-nationale"]
    return BRETAGNE.model_copy(update={"organisations": entries, "people": {}, "mailboxes": {}})


def loaded(engine: Engine, file: DirectoryFile, **dd: str | None) -> dict[str, str]:
    organisations, people, functions = file.rows(SINCE)
    for row in organisations:
        row.update(dd if row["id"] == "dd-35" else {})
    with transaction(engine, writes=True) as connection:
        directory = Directory(connection)
        directory.add(organisations, people, functions)
        return slots(directory, "antenne-redon", "35")


def test_without_a_national_team_its_place_is_left_out(empty: Engine) -> None:
    found = loaded(empty, small({"equipe-nationale"}))
    assert "national" not in found
    assert found["region"] == "ars-bretagne"


def test_two_national_teams_are_none(empty: Engine) -> None:
    assert "national" not in loaded(empty, small((), more="autre-equipe"))


def test_a_delegation_without_an_ars_leaves_the_region_out(empty: Engine) -> None:
    found = loaded(empty, small(()), parent=None)
    assert "region" not in found
    assert found["dd"] == "dd-35"


def test_the_region_is_the_parent_of_the_delegation_and_not_of_the_dac(empty: Engine) -> None:
    assert loaded(empty, small(()), parent="ars-pays-de-la-loire")["region"] == "ars-pays-de-la-loire"


def test_only_an_ars_takes_the_place_of_the_region(empty: Engine) -> None:
    assert "region" not in loaded(empty, small(()), parent="equipe-nationale")


# --- What the directory of Bretagne promises ---

EVERYBODY = BRETAGNE.people | BRETAGNE.mailboxes


def of_kind(kind: str) -> set[str]:
    return {key for key, entry in BRETAGNE.organisations.items() if entry.kind == kind}


def held(organisation: str, *, by_mailbox: bool = False) -> set[str]:
    """Functions held there by people, or by service mailboxes."""
    entries = BRETAGNE.mailboxes if by_mailbox else BRETAGNE.people
    return {function for entry in entries.values() for function in entry.functions.get(organisation, ())}


@pytest.mark.parametrize("identifier", EVERYBODY)
def test_everybody_is_invented_and_does_something(identifier: str) -> None:
    entry = EVERYBODY[identifier]
    assert entry.email.endswith(".example")
    assert entry.functions
    assert all(functions for functions in entry.functions.values())
    assert entry.functions.keys() <= BRETAGNE.organisations.keys()


def test_nobody_shares_a_name_or_an_address() -> None:
    assert len({entry.email for entry in EVERYBODY.values()}) == len(EVERYBODY)
    assert len({entry.name for entry in EVERYBODY.values()}) == len(EVERYBODY)


def test_the_antennes_are_those_of_domain_8_2() -> None:
    parents = {key: BRETAGNE.organisations[key].parent for key in of_kind("antenne")}
    assert parents == {
        "antenne-redon": "dactiv",
        "antenne-vallons-de-vilaine": "dactiv",
        "antenne-broceliande": "dactiv",
        "antenne-rennes": "dactiv",
        "antenne-fougeres": "dactiv",
        "antenne-vitre": "dactiv",
        "specificite-ccaa": "dactiv",
        "specificite-etp": "dactiv",
        "antenne-saint-malo": "rance-emeraude",
        "antenne-dinan": "rance-emeraude",
    }


FUNCTIONS = {
    "antenne": {"responsable_antenne", "analyste", "referent_parcours"},
    "dac": {"pilote_orp", "direction"},
    "gouvernance": {"secretaire", "presidence"},
    "dd": {"instruction", "direction_dd"},
    "region": {"instruction_region", "direction_region"},
    "national": {"instruction_nationale", "direction_nationale"},
    "partenaire": {"avis"},
}
TEAMS = {"antenne-rennes": {"chef_equipe"}}
MAILBOXES = {
    "dd": {"instruction"},
    "region": {"instruction_region"},
    "national": {"instruction_nationale"},
    "partenaire": {"avis"},
}


@pytest.mark.parametrize("organisation", BRETAGNE.organisations)
def test_every_function_of_an_organisation_is_held(organisation: str) -> None:
    kind = BRETAGNE.organisations[organisation].kind
    assert held(organisation) == FUNCTIONS[kind] | TEAMS.get(organisation, set())
    assert held(organisation, by_mailbox=True) == MAILBOXES.get(kind, set())


def test_the_partners_asked_for_are_there() -> None:
    seated = {"cd-35", "mdph-35", "cpts-fougeres", "clic-fougeres", "c360-35", "ptsm-35", "usagers-35"}
    assert of_kind("partenaire") == seated | {"cpam-35", "cd-44", "cpam-44", "cd-56", "cpam-56"}


def test_every_delegation_depends_on_the_ars_of_its_region() -> None:
    """INV-15, against the public files: each département has one delegation, under the ARS of its région."""
    delegations = {entry.departement: entry for entry in BRETAGNE.organisations.values() if entry.kind == "dd"}
    assert delegations.keys() == {"22", "29", "35", "44", "56"}
    for departement, entry in delegations.items():
        ars = BRETAGNE.organisations[entry.parent or ""]
        assert ars.kind == "region"
        assert region_of(DepartementCode(ars.departement)) == region_of(DepartementCode(departement))
        assert ars.name == f"ARS {region_of(DepartementCode(departement)).name}"


def test_a_structure_comes_after_its_parent() -> None:
    """Rows are inserted in the order of the file, and PostgreSQL looks at each."""
    order = list(BRETAGNE.organisations)
    for key, entry in BRETAGNE.organisations.items():
        assert entry.parent is None or order.index(entry.parent) < order.index(key)


# --- Collèges ---


def test_the_colleges_of_a_governance_are_stored(connection: Connection) -> None:
    query = select(ORGANISATIONS.c.id, ORGANISATIONS.c.colleges)
    stored = {row.id: row.colleges for row in connection.execute(query)}
    assert list(stored["gouvernance-dactiv"].values()) == [4, 1, 1, 1, 1, 1]
    assert stored["gouvernance-rance-emeraude"] == BRETAGNE.organisations["gouvernance-rance-emeraude"].colleges
    assert {key for key, colleges in stored.items() if colleges} == of_kind("gouvernance")


GOVERNANCE = """organisations:
  gouvernance-x: {{nom: Gouvernance X, genre: {kind}, departement: 35, colleges: {colleges}}}
personnes: {{}}
"""


def read_colleges(path: Path, colleges: str, kind: str = "gouvernance") -> DirectoryFile:
    path.write_text(GOVERNANCE.format(kind=kind, colleges=colleges), encoding="utf-8")
    return read_directory(path)


def test_the_names_of_colleges_are_free(tmp_path: Path) -> None:
    read = read_colleges(tmp_path / "annuaire.yaml", "{Élus locaux: 2, Usagers: 1}")
    assert read.organisations["gouvernance-x"].colleges == {"Élus locaux": 2, "Usagers": 1}


@pytest.mark.parametrize(
    ("colleges", "kind", "sentence"),
    [
        ("{Usagers: 1}", "dac", "Seule une gouvernance a des collèges."),
        ("{Usagers: 0}", "gouvernance", "Ce nombre est trop petit."),
        ("{Usagers: 100}", "gouvernance", "Ce nombre est trop grand."),
        ("{Usagers: un}", "gouvernance", "« un » n’est pas un nombre entier."),
        ("{Usagers: 1}", "Dac", "« Dac » n’a pas la forme attendue."),
    ],
)
def test_a_faulty_composition_is_refused_on_its_line(tmp_path: Path, colleges: str, kind: str, sentence: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_colleges(tmp_path / "annuaire.yaml", colleges, kind)
    assert [(fault.line, fault.sentence) for fault in refused.value.faults] == [(2, sentence)]
