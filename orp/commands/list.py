"""`orp list`: every situation, the most pressing first."""

import click

from orp.options import application, as_json, database


@click.command()
@as_json
@database
def command(as_json: bool, db: str | None) -> None:
    """Montrer les situations : où elles sont, entre les mains de qui, jusqu’à quand."""
    import json

    from orp.situations import overview
    from orp.tables import print_table

    app = application(db)
    rows = overview(app)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    columns = ("Situation", "Étape", "Entre les mains de", "À rendre le", "")
    lines = [(r["reference"], r["titre"], r["entre_les_mains_de"], _day(r["echeance"]), r["retard"]) for r in rows]
    print_table(columns, lines, empty="Aucune situation. Pour en décrire une : « orp open --help ».")


def _day(text: str | None) -> str:
    from datetime import date

    from workflow.words import day_in_words

    return day_in_words(date.fromisoformat(text)) if text else "–"
