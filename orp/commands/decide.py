"""`orp decide`: take a decision, or render what is owed."""

from pathlib import Path

import click

from orp.options import application, as_json, database, person

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("reference", metavar="RÉFÉRENCE")
@click.argument("decision", metavar="DÉCISION")
@person
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NOM=VALEUR",
    help="Un champ ; « retour.texte=… » pour une de ses parties.",
)
@click.option("--file", "file", type=FILE, metavar="FICHIER", help="Des champs dans un fichier YAML.")
@click.option("--reviewed", type=FILE, metavar="FICHIER", help="La version relue, sans donnée identifiante.")
@click.option("--reader", metavar="PERSONNE", help="Qui a relu cette version.")
@click.option("--due", type=int, metavar="N", help="Numéro de ce qu’on rend, dispense ou prolonge.")
@click.option("--expect-version", type=int, metavar="N", help="Refuser si quelqu’un a décidé depuis cette version.")
@click.option(
    "--id",
    "decision_id",
    metavar="ID",
    help="Identifiant choisi par l’appelant : redonné deux fois, il ne décide qu’une fois.",
)
@as_json
@database
def command(reference: str, decision: str, by: str, db: str | None, as_json: bool, **given: object) -> None:
    """Décider, ou rendre ce qui est attendu (acquitter, dispenser, prolonger)."""
    from orp.acts import decide, say
    from orp.decision_fields import gather
    from workflow.references import read_reference

    app = application(db)
    case = decide(
        app,
        read_reference(reference),
        decision,
        by,
        fields=gather(given),
        due=_number(given["due"]),
        version=_number(given["expect_version"]),
        decision_id=str(given["decision_id"]) if given["decision_id"] else None,
    )
    say(app, case, as_json=as_json)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
