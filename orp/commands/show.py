"""`orp show`: one situation, never its texts; with a tracking code, what its rédacteur may see."""

from typing import Any

import click

from orp.options import application, as_json, database

RETOUR = {
    "decision": "Ce qui est décidé : ",
    "motif": "Motif : ",
    "texte": "",
    "actions": "Actions : ",
    "conserve": "Ce qui est conservé : ",
    "prochaine": "Prochaine date : ",
    "contact": "À qui s’adresser : ",
}
"""The parts of a retour in the order they are read, and how each begins."""


@click.command()
@click.argument("reference", metavar="[RÉFÉRENCE]", required=False)
@click.option("--tracking", metavar="CODE", help="Code de suivi d’un dépôt anonyme : ce que le rédacteur peut voir.")
@as_json
@database
def command(reference: str | None, tracking: str | None, as_json: bool, db: str | None) -> None:
    """Montrer où en est une situation, ce qui est attendu de qui, et son histoire."""
    import json

    if (reference is None) == (tracking is None):
        raise click.UsageError("Donnez la référence d’une situation, ou un code de suivi avec --tracking.")
    app = application(db)
    told: dict[str, Any]
    if tracking is not None:
        from orp.tracking import follow

        told, draw = follow(app, tracking), _draw_steps
    else:
        from orp.situations import story
        from workflow.references import read_reference

        told, draw = story(app, read_reference(reference or "")), _draw
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        draw(told)


def _draw(told: dict[str, Any]) -> None:
    from orp.tables import print_table

    state = "".join(f" · {state}" for state in told["etat"])
    click.echo(f"{told['reference']} : {told['titre']}{state} (version {told['version']})")
    for line in told["resume"]:
        click.echo(line)
    print_table(
        ("N°", "À faire", "Attendu de", "Pour", "Le", ""),
        [(str(o["n"]), o["nature"], o["attendu_de"], o["pour"], o["echeance"], o["retard"]) for o in told["attendu"]],
        title="Attendu maintenant",
        empty="Plus rien n’est attendu de personne.",
    )
    print_table(
        ("Date", "Ce qui s’est passé", "Par"),
        [(e["date"], e["fait"], e["par"]) for e in told["histoire"]],
        title="Histoire",
    )


def _draw_steps(told: dict[str, Any]) -> None:
    from orp.tables import print_table

    print_table(("Étape", ""), [(step["etape"], step["etat"]) for step in told["etapes"]])
    click.echo(told["attente"])
    for retour in told["retours"]:
        click.echo("\nRetour :")
        for part, title in RETOUR.items():
            if part in retour:
                click.echo(f"{title}{_in_words(retour[part])}")


def _in_words(text: str) -> str:
    from workflow.texts import read_day
    from workflow.words import day_in_words

    day = read_day(text)
    return day_in_words(day) if day else text
