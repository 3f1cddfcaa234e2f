"""Mails that are gathered: a morning's reminders, a bordereau; such a mail tells of several situations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

OF_ONE_CASE = ("reference", "dac")


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("messages") as table:
        for name in OF_ONE_CASE:
            table.alter_column(name, existing_type=sa.String(), nullable=True)
        table.add_column(sa.Column("reminds", sa.Integer(), nullable=True))
        table.add_column(sa.Column("batch", sa.String(), nullable=True))
        table.add_column(sa.Column("carrier", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_messages_carrier"), "messages", ["carrier"], ["id"])
        table.create_index("ix_messages_carrier", ["carrier"])


def downgrade() -> None:
    """Undo; what a gathered mail told of leaves by itself again."""
    op.execute("UPDATE messages SET carrier = NULL")
    op.execute("DELETE FROM messages WHERE reference IS NULL")
    with op.batch_alter_table("messages") as table:
        table.drop_index("ix_messages_carrier")
        table.drop_constraint(op.f("fk_messages_carrier"), type_="foreignkey")
        for name in ("carrier", "batch", "reminds"):
            table.drop_column(name)
        for name in OF_ONE_CASE:
            table.alter_column(name, existing_type=sa.String(), nullable=False)
