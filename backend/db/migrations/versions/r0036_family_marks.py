"""Which marks were set on a card itself, which cards speak of conduct, and the note of a part in its whole alone

Of cards from before it is not known from where a mark came: they all stay.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_FLAGS = ("of_conduct", "noted")
_TRIGGER = "TRIGGER feedback_card_content_is_kept"


def upgrade() -> None:
    marks = sa.Column("about_own", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")
    op.add_column("feedback_card", marks)
    op.alter_column("feedback_card", "about_own", server_default=None)
    for name in _FLAGS:
        op.add_column("feedback_card", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        op.alter_column("feedback_card", name, server_default=None)
    op.execute(
        "UPDATE feedback_card SET about_own = about, noted = about_note <> '',"
        " of_conduct = wish = 'misconduct' OR (category = 'attitude' AND wish <> 'praise')"
    )
    op.execute(f"ALTER TABLE feedback_card DISABLE {_TRIGGER}")
    op.execute("UPDATE feedback_card SET about_note = '' WHERE split_from_id IS NOT NULL")
    op.execute(f"ALTER TABLE feedback_card ENABLE {_TRIGGER}")


def downgrade() -> None:
    op.execute(f"ALTER TABLE feedback_card DISABLE {_TRIGGER}")
    op.execute(
        "UPDATE feedback_card AS part SET about_note = whole.about_note FROM feedback_card AS whole"
        " WHERE whole.id = part.split_from_id AND part.sealed_at IS NULL"
    )
    op.execute(f"ALTER TABLE feedback_card ENABLE {_TRIGGER}")
    for name in (*_FLAGS, "about_own"):
        op.drop_column("feedback_card", name)
