"""« Courriels » is listed from an index of its own; the links of mails that are too old are found by date."""

from collections.abc import Sequence

from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

LISTED = ["status", "not_before", "mail", "recipient", "dac", "organisation", "reference", "reason"]


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_messages_listed", "messages", LISTED)
    op.create_index("ix_mail_links_made_at", "mail_links", ["made_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_mail_links_made_at", "mail_links")
    op.drop_index("ix_messages_listed", "messages")
