"""`orp action`: actions announced, and how each ends."""

import click

from orp.options import application, as_json, database, due, person


@click.command()
@click.argument("reference", metavar="RÉFÉRENCE")
@person
@click.option("--state", type=click.Choice(["faite", "abandonnee", "hors_circuit"]), help="Ce qu’elle est devenue.")
@click.option("--reason", metavar="TEXTE", help="Pourquoi elle est abandonnée.")
@due
@as_json
@database
def command(
    reference: str, by: str, state: str | None, reason: str | None, due: int | None, as_json: bool, db: str | None
) -> None:
    """Montrer les actions en cours ; en dire une faite, abandonnée ou poursuivie hors du circuit."""
    if reason is not None and state != "abandonnee":
        raise click.UsageError("Une raison (--reason) ne va qu’avec --state abandonnee.")
    from orp.acts import ACTIONS, Act, read, run

    fields = {"etat": state or ""} | ({"raison": reason} if reason is not None else {})
    act = Act("acquitter", fields) if state else None
    run(read(application(db), reference, by), ACTIONS, act, due, as_json=as_json)
