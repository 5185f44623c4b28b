"""Decisions"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.db.decision import TEXTS_ARE_APPEND_ONLY
from backend.db.procedure import ACTS_ARE_APPEND_ONLY

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "numbering",
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("series", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "series", "year", name=op.f("pk_numbering")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "subject_class",
            sa.Enum(
                "public_works",
                "public_service",
                "charges",
                "land_resettlement",
                "environment",
                "rules",
                "other",
                name="subjectclass",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("sponsor_unit_id", sa.Uuid(), nullable=False),
        sa.Column("proposer", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("background", sqlmodel.sql.sqltypes.AutoString(length=10000), nullable=False),
        sa.Column("five_w_one_h", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "running",
                "adopted",
                "rejected",
                "executing",
                "evaluated",
                "closed",
                "withdrawn",
                name="decisionstatus",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_decision_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_unit_id"], ["organization.id"], name=op.f("fk_decision_sponsor_unit_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_decision_county_id_number")),
    )
    op.create_index(
        "ix_decision_created",
        "decision",
        [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_decision_grams", "decision", ["grams"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_decision_organization_created",
        "decision",
        ["organization_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_decision_organization_status", "decision", ["organization_id", "status"], unique=False)
    op.create_table(
        "procedure_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("procedure", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("procedure_version", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_content", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "closed",
                "ended",
                "withdrawn",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("earliest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("not_for", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("awaiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_procedure_run_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_run")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_procedure_run_subject_id")),
    )
    op.create_index("ix_procedure_run_due", "procedure_run", ["organization_id", "due_at"], unique=False)
    op.create_index("ix_procedure_run_step", "procedure_run", ["organization_id", "step"], unique=False)
    op.create_table(
        "decision_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("material", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_text_decision_id_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_text")),
        sa.UniqueConstraint("decision_id", "number", name=op.f("uq_decision_text_decision_id_number")),
    )
    op.create_table(
        "opinion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "meeting",
                "household_visit",
                "phone",
                "letter",
                "web",
                "notice_board",
                "opinion_card",
                "suggestion_box",
                "other",
                name="opinionchannel",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column(
            "from_kind",
            sa.Enum(
                "resident",
                "member",
                "organization",
                "expert",
                "deputy",
                name="opinionsource",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("from_name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "adopted",
                "partly_adopted",
                "not_adopted",
                "merged",
                name="opinionoutcome",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=True,
        ),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_by_name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_opinion_decision_id_decision")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_opinion_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
    )
    op.create_index("ix_opinion_decision", "opinion", ["decision_id", "created_at", "id"], unique=False)
    op.create_table(
        "procedure_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("by_organization", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("record", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("evidence", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("to", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("content_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("result", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["procedure_run.id"], name=op.f("fk_procedure_act_run_id_procedure_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_act")),
        sa.UniqueConstraint("run_id", "sequence", name=op.f("uq_procedure_act_run_id_sequence")),
    )
    for statement in (*ACTS_ARE_APPEND_ONLY, *TEXTS_ARE_APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("procedure_act")
    op.drop_index("ix_opinion_decision", table_name="opinion")
    op.drop_table("opinion")
    op.drop_table("decision_text")
    op.drop_index("ix_procedure_run_step", table_name="procedure_run")
    op.drop_index("ix_procedure_run_due", table_name="procedure_run")
    op.drop_table("procedure_run")
    op.drop_index("ix_decision_organization_status", table_name="decision")
    op.drop_index("ix_decision_organization_created", table_name="decision")
    op.drop_index("ix_decision_grams", table_name="decision", postgresql_using="gin")
    op.drop_index("ix_decision_created", table_name="decision")
    op.drop_table("decision")
    op.drop_table("numbering")
    op.execute("DROP FUNCTION procedure_act_is_append_only")
    op.execute("DROP FUNCTION decision_text_is_append_only")
