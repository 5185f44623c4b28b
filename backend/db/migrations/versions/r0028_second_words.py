"""Secrets of clients that a second person has confirmed, and what kept answers are about"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("client_secret", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("kept_answer", sa.Column("subject_kind", sa.String(32), nullable=True))
    op.add_column("kept_answer", sa.Column("subject_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("kept_answer", "subject_id")
    op.drop_column("kept_answer", "subject_kind")
    op.drop_column("client_secret", "confirmed_at")
