"""Figures: the indexes that they count by"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_rectification_figure_open",
        "rectification",
        ["county_id"],
        unique=False,
        postgresql_include=["organization_id", "source", "registered_on"],
        postgresql_where=sa.text("status NOT IN ('closed', 'merged', 'withdrawn')"),
    )
    op.create_index(
        "ix_rectification_figure_dropped",
        "rectification",
        ["county_id"],
        unique=False,
        postgresql_where=sa.text("status IN ('merged', 'withdrawn')"),
    )
    op.create_index(
        "ix_rectification_figure_registered",
        "rectification",
        ["county_id", "registered_on"],
        unique=False,
        postgresql_include=["organization_id", "id", "closed_on"],
    )
    op.create_index(
        "ix_rectification_figure_closed",
        "rectification",
        ["county_id", "closed_on"],
        unique=False,
        postgresql_include=["organization_id", "due_on", "original_due_on", "close_requested_on"],
    )
    op.create_index(
        "ix_rectification_figure_found", "rectification", ["registered_at_id", "registered_on"], unique=False
    )
    op.create_index(
        "ix_procedure_run_figure_open",
        "procedure_run",
        ["county_id", "subject_kind"],
        unique=False,
        postgresql_include=["organization_id", "step", "limit_at", "under_check"],
        postgresql_where=sa.text("step IS NOT NULL"),
    )
    op.create_index(
        "ix_procedure_act_reopened",
        "procedure_act",
        ["run_id"],
        unique=False,
        postgresql_where=sa.text("outcome = 'reopened'"),
    )
    op.create_index("ix_procedure_act_organization", "procedure_act", ["by_organization", "at"], unique=False)
    op.create_index("ix_feedback_card_figure_received", "feedback_card", ["county_id", "received_on"], unique=False)
    op.create_index("ix_feedback_card_figure_answered", "feedback_card", ["county_id", "answered_on"], unique=False)
    op.create_index("ix_feedback_card_figure_rated", "feedback_card", ["county_id", "rated_on"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_feedback_card_figure_rated", table_name="feedback_card")
    op.drop_index("ix_feedback_card_figure_answered", table_name="feedback_card")
    op.drop_index("ix_feedback_card_figure_received", table_name="feedback_card")
    op.drop_index("ix_procedure_act_organization", table_name="procedure_act")
    op.drop_index("ix_procedure_act_reopened", table_name="procedure_act")
    op.drop_index("ix_procedure_run_figure_open", table_name="procedure_run")
    op.drop_index("ix_rectification_figure_found", table_name="rectification")
    op.drop_index("ix_rectification_figure_closed", table_name="rectification")
    op.drop_index("ix_rectification_figure_registered", table_name="rectification")
    op.drop_index("ix_rectification_figure_dropped", table_name="rectification")
    op.drop_index("ix_rectification_figure_open", table_name="rectification")
