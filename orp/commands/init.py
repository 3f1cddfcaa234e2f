"""`orp init`: prepare a database."""

from datetime import datetime
from pathlib import Path

import click

from orp.options import database, database_url


@click.command()
@database
@click.option(
    "--people",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FICHIER",
    help="Annuaire à charger : structures, personnes, boîtes de service.",
)
@click.option(
    "--demo-from", metavar="INSTANT", help="Faire une base de démonstration, dont l’horloge part de cet instant."
)
def command(db: str | None, people: Path | None, demo_from: str | None) -> None:
    """Préparer une base, ou la mettre à jour."""
    from orp.options import application
    from orp.preparation import prepare
    from orp.settings import read_settings
    from orp.times import read_instant

    start: datetime | None = read_instant(demo_from) if demo_from else None
    said = prepare(read_settings(DATABASE_URL=database_url(db)), people, start)
    application(db)
    for line in said:
        click.echo(line)
