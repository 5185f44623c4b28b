"""Rectifications"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.db.rectification import CORRECTIONS_ARE_APPEND_ONLY, PROBLEM_IS_IMMUTABLE

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "rectification_relook_key",
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", name=op.f("pk_rectification_relook_key")),
    )
    op.create_table(
        "rectification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("registered_at_id", sa.Uuid(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "inspection_tour",
                "party_building_patrol",
                "thematic_education",
                "epidemic_control",
                "supervision",
                "assessment",
                "self_review",
                "democratic_life_meeting",
                "organizational_life_meeting",
                "feedback",
                "inspection",
                "audit",
                "county_transfer",
                "management_review",
                name="rectificationsource",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("source_document", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("source_clause", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "general", "important", "major", name="severity", native_enum=False, create_constraint=True, length=48
            ),
            nullable=False,
        ),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=48), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("facts", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("responsible_unit_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_unit_id", sa.Uuid(), nullable=True),
        sa.Column("responsible_leader", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("responsible_person", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("assigned_on", sa.Date(), nullable=True),
        sa.Column(
            "deadline_kind",
            sa.Enum(
                "dated",
                "immediate",
                "standing",
                name="deadlinekind",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=True,
        ),
        sa.Column("original_due_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("affects_people", sa.Boolean(), nullable=False),
        sa.Column("nobody_affected_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "registered",
                "assigned",
                "signed_for",
                "planned",
                "rectifying",
                "close_requested",
                "verified",
                "closed",
                "merged",
                "withdrawn",
                name="rectificationstatus",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("close_requested_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supervised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("systemic", sa.Boolean(), nullable=False),
        sa.Column("claimed_closed", sa.Boolean(), nullable=False),
        sa.Column("feedback_card_id", sa.Uuid(), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("relapse_of_id", sa.Uuid(), nullable=True),
        sa.Column("measures", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("result", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("remark", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["rectification.id"], name=op.f("fk_rectification_merged_into_id_rectification")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_rectification_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_unit_id"],
            ["organization.id"],
            name=op.f("fk_rectification_proposed_unit_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["registered_at_id"], ["organization.id"], name=op.f("fk_rectification_registered_at_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["relapse_of_id"], ["rectification.id"], name=op.f("fk_rectification_relapse_of_id_rectification")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_unit_id"], ["organization.id"], name=op.f("fk_rectification_responsible_unit_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_rectification_county_id_number")),
    )
    op.create_index("ix_rectification_closed", "rectification", ["closed_at"], unique=False)
    op.create_index(
        "ix_rectification_created",
        "rectification",
        [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_rectification_feedback_card", "rectification", ["feedback_card_id"], unique=False)
    op.create_index("ix_rectification_grams", "rectification", ["grams"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_rectification_organization_created",
        "rectification",
        ["organization_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_rectification_organization_status", "rectification", ["organization_id", "status"], unique=False
    )
    op.create_table(
        "rectification_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["rectification_id"],
            ["rectification.id"],
            name=op.f("fk_rectification_correction_rectification_id_rectification"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification_correction")),
    )
    op.create_index(
        "ix_rectification_correction_item", "rectification_correction", ["rectification_id", "at", "id"], unique=False
    )
    op.create_table(
        "rectification_relook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("sample", "major", name="relookkind", native_enum=False, create_constraint=True, length=48),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "found",
            sa.Enum("held", "relapsed", name="relookfound", native_enum=False, create_constraint=True, length=48),
            nullable=True,
        ),
        sa.Column("findings", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("done_by_name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_rectification_relook_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["rectification_id"],
            ["rectification.id"],
            name=op.f("fk_rectification_relook_rectification_id_rectification"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification_relook")),
        sa.UniqueConstraint(
            "rectification_id", "round", "kind", name=op.f("uq_rectification_relook_rectification_id_round_kind")
        ),
    )
    op.create_index("ix_rectification_relook_due", "rectification_relook", ["organization_id", "due_on"], unique=False)
    op.create_table(
        "rectification_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["rectification_id"],
            ["rectification.id"],
            name=op.f("fk_rectification_evidence_rectification_id_rectification"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification_evidence")),
    )
    op.create_index("ix_rectification_evidence_hash", "rectification_evidence", ["county_id", "sha256"], unique=False)
    for statement in (*CORRECTIONS_ARE_APPEND_ONLY, *PROBLEM_IS_IMMUTABLE):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_rectification_evidence_hash", table_name="rectification_evidence")
    op.drop_table("rectification_evidence")
    op.drop_index("ix_rectification_relook_due", table_name="rectification_relook")
    op.drop_table("rectification_relook")
    op.drop_index("ix_rectification_correction_item", table_name="rectification_correction")
    op.drop_table("rectification_correction")
    op.drop_index("ix_rectification_organization_status", table_name="rectification")
    op.drop_index("ix_rectification_organization_created", table_name="rectification")
    op.drop_index("ix_rectification_grams", table_name="rectification", postgresql_using="gin")
    op.drop_index("ix_rectification_feedback_card", table_name="rectification")
    op.drop_index("ix_rectification_created", table_name="rectification")
    op.drop_index("ix_rectification_closed", table_name="rectification")
    op.drop_table("rectification")
    op.drop_table("rectification_relook_key")
    op.execute("DROP FUNCTION rectification_correction_is_append_only")
    op.execute("DROP FUNCTION rectification_problem_is_immutable")
