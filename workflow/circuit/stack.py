"""The files under a local circuit, from the national one down: which layers, in which order (DESIGN §5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from workflow.circuit.french import unknown
from workflow.circuit.joining import joined
from workflow.circuit.layer import EXTENDS, LayerDefinition, Rank
from workflow.circuit.mandatory import Claim
from workflow.circuit.overlay import Composed, compose
from workflow.circuit.patch import Layer
from workflow.circuit.reader import read
from workflow.circuit.source import Source
from workflow.circuit.validation import Validated, validate
from workflow.errors import Fault

Files = Mapping[str, bytes | str]
FOLDER = "circuits/"


@dataclass(frozen=True)
class Stack:
    """A circuit as its layers make it, the files it comes from, and what is wrong with those by themselves."""

    whole: Source
    files: tuple[str, ...]
    faults: tuple[Fault, ...]
    claims: tuple[Claim, ...] = ()


def file_of(files: Files, name: str) -> str | None:
    """Return the file of a circuit, in whichever folder of `circuits` it stands."""
    ends = (f"{FOLDER}{name}.yaml", f"/{name}.yaml")
    return next((file for file in files if file.startswith(FOLDER) and file.endswith(ends)), None)


def names_of(files: Files) -> list[str]:
    """Return the names of the circuits that are there."""
    return sorted(file.rpartition("/")[2].removesuffix(".yaml") for file in files if file.startswith(FOLDER))


def stacked(
    files: Files, name: str, antenne: str | None = None, dd: str | None = None, receiving: Files | None = None
) -> Stack:
    """Return the circuit `name`, whose file must be there, under all its layers.

    `antenne` chooses what is switched on; `dd` names the circuit of the delegation that receives, found in
    `receiving` where its layers are of other versions: each side is ruled by its own layers, and the région of
    one says nothing to the other.
    """
    chain = _Chain(files)
    own = _whole(chain.under(name), name, antenne)
    if not dd:
        return Stack(own.source, chain.names, tuple(chain.faults), own.claims)
    theirs = chain if receiving is None else _Chain(receiving)
    whole = joined(own.source, _whole(theirs.under(dd), dd, None).source)
    names = tuple(dict.fromkeys((*chain.names, *theirs.names)))
    return Stack(whole, names, tuple(dict.fromkeys((*chain.faults, *theirs.faults))), own.claims)


def _whole(chain: list[Validated[LayerDefinition]], name: str, antenne: str | None) -> Composed:
    """Return one side alone, from its base down; without a base there is nothing to lay upon."""
    base = next((part.source for part in chain if not _is_layer(part.source)), None)
    if base is None:
        source = chain[-1].source if chain else read(name, "")
        return Composed(Source(source.text, None, {}, {}, ()))
    return compose(base, [Layer(part.definition, part.source) for part in chain if part.definition], antenne)


def layer_of(files: Files, name: str) -> LayerDefinition | None:
    """Return what the circuit's own file says, None if it is no layer or cannot be used."""
    return next((part.definition for part in reversed(_Chain(files).under(name))), None)


def switched(files: Files, name: str) -> list[str]:
    """Return the antennes that a circuit, or one above it, treats apart: each makes a circuit of its own."""
    found: set[str] = set()
    for part in _Chain(files).under(name):
        if own := part.definition:
            additions = [*own.additions.values(), *(a for c in own.antennes.values() for a in c.additions.values())]
            found |= {*own.antennes, *(antenne for a in additions for antenne in (*a.only, *a.without))}
    return sorted(found)


class _Chain:
    """Reads the files one extends the other, from the highest down."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._read: dict[str, Validated[LayerDefinition]] = {}
        self.faults: list[Fault] = []

    @property
    def names(self) -> tuple[str, ...]:
        """The files that were read."""
        return tuple(self._read)

    def under(self, name: str) -> list[Validated[LayerDefinition]]:
        found: list[Validated[LayerDefinition]] = []
        file = file_of(self._files, name)
        while file:
            part = self._part(file)
            if part in found:
                way = " → ".join(f"« {each.source.file} »" for each in (*found, part))
                self.faults.append(part.source.fault(("etend",), "boucle", f"Ces circuits s’étendent en rond : {way}."))
                return []
            found.insert(0, part)
            file = self._above(part)
        for above, part in pairwise(found):
            self.faults += _misplaced(part, above)
        return found

    def _part(self, file: str) -> Validated[LayerDefinition]:
        if file not in self._read:
            source = read(file, self._files[file])
            self._read[file] = (
                validate(source, LayerDefinition) if _is_layer(source) else Validated(source, None, (), frozenset())
            )
            self.faults += self._read[file].faults
        return self._read[file]

    def _above(self, part: Validated[LayerDefinition]) -> str | None:
        data = part.source.data
        above = data.get("etend") if isinstance(data, dict) else None
        if not isinstance(above, str):
            return None
        file = file_of(self._files, above)
        if file is None:
            said = unknown("Le circuit", above, names_of(self._files))
            self.faults.append(part.source.fault(("etend",), "circuit-absent", *said))
        return file


def _misplaced(part: Validated[LayerDefinition], above: Validated[LayerDefinition]) -> Iterator[Fault]:
    """A layer stands under one that may be above it, at the version it was checked against."""
    if not part.definition:
        return
    own, rank = part.definition, above.definition.rank if above.definition else Rank.NATIONAL
    if (above.definition or not _is_layer(above.source)) and rank not in EXTENDS[own.rank]:
        expected = " ou ".join(f"« {each} »" for each in EXTENDS[own.rank])
        sentence = f"Un circuit de couche « {own.rank} » ne s’étend pas d’un circuit de couche « {rank} »."
        yield part.source.fault(("etend",), "couche", sentence, f"un circuit de couche {expected}")
    version = above.source.data.get("version") if isinstance(above.source.data, dict) else None
    here = f"{own.extends}@{version}"
    if own.parent and own.parent.rpartition("@")[0] != own.extends:
        sentence = f"« parent » nomme un autre circuit que « etend » : « {own.extends} »."
        yield part.source.fault(("parent",), "parent", sentence, f"« {here} »")
    elif own.parent and own.parent != here and isinstance(version, str):
        sentence = f"Le circuit du dessus a changé : « {own.parent} » a été relu, « {here} » est là."
        yield part.source.fault(("parent",), "parent", sentence, f"« {here} », une fois les différences relues")


def _is_layer(source: Source) -> bool:
    return isinstance(source.data, dict) and "etend" in source.data
