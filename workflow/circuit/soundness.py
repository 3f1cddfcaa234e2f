"""What must never vary, proved on every way a situation may take (domain.md 5.2, DESIGN §11).

What a value or a pair of values can show alone is refused at loading (INV-05, 06, 09, 10, 13, 14, 17, 19, in part
04, 12 and 18); people and places are for `staffing` (INV-04, 15, 16, 21); INV-20 is kept by the engine.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from workflow.circuit import prove_returns, prove_rules, prove_ways
from workflow.circuit.compiled import Circuit
from workflow.circuit.layer import Rank
from workflow.circuit.library import Files
from workflow.circuit.loader import Loaded, load, load_variants
from workflow.circuit.proof import Proof
from workflow.circuit.source import Source
from workflow.circuit.stack import layer_of, names_of
from workflow.errors import Fault, InvalidDefinition

MOST_COUNTED = 2_000
"""Findings looked at for each invariant: a flaw is found on many ways."""

INVARIANTS: tuple[Callable[[Proof], Iterator[Fault]], ...] = (
    prove_ways.levels,
    prove_ways.validated,
    prove_ways.no_skip,
    prove_ways.somebody_decides,
    prove_ways.always_awaited,
    prove_ways.always_an_end,
    prove_rules.with_a_motif,  # before the rounds that its absence allows
    prove_ways.no_idle_round,
    prove_returns.some_retour,
    prove_returns.everybody_told,
    prove_rules.treated_with_actions,
    prove_rules.pauses_of_askers,
    prove_rules.somebody_else,
    prove_rules.agreed_withdrawal,
)
"""Each yields what it finds, the shortest way first."""


def load_sound(files: Files, name: str) -> Loaded:
    """Load a circuit that is proved as every antenne, and every delegation it may meet, makes it.

    Raises:
        InvalidDefinition: it cannot be loaded, or has flaws: each once, with its story, on the line to change.
    """
    variants = [*load_variants(files, name).values()]
    variants += [load(files, name, dd=dd) for dd in delegations(files, name)]
    must_be_sound(variants)
    return variants[0]


def must_be_sound(circuits: Iterable[Loaded]) -> None:
    """Prove several circuits.

    Raises:
        InvalidDefinition: with the flaws of all of them, each once.
    """
    if flaws := _once(flaw for each in circuits for flaw in prove(each.circuit, each.source)):
        raise InvalidDefinition(tuple(flaws))


def delegations(files: Files, name: str) -> list[str]:
    """Return the circuits of the delegations that receive from this one: some département is in both."""
    layers = {other: layer for other in names_of(files) if (layer := layer_of(files, other))}
    covered = set(layers[name].departements) if name in layers and layers[name].rank is not Rank.DD else set()
    return [other for other, one in layers.items() if one.rank is Rank.DD and covered & set(one.departements)]


def prove(circuit: Circuit, source: Source) -> list[Fault]:
    """Return the flaws of a circuit that was loaded, by invariant: each once, with its story, on the line to change."""
    proof = Proof(circuit, source)
    if not proof.explored.complete:
        sentence = "Ce circuit a trop de chemins pour être prouvé."
        return [source.fault(("etapes",), "taille", sentence, "moins d’étapes, ou moins de retours", at_key=True)]
    return _once(fault for invariant in INVARIANTS for fault in islice(invariant(proof), MOST_COUNTED))


def _once(faults: Iterable[Fault]) -> list[Fault]:
    """One flaw is found on many ways: the first, the shortest, is told."""
    found: dict[tuple[str, str, int, int], Fault] = {}
    for fault in faults:
        found.setdefault((fault.code, fault.file, fault.line, fault.column), fault)
    return list(found.values())
