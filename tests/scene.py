"""A YAML text cut into spots that can be replaced, dropped or added to: what the mutants are made with.

It reads with PyYAML's composer, not with the project's reader, so that a mistake there cannot hide here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import yaml

Path: TypeAlias = tuple[str | int, ...]
Edit: TypeAlias = tuple[int, int, str]
"""From, to, what stands there instead."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A value of a text, with its key if it has one; offsets into the text."""

    path: Path
    start: int
    end: int
    value: Any
    key: int
    """Where the key begins; where the value does if it stands in a list."""
    flow: bool
    """It stands between braces or brackets."""
    brace: bool
    """It is itself between braces or brackets."""
    plain: bool
    """It is a text without quotes."""

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)

    @property
    def name(self) -> str:
        return str(self.path[-1])


class Scene:
    """One text, with every value by its path."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line))

    @cached_property
    def spots(self) -> dict[Path, Spot]:
        """Every value but the whole."""
        found: dict[Path, Spot] = {}
        root = yaml.compose(self.text, Loader=yaml.CSafeLoader)
        if root:
            self._walk(root, (), found)
        return found

    def _walk(self, node: yaml.Node, path: Path, found: dict[Path, Spot]) -> None:
        children: list[tuple[str | int, yaml.Node, yaml.Node]] = []
        if isinstance(node, yaml.MappingNode):
            children = [(key.value, key, value) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            children = [(n, value, value) for n, value in enumerate(node.value)]
        for name, key, value in children:
            here = (*path, name)
            found[here] = Spot(
                here,
                self._offset(value.start_mark),
                self._offset(value.end_mark),
                _plain(value),
                self._offset(key.start_mark),
                _between_braces(node),
                _between_braces(value),
                isinstance(value, yaml.ScalarNode) and not value.style,
            )
            self._walk(value, here, found)

    def _offset(self, mark: yaml.Mark | None) -> int:
        return self._starts[mark.line] + mark.column if mark else 0

    def find(self, *pattern: str | None) -> list[Spot]:
        """Every value whose path fits; None stands for any name."""
        return [
            spot
            for path, spot in self.spots.items()
            if len(path) == len(pattern)
            and all(wanted in (None, part) for wanted, part in zip(pattern, path, strict=True))
        ]

    def get(self, *path: str | int) -> Any:
        """The value under a path; None if there is none."""
        spot = self.spots.get(path)
        return spot.value if spot else None

    def line_of(self, offset: int) -> int:
        """Number of the line, from 0, where an offset stands."""
        return self.text.count("\n", 0, offset)

    def indent(self, spot: Spot) -> int:
        """How far its key stands from the left."""
        return spot.key - self._starts[self.line_of(spot.key)]

    def siblings(self, spot: Spot) -> list[Spot]:
        """The values of the same block, in order."""
        return self.children[spot.path[:-1]]

    @cached_property
    def children(self) -> dict[Path, list[Spot]]:
        """The values of each block, in order."""
        found: dict[Path, list[Spot]] = {}
        for spot in self.spots.values():
            found.setdefault(spot.path[:-1], []).append(spot)
        return found

    def edit(self, edits: Iterable[Edit]) -> str:
        """Apply several changes at once."""
        text = self.text
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def put(self, spot: Spot, new: str) -> str:
        """Replace a value."""
        return self.edit([(spot.start, spot.end, new)])

    def rekey(self, spot: Spot, new: str) -> str:
        """Replace a key."""
        return self.edit([(spot.key, spot.key + len(spot.name), new)])

    def dropping(self, spot: Spot) -> Edit:
        """What removes a key and its value, or an element of a list."""
        if spot.flow:
            begin, end = spot.key, spot.end
            if self.text.startswith(", ", end):
                end += 2
            elif self.text[:begin].endswith(", "):
                begin -= 2
            return begin, end, ""
        return (*self._span(spot), "")

    def _span(self, spot: Spot) -> tuple[int, int]:
        """The whole lines of a value that stands in a block."""
        last = self.line_of(spot.end)
        closed = spot.is_text or spot.brace
        return self._starts[self.line_of(spot.key)], self._starts[min(last + closed, len(self.lines))]

    def whole(self, spot: Spot) -> str:
        """The lines of a value that stands in a block."""
        start, end = self._span(spot)
        return self.text[start:end]

    def adding(self, block: Spot, entry: str) -> Edit:
        """What adds « key: value », or an element, at the beginning of a block."""
        first = next(iter(self.siblings(self.spots[(*block.path, next(iter(_names(block.value))))])))
        if block.brace:
            return first.key, first.key, f"{entry}, "
        where = self._starts[self.line_of(first.key)]
        margin = " " * self.indent(first) if isinstance(block.value, dict) else self.text[where : first.key]
        return where, where, f"{margin}{entry}\n"

    def adding_last(self, block: Spot, entry: str) -> Edit:
        """What adds « key: value » at the end of a block that is not between braces."""
        *_, last = [self.spots[(*block.path, name)] for name in _names(block.value)]
        where = self._span(last)[1]
        return where, where, f"{' ' * self.indent(last)}{entry}\n"


def _between_braces(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _names(value: Any) -> Iterable[str | int]:
    return value if isinstance(value, dict) else range(len(value))


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value) for value in node.value]
    return node.value
