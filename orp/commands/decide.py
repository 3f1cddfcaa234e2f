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
    import json
    from secrets import token_hex
    from uuid import uuid4

    from orp.decision_fields import gather
    from workflow.errors import Refusal
    from workflow.model import Decision
    from workflow.references import read_reference

    app = application(db)
    wanted = Decision(
        id=str(given["decision_id"] or uuid4().hex),
        reference=read_reference(reference),
        name=decision,
        by=by,
        fields=gather(given),
        due=given["due"] if isinstance(given["due"], int) else None,
        expected_version=given["expect_version"] if isinstance(given["expect_version"], int) else None,
        salt=token_hex(16),
    )
    result = app.engine.decide([wanted])[0]
    if isinstance(result, Refusal):
        raise result
    step = app.circuits.get(result.circuit).step(result.step)
    said = {"reference": result.reference, "etape": result.step, "version": result.version}
    click.echo(
        json.dumps(said)
        if as_json
        else f"C’est fait. {result.reference} est à l’étape « {step.title} » (version {result.version})."
    )
