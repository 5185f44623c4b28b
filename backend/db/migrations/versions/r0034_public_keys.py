"""Public keys of clients among their secrets, where another administrator confirms them"""

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from backend.db.base import new_id

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.alter_column("client_secret", "public_key", type_=sa.String(2000))
    connection = op.get_bind()
    keys = connection.execute(
        sa.text("SELECT id, public_key, created_at, ends_at FROM client WHERE public_key IS NOT NULL")
    )
    for client in keys.mappings().all():
        # Nobody but who keeps clients has ever looked at them, so that they open nothing until somebody has.
        said = hashlib.sha256(f"{client['id']} private_key_jwt {client['public_key']}".encode())
        connection.execute(
            sa.text(
                "INSERT INTO client_secret (id, created_at, client_key, secret_hash, hint, use, public_key, ends_at)"
                " VALUES (:id, :created_at, :client, :hash, :hint, 'private_key_jwt', :key, :ends_at)"
            ),
            {
                "id": new_id(),
                "created_at": client["created_at"],
                "client": client["id"],
                "hash": said.digest(),
                "hint": said.hexdigest()[:4],
                "key": client["public_key"],
                "ends_at": client["ends_at"],
            },
        )
    op.drop_column("client", "public_key")


def downgrade() -> None:
    op.add_column("client", sa.Column("public_key", sa.String(2000), nullable=True))
    op.execute(
        "UPDATE client SET public_key = s.public_key FROM client_secret s WHERE s.client_key = client.id"
        " AND s.use = 'private_key_jwt' AND s.ended_at IS NULL AND s.confirmed_at IS NOT NULL"
    )
    op.execute("DELETE FROM client_secret WHERE use = 'private_key_jwt'")
    op.alter_column("client_secret", "public_key", type_=sa.String(130))
