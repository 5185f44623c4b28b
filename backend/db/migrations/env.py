"""Run by alembic with a connection that `backend.db.engine` opened."""

import importlib
import pkgutil
from typing import Literal

from alembic import context
from sqlmodel import SQLModel

import backend.db
from backend.db.event import TransactionId

# Alembic would propose to drop every table that it has not seen imported.
for module in pkgutil.iter_modules(backend.db.__path__, "backend.db."):
    if not module.ispkg:
        importlib.import_module(module.name)


def _render(kind: str, item: object, _: object) -> str | Literal[False]:
    return "TransactionId()" if kind == "type" and isinstance(item, TransactionId) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    compare_type=True,
    render_item=_render,
    include_object=lambda _object, name, kind, *_: not (kind == "table" and str(name).startswith("pgqueuer")),
)
with context.begin_transaction():
    context.run_migrations()
