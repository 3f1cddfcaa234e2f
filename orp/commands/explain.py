"""`orp explain`: why this date."""

from typing import Any

import click

from orp.options import application, as_json, database


@click.command()
@click.argument("reference", metavar="RÉFÉRENCE")
@click.option("--due", type=int, metavar="N", help="Numéro d’une seule chose attendue.")
@as_json
@database
def command(reference: str, due: int | None, as_json: bool, db: str | None) -> None:
    """Expliquer chaque date : le délai, les jours comptés, les pauses, et qui sera prévenu quand."""
    import json

    from orp.explanation import explain
    from workflow.references import read_reference

    told = explain(application(db), read_reference(reference), due)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{told['reference']} : {told['titre']}")
    if not told["attendu"]:
        click.echo("Plus rien n’est attendu de personne.")
    for owed in told["attendu"]:
        _draw(owed)


def _draw(owed: dict[str, Any]) -> None:
    from datetime import date

    from workflow.sentences.wording import to_whom
    from workflow.words import day_in_words, enumerate_words

    click.echo(f"\nN° {owed['n']} ({owed['code']}) : {owed['quoi']}")
    for sentence in owed["phrases"]:
        click.echo(f"  {sentence}")
    if owed["rappels"]:
        click.echo("  Ensuite :")
    for ring in owed["rappels"]:
        to = f", {enumerate_words([to_whom(title) for title in ring['a']], 'et')}" if ring["a"] else ""
        click.echo(f"    - le {day_in_words(date.fromisoformat(ring['le']))} : {ring['quoi']}{to}")
