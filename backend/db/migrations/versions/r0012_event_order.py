"""The order of events survives the database that gave it"""

from collections.abc import Sequence

from alembic import op

from backend.db.event_order import EVENT_ORDER

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for statement in EVENT_ORDER:
        op.execute(statement)
