"""Is a database of the schema this code was written for? Asked by every command, so without Alembic."""

from sqlalchemy import Engine, text

from storage.database import transaction
from workflow.errors import Infrastructure

SCHEMA = "0017"
"""The newest migration; a test compares."""

NEWER = "Cette base vient d’une version plus récente du logiciel : mettez d’abord le logiciel à jour."
OLDER = "Cette base est d’une version plus ancienne : lancez « orp init » pour la mettre à jour."


def check_version(engine: Engine) -> None:
    """Let pass a database of this schema, no other.

    Raises:
        Infrastructure: it was never prepared, or by an older or a newer version of the project.
    """
    with transaction(engine, writes=False) as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found != SCHEMA:
        raise Infrastructure(NEWER if found and found > SCHEMA else OLDER)
