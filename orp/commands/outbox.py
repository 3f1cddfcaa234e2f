"""`orp outbox`: what mails are owed, and what became of them."""

import click

from orp.options import application, as_json, database

STATES = {"a_envoyer": "à envoyer", "envoye": "envoyé", "refuse": "adresse refusée"}

MAILS = {
    "M01": "fiche bien reçue",
    "M02": "complément demandé",
    "M03": "nouvelle situation",
    "M04": "à inscrire à l’ordre du jour",
    "M06": "décision de la gouvernance",
    "M07": "transmission",
    "M08": "prise en charge",
    "M09": "avis demandé",
    "M10": "relais",
    "M11": "retour disponible",
    "M12": "rappel",
    "M13": "avis de retard",
    "M14": "retour à transmettre",
    "M15": "situation close",
    "M17": "complément reçu",
    "M18": "situation rouverte",
}


@click.command()
@click.option("--send", is_flag=True, help="Envoyer d’abord ce qui peut partir.")
@as_json
@database
def command(send: bool, as_json: bool, db: str | None) -> None:
    """Montrer les courriels : à envoyer, envoyés, refusés."""
    import json

    from notifications.deliver import deliver
    from orp.tables import print_table
    from orp.times import in_paris

    app = application(db)
    while send and deliver(app.posting, app.transport(), app.renderer, app.clock).sent:
        pass
    with app.store.reading() as work:
        rows = work.screens.messages()
    if as_json:
        click.echo(json.dumps(rows, default=str))
        return
    columns = ("Courriel", "Situation", "À", "Pas avant", "État")
    lines = [
        (
            MAILS[r["mail"]],
            r["reference"],
            r["recipient"] or "rédacteur de la fiche",
            in_paris(r["not_before"]),
            _state(r),
        )
        for r in rows
    ]
    print_table(columns, lines, empty="Aucun courriel.")


def _state(row: dict[str, object]) -> str:
    return STATES[str(row["status"])] + (f" ({row['reason']})" if row["reason"] else "")
