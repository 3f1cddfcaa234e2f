"""`orp circuit`: what a local circuit says and where, what changes from one to another, its published versions."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orp.french import FrenchGroup
from orp.options import application, as_json, database

if TYPE_CHECKING:
    from orp.bootstrap import Application
    from orp.publications import Wish
    from workflow.circuit.compiled import Circuit
    from workflow.publishing import Plan

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=FrenchGroup)
def command() -> None:
    """Comprendre un circuit local : ce qu’il règle, et ce qui change de l’un à l’autre."""


@command.command()
@click.argument("path", type=FILE, metavar="FICHIER")
@click.option("--antenne", metavar="ID", help="Tel qu’il vaut pour cette antenne.")
@click.option("--all", "everything", is_flag=True, help="Aussi ce qui vient du modèle national.")
@as_json
def explain(path: Path, antenne: str | None, everything: bool, as_json: bool) -> None:
    """Dire d’où vient chaque valeur d’un circuit : le fichier et la ligne qui la fixent."""
    import json

    from orp.circuit_files import load_file
    from orp.circuit_origins import origins
    from orp.tables import print_table

    rows = origins(load_file(path, antenne), everything=everything)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    columns = ("Élément", "Clé", "Valeur", "Fixé dans")
    told = [(row["element"], row["cle"], row["valeur"], row["ou"]) for row in rows]
    print_table(columns, told, empty="Ce circuit ne change rien au modèle national.")


@command.command()
@click.argument("first", metavar="AVANT")
@click.argument("second", metavar="APRÈS")
@click.option("--antenne", metavar="ID", help="Tels qu’ils valent pour cette antenne.")
@as_json
@database
def diff(first: str, second: str, antenne: str | None, as_json: bool, db: str | None) -> None:
    """Dire en phrases ce qui change d’un circuit à l’autre : des fichiers, ou des versions publiées (dactiv@2)."""
    import json

    from workflow.circuit.differences import differences

    said = differences(*(_circuit(each, antenne, db) for each in (first, second)))
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    click.echo("\n".join(said) or "Ces deux circuits disent la même chose.")


def _circuit(word: str, antenne: str | None, db: str | None) -> Circuit:
    from orp.circuit_files import load_file
    from orp.publications import is_version
    from workflow.circuit.composition import Composition

    if is_version(word):
        return application(db).circuits.get(str(Composition(word, word, antenne)))
    return load_file(FILE.convert(word, None, None), antenne).circuit


def _publishing(function: Callable[..., None]) -> Callable[..., None]:
    """The options of whatever makes a new version."""
    options = (
        click.option("--by", required=True, metavar="PERSONNE", help="Qui publie : la direction de la structure."),
        click.option("--note", default="", metavar="TEXTE", help="Pourquoi cette version."),
        click.option("--approval", "approvals", multiple=True, metavar="NOM=TEXTE", help="Une approbation demandée."),
        click.option(
            "--apply",
            "applies",
            type=click.Choice(["new", "next-step"]),
            default="new",
            help="Aux nouvelles situations (par défaut), ou aussi à celles en cours, à leur prochaine étape.",
        ),
        click.option("--map", "steps", multiple=True, metavar="ÉTAPE=ÉTAPE", help="Où aller d’une étape supprimée."),
        click.option("--at", metavar="JOUR", help="Jour d’entrée en vigueur (sinon tout de suite)."),
        click.option("--before", metavar="JOUR", help="Jour avant lequel les circuits du dessous l’adoptent."),
        click.option("--yes", is_flag=True, help="Publier ; sans cela, dire seulement ce qui changerait."),
        as_json,
        database,
    )
    return reduce(lambda done, option: option(done), reversed(options), function)


def _made(make: Callable[[Application, Wish], Plan], *, yes: bool, as_json: bool, db: str | None, **said: Any) -> None:
    import json

    from orp.publications import Wish, in_sentences, told

    plan = make(application(db), Wish(**said))
    if as_json:
        click.echo(json.dumps(told(plan, written=yes), ensure_ascii=False))
        return
    click.echo("\n".join(in_sentences(plan, written=yes)))


@command.command()
@click.argument("path", type=FILE, metavar="FICHIER", required=False)
@click.option("--back-to", "back", metavar="VERSION", help="Revenir à une version : dactiv@2, au lieu d’un fichier.")
@_publishing
def publish(path: Path | None, back: str | None, yes: bool, **said: Any) -> None:
    """Publier une version d’un circuit : tout est vérifié d’abord, rien n’est écrit si quelque chose ne va pas."""
    from orp.publications import go_back, is_version, publish_file
    from workflow.circuit.composition import name_of, number_of

    if (path is None) == (back is None) or (back and not is_version(back)):
        raise click.UsageError("Donnez un fichier, ou --back-to et une version comme dactiv@2.")
    if path:
        file = path
        _made(lambda app, wish: publish_file(app, file, wish, write=yes), yes=yes, **said)
    elif back:
        name, number = name_of(back), number_of(back)
        _made(lambda app, wish: go_back(app, name, number, wish, write=yes), yes=yes, **said)


@command.command()
@click.argument("name", metavar="CIRCUIT")
@_publishing
def adopt(name: str, yes: bool, **said: Any) -> None:
    """Adopter la dernière version du circuit du dessus : une nouvelle version du vôtre, vérifiée de nouveau."""
    from orp.publications import adopt as run

    _made(lambda app, wish: run(app, name, wish, write=yes), yes=yes, **said)


@command.command()
@click.argument("name", metavar="CIRCUIT")
@as_json
@database
def versions(name: str, as_json: bool, db: str | None) -> None:
    """Montrer les versions publiées d’un circuit : qui, quand, pour quelles situations."""
    import json

    from orp.publications import as_row
    from orp.publications import versions as listed
    from orp.tables import print_table

    rows = listed(application(db), name)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    columns = ("Version", "Publiée le", "Par", "En vigueur", "Dessus", "À savoir")
    print_table(columns, map(as_row, rows), empty=f"Aucune version de « {name} » n’est publiée ici.")
