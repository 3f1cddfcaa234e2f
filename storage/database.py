"""Connections: the only place that knows which database it is (DESIGN §6)."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from workflow.errors import Conflict, Infrastructure, Unwritable

BUSY_SECONDS = 15
EXAMPLES = "Exemples : sqlite:///orp.sqlite ou postgresql://orp@serveur/orp"
WRITES = "orp_writes"
"""Execution option of a connection that will write."""


def open_database(url: str) -> Engine:
    """Return an engine for a database URL such as « sqlite:///orp.sqlite » or « postgresql://orp@serveur/orp ».

    Raises:
        Infrastructure: the URL cannot be understood.
    """
    try:
        parsed = make_url(url)
        return _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)
    except (ArgumentError, ValueError):  # the address itself, or a kind of database that SQLAlchemy does not know
        raise Infrastructure(f"L’adresse de la base « {_shown(url)} » est illisible. {EXAMPLES}") from None
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


def _postgresql(url: URL) -> Engine:
    waits = {"connect_timeout": BUSY_SECONDS, "options": f"-c lock_timeout={BUSY_SECONDS}s"}
    return create_engine(url, connect_args=waits)


def locks_rows(engine: Engine) -> bool:
    """Say whether a transaction can hold rows and leave the others to everybody; SQLite locks the whole file."""
    return engine.dialect.name != "sqlite"


def wait_for_others(connection: Connection) -> None:
    """Let one process at a time change the tables; on SQLite a transaction that writes is alone anyway."""
    if locks_rows(connection.engine):
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('orp'))"))


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
        Conflict: a unique key says that somebody else wrote the same thing first, or two writers waited for each other.
        Infrastructure: the database is locked, full, read-only, or not there.
    """
    options = _options(engine, writes=writes)
    with _said(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def rebuilding(engine: Engine) -> Iterator[Connection]:
    """Give a transaction in which tables may be made anew: SQLite then checks at the end that no row is orphaned.

    Raises:
        Infrastructure: as for any transaction, or a row is left without the one it belongs to.
    """
    options = _options(engine, writes=True)
    with _said(engine), engine.connect().execution_options(**options) as connection:
        raw = connection.connection.driver_connection
        lite = raw if isinstance(raw, sqlite3.Connection) else None
        if lite:
            lite.execute("PRAGMA foreign_keys=OFF")  # says nothing inside a transaction
        try:
            with connection.begin():
                yield connection
                if lite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise Infrastructure("La mise à jour laisserait des lignes orphelines. Rien n’a été écrit.")
        finally:
            if lite:
                lite.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _said(engine: Engine) -> Iterator[None]:
    """Say in French what the database refuses."""
    driver = engine.dialect.loaded_dbapi
    try:
        yield
    except (DBAPIError, driver.Error) as error:  # statements made once go to the driver, which tells of its errors
        said = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(said, driver.IntegrityError) or _state(said) in RACES:
            raise Conflict("Quelqu’un d’autre a écrit au même moment.") from error
        raise _failure(engine, said) from error


def _options(engine: Engine, *, writes: bool) -> dict[str, Any]:
    """PostgreSQL shows each statement what is there by then, unless asked for one view of the whole."""
    if writes or not locks_rows(engine):
        return {WRITES: writes}
    return {WRITES: writes, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


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


def _state(error: BaseException | None) -> str:
    """PostgreSQL's code of an error: its sentences are in the language of the server."""
    return getattr(error, "sqlstate", None) or ""


def _failure(engine: Engine, error: BaseException | None) -> Infrastructure:
    """What an operator can do about what the database said; nothing, if it did not like a row."""
    state = _state(error)
    lost = isinstance(error, engine.dialect.loaded_dbapi.OperationalError)
    if locks_rows(engine) and lost and (not state or state.startswith(UNREACHABLE)):
        where = engine.url.set(query={})
        return Infrastructure(f"Le serveur de la base « {where} » ne répond pas. Rien n’a été écrit : {REACHING}")
    said = str(error).lower()
    found = [sentence for sign, sentence in SIGNS.items() if sign in (state or said)]
    if found:
        return Infrastructure(found[0])
    return Unwritable("La base de données ne répond pas comme prévu. Rien n’a été écrit.")


RACES = ("40001", "40P01")
"""PostgreSQL: a transaction that could not be put after another, a deadlock."""

UNREACHABLE = ("08", "57P")
"""PostgreSQL: a connection that was cut, a server that stops; what never reached the server has no code."""

REACHING = "vérifiez l’adresse, le nom de la base, le compte et son mot de passe, puis que le serveur est en marche."
UNPREPARED = "Cette base n’est pas préparée : lancez d’abord « orp init »."
BUSY = "La base est occupée par une autre écriture. Rien n’a été écrit : réessayez dans un instant."
FULL = "Le disque est plein. Rien n’a été écrit : libérez de la place, puis réessayez."

SIGNS = {
    "no such table": UNPREPARED,
    "42P01": UNPREPARED,
    "locked": BUSY,
    "55P03": BUSY,
    "readonly": "La base est en lecture seule. Rien n’a été écrit : vérifiez les droits du fichier.",
    "25006": "Ce serveur n’accepte pas d’écriture. Rien n’a été écrit : donnez l’adresse du serveur principal.",
    "42501": "Le compte de la base n’a pas les droits qu’il faut. Rien n’a été écrit : faites-les lui donner.",
    "full": FULL,
    "53100": FULL,
    "unable to open": "Le fichier de la base ne peut pas être ouvert : vérifiez le chemin et les droits.",
    "not a database": "Ce fichier n’est pas une base de données SQLite.",
}
"""Words of SQLite and codes of PostgreSQL."""
