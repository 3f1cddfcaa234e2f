"""What must never vary, proved on every way a situation may take (domain.md 5.2, DESIGN §11).

What a value or a pair of values can show alone is refused at loading (INV-05, 06, 09, 10, 13, 14, 17, 19, in part
04, 12 and 18); people and places are for `staffing` (INV-04, 15, 16, 21); INV-20 is kept by the engine.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from workflow.circuit import prove_returns, prove_rules, prove_ways
from workflow.circuit.compiled import Circuit
from workflow.circuit.proof import Proof
from workflow.circuit.source import Source
from workflow.errors import Fault

MOST_COUNTED = 2_000
"""Findings looked at for each invariant: one flaw is found on many ways, and told once."""

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


def prove(circuit: Circuit, source: Source) -> list[Fault]:
    """Return the flaws of a circuit that was loaded, by invariant: each once, with its story, on the line to change."""
    proof = Proof(circuit, source)
    found: dict[tuple[str, str, int, int], Fault] = {}
    for invariant in INVARIANTS:
        for fault in islice(invariant(proof), MOST_COUNTED):
            found.setdefault((fault.code, fault.file, fault.line, fault.column), fault)
    return list(found.values())
