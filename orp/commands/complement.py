"""`orp complement`: what was asked, the answer, or going on without it."""

from pathlib import Path

import click

from orp.options import application, as_json, database, due, person


@click.command()
@click.argument("reference", metavar="RÉFÉRENCE")
@person
@click.option("--answer", metavar="TEXTE", help="La réponse.")
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FICHIER",
    help="La réponse, dans un fichier de texte.",
)
@click.option("--without", metavar="MOTIF", help="Continuer sans cette réponse, pour qui l’a demandée.")
@due
@as_json
@database
def command(
    reference: str,
    by: str,
    answer: str | None,
    file: Path | None,
    without: str | None,
    due: int | None,
    as_json: bool,
    db: str | None,
) -> None:
    """Montrer les compléments attendus ; y répondre, ou continuer sans."""
    if sum(given is not None for given in (answer, file, without)) > 1:
        raise click.UsageError("Une seule chose à la fois : --answer, --file ou --without.")
    from orp.acts import COMPLEMENTS, Act, read, run
    from orp.decision_fields import read_text_file

    act = None
    if without is not None:
        act = Act("dispenser", {"motif": without}, by_beneficiary=True)
    elif answer is not None or file:
        act = Act("acquitter", {"reponse": read_text_file(file) if file else answer or ""})
    run(read(application(db), reference, by), COMPLEMENTS, act, due, as_json=as_json)
