"""`orp circuit`: what a local circuit says, where it says it, and what changes from one to another."""

from pathlib import Path

import click

from orp.french import FrenchGroup
from orp.options import as_json

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
@click.argument("first", type=FILE, metavar="AVANT")
@click.argument("second", type=FILE, metavar="APRÈS")
@click.option("--antenne", metavar="ID", help="Tels qu’ils valent pour cette antenne.")
@as_json
def diff(first: Path, second: Path, antenne: str | None, as_json: bool) -> None:
    """Dire en phrases ce qui change d’un circuit à l’autre."""
    import json

    from orp.circuit_files import load_file
    from workflow.circuit.differences import differences

    said = differences(load_file(first, antenne).circuit, load_file(second, antenne).circuit)
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    click.echo("\n".join(said) or "Ces deux circuits disent la même chose.")
