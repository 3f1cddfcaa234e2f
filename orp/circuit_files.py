"""Circuit files as an author keeps them: found, read, checked all together, each fault in its own file."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from workflow.circuit.compiled import Circuit
from workflow.circuit.loader import Loaded, load
from workflow.circuit.reader import MAX_BYTES, read
from workflow.circuit.soundness import load_sound
from workflow.circuit.stack import FOLDER
from workflow.errors import Fault, Infrastructure, InvalidDefinition

SHARED = ("fiches", "typologies")
"""Folders, beside that of the circuits, of what circuits name."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One circuit file: what it holds, or why it cannot be used."""

    path: Path
    circuit: Circuit | None
    faults: tuple[Fault, ...] = ()


def find(given: Iterable[Path]) -> list[Path]:
    """Return the circuit files among files and folders, each once; nothing given: those that are shipped.

    Raises:
        Infrastructure: a file cannot be read.
    """
    found: dict[Path, Path] = {}
    for path in list(given) or [_shipped() / "circuits"]:
        files = [f for f in sorted(path.rglob("*.yaml")) if _is_circuit(f)] if path.is_dir() else [path]
        for file in files:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def check(path: Path) -> Checked:
    """Check and prove one circuit with what it names: from the folders beside its own, else what is shipped.

    Each antenne that it treats apart makes a circuit of its own, and so does each delegation it may meet.

    Raises:
        Infrastructure: a file cannot be read.
    """
    try:
        return Checked(path, load_sound(_contents(path), path.stem).circuit)
    except InvalidDefinition as error:
        return Checked(path, None, found_in(path, error).faults)


def load_file(path: Path, antenne: str | None = None) -> Loaded:
    """Load one circuit with what it names, for one antenne.

    Raises:
        Infrastructure: a file cannot be read.
        InvalidDefinition: each fault stands in the file as it is named here.
    """
    try:
        return load(_contents(path), path.stem, antenne)
    except InvalidDefinition as error:
        raise found_in(path, error) from None


def to_publish(path: Path) -> dict[str, bytes]:
    """Return a circuit's own file, and the forms and typologies it may name.

    Raises:
        Infrastructure: a file cannot be read.
    """
    places, own = _places(path), f"{FOLDER}{path.stem}.yaml"
    return {name: _content(place) for name, place in places.items() if name == own or not name.startswith(FOLDER)}


def found_in(path: Path, error: InvalidDefinition) -> InvalidDefinition:
    """Return faults as they stand in the author's own files."""
    places = _places(path)
    faults = (replace(fault, file=shown(places.get(fault.file, Path(fault.file)))) for fault in error.faults)
    return InvalidDefinition(tuple(faults))


def _contents(path: Path) -> dict[str, bytes]:
    return {name: _content(place) for name, place in _places(path).items()}


def _places(path: Path) -> dict[str, Path]:
    places = {f"{folder.name}/{file.name}": file for folder in _folders(path) for file in sorted(folder.glob("*.yaml"))}
    circuits = _circuits(_shipped()) | _circuits(_root(path))
    places |= {name: file for name, file in circuits.items() if file.stem != path.stem}
    places[f"circuits/{path.stem}.yaml"] = path
    return places


def as_words(fault: Fault) -> dict[str, str | int]:
    """Return a fault for a program; line and column count from 1, 0 for the file as a whole."""
    return {
        "fichier": fault.file,
        "ligne": fault.line,
        "colonne": fault.column,
        "code": fault.code,
        "phrase": fault.sentence,
        "extrait": fault.excerpt,
        "attendu": fault.expected,
    }


def _root(path: Path) -> Path:
    """Return the folder that holds « circuits », whatever the région's folder a circuit stands in."""
    above = path.resolve().parents
    return next((folder.parent for folder in above if folder.name == "circuits"), above[min(1, len(above) - 1)])


def _circuits(root: Path) -> dict[str, Path]:
    """Return the circuits of a folder by name: what a local one extends."""
    folder = root / "circuits"
    return {f"circuits/{file.relative_to(folder).as_posix()}": file for file in sorted(folder.rglob("*.yaml"))}


def _folders(path: Path) -> list[Path]:
    """The later wins: an author's form over the one shipped under the same name."""
    return [base / kind for base in (_shipped(), _root(path)) for kind in SHARED]


def _shipped() -> Path:
    return Path(str(resources.files("definitions")))


def _is_circuit(path: Path) -> bool:
    """A file that cannot be read as YAML counts too: its author must hear of it."""
    data = read(path.name, _content(path)).data
    return "circuit" in data or "etapes" in data if isinstance(data, dict) else data is None


def _content(path: Path) -> bytes:
    """Return the bytes of a file; of one that is too big, enough to see it."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        raise Infrastructure(f"Le fichier {shown(path)} ne peut pas être lu.") from None


def shown(path: Path) -> str:
    """Return the shortest name that an editor can open from here."""
    here, whole = Path.cwd(), path.resolve()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(path)
