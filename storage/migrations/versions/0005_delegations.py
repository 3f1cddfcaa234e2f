"""A delegation becomes a party of its own, for one function: standing in for one is not standing in for all."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# a delegation was given by whoever owed the decision: that function is the one it was for
AS_PARTIES = """
INSERT INTO parties (reference, slot, dac, organisation, person, until)
SELECT DISTINCT p.reference, 'delegation:' || p.organisation || ':' || o.debtor_function, p.dac, p.organisation,
       p.delegate, p.delegate_until
FROM parties p JOIN obligations o ON o.reference = p.reference AND o.debtor_organisation = p.organisation
WHERE p.delegate IS NOT NULL AND o.kind = 'decision' AND o.status = 'ouvert'
"""
AS_COLUMNS = """
UPDATE parties SET (delegate, delegate_until) = (
    SELECT d.person, d.until FROM parties d
    WHERE d.reference = parties.reference AND d.slot LIKE 'delegation:' || parties.organisation || ':%' LIMIT 1
) WHERE slot NOT LIKE 'delegation:%'
"""


def upgrade() -> None:
    """Apply."""
    op.add_column("parties", sa.Column("until", sa.Date(), nullable=True))
    op.execute(AS_PARTIES)
    for name in ("delegate_until", "delegate"):
        op.drop_column("parties", name)


def downgrade() -> None:
    """Undo."""
    op.add_column("parties", sa.Column("delegate", sa.String(), nullable=True))
    op.add_column("parties", sa.Column("delegate_until", sa.Date(), nullable=True))
    op.execute(AS_COLUMNS)
    op.execute("DELETE FROM parties WHERE slot LIKE 'delegation:%'")
    op.drop_column("parties", "until")
