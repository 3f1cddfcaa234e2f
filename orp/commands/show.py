"""`orp show`: one situation, never its texts."""

import click

from orp.options import application, as_json, database


@click.command()
@click.argument("reference", metavar="RÉFÉRENCE")
@as_json
@database
def command(reference: str, as_json: bool, db: str | None) -> None:
    """Montrer où en est une situation, ce qui est attendu de qui, et son histoire."""
    import json

    from orp.situations import story
    from orp.tables import print_table
    from workflow.references import read_reference

    app = application(db)
    told = story(app, read_reference(reference))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{told['reference']} : {told['titre']} (version {told['version']})")
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
