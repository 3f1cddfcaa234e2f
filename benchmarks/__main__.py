"""`python -m benchmarks`: how fast it is, ours beside the bare drivers in the same run (docs/mesures.md)."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks import circuits, command, decisions, due, mail, pages, people, postgres, year
from benchmarks.rounds import FULL, QUICK, Round, Rounds, Run, Skipped

MEASURES: dict[str, Callable[[Run], Rounds]] = {
    "decisions": decisions.measure,
    "idle": due.idle,
    "due": due.measure,
    "people": people.measure,
    "postgres": postgres.measure,
    "mail": mail.measure,
    "pages": pages.measure,
    "command": command.measure,
    "circuits": circuits.measure,
    "year": year.measure,
}

ABOUT = """Mesure la vitesse, à côté de programmes nus qui écrivent les mêmes lignes avec la même durabilité.
Chaque chiffre est la médiane de cinq tours ; un rapport est la médiane des rapports de chaque tour.
Compter sept minutes sur deux cœurs au calme, et 2 Go libres dans le dossier temporaire."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("benchmarks", description=ABOUT, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="écrire un objet JSON")
    parser.add_argument("--quick", action="store_true", help="deux tours minuscules : voir que tout tourne")
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES), help="quelles mesures prendre")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="orp-benchmarks-", ignore_cleanup_errors=True) as folder:
        figures = measured(Run(Path(folder), QUICK if asked.quick else FULL), asked.only)
    print(json.dumps(figures) if asked.json else "\n".join(f"{name:>20}  {value}" for name, value in figures.items()))


def measured(run: Run, names: Sequence[str]) -> Round:
    """Return the medians of these measures."""
    figures: Round = {}
    for name in names:
        try:
            rounds = [_said(name, figures) for figures in MEASURES[name](run)]
        except Skipped as why:
            print(f"{name} : {why}", file=sys.stderr)
            continue
        figures |= {key: round(median(found[key] for found in rounds), 4) for key in rounds[0]}
    return figures


def _said(name: str, figures: Round) -> Round:
    print(f"{name} : {', '.join(f'{key} {value:.3g}' for key, value in figures.items())}", file=sys.stderr)
    return figures


if __name__ == "__main__":
    main()
