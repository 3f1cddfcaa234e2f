"""click speaks French: its catalogue is whole, and no English reaches an operator whatever the locale."""

import ast
import gettext
import json
import os
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner

from orp import french
from orp.locale import build

ROOT = Path(__file__).parents[2]
SOURCES = sorted(Path(click.__file__).parent.glob("*.py"))

# Messages that click marks through a variable, by the source of the call's argument.
MARKED_BY_VARIABLE = {"extra['required']": "required"}

# Words of click's messages that are French too, or the same in both languages.
FRENCH_TOO = {"argument", "arguments", "bash", "format", "formats", "option", "options", "standard", "uuid"}
FRENCH_TOO |= {"version", "windows"}

# English words that click prints without marking them.
UNMARKED = {
    "text",
    "integer",
    "float",
    "boolean",
    "filename",
    "datetime",
    "env",
    "args",
    "yes",
    "true",
    "off",
}

# --- Reading click's sources ---


def markers(tree: ast.Module) -> set[str]:
    """Return the names under which a module imports the functions of gettext."""
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "gettext"]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def marked(tree: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    """Yield the calls that look a message up."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def literal(node: ast.expr) -> str:
    """Return the message that an argument stands for."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return MARKED_BY_VARIABLE[ast.unparse(node)]


def key(call: ast.Call) -> tuple[str, ...]:
    """Return a message, alone or with its plural."""
    arguments = call.args[:2] if len(call.args) == 3 else call.args
    return tuple(literal(argument) for argument in arguments)


def trees() -> list[tuple[ast.Module, set[str]]]:
    """Return every module of click, with its names for gettext."""
    parsed = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES]
    return [(tree, markers(tree)) for tree in parsed]


TREES = trees()
MESSAGES = {key(call) for tree, names in TREES for call in marked(tree, names)}

# --- The catalogue ---


def forms(message: Message, part: str) -> tuple[str, ...]:
    """Return the one or two forms of a message's ``id`` or ``string``."""
    value = getattr(message, part)
    return (value,) if isinstance(value, str) else tuple(value)


def in_source() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return messages.po, header left out."""
    with build.SOURCE.open("rb") as source:
        return {forms(entry, "id"): forms(entry, "string") for entry in read_po(source, locale="fr") if entry.id}


def in_compiled() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return messages.mo, header left out."""
    with build.COMPILED.open("rb") as binary:
        return {forms(entry, "id"): forms(entry, "string") for entry in read_mo(binary) if entry.id}


CATALOGUE = in_source()
PAIRS = [(one, text) for ids, texts in CATALOGUE.items() for one, text in zip(ids, texts, strict=True)]


def fields(text: str) -> set[str]:
    """Return the placeholders of a message: ``{name!r}`` and ``%(name)s`` both give ``name``."""
    braces = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return braces | set(re.findall(r"%\((\w+)\)s", text))


def words(text: str) -> set[str]:
    """Return the words of a text, without its placeholders and the names of options (``--help``)."""
    bare = re.sub(r"\{[^}]*\}|%\(\w+\)s|--?[a-z][a-z-]*", " ", text)
    return set(re.findall(r"[^\W\d_]{2,}", bare.lower()))


ENGLISH = {word for ids in MESSAGES for one in ids for word in words(one)} | UNMARKED
ENGLISH -= FRENCH_TOO


def test_the_catalogue_holds_what_click_marks_and_nothing_else() -> None:
    assert set(CATALOGUE) == MESSAGES


def test_click_looks_nothing_up_when_it_is_imported() -> None:
    """A message looked up by click's own import would come before ``speak_french``."""
    inside = [
        call
        for tree, names in TREES
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for call in marked(function, names)
    ]
    assert {key(call) for call in inside} == MESSAGES


@pytest.mark.parametrize(("ids", "texts"), CATALOGUE.items())
def test_a_message_is_translated_with_its_placeholders(ids: tuple[str, ...], texts: tuple[str, ...]) -> None:
    allowed = set().union(*map(fields, ids))  # click fills both forms of a plural with the same values
    for one, text in zip(ids, texts, strict=True):
        assert fields(one) <= fields(text) <= allowed
        assert text != one or words(one) <= FRENCH_TOO
        assert not words(text) & ENGLISH


@pytest.mark.parametrize("text", [text for _, text in PAIRS])
def test_typography(text: str) -> None:
    text.encode("cp1252")
    assert "'" not in text
    assert not re.search(r"[^\u00a0][:;?!»](\W|$)|«[^\u00a0]", text)


def test_the_compiled_catalogue_is_up_to_date() -> None:
    assert in_compiled() == CATALOGUE


