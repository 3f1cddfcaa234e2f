"""`orp audit`: prove that the journal is whole."""

import click

from orp.options import application, as_json, database


@click.command()
@as_json
@database
def command(as_json: bool, db: str | None) -> None:
    """Vérifier que rien n’a été changé au journal, ni à ce qu’il garde ; donne un sceau à garder ailleurs."""
    import json
    import sys

    from workflow.words import counted

    with application(db).store.reading() as work:
        found = work.journal.audit()
    if as_json:
        told = {"situations": found.cases, "lignes": found.entries, "a_examiner": found.broken, "sceau": found.seal}
        click.echo(json.dumps(told))
    else:
        for reference in found.broken:
            click.echo(f"{reference} : le journal, un texte ou une réponse a été modifié ou coupé.")
        state = f"{len(found.broken)} à examiner" if found.broken else "tout est intact"
        size = f"{counted(found.entries, 'ligne')}, {counted(found.cases, 'situation')}"
        click.echo(f"Journal : {size}, {state}.\nSceau : {found.seal}")
    sys.exit(1 if found.broken else 0)
