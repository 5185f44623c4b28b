"""A code opens an account only after a second person has released it

Codes that are under way when this comes are released like any other: nobody knows who holds them.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("account_invitation", sa.Column("released_by", sa.Uuid(), nullable=True))
    op.add_column("account_invitation", sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account_invitation", sa.Column("second_hash", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for name in ("second_hash", "released_at", "released_by"):
        op.drop_column("account_invitation", name)
