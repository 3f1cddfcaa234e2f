"""Connections: the only place that knows which database it is (DESIGN §6)."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError

from workflow.errors import Conflict, Infrastructure

BUSY_SECONDS = 15
WRITES = "orp_writes"
"""Execution option of a connection that will write."""


def open_database(url: str) -> Engine:
    """Return an engine for a database URL such as « sqlite:///orp.sqlite ».

    Raises:
        Infrastructure: the URL cannot be understood.
    """
    try:
        parsed = make_url(url)
        return _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else create_engine(parsed)
    except (ArgumentError, ValueError):  # the address itself, or a kind of database that SQLAlchemy does not know
        raise Infrastructure(
            f"L’adresse de la base « {_shown(url)} » est illisible. Exemple : sqlite:///orp.sqlite"
        ) from None
    except ImportError as error:
        raise Infrastructure(
            f"Il manque le module « {error.name} » pour ouvrir la base « {_shown(url)} » : installez-le."
        ) from None


def _shown(url: str) -> str:
    """Return an address without its password, whatever stands between « : » and « @ »."""
    return re.sub(r"(?<=:)[^:/@][^@]*(?=@)", "…", url)


def _sqlite(url: URL) -> Engine:
    options: dict[str, Any] = {"poolclass": StaticPool} if url.database in (None, "", ":memory:") else {}
    # a pool lends a connection to one thread at a time; the driver would refuse all but the first
    arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a read that later turns into a write cannot wait, it fails."""
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction(engine: Engine, *, writes: bool) -> Iterator[Connection]:
    """Give a connection inside one transaction, committed on a clean exit.

    Raises:
        Conflict: a unique key says that somebody else wrote the same thing first.
        Infrastructure: the database is locked, full, read-only, or not there.
    """
    try:
        with engine.connect().execution_options(**{WRITES: writes}) as connection, connection.begin():
            yield connection
    except IntegrityError as error:
        raise Conflict("Quelqu’un d’autre a écrit au même moment.") from error
    except DBAPIError as error:
        raise Infrastructure(_sentence(str(error.orig).lower())) from error


@contextmanager
def reading_any_bytes(connection: Connection) -> Iterator[None]:
    """Read SQLite texts that are no UTF-8, which nobody but a forger writes; PostgreSQL holds none."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        yield
        return
    raw.text_factory = lambda content: content.decode(errors="surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = str


def _sentence(said: str) -> str:
    """What an operator can do about what the database said."""
    for sign, sentence in SIGNS.items():
        if sign in said:
            return sentence
    return "La base de données ne répond pas comme prévu. Rien n’a été écrit."


SIGNS = {
    "no such table": "Cette base n’est pas préparée : lancez d’abord « orp init ».",
    "locked": "La base est occupée par une autre écriture. Rien n’a été écrit : réessayez dans un instant.",
    "readonly": "La base est en lecture seule. Rien n’a été écrit : vérifiez les droits du fichier.",
    "full": "Le disque est plein. Rien n’a été écrit : libérez de la place, puis réessayez.",
    "unable to open": "Le fichier de la base ne peut pas être ouvert : vérifiez le chemin et les droits.",
    "not a database": "Ce fichier n’est pas une base de données SQLite.",
}
