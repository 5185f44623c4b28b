"""Feedback cards"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from backend.db.feedback import CONTENT_IS_KEPT

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "feedback_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "poster",
                "opinion_card",
                "satisfaction_card",
                name="batchkind",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("window", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_by_name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_feedback_batch_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_batch")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_feedback_batch_county_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_feedback_batch_token")),
    )
    op.create_index(
        "ix_feedback_batch_organization", "feedback_batch", ["organization_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "box_opening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("box_no", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("location", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("seal_no", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("seal_whole", sa.Boolean(), nullable=False),
        sa.Column("new_seal_no", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("opener_a", sqlmodel.sql.sqltypes.AutoString(length=50), nullable=False),
        sa.Column("opener_b", sqlmodel.sql.sqltypes.AutoString(length=50), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.Column("remark", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_by_name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_box_opening_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_box_opening")),
    )
    op.create_index("ix_box_opening_organization", "box_opening", ["organization_id", "opened_at", "id"], unique=False)
    op.create_table(
        "feedback_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column(
            "voice",
            sa.Enum(
                "masses",
                "leaders",
                "organisations",
                "departments",
                name="voice",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column(
            "wish",
            sa.Enum(
                "answer",
                "action",
                "praise",
                "complaint",
                "misconduct",
                name="cardwish",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("about_note", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("location_text", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("grams", postgresql.ARRAY(Text()), nullable=False),
        sa.Column(
            "anonymity",
            sa.Enum("anonymous", "contact", name="anonymity", native_enum=False, create_constraint=True, length=48),
            nullable=False,
        ),
        sa.Column("about", postgresql.ARRAY(Text()), nullable=False),
        sa.Column(
            "urgency",
            sa.Enum("normal", "urgent", name="urgency", native_enum=False, create_constraint=True, length=48),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "answer", "request", "complex", name="cardkind", native_enum=False, create_constraint=True, length=48
            ),
            nullable=True,
        ),
        sa.Column("handling_unit_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "received",
                "accepted",
                "processing",
                "replying",
                "replied",
                "under_review",
                "closed",
                "not_accepted",
                "transferred",
                "merged",
                "withdrawn",
                "sealed",
                "handed_over",
                name="cardstatus",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("opinion", sa.SmallInteger(), nullable=True),
        sa.Column("grade", sa.SmallInteger(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("split_from_id", sa.Uuid(), nullable=True),
        sa.Column("rectification_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("printed_number", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("box_opening_id", sa.Uuid(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("rated_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_reply", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("submission_hash", sa.LargeBinary(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=True),
        sa.Column("text_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("pin_hash", sa.LargeBinary(), nullable=True),
        sa.Column("wrong_pins", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "sealed_at IS NULL OR (content = '' AND about_note = '')", name=op.f("ck_feedback_card_sealed_is_empty")
        ),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name=op.f("ck_feedback_card_grade")),
        sa.CheckConstraint("opinion BETWEEN 1 AND 5", name=op.f("ck_feedback_card_opinion")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["feedback_batch.id"], name=op.f("fk_feedback_card_batch_id_feedback_batch")
        ),
        sa.ForeignKeyConstraint(
            ["box_opening_id"], ["box_opening.id"], name=op.f("fk_feedback_card_box_opening_id_box_opening")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["organization.id"], name=op.f("fk_feedback_card_desk_id_organization")),
        sa.ForeignKeyConstraint(
            ["handling_unit_id"], ["organization.id"], name=op.f("fk_feedback_card_handling_unit_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["feedback_card.id"], name=op.f("fk_feedback_card_merged_into_id_feedback_card")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_feedback_card_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["organization.id"], name=op.f("fk_feedback_card_place_id_organization")),
        sa.ForeignKeyConstraint(
            ["split_from_id"], ["feedback_card.id"], name=op.f("fk_feedback_card_split_from_id_feedback_card")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_card")),
        sa.UniqueConstraint("batch_id", "printed_number", name=op.f("uq_feedback_card_batch_id_printed_number")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_feedback_card_code_hash")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_feedback_card_county_id_number")),
        sa.UniqueConstraint("submission_hash", name=op.f("uq_feedback_card_submission_hash")),
    )
    op.create_index(
        "ix_feedback_card_desk",
        "feedback_card",
        ["desk_id", sa.literal_column("received_on DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_feedback_card_grams", "feedback_card", ["grams"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_feedback_card_merged",
        "feedback_card",
        ["merged_into_id"],
        unique=False,
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_index(
        "ix_feedback_card_organization",
        "feedback_card",
        ["organization_id", sa.literal_column("received_on DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_feedback_card_place", "feedback_card", ["place_id", "category", "received_on"], unique=False)
    op.create_index(
        "ix_feedback_card_received",
        "feedback_card",
        [sa.literal_column("received_on DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_feedback_card_split",
        "feedback_card",
        ["split_from_id"],
        unique=False,
        postgresql_where=sa.text("split_from_id IS NOT NULL"),
    )
    op.create_index("ix_feedback_card_text", "feedback_card", ["text_hash", "received_on"], unique=False)
    op.create_table(
        "feedback_contact",
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("name_ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("phone_ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["feedback_card.id"], name=op.f("fk_feedback_contact_card_id_feedback_card")
        ),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_feedback_contact")),
    )
    op.create_table(
        "feedback_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["feedback_card.id"], name=op.f("fk_feedback_photo_card_id_feedback_card")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_photo")),
        sa.UniqueConstraint("card_id", "content_hash", name=op.f("uq_feedback_photo_card_id_content_hash")),
    )
    op.create_table(
        "sealed_report",
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("about", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_on", sa.Date(), nullable=False),
        sa.Column("handed_over_to", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=True),
        sa.Column("handed_over_by", sa.Uuid(), nullable=True),
        sa.Column("reading_count", sa.Integer(), nullable=False),
        sa.Column("last_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["card_id"], ["feedback_card.id"], name=op.f("fk_sealed_report_card_id_feedback_card")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_sealed_report_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_sealed_report")),
    )
    op.create_index(op.f("ix_sealed_report_organization_id"), "sealed_report", ["organization_id"], unique=False)
    op.create_table(
        "hotline_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("came_in", "call_back", name="calldirection", native_enum=False, create_constraint=True, length=48),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=True),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["feedback_card.id"], name=op.f("fk_hotline_call_card_id_feedback_card")),
        sa.ForeignKeyConstraint(["operator_id"], ["account.id"], name=op.f("fk_hotline_call_operator_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_call")),
    )
    op.create_index("ix_hotline_call_card", "hotline_call", ["card_id"], unique=False)
    op.create_table(
        "feedback_repeat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("category", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["organization.id"], name=op.f("fk_feedback_repeat_place_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_repeat")),
    )
    op.create_index("ix_feedback_repeat_place", "feedback_repeat", ["place_id", "category", "raised_on"], unique=False)

    for statement in CONTENT_IS_KEPT:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("feedback_repeat")
    op.drop_table("hotline_call")
    op.drop_table("sealed_report")
    op.drop_table("feedback_photo")
    op.drop_table("feedback_contact")
    op.drop_table("feedback_card")
    op.drop_table("box_opening")
    op.drop_table("feedback_batch")
    op.execute("DROP FUNCTION feedback_card_content_is_kept")
