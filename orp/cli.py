"""The command `orp`: one file per command, loaded only when it is named or listed."""

import sys
from importlib import import_module
from typing import Any

import click

from orp.french import FrenchGroup
from workflow.errors import OrpError

COMMANDS = (
    "init",
    "check",
    "circuit",
    "open",
    "decide",
    "complement",
    "avis",
    "action",
    "retour",
    "show",
    "explain",
    "list",
    "tick",
    "worker",
    "serve",
    "outbox",
    "audit",
    "doctor",
    "demo",
)


class LazyGroup(FrenchGroup):
    """Commands by name, in the order a newcomer meets them; errors become a sentence and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing its file."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"orp.commands.{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse what was typed in another encoding: its bytes come as characters no file can hold."""
        if any("\ud800" <= character <= "\udfff" for arg in args for character in arg):
            raise click.UsageError(
                "La commande contient des caractères illisibles : elle doit être écrite en UTF-8.", ctx
            )
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what the project refuses is said in one sentence, never as a trace."""
        try:
            return super().invoke(ctx)
        except OrpError as error:
            click.echo(str(error), err=True)
            sys.exit(error.exit_code)


@click.group(cls=LazyGroup)
def orp() -> None:
    """Porter une rupture de parcours jusqu’à qui peut la réparer, et rapporter la réponse.

    Codes de sortie : 0 fait, 1 refusé par les règles du circuit, 2 commande mal écrite,
    3 circuit mal écrit, 4 base, disque ou messagerie en défaut.
    """
