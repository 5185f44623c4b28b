"""What partners' codes mean, and the records that wait until somebody has said it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _moments() -> tuple[sa.Column, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("client_key", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.String(32), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "code_mapping",
        *_moments(),
        sa.Column("field", sa.String(32), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["client_key"], ["client.id"], name="fk_code_mapping_client_key_client"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name="fk_code_mapping_organization_id_organization"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_code_mapping"),
        sa.UniqueConstraint("client_key", "resource", "field", "code", name="uq_code_mapping_client_key"),
    )
    op.create_index("ix_code_mapping_organization", "code_mapping", ["organization_id", "id"])
    op.create_table(
        "waiting_record",
        *_moments(),
        sa.Column("place", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("system", sa.String(32), nullable=False),
        sa.Column("source_id", sa.String(100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("unknown", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *("waiting", "refused", "dismissed"),
                name="waitingstate",
                native_enum=False,
                create_constraint=True,
                length=48,
            ),
            nullable=False,
        ),
        sa.Column("problem", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(["client_key"], ["client.id"], name="fk_waiting_record_client_key_client"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name="fk_waiting_record_organization_id_organization"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_waiting_record"),
        sa.UniqueConstraint("place", name="uq_waiting_record_place"),
    )
    op.create_index(
        "ix_waiting_record_source", "waiting_record", ["client_key", "resource", "system", "source_id", "place"]
    )
    op.create_index("ix_waiting_record_organization", "waiting_record", ["organization_id", "state", "place"])


def downgrade() -> None:
    op.drop_table("waiting_record")
    op.drop_table("code_mapping")
