"""One file against its model: every refusal of pydantic becomes a located French fault."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from workflow.circuit.french import translate
from workflow.circuit.source import Path, Source
from workflow.errors import Fault

M = TypeVar("M", bound=BaseModel)

_MOST_HINTS = 100
"""Unknown keys that are compared with the legal ones: a file of refuse must not cost seconds."""

_BRANCHES = ("is_instance_of", "literal_error", "model_type")
"""What the branches of a union say of a value that is of another branch."""


@dataclass(frozen=True, slots=True)
class Validated(Generic[M]):
    """A file, what the model made of it (None if it was refused), its faults, and where they stand."""

    source: Source
    definition: M | None
    faults: tuple[Fault, ...]
    unreadable: frozenset[Path]
    """Values the model refused: the checks over the whole leave them out."""


def validate(source: Source, model: type[M]) -> Validated[M]:
    """Check one file against its model; never raises for what the file holds."""
    if source.data is None:
        return Validated(source, None, source.faults, frozenset())
    try:
        definition = model.model_validate(source.data)
    except ValidationError as error:
        return _refused(source, model, error.errors(include_url=False))
    return Validated(source, None if source.faults else definition, source.faults, frozenset())


def _refused(source: Source, model: type[M], errors: list[ErrorDetails]) -> Validated[M]:
    faults = list(source.faults)
    unreadable = set()
    for count, (path, error) in enumerate(_told_once([(source.resolve(e["loc"]), e) for e in errors])):
        hinted = error["type"] == "extra_forbidden" and count < _MOST_HINTS
        french = translate(error, legal_keys(model, error["loc"]) if hinted else ())
        at_key = error["loc"][-1:] == ("[key]",) or error["type"] in ("missing", "extra_forbidden")
        faults.append(source.fault(path, *french, at_key=at_key))
        if error["type"] != "missing":
            unreadable.add(path)
    return Validated(source, None, tuple(faults), frozenset(unreadable))


def _told_once(found: list[tuple[Path, ErrorDetails]]) -> Iterator[tuple[Path, ErrorDetails]]:
    """Leave out what was said already: empty values (the reader did), other branches of a union."""
    inside = {path[:depth] for path, _ in found for depth in range(len(path))}
    inside |= {path for path, e in found if e["type"] == "missing"}
    said = set()
    for path, error in found:
        echo = error["type"] in (*_BRANCHES, "too_short") and (path in said or path in inside)
        if error["input"] is not None and not echo:
            said.add(path)
            yield path, error


def legal_keys(model: type[BaseModel], loc: Iterable[str | int]) -> list[str]:
    """Return the keys that are legal in the block that holds the last part of `loc`."""
    place: Any = model
    for part in list(loc)[:-1]:
        place = _inside(place, part)
    return [key for found in _models(place) for key in _fields(found)]


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _inside(annotation: Any, part: str | int) -> Any:
    """Return the annotation of what `part` names; the branch of a union names nothing in the file."""
    for branch in _branches(annotation):
        origin, arguments = get_origin(branch), get_args(branch)
        if origin is dict:
            return arguments[1]
        if origin is tuple and isinstance(part, int):
            return arguments[0]
        if part in (fields := _fields(branch) if _is_model(branch) else {}):
            return fields[str(part)]
    return annotation


def _branches(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _branches(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [leaf for branch in get_args(annotation) for leaf in _branches(branch)]
    return [annotation]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _models(annotation: Any) -> list[type[BaseModel]]:
    return [branch for branch in _branches(annotation) if _is_model(branch)]
