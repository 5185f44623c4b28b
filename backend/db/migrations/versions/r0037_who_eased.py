"""Who asked less of an item"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0037"
down_revision: str | None = "0036"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    nobody = sa.Column("eased_by", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")
    op.add_column("rectification", nobody)


def downgrade() -> None:
    op.drop_column("rectification", "eased_by")
