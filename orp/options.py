"""Options that several commands share, and what they turn into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from orp.bootstrap import Application

F = TypeVar("F", bound=Callable[..., Any])


def database(command: F) -> F:
    """`--db`: which database."""
    return click.option(
        "--db",
        envvar="DATABASE_URL",
        metavar="BASE",
        help="Fichier SQLite, ou adresse postgresql://… (sinon DATABASE_URL, sinon orp.sqlite ici).",
    )(command)


def person(command: F) -> F:
    """`--as`: who acts."""
    return click.option("--as", "by", required=True, metavar="PERSONNE", help="Identifiant de la personne qui agit.")(
        command
    )


def due(command: F) -> F:
    """`--due`: which of the things owed."""
    return click.option("--due", type=int, metavar="N", help="Numéro de ce qu’on rend, s’il y en a plusieurs.")(command)


def as_json(command: F) -> F:
    """`--json`: for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Répondre en JSON.")(command)


def application(db: str | None) -> Application:
    """Return everything a command needs, on the database that was named.

    Raises:
        Infrastructure: the database is not there, or a setting cannot be used.
    """
    from orp.bootstrap import build
    from orp.settings import read_settings
    from workflow.errors import Infrastructure

    settings = read_settings(DATABASE_URL=database_url(db))
    path = sqlite_path(settings.database)
    if path and not path.exists():
        raise Infrastructure(f"La base {path} n’existe pas encore : lancez d’abord « orp init --db {path} ».")
    return build(settings)


def database_url(db: str | None) -> str | None:
    """A plain path is a SQLite file."""
    return db if not db or "://" in db else f"sqlite:///{db}"


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite URL, None for any other database."""
    path = url.removeprefix("sqlite:///")
    return Path(path) if path != url and path not in ("", ":memory:") else None
