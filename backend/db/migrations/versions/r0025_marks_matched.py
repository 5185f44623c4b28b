"""Which of those a card is about were found by name

Of cards from before that is not known: their marks stay.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_COLUMNS = ("about_matched", "about_lifted")


def upgrade() -> None:
    for name in _COLUMNS:
        marks = sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")
        op.add_column("feedback_card", marks)
        op.alter_column("feedback_card", name, server_default=None)


def downgrade() -> None:
    for name in _COLUMNS:
        op.drop_column("feedback_card", name)
