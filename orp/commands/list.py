"""`orp list`: every situation, the most pressing first."""

import click

from orp.french import FrenchCommand
from orp.options import application, as_json, database


@click.command(cls=FrenchCommand)
@as_json
@database
def command(as_json: bool, db: str | None) -> None:  # noqa: FBT001 - click passes flags by name
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
    lines = [(r["reference"], r["titre"], r["entre_les_mains_de"], r["echeance"] or "–", r["retard"]) for r in rows]
    print_table(columns, lines, empty="Aucune situation. Pour en décrire une : « orp open --help ».")
