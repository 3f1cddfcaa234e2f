"""`orp open`: begin to describe a situation."""

import click

from orp.options import application, as_json, database, person


@click.command()
@person
@click.option("--antenne", required=True, metavar="ANTENNE", help="Antenne du DAC qui recueille.")
@click.option("--departement", required=True, metavar="CODE", help="Département de la personne, par exemple 35 ou 2A.")
@click.option(
    "--anonymous",
    is_flag=True,
    help="Ne garder aucune adresse du rédacteur : il suit sa situation avec un code, montré une seule fois.",
)
@click.option(
    "--id",
    "draft_id",
    metavar="ID",
    help="Identifiant choisi par l’appelant : redonné deux fois, il n’ouvre qu’une situation.",
)
@as_json
@database
def command(
    by: str, antenne: str, departement: str, anonymous: bool, draft_id: str | None, as_json: bool, db: str | None
) -> None:
    """Commencer une fiche ; donne la référence de la situation."""
    import json
    from uuid import uuid4

    from orp.tracking import is_known
    from workflow.errors import accepted
    from workflow.opening import Draft
    from workflow.tracking import new_code

    app = application(db)
    code = new_code() if anonymous else None
    case = accepted(app.engine.open([Draft(draft_id or uuid4().hex, by, antenne, departement, code)])[0])
    # the same draft sent again keeps the code it was given first, of which only a digest is left
    given = code if code and is_known(app, code) else None
    if as_json:
        said = {"reference": case.reference} | ({"code_de_suivi": given} if anonymous else {})
        click.echo(json.dumps(said))
        return
    click.echo(f"Brouillon ouvert : {case.reference}")
    if given:
        click.echo(f"Code de suivi : {given}\nIl n’est montré qu’une fois : donnez-le au rédacteur de la fiche.")
    elif anonymous:
        click.echo("Ce brouillon existait déjà : son code de suivi a été montré à l’ouverture, il ne l’est plus.")
