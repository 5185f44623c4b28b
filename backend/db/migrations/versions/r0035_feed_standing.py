"""How far each client has read the change feed"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("client", sa.Column("fed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("client", sa.Column("fed_to_transaction", sa.BigInteger(), nullable=True))
    op.add_column("client", sa.Column("fed_to_sequence", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for column in ("fed_to_sequence", "fed_to_transaction", "fed_at"):
        op.drop_column("client", column)
