"""A circuit as it is written, good or bad: what the checks over the whole look at.

The checks read the tree of texts and not the models, because a model exists only once every value of
its file is right, and one bad value must not hide what is wrong elsewhere. What cannot be read is left
out, and given the benefit of the doubt: it already has its own fault.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from workflow.circuit.french import closest
from workflow.circuit.model import SYSTEM, Kind
from workflow.circuit.source import Path, Source, Tree
from workflow.delays import Delay
from workflow.errors import Fault
from workflow.machine import DYNAMIC, STAY

_MOST_GUESSED = 50


class Item(NamedTuple):
    """A word somewhere in a file."""

    text: str
    path: Path


@dataclass(frozen=True)
class Node:
    """A block of keys in a file."""

    source: Source
    unreadable: frozenset[Path]
    path: Path
    data: dict[str, Tree]

    def written(self, key: str) -> bool:
        """True if the key stands there, whatever its value."""
        return key in self.data

    def text(self, key: str) -> str | None:
        """Return a readable text."""
        value = self.data.get(key)
        return value if isinstance(value, str) and (*self.path, key) not in self.unreadable else None

    def yes(self, key: str) -> bool:
        """True for « oui »."""
        return self.text(key) == "oui"

    def may_be(self, key: str) -> bool:
        """True for « oui », and for what cannot be read."""
        return self.written(key) and self.text(key) != "non"

    def items(self, *keys: str) -> list[Item]:
        """Return the readable words under `keys`, each a text or a list of texts."""
        return [item for key in keys for item in self._words((*self.path, key), self.data.get(key))]

    def words(self, key: str) -> list[str]:
        """Return the readable words of a list, without their places."""
        return [item.text for item in self.items(key)]

    def _words(self, path: Path, value: Tree) -> Iterator[Item]:
        if isinstance(value, str) and path not in self.unreadable:
            yield Item(value, path)
        elif isinstance(value, list):
            for n, item in enumerate(value):
                yield from self._words((*path, n), item) if isinstance(item, str) else ()

    def doubtful(self, key: str) -> bool:
        """True if the key stands there and a part of its list could not be read."""
        value = self.data.get(key)
        if not self.written(key):
            return False
        return not isinstance(value, list) or len(self.items(key)) < len(value)

    def filled(self, key: str) -> bool:
        """True if there is something under the key, readable or not."""
        return bool(self.items(key)) or self.doubtful(key)

    def delays(self, key: str) -> list[Delay]:
        """Return the plain delays under `key`: one, or the readable terms of `au_plus_tot_de`."""
        block = self.block(key)
        words = block.items("au_plus_tot_de") if block else self.items(key)
        return [delay for word in words if (delay := _delay(word.text))]

    def block(self, key: str) -> "Node | None":
        """Return the block under `key`, None if there is none."""
        value = self.data.get(key)
        return Node(self.source, self.unreadable, (*self.path, key), value) if isinstance(value, dict) else None

    def blocks(self, key: str) -> dict[str, "Node"]:
        """Return the blocks under `key` by name."""
        parent = self.block(key)
        return {name: found for name in parent.data if (found := parent.block(name))} if parent else {}

    def fault(self, code: str, sentence: str, expected: str = "", *, at: str | Path = ()) -> Fault:
        """Make a fault at this block's own key, at one of its keys, or at a path of the same file."""
        if isinstance(at, str):
            return self.source.fault((*self.path, at), code, sentence, expected, at_key=True)
        return self.source.fault(at or self.path, code, sentence, expected, at_key=not at)


def _delay(text: str) -> Delay | None:
    try:
        return Delay.parse(text)
    except ValueError:
        return None


@dataclass(frozen=True, eq=False)
class Move:
    """A decision of a step."""

    step: str
    name: str
    node: Node

    @property
    def by_people(self) -> bool:
        """True if somebody other than the scheduler may take it."""
        return any(actor != SYSTEM for actor in self.node.words("par"))

    @property
    def ends(self) -> bool:
        """True if the scheduler plays it once nothing is owed any more (T45)."""
        when = self.node.block("quand")
        return when is not None and when.may_be("plus_rien_du")


@dataclass(frozen=True)
class Outline:
    """A circuit file and the forms it names."""

    root: Node
    forms: tuple[Node, ...]
    complete: bool
    """True if every form could be read: else a field that seems unknown may stand in the missing one."""
    typologies: Mapping[str, Node] = field(default_factory=dict)
    """The typologies the circuit and its forms name, and those they extend, as far as they could be read."""

    def names(self, key: str) -> dict[str, Tree] | None:
        """Return the names a block of the circuit declares, None if the block cannot be read."""
        block = self.root.block(key)
        if block:
            return block.data
        return None if self.root.written(key) or key not in ("motifs", "instances") else {}

    @cached_property
    def questions(self) -> list[tuple[str, Node]]:
        """Every question of every form by name, those that refer to another form included."""
        return [pair for form in self.forms for pair in form.blocks("champs").items()]

    @cached_property
    def steps(self) -> dict[str, Node]:
        """The steps by name."""
        return self.root.blocks("etapes")

    @cached_property
    def dues(self) -> dict[str, Node]:
        """The catalogue of dûs by code, without the shorthands on steps."""
        return self.root.blocks("dus")

    @cached_property
    def moves(self) -> list[Move]:
        """Every decision of every step."""
        return [
            Move(name, decision, node)
            for name, step in self.steps.items()
            for decision, node in step.blocks("decisions").items()
        ]

    @cached_property
    def clocks(self) -> dict[str, str]:
        """Codes of the shorthands `horloge`, each with the first step that bears it."""
        found: dict[str, str] = {}
        for name, step in self.steps.items():
            if code := step.text("horloge"):
                found.setdefault(code, name)
        return found

    @cached_property
    def covering(self) -> dict[str, list[str]]:
        """For each step, the codes of the decision dûs that cover it."""
        found: dict[str, list[str]] = {name: [] for name in self.steps}
        for name, step in self.steps.items():
            found[name] += [step.text("horloge") or ""] if step.written("horloge") else []
        for code, due in self.dues.items():
            for step_name in due.words("pendant") if due.text("genre") == Kind.DECISION else ():
                found.setdefault(step_name, []).append(code)
        return found

    @cached_property
    def opened(self) -> set[str]:
        """Codes that some decision opens, a misspelt one counted as what it most looks like."""
        return set(_meant((word for move in self.moves for word in move.node.words("doit")), self.dues).values())

    @cached_property
    def targets(self) -> dict[Move, str | None]:
        """Where each decision leads, a misspelt step counted as what it most looks like; None if unknown."""
        meant = _meant((move.node.text("vers") or "" for move in self.moves), [*(self.names("etapes") or ()), *DYNAMIC])
        found = {move: meant.get(move.node.text("vers") or "") for move in self.moves}
        here = {move: move.step if target == STAY else target for move, target in found.items()}
        return {move: target if target in self.steps else None for move, target in here.items()}

    def doubtful_step(self, name: str) -> bool:
        """True if some decision of the step could not be read, so that nobody knows where it leads."""
        step = self.steps[name]
        block = step.block("decisions")
        return len(block.data) > len(step.blocks("decisions")) if block else step.written("decisions")


def _meant(words: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Map each word to the known name it is, or most looks like; only so many odd ones are compared."""
    known = list(known)
    legal = set(known)
    distinct = dict.fromkeys(words)
    odd = [word for word in distinct if word not in legal][:_MOST_GUESSED]
    guesses = {word: near for word in odd if (near := closest(word, known))}
    return {word: word for word in distinct if word in legal} | guesses
