"""A version is proved with every circuit it will be part of: each antenne treated apart, each side it can meet."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from workflow.circuit.composition import Composition
from workflow.circuit.layer import Rank
from workflow.circuit.library import Files
from workflow.circuit.loader import Loaded, composed
from workflow.circuit.soundness import must_be_sound

OF_DAC = frozenset({Rank.NATIONAL, Rank.REGION, Rank.DAC})
"""Layers that may rule the side of a DAC: its own, else that of its région, else the national one."""
OF_DD = frozenset({Rank.NATIONAL, Rank.REGION, Rank.DD})


@dataclass(frozen=True, slots=True)
class Side:
    """A version that rules a side of some situations."""

    key: str
    rank: Rank
    variants: frozenset[str]
    files: Files


def prove(version: Side, others: Collection[Side]) -> list[Loaded]:
    """Return every circuit that a version makes, alone and with the others in force; the first is alone.

    Raises:
        InvalidDefinition: one of them is faulty or has flaws; they stand where they are written.
    """
    made = [
        composed(Composition(dac.key, dd.key, antenne), dac.files, dd.files)
        for dac, dd in _met(version, others)
        for antenne in (None, *sorted(dac.variants))
    ]
    must_be_sound(made)
    return made


def _met(version: Side, others: Collection[Side]) -> Iterator[tuple[Side, Side]]:
    if version.rank in OF_DAC & OF_DD:
        yield version, version
    if version.rank in OF_DAC:
        yield from ((version, dd) for dd in others if dd.rank in OF_DD)
    if version.rank in OF_DD:
        yield from ((dac, version) for dac in others if dac.rank in OF_DAC)
