"""How long the year of the demonstration takes: sixty situations, every mail sent over SMTP."""

from time import perf_counter

from benchmarks.rounds import Rounds, Run, Skipped
from orp.demo import play_year
from orp.demo_year import draw_year


def measure(run: Run) -> Rounds:
    """Play the year once: it is long."""
    if run.sizes.rounds == 1:
        raise Skipped("l’année de démonstration est trop longue pour un essai rapide")
    start = perf_counter()
    play_year(draw_year(2026), run.folder / "year")
    yield {"demo_year_s": perf_counter() - start}
