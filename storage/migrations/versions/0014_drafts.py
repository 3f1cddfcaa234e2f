"""What is being written before it is decided, and the file number a DAC keeps for itself."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "drafts",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("dac", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reference", "field", name=op.f("pk_drafts")),
        sa.ForeignKeyConstraint(["reference"], ["cases.reference"], name=op.f("fk_drafts_reference")),
    )
    op.create_table(
        "local_keys",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("dac", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_local_keys")),
        sa.ForeignKeyConstraint(["reference"], ["cases.reference"], name=op.f("fk_local_keys_reference")),
    )
    op.create_index("ix_local_keys_digest", "local_keys", ["digest"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("local_keys")
    op.drop_table("drafts")