def test_build_writes_the_compiled_catalogue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build, "COMPILED", tmp_path / "messages.mo")
    build.main()
    assert in_compiled() == CATALOGUE


# --- A command line with one parameter of each kind ---


@click.group(cls=french.FrenchGroup)
@click.version_option("1.0", prog_name="essai")
def cli() -> None:
    """Essayer les paroles de click."""


@cli.command()
@click.option("--nom", required=True)
@click.option("--nombre", type=int, default=3, show_default=True)
@click.option("--rang", type=click.IntRange(1, 5))
@click.option("--taux", type=float)
@click.option("--part", type=click.FloatRange(min=0))
@click.option("--etat", type=click.Choice(["ouvert", "clos"]))
@click.option("--mode", type=click.Choice(["seul"]))
@click.option("--vif", type=bool)
@click.option("--cle", type=click.UUID)
@click.option("--jour", type=click.DateTime(["%d/%m/%Y"]))
@click.option("--quand", type=click.DateTime())
@click.option("--source", type=click.Path(exists=True, dir_okay=False))
@click.option("--dossier", type=click.Path(exists=True, file_okay=False))
@click.option("--chemin", type=click.Path(exists=True))
@click.option("--sortie", type=click.File("w"))
@click.option("--paire", nargs=2, type=int)
@click.option("--couple", type=(str, int))
@click.option("--ancien", deprecated="voir --nom")
@click.option("--calcul", default=lambda: "x", show_default=True)
@click.option("--bavard/--discret", default=False, show_default=True)
@click.option("-v", "fois", count=True)
@click.argument("fichier", type=click.Path(), help="Le fichier à lire.")
@click.argument("reste", nargs=2, required=False)
def tout(**_: object) -> None:
    """Recevoir un paramètre de chaque sorte."""


@cli.command(deprecated=True)
@click.password_option("--secret", prompt="Mot de passe\u00a0")
@click.option("--code", type=int, prompt="Code\u00a0", hide_input=True)
def secret(**_: object) -> None:
    """Demander un mot de passe."""


@cli.group(chain=True, invoke_without_command=True)
def suite() -> None:
    """Tenir des commandes à la suite."""


@cli.command()
@click.argument("etat", type=click.Choice(["ouvert", "clos"]))
def choix(etat: str) -> None:
    """Choisir un état."""
    raise click.FileError(etat)


TOUT = ("tout", "--nom", "a", "fichier")

