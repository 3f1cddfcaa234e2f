"""`orp serve`: the pages, for real people."""

import click

from orp.options import application, database


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADRESSE", help="Où écouter.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, metavar="N", help="Quel port.")
@database
def command(host: str, port: int, db: str | None) -> None:
    """Servir les pages, derrière un serveur qui chiffre (https)."""
    import logging

    from orp.serving import serve

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    serve(application(db), host, port)
