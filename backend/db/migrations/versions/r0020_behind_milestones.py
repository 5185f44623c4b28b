"""From when a matter is behind its milestones

Runs that are open now say so from their next act on: what it follows from is their acts, which SQL does not read.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("procedure_run", sa.Column("behind_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("procedure_run", "behind_at")
