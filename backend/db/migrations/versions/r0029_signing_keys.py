"""Keys by which clients sign their requests, beside the secrets that buy tokens"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("client_secret", sa.Column("use", sa.String(16), nullable=False, server_default="sign_in"))
    op.alter_column("client_secret", "use", server_default=None)
    op.add_column("client_secret", sa.Column("sealed_key", sa.LargeBinary(), nullable=True))
    op.add_column("client_secret", sa.Column("public_key", sa.String(130), nullable=True))


def downgrade() -> None:
    op.drop_column("client_secret", "public_key")
    op.drop_column("client_secret", "sealed_key")
    op.drop_column("client_secret", "use")
