"""`orp open`: begin to describe a situation."""

import click

from orp.options import application, as_json, database, person


@click.command()
@person
@click.option("--antenne", required=True, metavar="ANTENNE", help="Antenne du DAC qui recueille.")
@click.option("--departement", required=True, metavar="CODE", help="Département de la personne, par exemple 35 ou 2A.")
@click.option(
    "--id",
    "draft_id",
    metavar="ID",
    help="Identifiant choisi par l’appelant : redonné deux fois, il n’ouvre qu’une situation.",
)
@as_json
@database
def command(by: str, antenne: str, departement: str, draft_id: str | None, as_json: bool, db: str | None) -> None:
    """Commencer une fiche ; donne la référence de la situation."""
    import json
    from uuid import uuid4

    from workflow.engine import Draft

    app = application(db)
    case = app.engine.open([Draft(draft_id or uuid4().hex, by, antenne, departement)])[0]
    click.echo(json.dumps({"reference": case.reference}) if as_json else f"Brouillon ouvert : {case.reference}")
