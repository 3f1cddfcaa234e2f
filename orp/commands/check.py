"""`orp check`: is a circuit well written, and what does it hold."""

from pathlib import Path
from typing import Any

import click

from orp.options import as_json


@click.command()
@click.argument(
    "paths",
    nargs=-1,
    type=click.Path(exists=True, path_type=Path),
    metavar="[FICHIER OU DOSSIER]...",
)
@click.option("--brief", is_flag=True, help="Une ligne par circuit.")
@as_json
def command(paths: tuple[Path, ...], brief: bool, as_json: bool) -> None:
    """Vérifier des circuits et montrer ce qu’ils contiennent ; sans rien nommer, ceux du projet.

    Toutes les fautes sont données en une fois, chacune à sa ligne. Aucune base n’est touchée.
    """
    import json
    import sys

    from orp.circuit_files import as_words, check, find, shown
    from orp.circuit_tables import described
    from workflow.errors import InvalidDefinition

    files = find(paths)
    if not files:
        raise click.UsageError("Aucun circuit dans ce dossier : un circuit est un fichier .yaml avec « etapes: ».")
    checked = [check(path) for path in files]
    # a form that two circuits name is at fault once
    faults = tuple(dict.fromkeys(fault for one in checked for fault in one.faults))
    told = [described(shown(one.path), one.circuit) for one in checked if one.circuit]
    if as_json:
        found = {"valide": not faults, "circuits": told, "fautes": [as_words(fault) for fault in faults]}
        click.echo(json.dumps(found, ensure_ascii=False))
        sys.exit(InvalidDefinition.exit_code if faults else 0)
    for circuit in told:
        _draw(circuit, brief=brief)
    if faults:
        raise InvalidDefinition(faults)


def _draw(told: dict[str, Any], *, brief: bool) -> None:
    from orp import circuit_tables as tables
    from orp.tables import print_table

    click.echo(tables.brief(told))
    if brief:
        return
    columns = ("Étape", "Niveau", "Responsable", "Décident", "Décisions", "Horloge")
    print_table(columns, tables.steps(told), title="Étapes")
    print_table(("Code", "Genre", "Par", "Délai", "Bornes", "Urgent"), tables.clocks(told), title="Horloges")
    print_table(("Code", "Remis à", "À dire à", "Par", "Délai"), tables.retours(told), title="Retours")
