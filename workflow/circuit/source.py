"""One definition file in memory: its tree of texts, the place of each of them, and the faults made there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from workflow.errors import Fault

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree] | None"
Path: TypeAlias = tuple[str | int, ...]
Place: TypeAlias = tuple[int, int]

_LONGEST_EXCERPT = 400
LINE_END = re.compile(r"\r\n|\n|\r")

# Control characters, surrogates, line separators that only YAML takes for line ends, and the signs
# that reorder a line on screen: a reviewer must read what the engine reads.
FORBIDDEN = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one file, for the excerpts of its faults."""

    file: str
    lines: tuple[str, ...] = ()

    @classmethod
    def of(cls, file: str, text: str) -> "Lines":
        """Cut `text` where libyaml does."""
        return cls(file, tuple(LINE_END.split(text)))

    def fault(self, line: int, column: int, code: str, sentence: str, expected: str = "") -> Fault:
        """Make a fault at `line` and `column`, counted from 1."""
        line = max(1, min(line, len(self.lines)))
        # What is missing at the end of the file is shown after the last thing written.
        while line > 1 and not self.lines[line - 1].strip():
            line, column = line - 1, len(self.lines[line - 2]) + 1
        excerpt = self._excerpt(line) if column <= _LONGEST_EXCERPT else ""
        return Fault(self.file, line, column, code, sentence, excerpt, expected)

    def _excerpt(self, line: int) -> str:
        text = self.lines[line - 1] if self.lines else ""
        return FORBIDDEN.sub("\ufffd", text.replace("\t", " ")).rstrip()[:_LONGEST_EXCERPT]

    def whole(self, code: str, sentence: str, expected: str = "") -> Fault:
        """Make a fault that belongs to the file as a whole."""
        return Fault(self.file, 0, 0, code, sentence, expected=expected)


@dataclass(frozen=True, slots=True)
class Source:
    """One file as it was read.

    `data` is None when no tree could be made; `faults` then says why. A value that was left empty is
    None in the tree and already has its fault. `values` and `keys` hold places counted from 1.
    """

    text: Lines
    data: Tree
    values: dict[Path, Place]
    keys: dict[Path, Place]
    faults: tuple[Fault, ...]
    borrowed: frozenset[Place] = frozenset()
    """Places of `comme`: what stands there was taken over from another step."""
    origins: Mapping[Path, Lines] = field(default_factory=dict)
    """The file of what comes from another layer (DESIGN §5); the others stand in this one."""

    @property
    def file(self) -> str:
        """Name of the file, as faults show it."""
        return self.text.file

    def resolve(self, loc: tuple[str | int, ...]) -> Path:
        """Return the part of a pydantic `loc` that stands in the file: branches of unions are left out."""
        path: Path = ()
        for part in loc:
            if (*path, part) in self.values:
                path = (*path, part)
        return path

    def fault(self, path: Path, code: str, sentence: str, expected: str = "", *, at_key: bool = False) -> Fault:
        """Make a fault at the value under `path`, or at its key; at the closest block that is known."""
        while path and path not in self.values:
            path, at_key = path[:-1], True
        place = self.keys.get(path) if at_key else None
        line, column = place or self.values.get(path, (1, 1))
        return self.origins.get(path, self.text).fault(line, column, code, sentence, expected)

    def wrote(self, path: Path) -> bool:
        """Say whether a value stands in this very file, and not in a layer above."""
        return self.origins.get(path, self.text) is self.text

    def where(self, path: Path) -> str:
        """Return the file and line a value comes from: « circuits/bretagne/dactiv.yaml:12 »."""
        return f"{self.origins.get(path, self.text).file}:{self.values.get(path, (1, 1))[0]}"


def found(tree: Tree, *path: str | int) -> Tree:
    """Return what stands under a path of names, None if nothing does."""
    for part in path:
        tree = tree.get(str(part)) if isinstance(tree, dict) else None
    return tree


def block(tree: Tree, *path: str | int) -> dict[str, Tree]:
    """Return the block that stands under a path of names, empty if none does."""
    under = found(tree, *path)
    return under if isinstance(under, dict) else {}
