"""`orp doctor`: what an operator must look at."""

from typing import Any

import click

from orp.options import application, as_json, database


@click.command()
@as_json
@database
def command(as_json: bool, db: str | None) -> None:
    """Montrer les situations qu’une faute du logiciel arrête (sort en 1) et les adresses refusées."""
    import json
    import sys
    from datetime import datetime

    from orp.tables import print_table
    from orp.times import in_paris

    with application(db).store.reading() as work:
        incidents = [_told(incident) for incident in work.incident_log.all()]
        refused = [_refused(row) for row in work.screens.refused_addresses()]
    if as_json:
        click.echo(json.dumps({"incidents": incidents, "adresses_refusees": refused}, ensure_ascii=False))
    else:
        columns = ("Situation", "Cause", "Essais", "Depuis", "Prochain essai")
        rows = [_cells(incident) for incident in incidents]
        print_table(columns, rows, title="Situations mises de côté", empty="Aucune situation n’est mise de côté.")
        rows = [(address["pour"], in_paris(datetime.fromisoformat(address["depuis"]))) for address in refused]
        print_table(("Pour", "Depuis"), rows, title="Adresses refusées", empty="Aucune adresse n’est refusée.")
    sys.exit(1 if incidents else 0)


def _told(incident: Any) -> dict[str, Any]:
    return {
        "reference": incident.reference,
        "cause": incident.cause,
        "essais": incident.attempts,
        "depuis": incident.since.isoformat(),
        "prochain_essai": incident.next_try.isoformat(),
    }


def _refused(row: dict[str, Any]) -> dict[str, Any]:
    """Whose address it is; the address itself is shown to nobody."""
    whose = row["name"] or f"rédacteur de la fiche {row['reference']}"
    return {"pour": whose, "depuis": row["refused_at"].isoformat()}


def _cells(told: dict[str, Any]) -> tuple[str, ...]:
    from datetime import datetime

    from orp.times import in_paris

    since, again = (in_paris(datetime.fromisoformat(told[key])) for key in ("depuis", "prochain_essai"))
    return told["reference"], told["cause"], str(told["essais"]), since, again
