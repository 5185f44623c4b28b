"""Members"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=50), nullable=False),
        sa.Column("pinyin", sa.Text(collation="C"), nullable=False),
        sa.Column("initials", sa.Text(collation="C"), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "sex",
            sa.Enum("male", "female", name="sex", native_enum=False, create_constraint=True, length=48),
            nullable=False,
        ),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("ethnic_group", sqlmodel.sql.sqltypes.AutoString(length=50), nullable=True),
        sa.Column("id_number", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_hash", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_mask", sqlmodel.sql.sqltypes.AutoString(length=18), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("phone_mask", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=True),
        sa.Column("education", sqlmodel.sql.sqltypes.AutoString(length=50), nullable=True),
        sa.Column("native_place", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "applicant",
                "activist",
                "development_target",
                "probationary",
                "full",
                "transferring",
                "transferred_out",
                "suspended",
                "removed",
                "withdrawn",
                "expelled",
                "deceased",
                name="memberstatus",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=50), nullable=True),
        sa.Column("is_mobile", sa.Boolean(), nullable=False),
        sa.Column("remark", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_member_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    op.create_index("ix_member_grams", "member", ["grams"], unique=False, postgresql_using="gin")
    op.create_index("ix_member_initials", "member", ["initials"], unique=False)
    op.create_index("ix_member_order", "member", ["sort_key", "id"], unique=False)
    op.create_index(
        "ix_member_organization",
        "member",
        ["organization_id", sa.text("created_at DESC"), sa.text("id DESC")],
        unique=False,
    )
    op.create_index("ix_member_organization_status", "member", ["organization_id", "status"], unique=False)
    op.create_index("ix_member_phone", "member", ["phone_hash"], unique=False)
    op.create_index("ix_member_pinyin", "member", ["pinyin"], unique=False)
    op.create_index(
        "uq_member_county_id_number",
        "member",
        ["county_id", "id_number_hash"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('deceased', 'expelled', 'removed', 'transferred_out', 'withdrawn')"),
    )
    op.create_table(
        "member_branch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_branch_member_id_member")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_member_branch_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_branch")),
    )
    op.create_index("ix_member_branch_member", "member_branch", ["member_id", "valid_from"], unique=False)
    op.create_index("ix_member_branch_organization", "member_branch", ["organization_id", "valid_from"], unique=False)
    op.create_index(
        "uq_member_branch_open",
        "member_branch",
        ["member_id"],
        unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_index(
        "uq_organization_sibling_name",
        "organization",
        ["parent_id", "name"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )


def downgrade() -> None:
    op.drop_index("uq_organization_sibling_name", table_name="organization")
    op.drop_table("member_branch")
    op.drop_table("member")
