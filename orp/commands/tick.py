"""`orp tick`: play what has become due, once."""

import click

from orp.options import application, as_json, database


@click.command()
@click.option("--at", metavar="INSTANT", help="Avancer d’abord l’horloge d’une base de démonstration jusque-là.")
@as_json
@database
def command(at: str | None, as_json: bool, db: str | None) -> None:
    """Jouer ce qui est arrivé à échéance : rappels, dépassements, envois prévus."""
    import json

    from orp.pump import Pump
    from orp.times import read_instant
    from storage.demo_clock import DemoClock
    from workflow.errors import Refusal
    from workflow.words import counted

    app = application(db)
    if at:
        instant = read_instant(at)
        if not isinstance(app.clock, DemoClock):
            raise Refusal("Cette base suit l’heure réelle : --at ne vaut que pour une base de démonstration.")
        if instant < app.clock.now():
            raise Refusal("L’horloge d’une démonstration ne recule pas.")
        app.clock.set(instant)
    cases = entries = messages = 0
    for done in Pump(app.engine, app.store).run():
        cases, entries, messages = cases + done.cases, entries + done.entries, messages + done.messages
    said = {"situations": cases, "lignes": entries, "courriels": messages}
    sentence = (
        f"{counted(cases, 'situation')}, {counted(entries, 'ligne')} au journal, {counted(messages, 'courriel')}."
    )
    click.echo(json.dumps(said) if as_json else sentence)
