"""Accounts from joining to leaving, lent roles, handovers"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "account_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("anew", sa.Boolean(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_invitation_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_invitation")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_account_invitation_code_hash")),
    )
    op.create_index("ix_account_invitation_account", "account_invitation", ["account_id"], unique=False)
    op.create_table(
        "delegation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("ended_for", sa.String(length=400), nullable=True),
        sa.ForeignKeyConstraint(["from_id"], ["account.id"], name=op.f("fk_delegation_from_id_account")),
        sa.ForeignKeyConstraint(["to_id"], ["account.id"], name=op.f("fk_delegation_to_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_from", "delegation", ["from_id", "ends_at"], unique=False)
    op.create_index("ix_delegation_to", "delegation", ["to_id", "ends_at"], unique=False)
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("package", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["account.id"], name=op.f("fk_handover_from_id_account")),
        sa.ForeignKeyConstraint(["to_id"], ["account.id"], name=op.f("fk_handover_to_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_from", "handover", ["from_id"], unique=False)
    op.create_index("ix_handover_to", "handover", ["to_id"], unique=False)
    op.add_column("account", sa.Column("suspended_for", sa.String(length=400), nullable=True))
    op.add_column("account", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account", sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account", sa.Column("last_used_on", sa.Date(), nullable=True))
    op.add_column("account", sa.Column("warned_on", sa.Date(), nullable=True))
    # Whoever has a password has chosen one, and has used it, as far as anybody knows, today.
    op.execute("UPDATE account SET activated_at = created_at, last_used_on = current_date WHERE password_hash <> '-'")
    op.create_check_constraint("closed_is_suspended", "account", "closed_at IS NULL OR suspended_at IS NOT NULL")
    op.create_index("ix_account_organization", "account", ["organization_id"], unique=False)
    op.add_column("procedure_act", sa.Column("on_behalf_of", sa.Uuid(), nullable=True))
    op.add_column("procedure_act", sa.Column("on_behalf_of_name", sa.String(length=100), nullable=True))
    op.add_column("role_grant", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE role_grant SET updated_at = created_at")
    op.alter_column("role_grant", "updated_at", nullable=False)
    # Defaults for the rows that are there; the application gives every new one its own.
    op.add_column("role_grant", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("role_grant", "version", server_default=None)
    op.add_column("role_grant", sa.Column("reason", sa.String(length=400), nullable=False, server_default=""))
    op.alter_column("role_grant", "reason", server_default=None)
    op.add_column("role_grant", sa.Column("given_by", sa.Uuid(), nullable=True))
    op.add_column("role_grant", sa.Column("given_by_name", sa.String(length=100), nullable=True))
    op.add_column("role_grant", sa.Column("ended_for", sa.String(length=400), nullable=True))
    op.add_column("role_grant", sa.Column("on_behalf_of", sa.Uuid(), nullable=True))
    op.add_column("role_grant", sa.Column("delegation_id", sa.Uuid(), nullable=True))
    op.add_column("role_grant", sa.Column("source_id", sa.Uuid(), nullable=True))
    op.create_index("ix_role_grant_source", "role_grant", ["source_id"], unique=False)
    op.create_foreign_key(op.f("fk_role_grant_on_behalf_of_account"), "role_grant", "account", ["on_behalf_of"], ["id"])
    op.create_foreign_key(
        op.f("fk_role_grant_delegation_id_delegation"), "role_grant", "delegation", ["delegation_id"], ["id"]
    )
    op.create_foreign_key(op.f("fk_role_grant_source_id_role_grant"), "role_grant", "role_grant", ["source_id"], ["id"])
    op.create_check_constraint("lent_for_a_time", "role_grant", "on_behalf_of IS NULL OR ends_at IS NOT NULL")


def downgrade() -> None:
    op.drop_constraint("lent_for_a_time", "role_grant", type_="check")
    op.drop_constraint("closed_is_suspended", "account", type_="check")
    op.drop_constraint(op.f("fk_role_grant_source_id_role_grant"), "role_grant", type_="foreignkey")
    op.drop_constraint(op.f("fk_role_grant_delegation_id_delegation"), "role_grant", type_="foreignkey")
    op.drop_constraint(op.f("fk_role_grant_on_behalf_of_account"), "role_grant", type_="foreignkey")
    op.drop_index("ix_role_grant_source", table_name="role_grant")
    op.drop_column("role_grant", "source_id")
    op.drop_column("role_grant", "delegation_id")
    op.drop_column("role_grant", "on_behalf_of")
    op.drop_column("role_grant", "ended_for")
    op.drop_column("role_grant", "given_by_name")
    op.drop_column("role_grant", "given_by")
    op.drop_column("role_grant", "reason")
    op.drop_column("role_grant", "version")
    op.drop_column("role_grant", "updated_at")
    op.drop_column("procedure_act", "on_behalf_of_name")
    op.drop_column("procedure_act", "on_behalf_of")
    op.drop_index("ix_account_organization", table_name="account")
    op.drop_column("account", "warned_on")
    op.drop_column("account", "last_used_on")
    op.drop_column("account", "activated_at")
    op.drop_column("account", "closed_at")
    op.drop_column("account", "suspended_for")
    op.drop_index("ix_handover_to", table_name="handover")
    op.drop_index("ix_handover_from", table_name="handover")
    op.drop_table("handover")
    op.drop_index("ix_delegation_to", table_name="delegation")
    op.drop_index("ix_delegation_from", table_name="delegation")
    op.drop_table("delegation")
    op.drop_index("ix_account_invitation_account", table_name="account_invitation")
    op.drop_table("account_invitation")
