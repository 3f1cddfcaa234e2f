"""Prepares a database: schema, national circuit, directory."""

from datetime import UTC, datetime
from pathlib import Path

from orp.directory_file import read_directory
from orp.settings import Settings
from storage.database import open_database
from storage.demo_clock import DemoClock
from storage.schema import upgrade
from storage.unit_of_work import SqlStore
from workflow.circuit.loader import load_circuit, shipped_files
from workflow.clock import SystemClock

NATIONAL = "national"


def prepare(settings: Settings, people: Path | None, demo_from: datetime | None = None) -> list[str]:
    """Bring a database up to date and return what was done, one French sentence each.

    Files are read and checked before anything is written.

    Raises:
        InvalidDefinition: the circuit or the directory is wrong.
        Infrastructure: the database cannot be written.
    """
    files = shipped_files(NATIONAL)
    circuit = load_circuit(files, NATIONAL)
    directory = read_directory(people) if people else None
    database = open_database(settings.database)
    upgrade(database)
    now = demo_from or SystemClock().now()
    said = ["La base est à jour."]
    with SqlStore(database, settings.domain).writing() as work:
        if work.circuits.publish(circuit.key, files, now):
            said.append(f"Circuit publié : {circuit.definition.title} ({circuit.key}).")
        if directory:
            said.append(work.directory.add(*directory.rows(datetime.fromtimestamp(0, UTC))))
    if demo_from:
        DemoClock(database).set(demo_from)
        said.append("Base de démonstration : son horloge n’avance que si on la pousse.")
    return said
