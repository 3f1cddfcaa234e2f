"""The collèges of a governance."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column("organisations", sa.Column("colleges", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("organisations", "colleges")
