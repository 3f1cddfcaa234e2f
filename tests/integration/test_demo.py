"""`orp demo`: what it prints, where it puts its files, what it refuses to touch."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orp.cli import orp


def demo(out: Path, *options: str) -> Result:
    return CliRunner().invoke(orp, ["demo", "--headless", "--story", "--out", str(out), *options])


def test_the_story_is_told_and_told_again_the_same(tmp_path: Path) -> None:
    first, second = demo(tmp_path, "--json"), demo(tmp_path, "--json")
    assert first.exit_code == 0, first.output
    assert first.stderr == ""
    assert first.stdout == second.stdout
    told = json.loads(first.stdout)
    assert told["intact"]
    assert [moment["etape"] for moment in told["histoire"]][-1] == "Clôturée"
    received = sum(moment["courriels"] for moment in told["histoire"])
    assert len(list((tmp_path / "courriels").glob("*.eml"))) == received > 20
    assert {path.name for path in tmp_path.iterdir()} >= {"demo.sqlite", "demo.log", "courriels"}


def test_in_words_for_people_whatever_server_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_UTILISATEUR", "orp")
    monkeypatch.setenv("SMTP_MOT_DE_PASSE", "secret")
    said = demo(tmp_path).output
    assert "Courriels reçus : 30" in said
    assert "constat partagé, pas de moyen" in said
    assert "orp show" in said


@pytest.mark.parametrize(
    "name", ["demo.sqlite", "demo.log", "courriels/lettre.eml", "courriels/notes.txt", "courriels"]
)
def test_what_is_not_of_a_demonstration_is_left_alone(tmp_path: Path, name: str) -> None:
    mine = tmp_path / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("à moi", encoding="utf-8")
    result = demo(tmp_path)
    assert (result.exit_code, mine.read_text(encoding="utf-8")) == (4, "à moi")
    assert result.stderr.count("\n") == 1
    assert str(tmp_path) in result.stderr


def test_a_real_base_is_left_alone(tmp_path: Path) -> None:
    base = tmp_path / "demo.sqlite"
    CliRunner().invoke(orp, ["init", "--db", str(base)])
    before = base.read_bytes()
    result = demo(tmp_path)
    assert result.exit_code == 4
    assert "n’est pas une base de démonstration" in result.stderr
    assert base.read_bytes() == before


def test_another_file_beside_an_earlier_demonstration_stays(tmp_path: Path) -> None:
    assert demo(tmp_path).exit_code == 0
    mine = tmp_path / "courriels" / "notes.txt"
    mine.write_text("à moi", encoding="utf-8")
    assert demo(tmp_path).exit_code == 0
    assert mine.exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("", encoding="utf-8")
    result = demo(tmp_path / "fichier" / "demo")
    assert (result.exit_code, result.stderr.count("\n")) == (4, 1)
    assert "choisissez un autre dossier" in result.stderr
