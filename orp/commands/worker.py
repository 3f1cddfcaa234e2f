"""`orp worker`: keep the circuit moving until told to stop."""

import click

from orp.options import application, database


@click.command()
@database
def command(db: str | None) -> None:
    """Faire avancer le circuit et envoyer les courriels, jusqu’à l’arrêt (SIGTERM)."""
    import logging

    from orp.ticker import run_worker

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger("orp").setLevel(logging.INFO)
    # a beat longer than the pace makes it say, in English, that the next was skipped: nothing is lost by it
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    run_worker(application(db))
