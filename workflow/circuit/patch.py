"""A circuit while a layer is written over it: each value keeps its place, each fault stands in the layer's file."""

from dataclasses import dataclass

from workflow.circuit.layer import LayerDefinition, Rank
from workflow.circuit.model import Level
from workflow.circuit.owners import refused, refused_level
from workflow.circuit.source import Lines, Path, Place, Source, Tree, found
from workflow.errors import Fault


@dataclass(frozen=True)
class Layer:
    """One file over a circuit."""

    definition: LayerDefinition
    source: Source


class Patch:
    """The tree of the circuit above, and what a layer puts there."""

    def __init__(self, above: Source, layer: Layer) -> None:
        own = self._own = layer.source
        self.rank: Rank = layer.definition.rank
        self._data: dict[str, Tree] = dict(above.data) if isinstance(above.data, dict) else {}
        self._values, self._keys = dict(above.values), dict(above.keys)
        self._origins: dict[Path, Lines] = {path: above.origins.get(path, above.text) for path in above.values}
        self._faults: list[Fault] = [*above.faults, *own.faults]

    def source(self) -> Source:
        """Return the circuit as it now is."""
        return Source(self._own.text, self._data, self._values, self._keys, tuple(self._faults), origins=self._origins)

    def at(self, *path: str | int) -> Tree:
        """Return what stands under a path."""
        return found(self._data, *path)

    @property
    def data(self) -> dict[str, Tree]:
        """The whole tree as it now is."""
        return self._data

    def put(self, to: Path, value: Tree, at: Path) -> None:
        """Write a value that stands at `at` in the layer's file."""
        self.set(to, value)
        self.take(to, value, at)

    def set(self, to: Path, value: Tree) -> None:
        """Write one value; the blocks on the way are copied, the layers above stay as they are."""
        self._data = replaced(self._data, to, value)

    def take(self, to: Path, value: Tree, at: Path) -> None:
        """Say that a value, with all it holds, comes from the layer's file."""
        place: Place = self._own.values.get(at, (1, 1))
        self._values[to], self._keys[to], self._origins[to] = place, self._own.keys.get(at, place), self._own.text
        parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for part, inner in parts:
            self.take((*to, part), inner, (*at, part))

    def rules(self, level: Level, at: Path) -> bool:
        """Say whether the layer rules a level; one that belongs to somebody else is refused."""
        return self._allowed(refused_level(self.rank, level), at)

    def owns(self, block: str, name: str, at: Path, entry: Tree = None) -> bool:
        """Say whether the layer may change an entry, or add this one; one that is somebody else's is refused."""
        whole = replaced(self._data, (block, name), entry) if entry is not None else self._data
        return self._allowed(refused(self.rank, whole, block, name), at)

    def _allowed(self, why: str | None, at: Path) -> bool:
        if why:
            self.refuse(at, "autre-proprietaire", why)
        return why is None

    def refuse(self, at: Path, code: str, sentence: str, expected: str = "") -> None:
        """Keep a fault at a place of the layer's file."""
        self._faults.append(self._own.fault(at, code, sentence, expected))


def replaced(tree: Tree, path: Path, value: Tree) -> dict[str, Tree]:
    """Return a tree with one value in another's place; the blocks on the way are copied, the rest is shared."""
    block = dict(tree) if isinstance(tree, dict) else {}
    key = str(path[0])
    block[key] = replaced(block.get(key), path[1:], value) if len(path) > 1 else value
    return block
