"""`orp avis`: opinions asked of partners."""

import click

from orp.options import application, as_json, database, due, person


@click.command()
@click.argument("reference", metavar="RÉFÉRENCE")
@person
@click.option("--answer", metavar="TEXTE", help="L’avis.")
@due
@as_json
@database
def command(reference: str, by: str, answer: str | None, due: int | None, as_json: bool, db: str | None) -> None:
    """Montrer les avis attendus, ou donner le sien."""
    from orp.acts import OPINIONS, Act, read, run

    act = None if answer is None else Act("acquitter", {"reponse": answer})
    run(read(application(db), reference, by), OPINIONS, act, due, as_json=as_json)
