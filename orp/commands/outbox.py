"""`orp outbox`: what mails are owed, and what became of them."""

from typing import TYPE_CHECKING, Any

import click

from orp.options import application, as_json, database

if TYPE_CHECKING:
    from orp.bootstrap import Application


@click.command()
@click.option("--send", is_flag=True, help="Envoyer d’abord ce qui peut partir.")
@as_json
@database
def command(send: bool, as_json: bool, db: str | None) -> None:
    """Montrer les courriels : à envoyer, envoyés, refusés."""
    import json

    from orp.tables import print_table
    from workflow.errors import Infrastructure

    app = application(db)
    stuck = send and not _send(app)
    with app.store.reading() as work:
        rows = [_told(row) for row in work.screens.messages()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        columns = ("Courriel", "Situation", "À", "Pas avant", "État")
        print_table(columns, [_cells(row) for row in rows], empty="Aucun courriel.")
    if stuck:
        raise Infrastructure("Aucun courriel n’a pu partir : la raison est dite à chacun. Ils restent à envoyer.")


def _send(app: "Application") -> bool:
    """Send all that may leave; False when nothing could."""
    from notifications.deliver import deliver

    passes = [deliver(app.posting, app.transport, app.renderer, app.clock)]
    while passes[-1].sent:
        passes.append(deliver(app.posting, app.transport, app.renderer, app.clock))
    return any(one.sent or one.refused for one in passes) or not any(one.postponed for one in passes)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "n": row["id"],
        "courriel": row["mail"],
        "reference": row["reference"],
        "pour": row["recipient"],
        "pas_avant": row["not_before"].isoformat(),
        "etat": row["status"],
        "essais": row["attempts"],
        "envoye_le": row["sent_at"].isoformat() if row["sent_at"] else None,
        "raison": row["reason"],
        "dans": row["carrier"],
    }


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    from datetime import datetime

    from workflow.sentences.mails import STATUSES, TITLES
    from workflow.words import in_paris

    state = STATUSES[row["etat"]] + (f" ({row['raison']})" if row["raison"] else "")
    state += ", avec d’autres" if row["dans"] else ""
    person = row["pour"] or "rédacteur de la fiche"
    about = row["reference"] or "plusieurs"
    return TITLES[row["courriel"]], about, person, in_paris(datetime.fromisoformat(row["pas_avant"])), state
