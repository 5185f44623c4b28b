"""Indexes by which auditors read the log"""

from collections.abc import Sequence

from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_audit_seal_created", "audit_seal", ["created_at"], unique=False)
    op.drop_index("ix_event_organization", table_name="event")
    op.create_index("ix_event_at", "event", ["at", "id"], unique=False)
    op.create_index("ix_event_organization_at", "event", ["organization_id", "at", "id"], unique=False)
    op.create_index("ix_event_actor_at", "event", ["actor_id", "at", "id"], unique=False)
    op.create_index("ix_event_kind_at", "event", ["kind", "at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_event_kind_at", table_name="event")
    op.drop_index("ix_event_actor_at", table_name="event")
    op.drop_index("ix_event_organization_at", table_name="event")
    op.drop_index("ix_event_at", table_name="event")
    op.create_index("ix_event_organization", "event", ["organization_id", "sequence"], unique=False)
    op.drop_index("ix_audit_seal_created", table_name="audit_seal")
