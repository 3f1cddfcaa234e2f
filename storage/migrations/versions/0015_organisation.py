"""Absences, with who stands in; who changed what in the directory; where a DAC keeps its documents."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "absences",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("substitute", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person", "since", name=op.f("pk_absences")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_absences_person")),
        sa.ForeignKeyConstraint(["substitute"], ["people.id"], name=op.f("fk_absences_substitute")),
    )
    op.create_index("ix_absences_until", "absences", ["until"])
    op.create_table(
        "directory_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=True),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_changes")),
    )
    op.create_index("ix_directory_changes_organisation", "directory_changes", ["organisation"])
    op.create_table(
        "documents",
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "kind", name=op.f("pk_documents")),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name=op.f("fk_documents_organisation")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("documents")
    op.drop_table("directory_changes")
    op.drop_table("absences")
