"""The command line on a real database file, with the clock of a small world."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from orp.cli import orp
from storage.database import open_database
from storage.demo_clock import DemoClock
from tests.world import World, make_world


@dataclass
class CommandLine:
    """A world, and `orp` run on its database as a person would."""

    world: World
    path: Path

    def run(self, *args: str, code: int = 0) -> str:
        """Run a command and return all it printed; it must end with `code`, and never by a trace."""
        result = self.raw(*args)
        assert result.exit_code == code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.output

    def json(self, *args: str) -> Any:
        """Run a command with `--json` and return what it answered."""
        return json.loads(self.run(*args, "--json"))

    def raw(self, *args: str) -> Result:
        """Run a command at the instant of the world."""
        DemoClock(open_database(f"sqlite:///{self.path}")).set(self.world.clock.now())
        return CliRunner().invoke(orp, [*args, "--db", str(self.path)], prog_name="orp")


def make_command_line(folder: Path) -> CommandLine:
    """Build a world on a file, and the command line on it."""
    path = folder / "orp.sqlite"
    return CommandLine(make_world(f"sqlite:///{path}"), path)
