"""Run by alembic with a connection that `backend.db.engine` opened."""

from typing import Literal

from alembic import context

from backend.db.event import TransactionId
from backend.db.tables import all_tables


def _render(kind: str, item: object, _: object) -> str | Literal[False]:
    return "TransactionId()" if kind == "type" and isinstance(item, TransactionId) else False


context.configure(
    connection=context.config.attributes["connection"],
    # Alembic would propose to drop every table that it has not seen imported.
    target_metadata=all_tables(),
    compare_type=True,
    render_item=_render,
    include_object=lambda _object, name, kind, *_: not (kind == "table" and str(name).startswith("pgqueuer")),
)
with context.begin_transaction():
    context.run_migrations()
