"""Passwords: the earlier ones, the day of the choice, and the change that is due"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "past_password",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_past_password_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_password")),
    )
    op.create_index("ix_past_password_account", "past_password", ["account_id", sa.literal_column("created_at DESC")])
    op.add_column("account", sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "account", sa.Column("password_must_change", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("account", "password_must_change")
    op.drop_column("account", "password_set_at")
    op.drop_index("ix_past_password_account", table_name="past_password")
    op.drop_table("past_password")
