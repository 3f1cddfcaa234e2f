"""`orp demo`: a year of situations played by the real engine on a virtual clock, then its pages."""

from pathlib import Path
from typing import Any

import click

from orp.options import as_json

FIGURES = {
    "situations": (
        "Situations par étape",
        {"titre": "Étape", "nombre": "Situations"},
    ),
    "delais": (
        "Décisions par niveau (délais indicatifs)",
        {
            "titre": "Niveau",
            "a_temps": "À temps",
            "en_retard": "En retard",
            "en_cours": "En cours",
            "en_cours_en_retard": "En cours, en retard",
        },
    ),
    "retours": (
        "Retours dus et faits",
        {
            "titre": "Retours",
            "dus": "Dus",
            "faits": "Faits",
            "faits_en_retard": "dont en retard",
            "sans_objet": "Sans objet",
            "encore_dus": "Encore dus",
            "encore_dus_en_retard": "dont en retard",
        },
    ),
    "courriels": (
        "Courriels envoyés",
        {"titre": "Courriel", "envoyes": "Envoyés", "a_envoyer": "À envoyer", "refuses": "Refusés"},
    ),
}
"""The tables at the end of a year: title, then the title of each column by its key."""


@click.command()
@click.option("--headless", is_flag=True, help="Jouer l’année sans servir de page.")
@click.option("--story", is_flag=True, help="Avec --headless : jouer l’histoire d’une seule situation.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    metavar="N",
    help="Où servir les pages, sur cette machine.",
)
@click.option("--seed", type=int, default=2026, metavar="NOMBRE", help="Tirage de l’année (2026 par défaut).")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    metavar="DOSSIER",
    help="Où mettre la base, les courriels et la trace (demo par défaut).",
)
@as_json
def command(headless: bool, story: bool, port: int, seed: int, out: Path, as_json: bool) -> None:
    """Servir une démonstration : une année de soixante situations inventées, puis ses pages."""
    import json
    import sys

    from orp.demo import play_story, play_year
    from orp.demo_story import STORY
    from orp.demo_year import draw_year

    if not headless:
        _serve(seed, out, port)
        return
    year = None if story else draw_year(seed)
    length = (year.end - year.start).days if year else len(STORY)
    hidden = as_json or not sys.stderr.isatty()
    with click.progressbar(length=length, label="Année" if year else "Histoire", file=sys.stderr, hidden=hidden) as bar:
        told = play_year(year, out, bar.update) if year else play_story(out, bar.update)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    elif year:
        _print_year(told)
    else:
        _print_story(told)


def _serve(seed: int, out: Path, port: int) -> None:
    import sys

    from orp.demo_service import serve_demo
    from orp.demo_year import draw_year

    def say(address: str) -> None:
        click.echo(f"La démonstration vous attend sur {address}/demo (Ctrl-C pour arrêter).")
        click.echo(f"Elle reprendra où vous l’aurez laissée ; pour repartir de zéro, supprimez le dossier {out}.")

    year = draw_year(seed)
    bar = click.progressbar(
        length=(year.end - year.start).days, label="Année", file=sys.stderr, hidden=not sys.stderr.isatty()
    )
    serve_demo(year, out, port, say, bar.update)


def _print_year(told: dict[str, Any]) -> None:
    from orp.tables import print_table
    from workflow.words import counted

    for name, (title, columns) in FIGURES.items():
        print_table(list(columns.values()), [[str(row[key]) for key in columns] for row in told[name]], title=title)
    journal = told["journal"]
    state = f"{len(journal['a_examiner'])} à examiner" if journal["a_examiner"] else "tout est intact"
    size = f"{counted(journal['lignes'], 'ligne')}, {counted(journal['situations'], 'situation')}"
    click.echo(f"Journal vérifié : {size}, {state}.\nSceau : {journal['sceau']}")
    click.echo(f"Base : {told['base']} (à regarder avec « orp list --db {told['base']} »)")
    click.echo(f"Courriels reçus : {told['recus']}. Trace : {told['trace']}")


def _print_story(told: dict[str, Any]) -> None:
    from orp.tables import print_table

    lines = [(e["date"], e["qui"], e["fait"], e["etape"], str(e["courriels"])) for e in told["histoire"]]
    print_table(
        ("Date", "Qui", "Ce qui se passe", "Étape", "Courriels"), lines, title=f"Histoire de {told['reference']}"
    )
    for line in told["bilan"]:
        click.echo(line)
