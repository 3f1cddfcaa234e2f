"""`comme: en_instruction_dd`: a step written as its differences from another (DESIGN §5).

The step is written out before anything looks at it, so that the models and the checks know nothing of it.
What it takes over stands, for its faults, where `comme` does: the other step's own line is right by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from workflow.circuit.french import closest, unknown
from workflow.circuit.source import Path, Place, Source, Tree
from workflow.circuit.syntax import shown
from workflow.errors import Fault

MOST_VALUES = 100_000
"""Values of a circuit once written out: a small file must not become a huge one."""

_KEY = "comme"


def written_out(source: Source) -> Source:
    """Return the file with every step whole; one that takes over what does not exist is left out, and told.

    Blocks merge, whatever their depth; a list or a text of the step itself replaces the other's.
    """
    steps = source.data.get("etapes") if isinstance(source.data, dict) else None
    likes = _likes(steps) if isinstance(steps, dict) else {}
    if not likes or not isinstance(steps, dict) or not isinstance(source.data, dict):
        return source
    return _Writer(source, source.data, steps, likes).write()


def told_once(faults: Iterable[Fault], source: Source) -> list[Fault]:
    """Leave out what is wrong with a step that another takes over: it was told there."""
    faults = list(faults)

    def copied(fault: Fault) -> bool:
        return fault.file == source.file and (fault.line, fault.column) in source.borrowed

    said = {(fault.code, fault.sentence) for fault in faults if not copied(fault)}
    return [fault for fault in faults if not copied(fault) or (fault.code, fault.sentence) not in said]


def _likes(steps: Mapping[str, Tree]) -> dict[str, str]:
    """Return the step each says it is like; what is no word is for the models to refuse."""
    return {
        name: like for name, step in steps.items() if isinstance(step, dict) and isinstance(like := step.get(_KEY), str)
    }


class _TooMuch(Exception):
    """Written out, the circuit would be huge."""


class _Writer:
    """Writes steps out, those that others take over first."""

    def __init__(self, source: Source, data: dict[str, Tree], steps: dict[str, Tree], likes: dict[str, str]) -> None:
        self._source = source
        self._data = data
        self._steps = dict(steps)
        self._likes = likes
        self._waiting: dict[str, str] = {}
        self._values, self._keys, self._origins = dict(source.values), dict(source.keys), dict(source.origins)
        self._borrowed: set[Place] = set()
        self._faults = list(source.faults)

    def write(self) -> Source:
        for name in self._likes:
            self._look_for(name)
        for name in self._likes:
            try:
                self._write(name)
            except _TooMuch:
                sentence = "Ce circuit est trop gros une fois ses étapes écrites en entier."
                too_much = self._fault(name, "taille", sentence, f"{MOST_VALUES} valeurs au plus")
                return replace(self._source, data=None, faults=(*self._faults, too_much))
        return replace(
            self._source,
            data={**self._data, "etapes": self._steps},
            values=self._values,
            keys=self._keys,
            faults=tuple(self._faults),
            borrowed=frozenset(self._borrowed),
            origins=self._origins,
        )

    def _look_for(self, name: str) -> None:
        """A misspelt step counts as what it most looks like, so that the rest is checked."""
        like = self._likes[name]
        found: str | None = like
        if like not in self._steps:
            others = [step for step in self._steps if step != name]
            self._faults.append(self._fault(name, "nom-inconnu", *unknown("L’étape", like, others)))
            found = closest(like, others)
        if found:
            self._waiting[name] = found
        else:
            self._steps[name] = None

    def _write(self, name: str) -> None:
        chain: dict[str, str] = {}
        while name in self._waiting and name not in chain:
            name = chain.setdefault(name, self._waiting[name])
        if name in chain:
            self._refuse([*chain][[*chain].index(name) :])
        for step, like in reversed(chain.items()):
            if self._waiting.pop(step, None):
                self._steps[step] = self._taken_over(step, like)

    def _refuse(self, loop: list[str]) -> None:
        way = " → ".join(f"« {name} »" for name in (*loop, loop[0]))
        sentence = f"Cette étape se reprend elle-même : {shown(way)}."
        for name in loop:
            self._faults.append(self._fault(name, "boucle", sentence, "une étape écrite sans celle-ci"))
            self._steps[name] = None
            del self._waiting[name]

    def _taken_over(self, step: str, like: str) -> Tree:
        other = self._steps[like]
        if not isinstance(other, dict):
            return None
        path: Path = ("etapes", step)
        self._borrowed.add(self._source.values[(*path, _KEY)])
        return self._merged(path, other, self._steps[step], (*path, _KEY))

    def _merged(self, path: Path, other: Tree, own: Tree, like: Path) -> Tree:
        if not isinstance(other, dict) or not isinstance(own, dict):
            return own
        merged = dict(other)
        for key, value in other.items():
            if key not in own:
                self._place((*path, key), value, like)
        for key, value in own.items():
            merged[key] = self._merged((*path, key), other.get(key), value, like)
        return merged

    def _place(self, path: Path, value: Tree, like: Path) -> None:
        if len(self._values) >= MOST_VALUES:
            raise _TooMuch
        self._values[path] = self._keys[path] = self._source.values[like]
        if like in self._source.origins:
            self._origins[path] = self._source.origins[like]
        parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for part, inner in parts:
            self._place((*path, part), inner, like)

    def _fault(self, name: str, code: str, sentence: str, expected: str) -> Fault:
        return self._source.fault(("etapes", name, _KEY), code, sentence, expected)
