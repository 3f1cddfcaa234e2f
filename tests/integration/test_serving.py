"""`orp serve` starts for real people only: no demonstration, no default setting, nothing in clear."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from orp.bootstrap import build
from orp.cli import orp
from orp.preparation import prepare
from orp.serving import refusals, services
from orp.settings import Settings, read_settings

Given = dict[str, str | None]
GOOD: Given = {
    "URL_PUBLIQUE": "https://orp.exemple.fr",
    "EXPEDITEUR": "ORP <orp@exemple.fr>",
    "SMTP_SECURITE": "starttls",
    "SECRET": "trente-deux signes tirés au hasard",
}


def prepared(tmp_path: Path, *, demo_from: datetime | None = None, given: Given | None = None) -> Settings:
    settings = read_settings(DATABASE_URL=f"sqlite:///{tmp_path}/orp.sqlite", **(GOOD | (given or {})))
    prepare(settings, None, demo_from)
    return settings


def test_good_settings_are_refused_nothing(tmp_path: Path) -> None:
    assert refusals(build(prepared(tmp_path))) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"URL_PUBLIQUE": "http://orp.exemple.fr"}, "URL_PUBLIQUE"),
        ({"EXPEDITEUR": "orp@localhost.invalid"}, "EXPEDITEUR"),
        ({"SMTP_SECURITE": "aucune"}, "SMTP_SECURITE"),
        ({"SECRET": None}, "SECRET"),
    ],
)
def test_what_would_let_codes_be_read_or_lost_is_refused(tmp_path: Path, given: Given, words: str) -> None:
    (said,) = refusals(build(prepared(tmp_path, given=given)))
    assert words in said


def test_a_demonstration_is_refused(tmp_path: Path) -> None:
    (said,) = refusals(build(prepared(tmp_path, demo_from=datetime(2026, 1, 5, tzinfo=UTC))))
    assert "démonstration" in said


def test_the_command_says_all_that_is_wrong_and_stops(tmp_path: Path) -> None:
    prepared(tmp_path)
    done = CliRunner().invoke(orp, ["serve", "--db", f"{tmp_path}/orp.sqlite"], env={"URL_PUBLIQUE": "http://a.fr"})
    assert done.exit_code == 4
    assert "URL_PUBLIQUE" in done.output
    assert "EXPEDITEUR" in done.output


def test_a_mail_server_that_does_not_answer_stops_no_page(tmp_path: Path) -> None:
    settings = prepared(tmp_path, given={"SMTP_PORT": "1", "SMTP_HOTE": "127.0.0.1"})
    services(build(settings)).post()
