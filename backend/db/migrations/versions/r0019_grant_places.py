"""Only roles that are meant for it reach all counties"""

from collections.abc import Sequence

from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_check_constraint(
        op.f("ck_role_grant_role_needs_organization"),
        "role_grant",
        "organization_id IS NOT NULL OR role IN ('platform_admin', 'system_admin', 'security_admin', 'audit_admin')",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_role_grant_role_needs_organization"), "role_grant", type_="check")
