"""Every way a situation may take through a circuit, breadth-first: the path found is the story told (DESIGN §5)."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from workflow.circuit.compiled import Circuit
from workflow.circuit.model import DecisionDefinition, Issue, Kind, Level, StepDefinition
from workflow.circuit.position import Position
from workflow.machine import STAY

HEIGHT = {level: height for height, level in enumerate(Level)}
"""How high a level stands in the funnel."""

MOST_CONFIGURATIONS = 20_000
"""The national circuit has five hundred: an absurd circuit must not cost minutes."""

P = TypeVar("P", bound=Hashable)

_NEXT_DATE = "prochaine_date"
"""The field by which a decision dates the next review: what it renders opens again."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that decides what may happen next, and to whom it is owed to hear of it."""

    position: Position
    owed: frozenset[str]
    """Codes of the decisions that are due."""
    highest: Level
    """The highest level that held it."""
    consulted: bool = False
    """True once partners were asked for an opinion."""
    issue: Issue | None = None
    """How it is to end: which of the scheduler's ends comes once nothing is owed."""

    @property
    def step(self) -> str:
        """The step it is at."""
        return self.position.step


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision taken in a configuration, and the configuration it leads to."""

    before: Configuration
    name: str
    decision: DecisionDefinition
    after: Configuration

    @property
    def moves(self) -> bool:
        """True unless it leaves the situation where it is."""
        return self.decision.target != STAY


class Exploration:
    """The configurations a circuit allows, each with the shortest way there."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self._came: dict[Configuration, Taken | None] = {self._start(): None}
        self.taken: list[Taken] = []
        waiting = list(self._came)
        for here in waiting:  # grows as it is read: breadth first
            if not self.complete:
                break
            for taken in self._from(here):
                self.taken.append(taken)
                if taken.after not in self._came:
                    self._came[taken.after] = taken
                    waiting.append(taken.after)

    @property
    def complete(self) -> bool:
        """False when there are too many ways to look at them all."""
        return len(self._came) <= MOST_CONFIGURATIONS

    @property
    def configurations(self) -> list[Configuration]:
        """Every configuration, the nearest first."""
        return list(self._came)

    @cached_property
    def onward(self) -> dict[Configuration, set[Configuration]]:
        """Where each configuration may lead."""
        found: dict[Configuration, set[Configuration]] = defaultdict(set)
        for taken in self.taken:
            found[taken.before].add(taken.after)
        return found

    def way(self, there: Configuration) -> list[Taken]:
        """Return the shortest list of decisions that leads to a configuration."""
        found: list[Taken] = []
        while taken := self._came[there]:
            found.append(taken)
            there = taken.before
        return found[::-1]

    def step(self, there: Configuration) -> StepDefinition:
        """Return the step of a configuration."""
        return self.circuit.step(there.step)

    def _start(self) -> Configuration:
        first = self.circuit.initial
        definition = self.circuit.step(first)
        owed = frozenset(code for code in self._deciding(first) if self.circuit.dues[code].entered(None, first))
        return Configuration(Position(first).entering(first, definition), owed, definition.level)

    def _from(self, here: Configuration) -> Iterator[Taken]:
        for name, decision in self.circuit.step(here.step).decisions.items():
            target, when = here.position.landing(decision.target), decision.when
            otherwise = when and when.nothing_owed and when.issue is not here.issue
            if target is not None and not otherwise:
                yield Taken(here, name, decision, self._after(here, decision, target))

    def _after(self, here: Configuration, decision: DecisionDefinition, target: str) -> Configuration:
        circuit = self.circuit
        position, definition = here.position.deciding(decision), circuit.step(target)
        if decision.target != STAY:
            position = position.entering(target, definition)
        kinds = {circuit.dues[code].kind for code in decision.opens}
        higher = definition.holder and HEIGHT[definition.level] > HEIGHT[here.highest]
        return Configuration(
            position,
            self._owed(here, decision, target),
            definition.level if higher else here.highest,
            here.consulted or Kind.OPINION in kinds,
            here.issue if decision.target == STAY else decision.issue or (None if definition.holder else here.issue),
        )

    def _owed(self, here: Configuration, decision: DecisionDefinition, target: str) -> frozenset[str]:
        """Which decisions are due once this one is taken."""
        dues, ended = self.circuit.dues, {*decision.waives, *decision.renders}
        owed = here.owed - ended
        if decision.target != STAY:
            owed = frozenset(code for code in owed if not dues[code].left(here.step, target))
            owed |= {code for code in self._deciding(target) if dues[code].entered(here.step, target)}
        if _NEXT_DATE in decision.requires:
            owed |= here.owed & set(decision.renders) & set(self._deciding(target))
        return owed

    def _deciding(self, step: str) -> list[str]:
        return [code for code in self.circuit.during(step) if self.circuit.dues[code].kind is Kind.DECISION]


def spread(start: Iterable[P], edges: Mapping[P, Set[P]]) -> set[P]:
    """Return all that can be reached from `start`, which is."""
    seen = set(start)
    waiting = list(seen)
    while waiting:
        fresh = edges.get(waiting.pop(), set()) - seen
        seen |= fresh
        waiting += fresh
    return seen
