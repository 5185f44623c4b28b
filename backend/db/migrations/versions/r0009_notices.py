"""Notices, own records and public places"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("step_title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("rung", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("rung_title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "account_id",
            "run_id",
            "opened_at",
            "limit_at",
            "rung",
            name=op.f("uq_notice_account_id_run_id_opened_at_limit_at_rung"),
        ),
    )
    op.create_index("ix_notice_account_day", "notice", ["account_id", "day"])
    op.create_index("ix_notice_run", "notice", ["run_id"])
    op.create_table(
        "notice_pace",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rung", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_notice_pace")),
    )
    op.add_column("account", sa.Column("member_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_account_member_id_member"), "account", "member", ["member_id"], ["id"])
    op.create_unique_constraint(op.f("uq_account_member_id"), "account", ["member_id"])
    op.add_column("member", sa.Column("disputed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "member_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("says", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
        sa.Column("should", sa.LargeBinary(), nullable=False),
        sa.Column("evidence", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "corrected",
                "not_corrected",
                name="correctionstate",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_by_name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_member_correction_asked_by_account")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_correction_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_correction")),
    )
    op.create_index(
        "ix_member_correction_member", "member_correction", ["member_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_index("ix_member_correction_state", "member_correction", ["state", "due_at"], unique=False)
    op.create_index(
        "uq_member_correction_open_field",
        "member_correction",
        ["member_id", "field"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    raise NotImplementedError
