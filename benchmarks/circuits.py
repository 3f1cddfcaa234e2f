"""`python -m benchmarks.circuits [mutants]`: how fast circuits are read and checked, right or wrong."""

import sys
import tracemalloc
from collections.abc import Iterable
from itertools import chain, count
from statistics import median
from time import perf_counter

from benchmarks.rounds import Rounds, Run
from orp.circuit_files import check, find
from tests.mutants import OPERATORS, Mutant, draw, national_base, small_bases
from workflow.circuit.loader import load, load_circuit, shared_files, shipped_circuits, shipped_files
from workflow.circuit.reader import read
from workflow.circuit.soundness import prove
from workflow.errors import InvalidDefinition

SMALL, NATIONAL, WEIGHED = 10_000, 200, 50
NATIONAL_FILE = "circuits/national.yaml"
ADDED = 40
_NUMBERS = count()
MEGABYTE = 1_000_000


def main() -> None:
    """Measure all the mutants of the tests and print the worst."""
    mutants = int(sys.argv[1]) if len(sys.argv) > 1 else SMALL
    print(f"{'circuit_ms':>16}  {median(national() for _ in range(20)) * 1000:.1f}")
    print(f"{'shipped_circuits_ms':>16}  {shipped() * 1000:.0f}")
    print(f"{'forty_steps_ms':>16}  {many_steps() * 1000:.0f}")
    timed = sorted(_timed(_mutants(mutants, NATIONAL)), key=lambda pair: -pair[0])
    print(f"{'worst_mutant_s':>16}  {timed[0][0]:.3f}  {_named(timed[0][1])}")
    weighed = [*(mutant for _, mutant in timed[:WEIGHED]), *_mutants(len(OPERATORS), len(OPERATORS))]
    heaviest, which = max(((peak(mutant), mutant) for mutant in weighed), key=lambda pair: pair[0])
    print(f"{'worst_mutant_mb':>16}  {heaviest:.1f}  {_named(which)}")


def measure(run: Run) -> Rounds:
    """Time the national circuit, and the slowest mutant of each operator on a small circuit and on ours."""
    mutants = min(len(OPERATORS), run.sizes.mutants)
    for number in range(run.sizes.rounds):
        timed = sorted(_timed(_mutants(mutants, mutants, number * mutants)), key=lambda pair: -pair[0])
        yield {
            "circuit_ms": national() * 1000,
            "shipped_circuits_ms": shipped() * 1000,
            "forty_steps_ms": many_steps() * 1000,
            "worst_mutant_ms": timed[0][0] * 1000,
            "worst_mutant_mb": max(peak(mutant) for _, mutant in timed[:5]),
        }


def national() -> float:
    """Return the seconds to read and check the national circuit."""
    files = shipped_files("national")
    files[NATIONAL_FILE] += f"# {next(_NUMBERS)}\n"  # a text that was never read
    start = perf_counter()
    load_circuit(files, "national")
    return perf_counter() - start


def shipped() -> float:
    """Return the seconds to check and prove every circuit that is shipped, as each antenne and delegation has it."""
    read.cache_clear()
    start = perf_counter()
    for path in find([]):
        check(path)
    return perf_counter() - start


def many_steps() -> float:
    """Return the seconds to check and prove a local circuit that adds forty steps, one after the other."""
    files = shipped_circuits() | shared_files() | {"circuits/long.yaml": _long(ADDED)}
    start = perf_counter()
    loaded = load(files, "long")
    if prove(loaded.circuit, loaded.source):
        raise AssertionError
    return perf_counter() - start


def _long(steps: int) -> str:
    lines = ["circuit: long", "version: 1", "titre: Long", "couche: dac", "etend: national", "ajouts:"]
    before = "en_analyse.proposer_gouvernance"
    for n in range(steps):
        lines += [
            f"  ajout_{n}:",
            f"    apres: [{before}]",
            f"    etape: {{niveau: dac, titre: Ajout {n}, responsable: pilote_orp, horloge: A{n}, delai: 3 j,",
            "      decisions: {presenter: {code: T13, titre: Présenter, par: [pilote_orp], vers: suite, doit: [F2]}}}",
        ]
        before = f"ajout_{n}.presenter"
    return "\n".join(lines) + "\n"


def peak(mutant: Mutant) -> float:
    """Return the megabytes it takes to judge a mutant."""
    files = mutant.files
    tracemalloc.start()
    _judge(files, mutant.base.name)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / MEGABYTE


def _mutants(small: int, national_ones: int, start: int = 0) -> Iterable[Mutant]:
    return chain(draw(small, small_bases(), start=start), draw(national_ones, (national_base(),), start=start))


def _timed(mutants: Iterable[Mutant]) -> list[tuple[float, Mutant]]:
    """Time each mutant; only the slowest are kept, a huge text each would fill the memory."""
    kept: list[tuple[float, Mutant]] = []
    for mutant in mutants:
        files, start = mutant.files, perf_counter()
        _judge(files, mutant.base.name)
        kept.append((perf_counter() - start, mutant))
        if len(kept) >= 10 * WEIGHED:
            kept = sorted(kept, key=lambda pair: -pair[0])[:WEIGHED]
    return kept


def _judge(files: dict[str, str | bytes], name: str) -> None:
    try:
        load_circuit(files, name)
    except InvalidDefinition:
        return


def _named(mutant: Mutant) -> str:
    return f"{mutant.operator.name}, {mutant.base.name}"


if __name__ == "__main__":
    main()
