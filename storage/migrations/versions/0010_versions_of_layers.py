"""Each layer has its versions, with who published them; a situation follows a composition of versions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

IN_FORCE = "ix_circuit_versions_in_force"
DUE = sa.text("wake_at IS NOT NULL")


NEW = (
    ("name", sa.String()),
    ("number", sa.Integer()),
    ("rank", sa.String()),
    ("effective_at", sa.DateTime(timezone=True)),
    ("variants", sa.String()),
    ("parent", sa.String()),
    ("author", sa.String()),
    ("note", sa.String()),
    ("approvals", sa.JSON()),
    ("applies", sa.String()),
    ("trial_until", sa.Date()),
    ("adopt_before", sa.Date()),
)
REQUIRED = ("name", "number", "rank", "effective_at", "variants", "applies")
KNOWN = sa.text(
    "UPDATE circuit_versions SET name = :name, number = :number, rank = 'national', variants = '', applies = 'new', "
    "effective_at = published_at WHERE key = :key"
)


def upgrade() -> None:
    """Apply."""
    here = op.get_bind()
    for name, kind in NEW:
        op.add_column("circuit_versions", sa.Column(name, kind, nullable=True))
    for key in list(here.execute(sa.text("SELECT key FROM circuit_versions")).scalars()):
        name, _, number = key.partition("@")
        here.execute(KNOWN, {"name": name, "number": int(number), "key": key})
    with op.batch_alter_table("circuit_versions") as versions:
        for name, kind in NEW:
            if name in REQUIRED:
                versions.alter_column(name, existing_type=kind, nullable=False)
        versions.create_unique_constraint(op.f("uq_circuit_versions_name_number"), ["name", "number"])
        versions.create_foreign_key(op.f("fk_circuit_versions_parent"), "circuit_versions", ["parent"], ["key"])
        versions.create_index(IN_FORCE, ["name", "number", "effective_at", "variants"], unique=True)
    with _cases() as cases:
        cases.drop_constraint(op.f("fk_cases_circuit"), type_="foreignkey")
        cases.add_column(sa.Column("next_circuit", sa.String(), nullable=True))


def downgrade() -> None:
    """Undo; a composition is left for the first version of the national circuit, which knows every usual step."""
    op.execute("UPDATE cases SET circuit = 'national@1' WHERE circuit NOT IN (SELECT key FROM circuit_versions)")
    with _cases() as cases:
        cases.drop_column("next_circuit")
        cases.create_foreign_key(op.f("fk_cases_circuit"), "circuit_versions", ["circuit"], ["key"])
    with op.batch_alter_table("circuit_versions") as versions:
        versions.drop_index(IN_FORCE)
        versions.drop_constraint(op.f("fk_circuit_versions_parent"), type_="foreignkey")
        versions.drop_constraint(op.f("uq_circuit_versions_name_number"), type_="unique")
        for name, _ in NEW:
            versions.drop_column(name)


@contextmanager
def _cases() -> Iterator[BatchOperations]:
    """Change the table of situations; its partial index is made anew, for SQLite would lose what makes it partial."""
    op.drop_index("ix_cases_due", "cases")
    with op.batch_alter_table("cases") as cases:
        yield cases
    op.create_index("ix_cases_due", "cases", ["wake_at", "reference"], sqlite_where=DUE, postgresql_where=DUE)
