"""Published circuits: immutable texts in the database, compiled once per process."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, insert, select

from storage.tables import TABLES
from workflow.circuit.compiled import Circuit
from workflow.circuit.loader import load_circuit
from workflow.errors import Infrastructure
from workflow.journal import canonical

VERSIONS = TABLES["circuit_versions"]


class CircuitVersions:
    """Reads and adds circuit versions on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def publish(self, key: str, files: dict[str, str], at: datetime) -> bool:
        """Add a version; one already published is left as it is, and False returned."""
        if self.files(key) is not None:
            return False
        digest = hashlib.sha256(canonical(files).encode()).hexdigest()
        self._connection.execute(insert(VERSIONS), {"key": key, "files": files, "digest": digest, "published_at": at})
        return True

    def files(self, key: str) -> dict[str, str] | None:
        """Return the files of a version."""
        found: dict[str, str] | None = self._connection.execute(
            select(VERSIONS.c.files).where(VERSIONS.c.key == key)
        ).scalar()
        return found

    def latest(self) -> str | None:
        """Return the key of the version published last."""
        query = select(VERSIONS.c.key).order_by(VERSIONS.c.published_at.desc(), VERSIONS.c.key.desc()).limit(1)
        found: str | None = self._connection.execute(query).scalar()
        return found


class _Work(Protocol):
    circuits: CircuitVersions


class PublishedCircuits:
    """Compiled circuits, shared by the process (implements `workflow.ports.Circuits`)."""

    def __init__(self, reading: Callable[[], AbstractContextManager[_Work]]) -> None:
        self._reading = reading
        self._compiled: dict[str, Circuit] = {}

    def get(self, key: str) -> Circuit:
        """Return a published version.

        Raises:
            Infrastructure: it was never published here.
        """
        if key not in self._compiled:
            with self._reading() as work:
                files = work.circuits.files(key)
            if files is None:
                raise Infrastructure(f"Le circuit « {key} » n’est pas dans cette base : lancez « orp init ».")
            self._compiled[key] = load_circuit(files, key.partition("@")[0])
        return self._compiled[key]

    def latest(self) -> Circuit:
        """Return the version a new situation follows."""
        with self._reading() as work:
            key = work.circuits.latest()
        return self.get(key or "national@1")
