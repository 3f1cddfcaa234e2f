"""`orp avis`: opinions asked of partners."""

import click

from orp.options import application, as_json, database, due, person


@click.command()
@click.argument("reference", metavar="RÉFÉRENCE")
@person
@click.option("--answer", metavar="TEXTE", help="L’avis.")
@click.option("--without", metavar="MOTIF", help="Continuer sans cet avis, pour qui l’a demandé.")
@due
@as_json
@database
def command(
    reference: str, by: str, answer: str | None, without: str | None, due: int | None, as_json: bool, db: str | None
) -> None:
    """Montrer les avis attendus ; donner le sien, ou continuer sans."""
    if answer is not None and without is not None:
        raise click.UsageError("Une seule chose à la fois : --answer ou --without.")
    from orp.acts import OPINIONS, Act, read, run

    act = None
    if without is not None:
        act = Act("dispenser", {"motif": without}, by_beneficiary=True)
    elif answer is not None:
        act = Act("acquitter", {"reponse": answer})
    run(read(application(db), reference, by), OPINIONS, act, due, as_json=as_json)
