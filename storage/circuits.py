"""Published circuits: immutable texts in the database, compiled once per process."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, insert, select

from storage.tables import TABLES
from workflow.circuit.compiled import Circuit
from workflow.circuit.composition import NATIONAL, Composition, Published, name_of, number_of
from workflow.circuit.loader import Version, composed
from workflow.clock import Clock
from workflow.errors import Infrastructure
from workflow.journal import canonical

VERSIONS = TABLES["circuit_versions"]
IN_FORCE = select(VERSIONS.c.name, VERSIONS.c.number, VERSIONS.c.effective_at, VERSIONS.c.variants).where(
    VERSIONS.c.effective_at <= bindparam("now", type_=VERSIONS.c.effective_at.type)
)


class CircuitVersions:
    """Reads and adds circuit versions on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def publish(self, version: Version, at: datetime, **said: Any) -> None:
        """Add a version."""
        row = {
            "key": version.key,
            "name": name_of(version.key),
            "number": number_of(version.key),
            "files": version.files,
            "digest": hashlib.sha256(canonical(version.files).encode()).hexdigest(),
            "published_at": at,
            "effective_at": at,
            "variants": " ".join(sorted(version.circuit.variants)),
            "parent": version.parent,
            "applies": "new",
        }
        self._connection.execute(insert(VERSIONS), row | said)

    def files(self, key: str) -> dict[str, str] | None:
        """Return the files of a version and of those above it."""
        found: dict[str, str] | None = self._connection.execute(
            select(VERSIONS.c.files).where(VERSIONS.c.key == key)
        ).scalar()
        return found

    def in_force(self, now: datetime) -> dict[str, Published]:
        """Return, by layer, the version that took effect last."""
        rows = sorted(self._connection.execute(IN_FORCE, {"now": now}), key=lambda row: (row.effective_at, row.number))
        return {row.name: Published(f"{row.name}@{row.number}", frozenset(row.variants.split())) for row in rows}


class _Work(Protocol):
    circuits: CircuitVersions


class PublishedCircuits:
    """Compiled circuits, shared by the process (implements `workflow.ports.Circuits`)."""

    def __init__(self, reading: Callable[[], AbstractContextManager[_Work]], clock: Clock) -> None:
        self._reading = reading
        self._clock = clock
        self._compiled: dict[str, Circuit] = {}

    def get(self, key: str) -> Circuit:
        """Return the circuit that published versions make.

        Raises:
            Infrastructure: one was never published here.
            InvalidDefinition: they do not go together.
        """
        if key not in self._compiled:
            self._compiled[key] = self._compile(key)
        return self._compiled[key]

    def national(self) -> Circuit:
        """Return the national circuit in force, where no situation is looked at."""
        with self._reading() as work:
            found = work.circuits.in_force(self._clock.now()).get(NATIONAL)
        return self.get(found.key if found else f"{NATIONAL}@1")

    def _compile(self, key: str) -> Circuit:
        wanted = Composition.of(key)
        with self._reading() as work:
            sides = {version: work.circuits.files(version) for version in (wanted.dac, wanted.dd)}
        if absent := [version for version, files in sides.items() if files is None]:
            raise Infrastructure(f"Le circuit « {absent[0]} » n’est pas dans cette base : lancez « orp init ».")
        return composed(wanted, sides[wanted.dac] or {}, sides[wanted.dd] or {})
