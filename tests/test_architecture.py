"""What holds for the project as a whole: layers, lists that must agree, nothing of anybody's machine in it."""

import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory

from notifications.render import CATALOGUE, TEMPLATES
from orp.cli import COMMANDS
from storage import schema
from web import signing_in
from workflow import absences, announcing, discharging, messages
from workflow.circuit.compiled import Circuit
from workflow.circuit.decision_fields import DECISION_FIELDS
from workflow.circuit.loader import load_shipped
from workflow.circuit.model import Kind
from workflow.readers import READERS
from workflow.sentences import history, mails, wording

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NOT_SHIPPED = {"tests", "benchmarks"}
SKIPPED = {"__pycache__", "demo", "build", "dist"}


@cache
def files() -> tuple[Path, ...]:
    """The files of the project: what git knows or would add; without git, what lies there."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        arguments = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        done = subprocess.run(arguments, cwd=ROOT, capture_output=True, check=True)  # noqa: S603  # our own words
        found = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    else:
        found = [p for p in ROOT.rglob("*") if not SKIPPED & set(p.parts) and not hidden(p)]
    return tuple(path for path in found if path.is_file())


def hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(ROOT).parts)


def holding(pattern: str) -> list[str]:
    """The lines of the project that hold a pattern, as « file:line »."""
    wanted = re.compile(pattern.encode(), re.IGNORECASE)
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files()
        for number, line in enumerate(path.read_bytes().split(b"\n"), 1)
        if wanted.search(line)
    ]


@cache
def circuits() -> tuple[Circuit, ...]:
    return tuple(load_shipped(path.stem) for path in (ROOT / "definitions" / "circuits").glob("*.yaml"))


# --- Layers and packages ---


def test_every_contract_between_layers_is_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(  # noqa: S603  # our own words
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout
    assert " 0 broken." in done.stdout


def packages() -> set[str]:
    return {path.parent.name for path in ROOT.glob("*/__init__.py")}


def test_every_package_is_built() -> None:
    assert set(PROJECT["tool"]["uv"]["build-backend"]["module-name"]) == packages() - NOT_SHIPPED


def test_every_package_has_its_layer() -> None:
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == packages() - NOT_SHIPPED


def test_every_package_is_typed() -> None:
    assert packages() <= set(PROJECT["tool"]["mypy"]["files"])


def test_every_folder_of_python_files_is_a_package() -> None:
    folders = {path.parent for path in files() if path.suffix == ".py"} - {ROOT}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


# --- Lists that must agree ---


def test_the_fields_a_circuit_may_ask_for_are_those_the_engine_reads() -> None:
    assert READERS.keys() == DECISION_FIELDS.keys()


def test_every_template_of_a_mail_is_in_the_catalogue() -> None:
    assert {path.stem for path in TEMPLATES.glob("M*.j2")} == set(CATALOGUE)


def test_every_mail_of_the_catalogue_is_owed_somewhere_and_no_other() -> None:
    owed = {
        messages.RECEIPT,
        messages.REMINDER,
        messages.LATE,
        messages.RETOUR_OWED,
        discharging.RETOUR_MAIL,
        discharging.ANSWER_MAIL,
        signing_in.MAIL,
        absences.MAIL,
        announcing.MAIL,
    }
    for circuit in circuits():
        owed |= {due.mail for due in circuit.dues.values() if due.mail}
        decisions = [d for step in circuit.definition.steps.values() for d in step.decisions.values()]
        owed |= {decision.mail for decision in decisions if decision.mail}
    assert owed == set(CATALOGUE)


def test_every_mail_of_the_catalogue_has_a_name_on_screen() -> None:
    assert set(mails.TITLES) == set(CATALOGUE)


def test_every_line_the_journal_may_hold_can_be_told() -> None:
    written = r"\.(?:note|record)\(\s*\"(\w+)\""
    kinds = {kind for path in (ROOT / "workflow").glob("*.py") for kind in re.findall(written, path.read_text("utf-8"))}
    assert {"decision", "acte", "preuve"} < kinds
    assert kinds - {"decision", "acte"} <= set(history.EVENTS)
    assert set(wording.KINDS) == set(Kind)
    assert set(history.DONE) | {Kind.DECISION, Kind.ACTION} == set(Kind)
    assert set(history.ENDS) == set(discharging.ACTION_STATES)


def test_every_command_has_its_file_and_every_file_its_command() -> None:
    assert {path.stem for path in (ROOT / "orp" / "commands").glob("[a-z]*.py")} == set(COMMANDS)


def test_the_migrations_are_one_line() -> None:
    assert len(ScriptDirectory.from_config(schema._config()).get_heads()) == 1


# --- Nothing of anybody's machine ---


@pytest.mark.parametrize("host", [("py", "pi.org"), ("python", "hosted"), ("registry.", "npmjs"), ("deb.", "debian")])
def test_no_file_names_the_host_of_a_package_registry(host: tuple[str, str]) -> None:
    assert holding(re.escape("".join(host))) == []


@pytest.mark.parametrize("folder", ["work", "root", "tmp", "home", "Users"])
def test_no_file_holds_a_path_of_a_machine(folder: str) -> None:
    assert holding(rf"(?<![\w.)}}*])/{folder}/") == []
