"""Links of mails: the digest of each, and the situation, the recipient and the stay it is bound to."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mail_links",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_mail_links")),
        sa.ForeignKeyConstraint(["reference"], ["cases.reference"], name=op.f("fk_mail_links_reference")),
        sa.ForeignKeyConstraint(["recipient"], ["people.id"], name=op.f("fk_mail_links_recipient")),
    )
    op.create_index("ix_mail_links_reference", "mail_links", ["reference"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("mail_links")
