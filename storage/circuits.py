"""Published circuits: immutable texts in the database, compiled once per process."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, bindparam, insert, select, update

from storage import mapping
from storage.prepared import Fixed
from storage.tables import TABLES
from workflow.circuit.compiled import Circuit
from workflow.circuit.composition import NATIONAL, Composition, Published, version_key
from workflow.circuit.loader import Version, composed
from workflow.clock import Clock
from workflow.composing import national_of
from workflow.errors import Conflict, Infrastructure
from workflow.journal import canonical
from workflow.model import Organisation
from workflow.records import Following, Publication

VERSIONS, ORGANISATIONS = TABLES["circuit_versions"], TABLES["organisations"]
CASES, PARTIES = TABLES["cases"], TABLES["parties"]
IN_FORCE = Fixed(
    select(VERSIONS.c.name, VERSIONS.c.number, VERSIONS.c.effective_at, VERSIONS.c.variants).where(
        VERSIONS.c.effective_at <= bindparam("now", type_=VERSIONS.c.effective_at.type)
    )
)
"""Read each time a situation is deposited: its text is made once."""

COLUMNS = [f.name for f in fields(Publication)]
ORDER = (VERSIONS.c.published_at, VERSIONS.c.name, VERSIONS.c.number)
SLOTS = {slot: PARTIES.alias(slot) for slot in ("dd", "antenne")}
TAKE_UP = (
    update(CASES)
    .where(CASES.c.reference == bindparam("which"), CASES.c.revision == bindparam("seen"))
    .values(next_circuit=bindparam("wanted"), revision=CASES.c.revision + 1)
)


class CircuitVersions:
    """Reads and adds circuit versions on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def publish(self, version: Version, publication: Publication) -> None:
        """Add a version."""
        row = {name: getattr(publication, name) for name in COLUMNS} | {
            "variants": " ".join(sorted(publication.variants)),
            "approvals": dict(publication.approvals) if publication.approvals else None,
            "files": version.files,
            "digest": hashlib.sha256(canonical(version.files).encode()).hexdigest(),
        }
        self._connection.execute(insert(VERSIONS), row)

    def all(self) -> list[Publication]:
        """Return every version, without its texts, in the order they were published."""
        rows = self._connection.execute(select(*(VERSIONS.c[name] for name in COLUMNS)).order_by(*ORDER)).mappings()
        return [Publication(**{**row, "variants": frozenset(row["variants"].split())}) for row in rows]

    def owners(self, rank: str, names: Collection[str]) -> list[Organisation]:
        """Return the organisations of this kind that bear one of these identifiers; the national one in any case."""
        query = select(ORGANISATIONS).where(ORGANISATIONS.c.kind == rank)
        named = query if rank == NATIONAL else query.where(ORGANISATIONS.c.id.in_(names))
        return [mapping.organisation_from(row) for row in self._connection.execute(named.order_by("id")).mappings()]

    def running(self) -> list[Following]:
        """Return the situations, with what each follows."""
        query = (
            select(*(CASES.c[name] for name in ("reference", "circuit", "next_circuit", "step", "dac", "revision")))
            .add_columns(*(party.c.organisation.label(slot) for slot, party in SLOTS.items()))
            .select_from(CASES)
        )
        for slot, party in SLOTS.items():
            query = query.join(party, (party.c.reference == CASES.c.reference) & (party.c.slot == slot))
        return [Following(**row) for row in self._connection.execute(query.order_by(CASES.c.reference)).mappings()]

    def take_up(self, taking: Sequence[tuple[Following, str]]) -> None:
        """Let situations take up, each, a circuit when they next enter a step."""
        rows = [{"which": row.reference, "seen": row.revision, "wanted": circuit} for row, circuit in taking]
        if rows and self._connection.execute(TAKE_UP, rows).rowcount != len(rows):
            raise Conflict("Quelqu’un d’autre a écrit au même moment.")

    def files(self, key: str) -> dict[str, str] | None:
        """Return the files of a version and of those above it."""
        found: dict[str, str] | None = self._connection.execute(
            select(VERSIONS.c.files).where(VERSIONS.c.key == key)
        ).scalar()
        return found

    def in_force(self, now: datetime) -> dict[str, Published]:
        """Return, by layer, the version that took effect last."""
        rows = IN_FORCE.rows(self._connection, now=now)
        rows.sort(key=lambda row: (row["effective_at"], row["number"]))
        return {
            row["name"]: Published(version_key(row["name"], row["number"]), frozenset(row["variants"].split()))
            for row in rows
        }


class _Work(Protocol):
    circuits: CircuitVersions


class PublishedCircuits:
    """Compiled circuits, shared by the process (implements `workflow.ports.circuits.Circuits`)."""

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
            published = work.circuits.in_force(self._clock.now())
        return self.get(national_of(published))

    def trying(self, version: Version) -> Callable[[str], Circuit]:
        """Return what gives circuits as they would be with a version that is not published yet."""
        tried: dict[str, Circuit] = {}

        def find(key: str) -> Circuit:
            wanted = Composition.of(key)
            if version.key not in (wanted.dac, wanted.dd):
                return self.get(key)
            if key not in tried:
                tried[key] = self._compile(key, version)
            return tried[key]

        return find

    def _compile(self, key: str, version: Version | None = None) -> Circuit:
        wanted = Composition.of(key)
        with self._reading() as work:
            sides = {side: work.circuits.files(side) for side in (wanted.dac, wanted.dd)}
        if version:
            sides[version.key] = version.files
        if absent := [version for version, files in sides.items() if files is None]:
            raise Infrastructure(f"Le circuit « {absent[0]} » n’est pas dans cette base : lancez « orp init ».")
        return composed(wanted, sides[wanted.dac] or {}, sides[wanted.dd] or {}).circuit
