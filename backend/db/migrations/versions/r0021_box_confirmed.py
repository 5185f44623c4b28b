"""Who confirms that a box was opened by two

Openings from before have a typed name instead of a second account, and stay what they were.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_STATES = ("waiting", "confirmed", "objected", "typed")


def upgrade() -> None:
    op.add_column("box_opening", sa.Column("opener_b_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_box_opening_opener_b_id_account"), "box_opening", "account", ["opener_b_id"], ["id"])
    state = sa.Enum(*_STATES, name="openingstate", native_enum=False, create_constraint=True, length=48)
    op.add_column("box_opening", sa.Column("state", state, nullable=False, server_default="typed"))
    op.alter_column("box_opening", "state", server_default=None)
    op.add_column("box_opening", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    objection = sa.Column("objection", sa.String(length=1000), nullable=False, server_default="")
    op.add_column("box_opening", objection)
    op.alter_column("box_opening", "objection", server_default=None)
    op.create_index(
        "ix_box_opening_waiting", "box_opening", ["opener_b_id"], postgresql_where=sa.text("state = 'waiting'")
    )


def downgrade() -> None:
    op.drop_index("ix_box_opening_waiting", "box_opening")
    for name in ("objection", "answered_at", "state", "opener_b_id"):
        op.drop_column("box_opening", name)
