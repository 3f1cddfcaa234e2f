"""An incident ends by itself when its situation moves: it remembers the revision at which that stood."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STILL_OPEN = "UPDATE incidents SET revision = (SELECT c.revision FROM cases c WHERE c.reference = incidents.reference)"
ENDED = """
DELETE FROM incidents WHERE revision <> (SELECT c.revision FROM cases c WHERE c.reference = incidents.reference)
"""


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("incidents") as incidents:
        incidents.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.execute(STILL_OPEN)


def downgrade() -> None:
    """Undo."""
    op.execute(ENDED)
    op.drop_column("incidents", "revision")
