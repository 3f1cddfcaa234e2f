"""`orp doctor`: what an operator must look at."""

from typing import Any

import click

from orp.options import application, as_json, database


@click.command()
@as_json
@database
def command(as_json: bool, db: str | None) -> None:
    """Montrer les situations qu’une faute du logiciel empêche d’avancer ; sort en 1 s’il y en a."""
    import json
    import sys

    from orp.tables import print_table

    with application(db).store.reading() as work:
        incidents = [_told(incident) for incident in work.incident_log.all()]
    if as_json:
        click.echo(json.dumps({"incidents": incidents}, ensure_ascii=False))
    else:
        columns = ("Situation", "Cause", "Essais", "Depuis", "Prochain essai")
        rows = [_cells(incident) for incident in incidents]
        print_table(columns, rows, title="Situations mises de côté", empty="Rien à signaler.")
    sys.exit(1 if incidents else 0)


def _told(incident: Any) -> dict[str, Any]:
    return {
        "reference": incident.reference,
        "cause": incident.cause,
        "essais": incident.attempts,
        "depuis": incident.since.isoformat(),
        "prochain_essai": incident.next_try.isoformat(),
    }


def _cells(told: dict[str, Any]) -> tuple[str, ...]:
    from datetime import datetime

    from orp.times import in_paris

    since, again = (in_paris(datetime.fromisoformat(told[key])) for key in ("depuis", "prochain_essai"))
    return told["reference"], told["cause"], str(told["essais"]), since, again
