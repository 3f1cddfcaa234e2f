"""Publishing a version of a circuit: what is looked at first, then what is written, in one transaction (INV-20).

Everything is looked at before anything is written: a plan that can be made can be published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow.announcing import of_the_trial, to_those_below
from workflow.change import Find
from workflow.circuit.composition import Published
from workflow.circuit.differences import differences
from workflow.circuit.layer import Rank
from workflow.circuit.loader import Loaded, Version
from workflow.circuit.proving import Side, prove
from workflow.clock import Clock
from workflow.composing import side_of
from workflow.errors import Conflict, InvalidDefinition, Refusal
from workflow.ports.circuits import Circuits
from workflow.ports.work import Store, Write
from workflow.proposals import NEXT_STEP, Proposal, proposed, publication_of, right_to
from workflow.records import Following, Message, Publication
from workflow.rules import advance
from workflow.staffing import Directory, prove_staffed
from workflow.taking import Taking, moves, waits_for
from workflow.triggers import Revised
from workflow.versions import below, in_force, latest

ATTEMPTS = 8
"""Times situations under way are read again when somebody writes to one of them."""


@dataclass(frozen=True, slots=True)
class Proved:
    """A version that may be published."""

    version: Version
    publication: Publication
    changes: list[str]
    """What changes from the version before, in French sentences."""
    circuits: int
    """How many were proved: with each antenne treated apart, and each side it can meet."""
    told: list[Message]
    below: list[str]
    """The circuits that extend this one: whoever publishes them is told."""
    find: Find
    published: Mapping[str, Published]
    """What is in force, this version included."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What publishing does to the situations under way."""

    proved: Proved
    running: Mapping[str, Following]
    taking: Mapping[str, str]
    """By reference, the circuit a situation takes up when it next enters a step."""
    moving: Mapping[str, Revised]
    """By reference, the situations whose step is no longer there."""
    waiting: Sequence[str] = ()
    """Situations that will still take up an earlier version of the layer: that was chosen then, and stands."""


class Publisher:
    """Publishes versions on a store."""

    def __init__(self, store: Store, circuits: Circuits, clock: Clock) -> None:
        self._store, self._circuits, self._clock = store, circuits, clock

    def plan(self, proposal: Proposal) -> Plan:
        """Look at everything; nothing is written.

        Raises:
            InvalidDefinition: a file, or a circuit it would be part of, is faulty.
            Refusal: the person may not, an approval is missing, a step must be said where to go.
        """
        return self._planned(self._proved(proposal), proposal)

    def publish(self, proposal: Proposal) -> Plan:
        """Write a version, and what follows from it, in one transaction.

        Raises:
            InvalidDefinition: as for a plan; nothing is written.
            Refusal: as for a plan, or somebody published at the same moment.
        """
        proved = self._proved(proposal)
        for _ in range(ATTEMPTS):
            try:
                return self._written(self._planned(proved, proposal))
            except Conflict:
                with self._store.reading() as work:
                    taken = work.circuits.files(proved.version.key) is not None
                if taken:
                    raise Refusal(f"{proved.version.key} vient d’être publiée par quelqu’un d’autre.") from None
        raise Refusal("Trop d’écritures à la fois sur les situations en cours : réessayez dans un instant.")

    def _proved(self, proposal: Proposal) -> Proved:
        now = self._clock.now()
        with self._store.reading() as work:
            rows = work.circuits.all()
            force = in_force(rows, now)
            texts = {row.key: work.circuits.files(row.key) or {} for row in force.values()}
            version = proposed(proposal, rows, lambda key: texts.get(key) or work.circuits.files(key) or {})
            owner = right_to(work, version, proposal.by, now)
            publication = publication_of(version, proposal, now)
            told = [*to_those_below(work, publication, rows, now), *of_the_trial(publication, owner)]
            directory = work.everybody(now)
        published = {name: Published(row.key, row.variants) for name, row in force.items()}
        published[proposal.name] = Published(version.key, version.circuit.variants)
        others = [Side(r.key, Rank(r.rank), r.variants, texts[r.key]) for n, r in force.items() if n != proposal.name]
        proved = prove(Side(version.key, version.rank, version.circuit.variants, version.files), others)
        _must_be_staffed(version, proved[0], directory, published)
        find, before = self._circuits.trying(version), latest(rows, proposal.name)
        return Proved(
            version,
            publication,
            differences(self._circuits.get(before.key), find(version.key)) if before else [],
            len(proved),
            told,
            [row.name for row in below(rows, proposal.name)],
            find,
            published,
        )

    def _planned(self, proved: Proved, proposal: Proposal) -> Plan:
        with self._store.reading() as work:
            running = work.circuits.running()
        waiting = [row.reference for row in running if waits_for(row, proposal.name)]
        if proposal.applies != NEXT_STEP:
            return Plan(proved, {}, {}, {}, waiting)
        with self._store.reading() as work:
            places = {each for row in running for each in (row.dac, row.dd)}
            organisations = work.facts(places, (), self._clock.now()).organisations
        taking = Taking(proved.find, proved.published, organisations, proved.version.key).all(running)
        stay, moving = moves(proved.find, proposal, proved.version.key, running, taking)
        return Plan(proved, {row.reference: row for row in running}, stay, moving)

    def _written(self, plan: Plan) -> Plan:
        now, proved = self._clock.now(), plan.proved
        with self._store.reading() as work:
            dossiers = work.load(plan.moving, (), (), now)
        if any(plan.running[r].revision != dossier.case.revision for r, dossier in dossiers.items()):
            raise Conflict("Quelqu’un d’autre a écrit au même moment.")
        outcomes = {
            r: advance(self._circuits.get(dossier.case.circuit), dossier, plan.moving[r], now, proved.find)
            for r, dossier in dossiers.items()
        }
        with self._store.writing() as work:
            work.circuits.publish(proved.version, proved.publication)
            work.circuits.take_up([(plan.running[r], circuit) for r, circuit in plan.taking.items()])
            work.save([Write(outcome, dossiers[r].case.revision) for r, outcome in outcomes.items()])
            work.outbox.add((None, message) for message in proved.told)
        return plan


def _must_be_staffed(version: Version, alone: Loaded, directory: Directory, published: Mapping[str, Published]) -> None:
    """Refuse a version that a DAC it will rule has nobody, or no place, to run (INV-04, 15, 16, 21)."""
    covered = version.layer.departements if version.layer else ()
    faults = [
        fault
        for dac in directory.inside("dac")
        if side_of(published, dac).key == version.key
        for fault in prove_staffed(alone.circuit, alone.source, directory, dac.id, covered)
    ]
    if faults:
        raise InvalidDefinition(tuple(dict.fromkeys(faults)))
