"""Prepares a database: schema, shipped circuits, directory."""

from datetime import UTC, datetime
from pathlib import Path

from orp.directory_file import read_directory
from orp.options import sqlite_path
from orp.settings import Settings
from storage.database import open_database
from storage.demo_clock import DemoClock, read_demo_clock
from storage.directory import known_organisations
from storage.schema import upgrade
from storage.unit_of_work import SqlStore, SqlWork
from workflow.circuit.loader import Version, shared_files, shipped_circuits, versions_of
from workflow.clock import SystemClock
from workflow.errors import Refusal
from workflow.proposals import unsigned


def prepare(settings: Settings, people: Path | None, demo_from: datetime | None = None) -> list[str]:
    """Bring a database up to date and return what was done, one French sentence each.

    Files are read and checked before anything is written. The circuits that come with the project are the first
    versions of a new base; one that has circuits keeps them, and nothing changes there by itself.

    Raises:
        InvalidDefinition: the circuit or the directory is wrong.
        Refusal: a real database asked to be a demonstration, or a demonstration to go back in time.
        Infrastructure: the database cannot be written.
    """
    shipped = versions_of(shipped_circuits() | shared_files())
    database = open_database(settings.database)
    path = sqlite_path(settings.database)
    known = None if path and not path.exists() else known_organisations(database)
    directory = read_directory(people, known or ()) if people else None
    if demo_from and known is not None:
        _check_demo(read_demo_clock(database), demo_from)
    upgrade(database)
    now = demo_from or SystemClock().now()
    said = ["La base est à jour."]
    with SqlStore(database, settings.domain).writing() as work:
        if not work.circuits.in_force(now):
            said += [_publish(work, version, now) for version in shipped]
        if directory:
            said.append(work.directory.add(*directory.rows(datetime.fromtimestamp(0, UTC))))
    if demo_from:
        DemoClock(database).set(demo_from)
        said.append("Base de démonstration : son horloge n’avance que si on la pousse.")
    return said


def _publish(work: SqlWork, version: Version, now: datetime) -> str:
    work.circuits.publish(version, unsigned(version, now))
    return f"Circuit publié : {version.circuit.definition.title} ({version.key})."


def _check_demo(now: datetime | None, start: datetime) -> None:
    if now is None:
        raise Refusal("Cette base suit l’heure réelle : elle ne peut pas devenir une démonstration.")
    if start < now:
        raise Refusal("L’horloge d’une démonstration ne recule pas.")
