"""What the whole circuit remembers: attachment, reopening, delegation, anonymous deposits."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false()))
        cases.add_column(sa.Column("parent", sa.String(), nullable=True))
        cases.add_column(sa.Column("resumes", sa.String(), nullable=True))
        cases.add_column(sa.Column("examined", sa.String(), nullable=True))
        cases.create_index(op.f("ix_cases_parent"), ["parent"])
    with op.batch_alter_table("parties") as parties:
        parties.add_column(sa.Column("delegate", sa.String(), nullable=True))
        parties.add_column(sa.Column("delegate_until", sa.Date(), nullable=True))
    with op.batch_alter_table("redacteur_contacts") as contacts:
        contacts.alter_column("email", existing_type=sa.String(), nullable=True)
        contacts.add_column(sa.Column("tracking", sa.String(), nullable=True))
        contacts.create_unique_constraint(op.f("uq_redacteur_contacts_tracking"), ["tracking"])


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("redacteur_contacts") as contacts:
        contacts.drop_constraint(op.f("uq_redacteur_contacts_tracking"), type_="unique")
        contacts.drop_column("tracking")
        contacts.alter_column("email", existing_type=sa.String(), nullable=False)
    # not in a batch, which copies the table and drops it: rows of others refer to it
    for name in ("delegate_until", "delegate"):
        op.drop_column("parties", name)
    op.drop_index(op.f("ix_cases_parent"), "cases")
    for name in ("examined", "resumes", "parent", "anonymous"):
        op.drop_column("cases", name)
