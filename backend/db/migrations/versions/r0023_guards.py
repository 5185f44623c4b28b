"""Verdicts over the log are signed and bear the database's own time; functions look along a fixed path"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.db.append_only import append_only
from backend.db.event_order import FIXED_PATHS
from backend.db.row_security import FUNCTION

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for statement in FIXED_PATHS:
        op.execute(statement)
    op.execute(FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    # What was noted without a signature proves nothing, and no row of the table may be changed: the next check, within
    # ten minutes, is the first one that counts.
    op.drop_table("audit_check")
    op.create_table(
        "audit_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("findings", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
    )
    op.create_index("ix_audit_check_created", "audit_check", ["created_at", "id"], unique=False)
    # The function is there already.
    op.execute(append_only("audit_check")[1])
