"""Branches, limits and extensions of procedures"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "procedure_run", sa.Column("started_step", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True)
    )
    op.add_column(
        "procedure_run", sa.Column("only_for", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")
    )
    op.alter_column("procedure_run", "only_for", server_default=None)
    op.add_column("procedure_run", sa.Column("limit_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("procedure_run", sa.Column("under_check", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("procedure_run", "under_check", server_default=None)
    # Until now a matter had no other limit than that of its open step.
    op.execute("UPDATE procedure_run SET limit_at = due_at")
    op.create_index("ix_procedure_run_limit", "procedure_run", ["organization_id", "limit_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_procedure_run_limit", table_name="procedure_run")
    op.drop_column("procedure_run", "under_check")
    op.drop_column("procedure_run", "limit_at")
    op.drop_column("procedure_run", "only_for")
    op.drop_column("procedure_run", "started_step")
