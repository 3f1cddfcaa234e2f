"""The files one circuit needs: its own, its forms, the typologies their codes come from, those these extend.

Everything is read once and checked against its model; what is named and absent is told where it is named.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from workflow.circuit.forms import FieldType, FormDefinition
from workflow.circuit.french import unknown
from workflow.circuit.inheritance import written_out
from workflow.circuit.mandatory import unasked
from workflow.circuit.model import CircuitDefinition
from workflow.circuit.outline import Item, Node, Outline
from workflow.circuit.reader import read
from workflow.circuit.source import Path, Source
from workflow.circuit.stack import stacked
from workflow.circuit.typology import NATIONAL, Typology, TypologyDefinition, compile_typology
from workflow.circuit.validation import Validated, validate
from workflow.errors import Fault

Files = Mapping[str, bytes | str]
"""Relative file names and their contents."""
Typologies = dict[str, Validated[TypologyDefinition]]


class Named(NamedTuple):
    """A typology that some file names, and where."""

    name: str
    source: Source
    path: Path


def circuit_file(name: str) -> str:
    """Return the name of the file of a circuit: « circuits/national.yaml »."""
    return f"circuits/{name}.yaml"


def form_file(name: str) -> str:
    """Return the name of the file of a form: « fiches/courte.yaml »."""
    return f"fiches/{name}.yaml"


def typology_file(name: str) -> str:
    """Return the name of the file of a typology: « typologies/nationale.yaml »."""
    return f"typologies/{name}.yaml"


@dataclass(frozen=True)
class Library:
    """What a circuit is made of, good or bad."""

    circuit: Validated[CircuitDefinition]
    forms: list[Validated[FormDefinition]]
    typologies: Typologies
    absent: list[Fault]
    layers: tuple[str, ...]
    """Files of the circuit, from the highest layer down."""

    @property
    def files(self) -> list[str]:
        """Names of the files that are there, the circuit's first."""
        return list(dict.fromkeys([*self.layers, *(part.source.file for part in self._parts)]))

    @cached_property
    def outline(self) -> Outline | None:
        """The whole as it is written, None if the circuit's own file cannot be read."""
        root = root_of(self.circuit)
        forms = [node for form in self.forms if (node := root_of(form))]
        complete = len(forms) == len(_forms_of(self.circuit)) and all(node.block("champs") for node in forms)
        return Outline(root, tuple(forms), complete=complete, typologies=nodes(self.typologies)) if root else None

    def faults(self) -> list[Fault]:
        """Return what is wrong with each file by itself, and what is absent."""
        return [*(fault for part in self._parts for fault in part.faults), *self.absent]

    @property
    def _parts(self) -> list[Validated[Any]]:
        return [self.circuit, *self.forms, *self.typologies.values()]


def gather(
    files: Files, name: str, antenne: str | None = None, dd: str | None = None, receiving: Files | None = None
) -> Library:
    """Read the circuit `name`, whose file must be there, and all it needs: its layers, its forms."""
    stack = stacked(files, name, antenne, dd, receiving)
    files = {**(receiving or {}), **files}
    circuit = validate(written_out(stack.whole), CircuitDefinition)
    named = _forms_of(circuit)
    there = [form_file(item.text) for item in named if form_file(item.text) in files]
    forms = [validate(read(file, files[file]), FormDefinition) for file in there]
    typologies, absent = read_typologies(files, _typologies_of(circuit, forms))
    absent += [
        circuit.source.fault(item.path, "fiche-absente", *unknown("La fiche", item.text, _known(files, "fiches")))
        for item in named
        if form_file(item.text) not in files
    ]
    if len(there) == len(named):
        asked = [name for form in forms if (node := root_of(form)) for name in node.blocks("champs")]
        absent += unasked(stack.claims, circuit.source, asked)
    return Library(circuit, forms, typologies, [*stack.faults, *absent], stack.files)


def read_typologies(files: Files, wanted: Iterable[Named]) -> tuple[Typologies, list[Fault]]:
    """Read the typologies that are wanted and those they extend; return them and a fault for each absent one."""
    found: Typologies = {}
    missing: dict[tuple[str, Path], Fault] = {}
    known = _known(files, "typologies")
    waiting = list(wanted)
    for each in waiting:
        file = typology_file(each.name)
        if file not in files:
            said = unknown("La typologie", each.name, known)
            missing[each.source.file, each.path] = each.source.fault(each.path, "typologie-absente", *said)
        elif each.name not in found:
            found[each.name] = validate(read(file, files[file]), TypologyDefinition)
            waiting += _extended(found[each.name])
    return found, list(missing.values())


def nodes(typologies: Typologies) -> dict[str, Node]:
    """Return the typologies that could be read, as they are written."""
    return {name: node for name, part in typologies.items() if (node := root_of(part))}


def compiled(typologies: Typologies) -> list[Typology]:
    """Compile typologies that were checked, each over the one it extends."""
    definitions = {name: part.definition for name, part in typologies.items() if part.definition}
    return [compile_typology(own, definitions.get(own.extends or "")) for own in definitions.values()]


def root_of(part: Validated[Any]) -> Node | None:
    """Return the whole of a file as a block, None if it cannot be read."""
    data = part.source.data
    return Node(part.source, part.unreadable, (), data) if isinstance(data, dict) else None


def _forms_of(circuit: Validated[CircuitDefinition]) -> list[Item]:
    """The circuit's own list decides which forms count; each once."""
    root = root_of(circuit)
    return list({item.text: item for item in reversed(root.items("fiches"))}.values())[::-1] if root else []


def _typologies_of(
    circuit: Validated[CircuitDefinition], forms: Iterable[Validated[FormDefinition]]
) -> Iterator[Named]:
    """The circuit's own typology (the national one unless it says) if some field uses it; those fields name."""
    root = root_of(circuit)
    fields = [field for form in forms if (node := root_of(form)) for field in node.blocks("champs").values()]
    for field in (field for field in fields if field.text("type") == FieldType.CODES):
        user = field if field.written("typologie") else root
        if user and user.written("typologie"):
            yield from (Named(item.text, user.source, item.path) for item in user.items("typologie"))
        elif user:
            yield Named(NATIONAL, user.source, ("typologie",))


def _extended(part: Validated[TypologyDefinition]) -> list[Named]:
    root = root_of(part)
    return [Named(item.text, root.source, item.path) for item in root.items("etend")] if root else []


def _known(files: Files, folder: str) -> list[str]:
    return [file.removeprefix(f"{folder}/").removesuffix(".yaml") for file in files if file.startswith(f"{folder}/")]
