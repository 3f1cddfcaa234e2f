"""`orp audit`: prove that the journal is whole."""

import click

from orp.french import FrenchCommand
from orp.options import application, as_json, database


@click.command(cls=FrenchCommand)
@as_json
@database
def command(as_json: bool, db: str | None) -> None:  # noqa: FBT001 - click passes flags by name
    """Vérifier que rien n’a été changé au journal ; donne un sceau à garder ailleurs."""
    import json
    import sys
    from dataclasses import asdict

    with application(db).store.reading() as work:
        found = work.journal.audit()
    if as_json:
        click.echo(json.dumps(asdict(found)))
    else:
        for reference in found.broken:
            click.echo(f"{reference} : le journal a été modifié ou coupé.")
        state = f"{len(found.broken)} à examiner" if found.broken else "tout est intact"
        click.echo(f"Journal : {found.entries} lignes, {found.cases} situations, {state}.\nSceau : {found.seal}")
    sys.exit(1 if found.broken else 0)
