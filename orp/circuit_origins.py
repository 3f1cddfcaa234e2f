"""Where each value of a circuit is written: what a manager asks before changing it."""

from collections.abc import Iterator

from workflow.circuit.loader import Loaded
from workflow.circuit.source import Path, Tree

NATIONAL = "circuits/national.yaml"
SHOWN = ("dus", "etapes", "instances", "motifs", "acteurs")
"""Blocks whose values are told."""


def origins(loaded: Loaded, *, everything: bool = False) -> list[dict[str, str]]:
    """Return each value with the file and line it comes from; without `everything`, what is local only."""
    source = loaded.source
    data = source.data if isinstance(source.data, dict) else {}
    rows = (
        {"element": _element(path), "cle": str(path[-1]), "valeur": value, "ou": source.where(path)}
        for block in SHOWN
        for path, value in _values((block,), data.get(block))
    )
    return [row for row in rows if everything or not row["ou"].startswith(f"{NATIONAL}:")]


def _values(path: Path, tree: Tree) -> Iterator[tuple[Path, str]]:
    """Each value under a path: a list, and a block of one line, are one value."""
    if isinstance(tree, dict):
        for key, inner in tree.items():
            yield from _values((*path, key), inner)
    elif isinstance(tree, list):
        yield path, ", ".join(str(item) for item in tree)
    elif tree is not None:
        yield path, tree


def _element(path: Path) -> str:
    return " › ".join(str(part) for part in path[1:-1])
