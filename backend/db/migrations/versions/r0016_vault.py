"""Contact details and sealed reports open one by one"""

from collections.abc import Sequence

from alembic import op

from backend.db.feedback_vault import VAULTED
from backend.db.row_security import FUNCTION

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for statement in (FUNCTION, *VAULTED):
        op.execute(statement)


def downgrade() -> None:
    for table in ("feedback_contact", "sealed_report"):
        for policy in ("comes_in", "select_by_name", "update_by_name", "delete_by_name"):
            op.execute(f"DROP POLICY {table}_{policy} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP FUNCTION vault_is_open")
