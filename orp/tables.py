"""Tables on a terminal."""

from collections.abc import Iterable, Sequence

import click


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "", empty: str = "") -> None:
    """Draw a table, or say `empty` when there is no row."""
    rows = list(rows)
    if not rows:
        click.echo(empty)
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # Text: a reference in brackets is no markup
    console = Console(soft_wrap=False)
    console.print(table) if console.is_terminal else Console(width=150).print(table)
