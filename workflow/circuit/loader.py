"""From files to a circuit that can be run, or every reason why not, at once (DESIGN §5)."""

from dataclasses import dataclass, replace
from importlib import resources
from itertools import islice

from workflow.circuit import check_typology, checks
from workflow.circuit.compiled import Circuit, compile_circuit
from workflow.circuit.composition import Composition, name_of
from workflow.circuit.french import unknown
from workflow.circuit.inheritance import told_once
from workflow.circuit.layer import LayerDefinition, Rank
from workflow.circuit.library import Files, Named, circuit_file, compiled, gather, nodes, read_typologies, typology_file
from workflow.circuit.model import CircuitDefinition
from workflow.circuit.reader import read
from workflow.circuit.source import Source
from workflow.circuit.stack import FOLDER, file_of, layer_of, names_of, switched
from workflow.circuit.typology import Typology
from workflow.errors import Fault, InvalidDefinition

_SHARED = ("fiches", "typologies")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A circuit, and where each of its values is written."""

    circuit: Circuit
    source: Source


@dataclass(frozen=True, slots=True)
class Version:
    """What a version of a circuit holds."""

    circuit: Circuit
    """As it is without an antenne or a delegation of its own."""
    layer: LayerDefinition | None
    """What its own file says; None for the national circuit, which extends nothing."""
    files: dict[str, str]

    @property
    def key(self) -> str:
        """« dactiv@3 »."""
        return self.circuit.key

    @property
    def parent(self) -> str | None:
        """The version of the layer above it was checked against."""
        return self.layer.parent if self.layer else None

    @property
    def rank(self) -> Rank:
        """Whose layer it is."""
        return self.layer.rank if self.layer else Rank.NATIONAL

    @property
    def own(self) -> LayerDefinition | CircuitDefinition:
        """What its own file says of itself: approvals, trial."""
        return self.layer or self.circuit.definition


def load_circuit(
    files: Files, name: str, antenne: str | None = None, dd: str | None = None, receiving: Files | None = None
) -> Circuit:
    """Compile the circuit `name`, with the layers above it, out of relative file names and their contents.

    `antenne` chooses what is switched on; `dd` names the circuit of the delegation that receives, found in
    `receiving` where its layers are of other versions.

    Raises:
        InvalidDefinition: with the located French faults of all the files that count.
    """
    return load(files, name, antenne, dd, receiving).circuit


def load(
    files: Files, name: str, antenne: str | None = None, dd: str | None = None, receiving: Files | None = None
) -> Loaded:
    """Compile a circuit, and keep where each of its values is written.

    Raises:
        InvalidDefinition: with the located French faults of all the files that count.
    """
    _must_exist(files, file_of(files, name) or circuit_file(name))
    if dd:
        theirs = files if receiving is None else receiving
        _must_exist(theirs, file_of(theirs, dd) or circuit_file(dd))
    library = gather(files, name, antenne, dd, receiving)
    everything = library.faults() + (checks.check(library.outline) if library.outline else [])
    faults = told_once(everything, library.circuit.source)
    definition = library.circuit.definition
    if faults or definition is None:
        raise InvalidDefinition(checks.shown(faults, library.files))
    forms = (form.definition for form in library.forms if form.definition)
    circuit = compile_circuit(definition, forms, compiled(library.typologies))
    return Loaded(replace(circuit, variants=frozenset(switched(files, name))), library.circuit.source)


def load_variants(files: Files, name: str) -> dict[str | None, Loaded]:
    """Compile a circuit for no antenne in particular, then for each that it, or a layer above, treats apart.

    Raises:
        InvalidDefinition: with the located French faults of all of them, each once.
    """
    loaded: dict[str | None, Loaded] = {}
    faults: list[Fault] = []
    for antenne in (None, *switched(files, name)):
        try:
            loaded[antenne] = load(files, name, antenne)
        except InvalidDefinition as error:
            faults += error.faults
    if faults:
        raise InvalidDefinition(tuple(dict.fromkeys(faults)))
    return loaded


def composed(wanted: Composition, dac: Files, dd: Files) -> Loaded:
    """Compile the circuit that two versions make, each out of its own files and those of the layers above it.

    Raises:
        InvalidDefinition: with the located French faults of all the files that count.
    """
    receiving = name_of(wanted.dd) if wanted.dd != wanted.dac else None
    found = load(dac, name_of(wanted.dac), wanted.antenne, receiving, dd if receiving else None)
    return replace(found, circuit=replace(found.circuit, key=str(wanted)))


def load_typology(files: Files, name: str) -> Typology:
    """Compile the typology `name`, over the one it extends.

    Raises:
        InvalidDefinition: with the located French faults of both files.
    """
    path = typology_file(name)
    _must_exist(files, path)
    found, faults = read_typologies(files, [Named(name, read(path, files[path]), ())])
    faults += [fault for part in found.values() for fault in part.faults]
    for node in nodes(found).values():
        faults += checks.file_name("typologie", node)
        faults += islice(check_typology.check(node, nodes(found)), checks.MOST_COUNTED)
    if faults:
        raise InvalidDefinition(checks.shown(faults, (part.source.file for part in found.values())))
    return next(typology for typology in compiled(found) if typology.name == name)


def _must_exist(files: Files, path: str) -> None:
    if path not in files:
        raise InvalidDefinition((Fault(path, 0, 0, "fichier-absent", "Ce fichier n’existe pas."),))


def shipped_files(name: str) -> dict[str, str]:
    """Return the file of a circuit that comes with the project, and those of the forms and typologies it needs.

    Raises:
        InvalidDefinition: no circuit of that name is shipped.
    """
    everything = shipped_circuits() | shared_files()
    if file_of(everything, name) is None:
        sentence, expected = unknown("Le circuit", name, names_of(everything))
        raise InvalidDefinition((Fault(circuit_file(name), 0, 0, "fichier-absent", sentence, expected=expected),))
    return {file: everything[file] for file in gather(everything, name).files}


def shipped_circuits() -> dict[str, str]:
    """Return every circuit that comes with the project: the national one, and a folder for each région."""
    folder = resources.files("definitions") / "circuits"
    places = [("circuits/", folder), *((f"circuits/{each.name}/", each) for each in folder.iterdir() if each.is_dir())]
    return {
        f"{path}{file.name}": file.read_text(encoding="utf-8")
        for path, place in places
        for file in place.iterdir()
        if file.name.endswith(".yaml")
    }


def shared_files() -> dict[str, str]:
    """Return every form and every typology that comes with the project, whichever circuit uses it."""
    found = {kind: (resources.files("definitions") / kind).iterdir() for kind in _SHARED}
    return {
        f"{kind}/{file.name}": file.read_text(encoding="utf-8")
        for kind, files in found.items()
        for file in files
        if file.name.endswith(".yaml")
    }


def versions_of(files: Files) -> list[Version]:
    """Return a version of every circuit that is there, those above first.

    Raises:
        InvalidDefinition: one is faulty.
    """
    found = [version_of(files, name) for name in names_of(files)]
    return sorted(found, key=lambda version: sum(file.startswith(FOLDER) for file in version.files))


def version_of(files: Files, name: str) -> Version:
    """Return what a version of the circuit `name` holds: its files, and those of the layers above it.

    Raises:
        InvalidDefinition: with the located French faults of all the files that count.
    """
    circuit, definition = load_circuit(files, name), layer_of(files, name)
    needed = {file: _text(files[file]) for file in gather(files, name).files}
    return Version(circuit, definition, needed)


def _text(content: bytes | str) -> str:
    return content if isinstance(content, str) else content.decode()


def load_shipped(name: str) -> Circuit:
    """Compile a circuit that comes with the project.

    Raises:
        InvalidDefinition: it does not exist, or is faulty.
    """
    return load_circuit(shipped_files(name), name)
