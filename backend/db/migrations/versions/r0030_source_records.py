"""What partners call the records that they bring, and calls that the program of a hotline took"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "source_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_key", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.String(32), nullable=False),
        sa.Column("system", sa.String(32), nullable=False),
        sa.Column("source_id", sa.String(100), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("digests", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_key"], ["client.id"], name="fk_source_record_client_key_client"),
        sa.PrimaryKeyConstraint("id", name="pk_source_record"),
        sa.UniqueConstraint("client_key", "resource", "system", "source_id", name="uq_source_record_client_key"),
    )
    op.create_index("ix_source_record_record", "source_record", ["record_id"])
    op.add_column("hotline_call", sa.Column("operator_client", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_hotline_call_operator_client_client", "hotline_call", "client", ["operator_client"], ["id"]
    )
    op.alter_column("hotline_call", "operator_id", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM hotline_call WHERE operator_id IS NULL")
    op.alter_column("hotline_call", "operator_id", nullable=False)
    op.drop_constraint("fk_hotline_call_operator_client_client", "hotline_call")
    op.drop_column("hotline_call", "operator_client")
    op.drop_table("source_record")
