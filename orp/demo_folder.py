"""The folder of a demonstration: its base, its mails, its log. Nothing that is not ours is touched."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.database import open_database
from storage.demo_clock import read_demo_clock
from storage.version import check_version
from workflow.errors import Infrastructure

ELSEWHERE = "choisissez un autre dossier avec --out."
LOGGED = ("orp", "web", "workflow", "storage", "notifications")
"""Our own loggers; those of libraries quote addresses."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Where a demonstration lies."""

    path: Path

    @property
    def base(self) -> Path:
        """The SQLite file."""
        return self.path / "demo.sqlite"

    @property
    def mails(self) -> Path:
        """One .eml file for each mail received."""
        return self.path / "courriels"

    @property
    def log(self) -> Path:
        """What was done, one line each: references and codes, never a text."""
        return self.path / "demo.log"

    def clear(self) -> None:
        """Remove an earlier demonstration, and nothing else.

        Raises:
            Infrastructure: files that are not of a demonstration stand there, or the folder cannot be written.
        """
        try:
            self._check()
            self.mails.mkdir(parents=True, exist_ok=True)
            for old in (self.base, self.log, *self.path.glob("demo.sqlite-*"), *self.mails.glob("*.eml")):
                old.unlink(missing_ok=True)
        except OSError as error:
            raise Infrastructure(f"Le dossier {self.path} ne peut pas servir : {ELSEWHERE}") from error

    def holds(self, until: datetime) -> bool:
        """Say whether a demonstration that this version can go on with was played here up to an instant."""
        if not self.base.exists():
            return False
        database = open_database(f"sqlite:///{self.base}")
        try:
            check_version(database)
            now = read_demo_clock(database)
        except Infrastructure:  # of another version, or not even a base: whoever clears the folder says so
            return False
        finally:
            database.dispose()
        return now is not None and now >= until

    def received(self) -> int:
        """Return how many mails were received."""
        return sum(1 for _ in self.mails.glob("*.eml"))

    def _check(self) -> None:
        if self.base.exists():
            if not self._is_demo():
                raise Infrastructure(f"{self.base} n’est pas une base de démonstration : {ELSEWHERE}")
        elif self.log.exists() or any(self.mails.glob("*")):
            raise Infrastructure(f"{self.path} contient des fichiers qui ne sont pas d’une démonstration : {ELSEWHERE}")

    def _is_demo(self) -> bool:
        database = open_database(f"sqlite:///{self.base}")
        try:
            return read_demo_clock(database) is not None
        except Infrastructure:  # not even a base
            return False
        finally:
            database.dispose()

    @contextmanager
    def logging(self) -> Iterator[None]:
        """Keep a log while the block runs."""
        handler = logging.FileHandler(self.log, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(message)s"))
        loggers = [logging.getLogger(name) for name in LOGGED]
        former = [(logger, logger.level, logger.propagate) for logger in loggers]
        for logger in loggers:
            logger.addHandler(handler)
            logger.setLevel(logging.INFO)
            logger.propagate = False
        try:
            yield
        finally:
            for logger, level, propagate in former:
                logger.removeHandler(handler)
                logger.setLevel(level)
                logger.propagate = propagate
            handler.close()
