"""The intitulé a house gives a situation; what one person owes is found without reading what others owe."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

OPEN = sa.text("status = 'ouvert' AND debtor_person IS NOT NULL")
NAMED = sa.text("person IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "case_titles",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("house", sa.String(), nullable=False),
        sa.Column("dac", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reference", "house", name=op.f("pk_case_titles")),
        sa.ForeignKeyConstraint(["reference"], ["cases.reference"], name=op.f("fk_case_titles_reference")),
    )
    op.create_index(
        "ix_obligations_debtor_person", "obligations", ["debtor_person"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_parties_person", "parties", ["person"], sqlite_where=NAMED, postgresql_where=NAMED)
    op.create_index("ix_cases_writer", "cases", ["writer"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_cases_writer", "cases")
    op.drop_index("ix_parties_person", "parties")
    op.drop_index("ix_obligations_debtor_person", "obligations")
    op.drop_table("case_titles")
