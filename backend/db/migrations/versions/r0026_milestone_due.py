"""Which milestone was due when a standing item was handed in

Items that are being checked now have none: whether they were late is not known from their columns.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("rectification", sa.Column("milestone_due_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("rectification", "milestone_due_on")
