"""Events tell for whom, from where and why"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("event", sa.Column("on_behalf_of_id", sa.Uuid(), nullable=True))
    op.add_column("event", sa.Column("on_behalf_of_name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True))
    op.add_column("event", sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))
    op.add_column("event", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("ledger_import", sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("ledger_import", "origin")
    op.drop_column("event", "reason")
    op.drop_column("event", "origin")
    op.drop_column("event", "on_behalf_of_name")
    op.drop_column("event", "on_behalf_of_id")
