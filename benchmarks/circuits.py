"""`python -m benchmarks.circuits [mutants]`: how fast circuits are read and checked, right or wrong."""

import sys
import tracemalloc
from collections.abc import Iterable
from itertools import chain
from statistics import median
from time import perf_counter

from benchmarks.rounds import Rounds, Run
from orp.circuit_files import check, find
from tests.mutants import OPERATORS, Mutant, draw, national_base, small_bases
from workflow.circuit.loader import load_circuit, shared_files, shipped_circuits, shipped_files
from workflow.circuit.reader import read
from workflow.errors import InvalidDefinition

SMALL, NATIONAL, WEIGHED = 10_000, 200, 50
MEGABYTE = 1_000_000
STEPS = 40
LONG = "circuit: longue\nversion: 1\ntitre: Quarante étapes\ncouche: dac\netend: bretagne\najouts:\n"
ADDED = """\
  etape_{n}:
    apres: [{after}]
    etape:
      niveau: dac
      titre: Étape {n}
      responsable: pilote_orp
      horloge: D_{n}
      delai: 5 j
      decisions:
        passer: {{code: T13, titre: Passer, par: [pilote_orp], vers: suite, doit: [F2]}}
"""


def main() -> None:
    """Measure all the mutants of the tests and print the worst."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SMALL
    print(f"{'circuit_ms':>16}  {median(national() for _ in range(20)) * 1000:.1f}")
    print(f"{'shipped_ms':>16}  {median(shipped() for _ in range(5)) * 1000:.0f}")
    print(f"{'forty_steps_ms':>16}  {median(forty_steps() for _ in range(5)) * 1000:.0f}")
    timed = sorted(_timed(_mutants(count, NATIONAL)), key=lambda pair: -pair[0])
    print(f"{'worst_mutant_s':>16}  {timed[0][0]:.3f}  {_named(timed[0][1])}")
    weighed = [*(mutant for _, mutant in timed[:WEIGHED]), *_mutants(len(OPERATORS), len(OPERATORS))]
    heaviest, which = max(((peak(mutant), mutant) for mutant in weighed), key=lambda pair: pair[0])
    print(f"{'worst_mutant_mb':>16}  {heaviest:.1f}  {_named(which)}")


def measure(run: Run) -> Rounds:
    """Time the national circuit, all that are shipped, forty added steps, and the slowest mutant of each operator."""
    count = min(len(OPERATORS), run.sizes.mutants)
    for number in range(run.sizes.rounds):
        timed = sorted(_timed(_mutants(count, count, number * count)), key=lambda pair: -pair[0])
        yield {
            "circuit_ms": national() * 1000,
            "shipped_ms": shipped() * 1000,
            "forty_steps_ms": forty_steps() * 1000,
            "worst_mutant_ms": timed[0][0] * 1000,
            "worst_mutant_mb": max(peak(mutant) for _, mutant in timed[:5]),
        }


def national() -> float:
    """Return the seconds to read and check the national circuit."""
    files = shipped_files("national")
    read.cache_clear()
    start = perf_counter()
    load_circuit(files, "national")
    return perf_counter() - start


def shipped() -> float:
    """Return the seconds that `orp check` takes for every circuit of the project, each for all its antennes."""
    read.cache_clear()
    start = perf_counter()
    faults = [fault for path in find([]) for fault in check(path).faults]
    if faults:
        raise InvalidDefinition(tuple(faults))
    return perf_counter() - start


def forty_steps() -> float:
    """Return the seconds to check a DAC that puts forty steps one after the other before its governance."""
    way = ["en_analyse.proposer_gouvernance", *(f"etape_{n}.passer" for n in range(STEPS))]
    files = shipped_circuits() | shared_files()
    files["circuits/longue.yaml"] = LONG + "".join(ADDED.format(n=n, after=way[n]) for n in range(STEPS))
    read.cache_clear()
    start = perf_counter()
    load_circuit(files, "longue")
    return perf_counter() - start


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