# arguments, standard input, what must be read
CASES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "help": (("--help",), "", "Utilisation\u00a0: cli [OPTIONS] COMMANDE [ARGUMENTS]..."),
    "help of a command": (("tout", "--help"), "", "--nom TEXTE"),
    "help of a chain": (("suite", "--help"), "", "[COMMANDE1] [ARGUMENTS]..."),
    "no argument": ((), "", "Montrer cette aide."),
    "version": (("--version",), "", "essai, version 1.0"),
    "missing option": (("tout", "x"), "", "Il manque l’option '--nom'."),
    "missing argument": (("tout", "--nom", "a"), "", "Il manque l’argument 'FICHIER'."),
    "missing choice": (("choix",), "", "Au choix\u00a0:\n\touvert,\n\tclos"),
    "missing value": (("tout", "--nom"), "", "L’option «\u00a0--nom\u00a0» attend une valeur."),
    "missing values": (("tout", "--paire", "1"), "", "attend 2 valeurs."),
    "unwanted value": (("tout", "--bavard=1"), "", "L’option «\u00a0--bavard\u00a0» ne prend pas de valeur."),
    "half an argument": ((*TOUT, "un"), "", "L’argument «\u00a0reste\u00a0» prend 2 valeurs."),
    "one too many": ((*TOUT, "1", "2", "3"), "", "Argument en trop\u00a0: 3"),
    "two too many": ((*TOUT, "1", "2", "3", "4"), "", "Arguments en trop\u00a0: 3 4"),
    "unknown option": (("tout", "--zzz"), "", "Option «\u00a0--zzz\u00a0» inconnue."),
    "close option": (("tout", "--nomm"), "", "(Vouliez-vous dire\u00a0: '--nom', '--nombre'\u00a0?)"),
    "unknown command": (("zzz",), "", "Commande «\u00a0zzz\u00a0» inconnue."),
    "close command": (("secre",), "", "Vouliez-vous dire 'secret'\u00a0?"),
    "integer": (
        (*TOUT, "--nombre", "x"),
        "",
        "'--nombre'\u00a0: «\u00a0x\u00a0» n’est pas un entier valable.",
    ),
    "integer of a range": ((*TOUT, "--rang", "x"), "", "n’est pas un entier valable."),
    "out of range": ((*TOUT, "--rang", "9"), "", "9 est hors des limites\u00a0: 1<=x<=5."),
    "float": ((*TOUT, "--taux", "x"), "", "n’est pas un nombre valable."),
    "float of a range": ((*TOUT, "--part", "x"), "", "n’est pas un nombre valable."),
    "choice": ((*TOUT, "--etat", "x"), "", "n’est pas dans la liste\u00a0: 'ouvert', 'clos'."),
    "only choice": ((*TOUT, "--mode", "x"), "", "«\u00a0x\u00a0» n’est pas 'seul'."),
    "boolean": ((*TOUT, "--vif", "bof"), "", "Réponses reconnues\u00a0: 0, 1, n, non, o, oui"),
    "uuid": ((*TOUT, "--cle", "x"), "", "n’est pas un UUID valable."),
    "one date format": ((*TOUT, "--jour", "x"), "", "ne suit pas le format '%d/%m/%Y'."),
    "date formats": ((*TOUT, "--quand", "x"), "", "ne suit aucun de ces formats\u00a0:"),
    "no such file": ((*TOUT, "--source", "/absent"), "", "Fichier «\u00a0/absent\u00a0» introuvable."),
    "no such folder": ((*TOUT, "--dossier", "/absent"), "", "Dossier «\u00a0/absent\u00a0» introuvable."),
    "no such path": ((*TOUT, "--chemin", "/absent"), "", "Chemin «\u00a0/absent\u00a0» introuvable."),
    "not a file": ((*TOUT, "--source", "/"), "", "Fichier attendu\u00a0: «\u00a0/\u00a0» est un dossier."),
    "not a folder": ((*TOUT, "--dossier", __file__), "", "» est un fichier."),
    "pair": ((*TOUT, "--couple", "a", "x"), "", "n’est pas un entier valable."),
    "deprecated option": (
        (*TOUT, "--ancien", "x"),
        "",
        "Attention\u00a0: option «\u00a0ancien\u00a0» obsolète.",
    ),
    "no missing command": (("suite",), "", ""),
    "file error": (("choix", "clos"), "", "Impossible d’ouvrir le fichier «\u00a0clos\u00a0»"),
    "password": (("secret",), "a\nb\na\na\n1\n", "Erreur\u00a0: les deux saisies diffèrent."),
    "hidden value": (("secret",), "a\na\nzut\n1\n", "n’est pas un entier valable."),
    "end of input": (("secret",), "", "Abandon."),
}


def play() -> dict[str, str]:
    """Return what each case prints."""
    runner = CliRunner()
    return {name: runner.invoke(cli, args, given).output for name, (args, given, _) in CASES.items()}


def check(outputs: dict[str, str]) -> None:
    """Check what each case printed."""
    for name, (_, _, expected) in CASES.items():
        assert expected in outputs[name]
        assert not words(outputs[name]) & ENGLISH, (name, outputs[name])


def run(code: str, *args: str | bytes, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in another process, under the given locale only."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LANG", "LC_"))}
    return subprocess.run(  # noqa: S603 — our own code
        [sys.executable, "-c", code, *args],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_no_english_in_this_process() -> None:
    check(play())


@pytest.mark.parametrize("locale", [{"LANG": "C"}, {"LANG": "en_US.UTF-8"}, {"LANGUAGE": "en", "LC_ALL": "C"}])
def test_no_english_whatever_the_locale(locale: dict[str, str]) -> None:
    played = "import json; from tests.unit.test_french_click import play; print(json.dumps(play()))"
    check(json.loads(run(played, **locale).stdout))


@pytest.mark.parametrize("locale", ["C", "en_US.UTF-8"])
def test_on_the_real_streams(locale: str) -> None:
    """The runner replaces the streams: here a process writes its own, with a byte that is no UTF-8."""
    done = run("from tests.unit.test_french_click import cli; cli()", *TOUT, "--nombre", b"\xe9", LANG=locale)
    assert done.returncode == 2
    assert "n’est pas un entier valable." in done.stderr
    assert not words(done.stderr) & ENGLISH


# --- What speaking French leaves alone ---


def test_again_changes_nothing_and_the_environment_is_left_alone() -> None:
    before, find = dict(os.environ), gettext.find
    french.speak_french()
    assert gettext.find is find
    assert dict(os.environ) == before


def test_other_catalogues_still_follow_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LANGUAGE", "C")
    assert gettext.find("messages", str(tmp_path)) is None
    assert gettext.find("messages", french.CATALOGUES, ["en"]) is None
    assert gettext.find("messages", french.CATALOGUES) == str(build.COMPILED)


def test_a_hidden_value_stays_hidden() -> None:
    """click masks what it quotes with repr(): our guillemets must not let the value through."""
    assert "zut" not in play()["hidden value"]
