"""Two sides make one circuit: the DAC's up to its governance, the delegation's from where it receives (DESIGN §5).

Each side was composed alone, on the national version it was checked against; here each gives what it owns.
"""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from workflow.circuit.layer import SIDE, Rank
from workflow.circuit.model import REGULATORS
from workflow.circuit.owners import may_listen, ruled_by_dd
from workflow.circuit.patch import replaced
from workflow.circuit.source import Lines, Path, Source, Tree, found
from workflow.circuit.source import block as inside

_OWNED = ("etapes", "dus")
_SHARED = ("acteurs", "instances", "motifs")
"""Words both sides use: those of the DAC's side, with what the other adds."""

T = TypeVar("T")


def joined(dac: Source, dd: Source) -> Source:
    """Return the circuit of a situation, each value with its place; what is wrong with a side is wrong with it."""
    faults = tuple(dict.fromkeys((*dac.faults, *dd.faults)))
    if not isinstance(dac.data, dict) or not isinstance(dd.data, dict):
        return Source(dac.text, None, {}, {}, faults)
    theirs = dict.fromkeys([*_owned(dd.data), *_meetings(dac.data, dd.data), *_added(dac.data, dd.data)])
    data = dict(dac.data)
    for block in _OWNED:
        data[block] = {n: entry for n, entry in inside(data, block).items() if _stays(dac.data, dd.data, block, n)}
    for path in theirs:
        data = replaced(data, path, found(dd.data, *path))
    values, keys = _places(dac.values, dd.values, theirs), _places(dac.keys, dd.keys, theirs)
    origins = _places(_origins(dac), _origins(dd), theirs)
    for path, name, side, at in _listeners(data, dac, dd):
        there = found(data, *path)
        names = there if isinstance(there, list) else []
        data = replaced(data, path, [*names, name])
        spot = (*path, len(names))
        values[spot] = keys[spot] = side.values.get(at, (1, 1))
        origins[spot] = side.origins.get(at, side.text)
    return Source(dac.text, data, values, keys, faults, origins=origins)


def _listeners(data: Tree, dac: Source, dd: Source) -> Iterator[tuple[Path, str, Source, Path]]:
    """Yield, for each retour, the recipients that the side which does not owe it adds from among its own, and where."""
    for code in inside(data, "dus"):
        theirs = ruled_by_dd(data, "dus", code)
        other, levels = (dac, SIDE[Rank.DAC]) if theirs else (dd, frozenset(REGULATORS))
        for key in ("a", "remis"):
            there, asked = found(data, "dus", code, key), found(other.data, "dus", code, key)
            for n, name in enumerate(asked if isinstance(asked, list) else ()):
                if name not in (there or ()) and may_listen(levels, data, name):
                    yield ("dus", code, key), str(name), other, ("dus", code, key, n)


def _stays(dac: Tree, dd: Tree, block: str, name: str) -> bool:
    """What the receiving side rules and does not have is gone."""
    return not ruled_by_dd(dac, block, name) or name in inside(dd, block)


def _owned(dd: Tree) -> list[Path]:
    return [(block, name) for block in _OWNED for name in inside(dd, block) if ruled_by_dd(dd, block, name)]


def _meetings(dac: Tree, dd: Tree) -> list[Path]:
    """Return the instances that only what the receiving side rules counts from."""
    theirs_here = _owned(dac)
    ours = {str(found(dac, *path, "instance")) for path in _entries(dac) if path not in theirs_here}
    theirs = {str(found(dd, *path, "instance")) for path in _owned(dd)}
    return [("instances", name) for name in inside(dd, "instances") if name in theirs and name not in ours]


def _entries(tree: Tree) -> list[Path]:
    return [(block, name) for block in _OWNED for name in inside(tree, block)]


def _added(dac: Tree, dd: Tree) -> list[Path]:
    """Return the words that only the receiving side knows; reasons are added to lists that both have."""
    found: list[Path] = []
    for block in _SHARED:
        mine = inside(dac, block)
        for name, entry in inside(dd, block).items():
            if name not in mine:
                found.append((block, name))
            elif block == "motifs" and isinstance(entry, dict):
                found += [(block, name, code) for code in entry if code not in inside(mine, name)]
    return found


def _origins(source: Source) -> dict[Path, Lines]:
    return {path: source.origins.get(path, source.text) for path in source.values}


def _places(dac: Mapping[Path, T], dd: Mapping[Path, T], theirs: Mapping[Path, None]) -> dict[Path, T]:
    """Return where each value stands, on the side it comes from."""

    def of_them(path: Path) -> bool:
        return path[:2] in theirs or path[:3] in theirs

    mine = {path: at for path, at in dac.items() if not of_them(path)}
    return mine | {path: at for path, at in dd.items() if of_them(path)}
