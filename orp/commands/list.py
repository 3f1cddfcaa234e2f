"""`orp list`: situations, the most pressing first."""

from typing import Any

import click

from orp.options import application, as_json, database


@click.command()
@click.option("--mine", is_flag=True, help="Seulement celles où quelque chose est attendu de moi (avec --as).")
@click.option("--as", "by", metavar="PERSONNE", help="Identifiant de la personne qui regarde.")
@click.option("--late", is_flag=True, help="Seulement celles où quelque chose est en retard.")
@click.option("--step", metavar="ÉTAPE", help="Seulement celles qui sont à cette étape, par exemple en_analyse.")
@click.option("--structure", metavar="ID", help="Seulement celles où quelque chose est attendu de cette structure.")
@as_json
@database
def command(
    mine: bool, by: str | None, late: bool, step: str | None, structure: str | None, as_json: bool, db: str | None
) -> None:
    """Montrer les situations : où elles sont, entre les mains de qui, jusqu’à quand."""
    import json

    from orp.overview import overview
    from orp.tables import print_table

    if mine and not by:
        raise click.UsageError("Dites de qui il s’agit : --mine va avec --as PERSONNE.")
    narrowed = bool(mine or late or step or structure)
    rows = overview(application(db), mine=by if mine else None, late=late, step=step, structure=structure)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    columns = ("Situation", "Étape", "Entre les mains de", "À rendre le", "", *(("Ce que je dois",) if mine else ()))
    empty = "Aucune situation ne répond à cette demande." if narrowed else "Aucune situation."
    print_table(columns, [_cells(row) for row in rows], empty=f"{empty} Pour en décrire une : « orp open --help ».")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    cells = (row["reference"], row["titre"], row["entre_les_mains_de"], _until(row), row["retard"])
    return (*cells, "\n".join(_debt(debt) for debt in row["je_dois"])) if "je_dois" in row else cells


def _until(row: dict[str, Any]) -> str:
    """A check that remains after the end must not pass for a situation that waits."""
    if row["close"]:
        return f"close ; un suivi {_day(row['echeance'])}" if row["echeance"] else "close"
    return _day(row["echeance"])


def _debt(debt: dict[str, Any]) -> str:
    late = f" ({debt['retard']})" if debt["retard"] else ""
    return f"n° {debt['n']} : {debt['nature']}, {_day(debt['echeance'])}{late}"


def _day(text: str | None) -> str:
    from datetime import date

    from workflow.words import day_in_words

    return day_in_words(date.fromisoformat(text)) if text else "–"
