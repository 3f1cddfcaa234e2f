"""Situations that are due are read in order from their index, however many there are."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

DUE = sa.text("wake_at IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    _indexed(["wake_at", "reference"])


def downgrade() -> None:
    """Undo."""
    _indexed(["wake_at"])


def _indexed(columns: list[str]) -> None:
    op.drop_index("ix_cases_due", "cases")
    op.create_index("ix_cases_due", "cases", columns, sqlite_where=DUE, postgresql_where=DUE)
