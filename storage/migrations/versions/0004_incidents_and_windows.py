"""Incidents; for whom and in whose window each mail leaves; what the mail server said of an address."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

WINDOW = sa.text(
    "UPDATE messages SET departement = (SELECT o.departement FROM organisations AS o WHERE o.id = messages.dac) "
    "WHERE mail <> 'M01'"
)
"""Mails queued before wait for the window of the DAC; only the receipt leaves at any hour."""

HOLDER = ("actor", "organisation", "function")
ADDRESSES = ("people", "redacteur_contacts")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "incidents",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("dac", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reference"], ["cases.reference"], name=op.f("fk_incidents_reference")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_incidents")),
    )
    for name in HOLDER:
        op.add_column("messages", sa.Column(name, sa.String(), nullable=False, server_default=sa.text("''")))
    for table in ADDRESSES:
        op.add_column(table, sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("departement", sa.String(), nullable=True))
    op.add_column("messages", sa.Column("tell_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_messages_untold",
        "messages",
        ["tell_at"],
        sqlite_where=sa.text("tell_at IS NOT NULL"),
        postgresql_where=sa.text("tell_at IS NOT NULL"),
    )
    op.create_index(
        "ix_redacteur_contacts_refused",
        "redacteur_contacts",
        ["refused_at"],
        sqlite_where=sa.text("refused_at IS NOT NULL"),
        postgresql_where=sa.text("refused_at IS NOT NULL"),
    )
    op.execute(WINDOW)


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_redacteur_contacts_refused", "redacteur_contacts")
    op.drop_index("ix_messages_untold", "messages")
    for name in ("tell_at", "departement", *HOLDER):
        op.drop_column("messages", name)
    for table in ADDRESSES:
        op.drop_column(table, "refused_at")
    op.drop_table("incidents")
