"""Whoever writes a form without an account, and the sessions that a tracking code opens on one situation."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from workflow.tracking import ANONYMOUS

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

PEOPLE = sa.table("people", *(sa.column(name) for name in ("id", "name", "email", "mailbox")))


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("reference", sa.String(), nullable=True))
        sessions.create_foreign_key(op.f("fk_sessions_reference"), "cases", ["reference"], ["reference"])
    op.bulk_insert(PEOPLE, [{"id": ANONYMOUS, "name": "Rédacteur anonyme", "email": "", "mailbox": False}])


def downgrade() -> None:
    """Undo."""
    op.execute("DELETE FROM sessions WHERE reference IS NOT NULL")
    with op.batch_alter_table("sessions") as sessions:
        sessions.drop_constraint(op.f("fk_sessions_reference"), type_="foreignkey")
        sessions.drop_column("reference")
    op.execute(PEOPLE.delete().where(PEOPLE.c.id == ANONYMOUS))
