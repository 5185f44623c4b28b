"""Webhooks: what partners are told, and how it arrives"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_WAITS = sa.text("state = 'waiting'")


def _time(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        _time("created_at", nullable=False),
        _time("updated_at", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("client_key", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("resources", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.Text()), nullable=False),
        _time("confirmed_at"),
        _time("paused_at"),
        sa.Column("paused_for", sa.String(400), nullable=True),
        _time("closed_at"),
        sa.Column("closed_for", sa.String(400), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name="fk_webhook_organization_id_organization"
        ),
        sa.ForeignKeyConstraint(["client_key"], ["client.id"], name="fk_webhook_client_key_client"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
    )
    op.create_index("ix_webhook_organization", "webhook", ["organization_id", "created_at", "id"])
    op.create_index("ix_webhook_client", "webhook", ["client_key"])
    op.create_table(
        "webhook_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        _time("created_at", nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        _time("ends_at"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name="fk_webhook_secret_webhook_id_webhook"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_secret"),
    )
    op.create_index("ix_webhook_secret_webhook", "webhook_secret", ["webhook_id"])
    op.create_table(
        "webhook_progress",
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("after_transaction", sa.BigInteger(), nullable=False),
        sa.Column("after_sequence", sa.BigInteger(), nullable=False),
        sa.Column("after_day", sa.Date(), nullable=False),
        sa.Column("after_mixed", sa.String(32), nullable=False),
        _time("followed_at", nullable=False),
        _time("last_success_at"),
        _time("last_failure_at"),
        sa.Column("last_failure", sa.String(48), nullable=True),
        _time("failing_since"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name="fk_webhook_progress_webhook_id_webhook"),
        sa.PrimaryKeyConstraint("webhook_id", name="pk_webhook_progress"),
    )
    states = ("waiting", "delivered", "dead", "void")
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        _time("created_at", nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("type", sa.String(48), nullable=False),
        sa.Column("resource", sa.String(32), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("below", sa.Boolean(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        _time("at", nullable=False),
        sa.Column(
            "state",
            sa.Enum(*states, name="deliverystate", native_enum=False, create_constraint=True, length=48),
            nullable=False,
        ),
        sa.Column("failures", sa.Integer(), nullable=False),
        _time("next_at", nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        _time("leased_until"),
        _time("tried_at"),
        _time("delivered_at"),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("failure", sa.String(48), nullable=True),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name="fk_webhook_delivery_webhook_id_webhook"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
    )
    op.create_index("ix_webhook_delivery_webhook", "webhook_delivery", ["webhook_id", "place"])
    op.create_index("ix_webhook_delivery_at", "webhook_delivery", ["webhook_id", "at"])
    op.create_index("ix_webhook_delivery_due", "webhook_delivery", ["next_at", "webhook_id"], postgresql_where=_WAITS)
    op.create_index(
        "ix_webhook_delivery_record", "webhook_delivery", ["webhook_id", "record_id", "place"], postgresql_where=_WAITS
    )
    op.create_index("ix_webhook_delivery_state", "webhook_delivery", ["webhook_id", "state", "place"])


def downgrade() -> None:
    op.drop_table("webhook_delivery")
    op.drop_table("webhook_progress")
    op.drop_table("webhook_secret")
    op.drop_table("webhook")
