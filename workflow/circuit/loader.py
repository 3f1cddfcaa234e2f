"""From files to a circuit that can be run, or every reason why not, at once (DESIGN §5)."""

import re
from collections.abc import Mapping
from importlib import resources

from workflow.circuit import checks
from workflow.circuit.compiled import Circuit, compile_circuit
from workflow.circuit.forms import FormDefinition
from workflow.circuit.french import unknown
from workflow.circuit.model import CircuitDefinition
from workflow.circuit.outline import Item, Node, Outline
from workflow.circuit.reader import read
from workflow.circuit.source import Path, Source
from workflow.circuit.validation import Validated, validate
from workflow.errors import Fault, InvalidDefinition

_SAFE_NAME = re.compile(r"[a-z][a-z0-9-]{1,40}")


def circuit_file(name: str) -> str:
    """Return the name of the file of a circuit: « circuits/national.yaml »."""
    return f"circuits/{name}.yaml"


def form_file(name: str) -> str:
    """Return the name of the file of a form: « fiches/courte.yaml »."""
    return f"fiches/{name}.yaml"


def load_circuit(files: Mapping[str, bytes | str], name: str) -> Circuit:
    """Compile the circuit `name` out of relative file names and their contents.

    Raises:
        InvalidDefinition: with the located French faults of all the files that count.
    """
    path = circuit_file(name)
    if path not in files:
        raise InvalidDefinition((Fault(path, 0, 0, "fichier-absent", "Ce fichier n’existe pas."),))
    circuit = validate(read(path, files[path]), CircuitDefinition)
    named = _named_forms(circuit.source)
    forms = [_form(files, item.text) for item in named if form_file(item.text) in files]
    faults = [*circuit.faults, *(fault for form in forms for fault in form.faults)]
    faults += _absent_forms(circuit.source, named, files)
    faults += _whole(circuit, forms, named)
    if faults or circuit.definition is None:
        raise InvalidDefinition(checks.shown(faults, (path, *(form.source.file for form in forms))))
    return compile_circuit(circuit.definition, (form.definition for form in forms if form.definition))


def _form(files: Mapping[str, bytes | str], name: str) -> Validated[FormDefinition]:
    return validate(read(form_file(name), files[form_file(name)]), FormDefinition)


def _named_forms(source: Source) -> list[Item]:
    """The circuit's own list decides which forms count; each once."""
    root = _root(source)
    return list({item.text: item for item in reversed(root.items("fiches"))}.values())[::-1] if root else []


def _absent_forms(source: Source, named: list[Item], files: Mapping[str, bytes | str]) -> list[Fault]:
    known = [file.removeprefix("fiches/").removesuffix(".yaml") for file in files if file.startswith("fiches/")]
    absent = [item for item in named if form_file(item.text) not in files]
    return [source.fault(item.path, "fiche-absente", *unknown("La fiche", item.text, known)) for item in absent]


def _root(source: Source, unreadable: frozenset[Path] = frozenset()) -> Node | None:
    return Node(source, unreadable, (), source.data) if isinstance(source.data, dict) else None


def _whole(
    circuit: Validated[CircuitDefinition], forms: list[Validated[FormDefinition]], named: list[Item]
) -> list[Fault]:
    root = _root(circuit.source, circuit.unreadable)
    roots = [node for form in forms if (node := _root(form.source, form.unreadable))]
    complete = len(roots) == len(named) and all(node.block("champs") for node in roots)
    return checks.check(Outline(root, tuple(roots), complete=complete)) if root else []


def shipped_files(name: str) -> dict[str, str]:
    """Return the file of a circuit that comes with the project, and those of the forms it names.

    Raises:
        InvalidDefinition: no circuit of that name is shipped.
    """
    folder = resources.files("definitions")
    path = circuit_file(name)
    # A name is checked before it becomes a path: it may come from a form on screen.
    if not _SAFE_NAME.fullmatch(name) or not (folder / path).is_file():
        known = [file.name.removesuffix(".yaml") for file in (folder / "circuits").iterdir()]
        sentence, expected = unknown("Le circuit", name, known)
        raise InvalidDefinition((Fault(path, 0, 0, "fichier-absent", sentence, expected=expected),))
    found = {path: (folder / path).read_text(encoding="utf-8")}
    for item in _named_forms(read(path, found[path])):
        if _SAFE_NAME.fullmatch(item.text) and (folder / form_file(item.text)).is_file():
            found[form_file(item.text)] = (folder / form_file(item.text)).read_text(encoding="utf-8")
    return found


def load_shipped(name: str) -> Circuit:
    """Compile a circuit that comes with the project.

    Raises:
        InvalidDefinition: it does not exist, or is faulty.
    """
    return load_circuit(shipped_files(name), name)
