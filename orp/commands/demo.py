"""`orp demo`: the story of one situation, told by the real engine on a virtual clock."""

from pathlib import Path

import click

from orp.options import as_json


@click.command()
@click.option("--headless", is_flag=True, required=True, help="Jouer l’histoire sans ouvrir de page.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    metavar="DOSSIER",
    help="Où mettre la base et les courriels (demo par défaut).",
)
@as_json
def command(headless: bool, out: Path, as_json: bool) -> None:  # noqa: ARG001 - a flag that must be said
    """Jouer l’histoire d’une situation, de la fiche au retour."""
    import json
    import sys

    from orp.demo import play
    from orp.demo_story import STORY
    from orp.tables import print_table

    # click draws the bar on a terminal only, and never mixes it with what is piped
    with click.progressbar(length=len(STORY), label="Histoire", file=sys.stderr) as bar:
        told = play(out, lambda: bar.update(1))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    lines = [(e["date"], e["qui"], e["fait"], e["etape"], str(e["courriels"])) for e in told["histoire"]]
    print_table(
        ("Date", "Qui", "Ce qui se passe", "Étape", "Courriels"), lines, title=f"Histoire de {told['reference']}"
    )
    for line in told["bilan"]:
        click.echo(line)
