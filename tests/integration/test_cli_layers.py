"""`orp circuit` and `orp check` on local circuits: where a value is written, what changes, every fault in its file."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from orp.cli import orp

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
