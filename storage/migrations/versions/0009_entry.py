"""Entry of the web application: accounts, codes, sessions, throttling, and who read which situation."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    _accounts()
    _sessions()
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_index("ix_throttle_since", "throttle", ["since"])
    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("dac", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
        sa.ForeignKeyConstraint(["reference"], ["cases.reference"], name=op.f("fk_access_log_reference")),
    )
    op.create_index("ix_access_log_reference", "access_log", ["reference", "at"])


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("administrator", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("activation", sa.String(), nullable=True),
        sa.Column("activation_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_accounts")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_accounts_person")),
    )
    op.create_table(
        "sign_in_codes",
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("browser", name=op.f("pk_sign_in_codes")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_sign_in_codes_person")),
    )
    op.create_index("ix_sign_in_codes_person", "sign_in_codes", ["person"])
    op.create_index("ix_sign_in_codes_expires_at", "sign_in_codes", ["expires_at"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_sessions_person")),
    )
    op.create_index("ix_sessions_person", "sessions", ["person"])


def downgrade() -> None:
    """Undo."""
    for table in ("access_log", "throttle", "sessions", "sign_in_codes", "accounts"):
        op.drop_table(table)
