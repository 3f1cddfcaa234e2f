"""Brings a database to the schema of this version, by Alembic migrations."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from storage.database import rebuilding, wait_for_others
from storage.version import NEWER
from workflow.errors import Infrastructure


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Create or update the tables.

    Raises:
        Infrastructure: the database belongs to a newer version of the project.
    """
    config = _config()
    with rebuilding(engine) as connection:
        wait_for_others(connection)
        current = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if current is not None and current not in known:
            raise Infrastructure(NEWER)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to an earlier schema."""
    config = _config()
    with rebuilding(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    return config
