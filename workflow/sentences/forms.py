"""The forms of a situation as they were filled: the answers that stand, and those they replaced."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflow.circuit.compiled import Circuit
from workflow.circuit.forms import FieldDefinition, FieldType, Reach
from workflow.records import Answer

REACHES = tuple(Reach)


@dataclass(frozen=True, slots=True)
class Given:
    """One answer in words, and the journal position it was given at."""

    title: str
    value: str
    seq: int


@dataclass(frozen=True, slots=True)
class Filled:
    """One form of a situation."""

    title: str
    version: int
    given: tuple[Given, ...]
    """The answers that stand, in the order of the form."""
    replaced: tuple[Given, ...]
    """The earlier ones, the latest first."""


def filled(circuit: Circuit, answers: Iterable[Answer], texts: Mapping[int, Mapping[str, str]]) -> list[Filled]:
    """Return the forms that hold something; `texts` are the free ones by journal position."""
    given: dict[str, list[Given]] = {}
    versions: dict[str, int] = {}
    for answer in answers:
        given.setdefault(answer.field, []).append(_coded(circuit, answer))
        versions[answer.form] = answer.form_version
    for seq, fields in texts.items():
        for name, text in fields.items():
            if name in circuit.fields:
                given.setdefault(name, []).append(Given(circuit.fields[name].title, text, seq))
    return list(_forms(circuit, given, versions))


def reaches(field: FieldDefinition, highest: Sequence[Reach]) -> bool:
    """Say whether a coded answer may be seen by somebody who looks from one of these levels."""
    return any(REACHES.index(level) <= REACHES.index(field.visible_to) for level in highest)


def _forms(circuit: Circuit, given: Mapping[str, list[Given]], versions: Mapping[str, int]) -> Iterator[Filled]:
    for form in circuit.forms:
        ordered = [sorted(given[name], key=lambda one: one.seq) for name in form.fields if name in given]
        if ordered:
            earlier = sorted((one for each in ordered for one in each[:-1]), key=lambda one: -one.seq)
            last = tuple(each[-1] for each in ordered)
            yield Filled(form.shown_title, versions.get(form.name, form.version), last, tuple(earlier))


def _coded(circuit: Circuit, answer: Answer) -> Given:
    field: Any = circuit.fields.get(answer.field)
    if field is None:  # asked by an older version of the form
        return Given(answer.field, answer.value, answer.seq)
    return Given(field.title, value_of(circuit, answer.field, answer.value), answer.seq)


def value_of(circuit: Circuit, name: str, value: str) -> str:
    """Return a coded answer in words; several stand between commas."""
    field = circuit.fields[name]
    if field.type is FieldType.YES_NO:
        return {"oui": "Oui", "non": "Non"}.get(value, value)
    typology = circuit.typology(name)
    known = {code: one.title for code, one in typology.codes.items()} if typology else dict(field.values)
    if not known:
        return value
    return ", ".join(known.get(code, code) for code in value.split(","))
