"""`orp circuit` and `orp check` on local circuits: where a value is written, what changes, every fault in its file."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from orp.cli import orp
from tests.unit.test_overlay import GROUP as ADDED

SHIPPED = Path(__file__).parents[2] / "definitions" / "circuits"
DACTIV = SHIPPED / "bretagne" / "dactiv.yaml"


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(orp, words, prog_name="orp")
    return result.exit_code, result.output


def test_explain_says_the_file_and_line_of_each_local_value() -> None:
    code, said = run("circuit", "explain", str(DACTIV), "--antenne", "antenne-fougeres")
    assert code == 0
    lines = [line.split() for line in said.splitlines()]
    assert ["D03", "delai", "5", "j", "circuits/bretagne/bretagne.yaml:16"] in lines
    assert any(line[:2] == ["en_analyse", "delai"] for line in lines)
    assert "national.yaml" not in said


def test_diff_says_in_sentences_what_changes_for_an_antenne() -> None:
    files = (str(SHIPPED / "national.yaml"), str(DACTIV))
    _, at_fougeres = run("circuit", "diff", *files, "--antenne", "antenne-fougeres")
    _, elsewhere = run("circuit", "diff", *files, "--antenne", "antenne-redon")
    assert "Le délai de « D04 » passe de 30 jours à 21 jours." in at_fougeres.splitlines()
    assert "L’étape « GT ORP territorial » est ajoutée, après « En analyse »" in at_fougeres
    assert "GT ORP" not in elsewhere
    assert run("circuit", "diff", files[0], files[0])[1] == "Ces deux circuits disent la même chose.\n"


@pytest.mark.parametrize(
    ("own", "code", "said"),
    [
        ("  F5: {remis: [dac, antenne]}", 3, "(exigé par : Bretagne) (INV-09)"),
        ("  D03: {delai: 12 j}", 3, "incontournable fixé par : Bretagne"),
        ("  D03: {delai: 4 j}", 0, "circuit dactiv"),
    ],
)
def test_a_shorter_delay_passes_and_a_weaker_one_says_who_set_it(
    tmp_path: Path, own: str, code: int, said: str
) -> None:
    folder = tmp_path / "circuits" / "bretagne"
    folder.mkdir(parents=True)
    (folder / "dactiv.yaml").write_text(DACTIV.read_text(encoding="utf-8") + f"dus:\n{own}\n", encoding="utf-8")
    found, told = run("check", "--brief", str(folder / "dactiv.yaml"))
    assert (found, said in told) == (code, True), told


MEETING = """\
circuit: ma-dd
version: 1
titre: Ma DD
couche: dd
etend: national
departements: ['35', '44']
ajouts:
  relecture:
    apres: [en_instruction_dd.relayer]
    etape:
      niveau: dd
      titre: Relecture par la direction
      responsable: dd
      horloge: D_relecture
      delai: 30 j
      decisions:
        accorder: {code: T31, titre: Accorder le relais, par: [direction_dd], vers: suite, doit: [F6], CARRIED}
""".replace("CARRIED", "exige: [motif, retour], motifs: relais")
OWN = """\
circuit: mon-dac
version: 1
titre: Mon DAC
couche: dac
etend: national
departements: ['35', '56']
"""
GROUP = OWN + ADDED


def checked(folder: Path, **files: str) -> tuple[int, str]:
    """Check « mon-dac » beside « ma-dd »."""
    place = folder / "circuits"
    place.mkdir()
    for name, text in {"mon-dac": GROUP, "ma-dd": MEETING, **files}.items():
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
    return run("check", "--brief", str(place / "mon-dac.yaml"))


def test_each_antenne_and_each_delegation_met_is_proved(tmp_path: Path) -> None:
    assert checked(tmp_path)[0] == 0


def test_a_flaw_of_one_antenne_is_told_in_the_local_file(tmp_path: Path) -> None:
    code, said = checked(tmp_path, **{"mon-dac": GROUP.replace(", doit: [F2]", "")})
    assert code == 3
    assert re.search(r"mon-dac\.yaml:18:9: .*« Présenter » sans que personne n’ait de retour \(INV-07\)\.", said), said


def test_a_flaw_of_the_delegation_that_receives_is_told_in_its_file(tmp_path: Path) -> None:
    flaw = MEETING.replace("motif, retour], motifs: relais", "retour]")
    code, said = checked(tmp_path, **{"ma-dd": flaw})
    assert code == 3
    assert re.search(r"ma-dd\.yaml:17:\d+: .* relayée sans motif, par « Accorder le relais » \(INV-11\)\.", said), said


def test_a_delegation_of_another_departement_is_not_met(tmp_path: Path) -> None:
    flaw = MEETING.replace("motif, retour], motifs: relais", "retour]").replace("['35', '44']", "['44']")
    assert checked(tmp_path, **{"ma-dd": flaw})[0] == 0
