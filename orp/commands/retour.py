"""`orp retour`: what was answered, what is still to be told, and telling it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orp.options import application, as_json, database, due, person

if TYPE_CHECKING:
    from orp.acts import Reading


@click.command()
@click.argument("reference", metavar="RÉFÉRENCE")
@person
@click.option(
    "--by",
    "means",
    type=click.Choice(["courriel", "oral", "lu", "publie"]),
    help="Dire le retour au rédacteur : par courriel, de vive voix, lu par lui, publié sous son code de suivi.",
)
@click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Jour où il a été dit de vive voix."
)
@click.option("--words", metavar="TEXTE", help="Les mots du DAC, en plus de ceux du niveau qui a décidé.")
@click.option(
    "--write",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FICHIER",
    help="Écrire un retour à une autre structure : un fichier YAML, « retour: … ».",
)
@due
@as_json
@database
def command(
    reference: str,
    by: str,
    means: str | None,
    on: datetime | None,
    words: str | None,
    write: Path | None,
    due: int | None,
    as_json: bool,
    db: str | None,
) -> None:
    """Montrer les retours dus et remis ; en dire un au rédacteur, ou en écrire un à une autre structure."""
    _coherent(means, on, words, write)
    from orp.acts import BETWEEN, LAST_MILE, Act, read, run

    reading = read(application(db), reference, by)
    if means:
        day = {"le": on.date().isoformat()} if on else {}
        fields = {"moyen": means} | day | ({"mot": words} if words is not None else {})
        run(reading, LAST_MILE, Act("acquitter", fields, by_beneficiary=means == "lu"), due, as_json=as_json)
    elif write:
        from orp.retours import read_retour_file

        run(reading, BETWEEN, Act("acquitter", read_retour_file(write)), due, as_json=as_json)
    else:
        _show(reading, as_json=as_json)


def _coherent(means: str | None, on: datetime | None, words: str | None, write: Path | None) -> None:
    if means and write:
        raise click.UsageError("Une seule chose à la fois : --by, ou --write.")
    if on and means != "oral":
        raise click.UsageError("Une date (--on) ne va qu’avec --by oral.")
    if words is not None and means in (None, "lu"):
        raise click.UsageError("Des mots (--words) vont avec --by courriel, --by oral ou --by publie.")


def _show(reading: "Reading", *, as_json: bool) -> None:
    import json

    from orp.retours import retours
    from orp.tables import print_table

    found = retours(reading)
    if as_json:
        click.echo(json.dumps({"reference": reading.reference, "retours": found}, ensure_ascii=False))
        return
    rows = [
        (
            f"{x['n']} ({x['code']})",
            x["de"],
            x["pour"],
            ", ".join(x["repond_a"]),
            "\n".join(filter(None, (x["echeance"], x["retard"]))),
            x["transmis_le"],
            x["preuve"],
        )
        for x in found
    ]
    print_table(
        ("N°", "De", "Pour", "Répond à", "Avant le", "Transmis le", "Preuve"),
        rows,
        title=f"Retours de {reading.reference}",
        empty="Aucun retour n’est dû, aucun n’a été remis.",
    )
