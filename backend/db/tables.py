"""All tables at once, for what looks at the whole database: migrations and the rights of roles."""

import importlib
import pkgutil

import sqlalchemy as sa
from sqlmodel import SQLModel

import backend.db


def all_tables() -> sa.MetaData:
    """The tables of every module of this floor, imported by now or not."""
    for module in pkgutil.iter_modules(backend.db.__path__, "backend.db."):
        if not module.ispkg:
            importlib.import_module(module.name)
    return SQLModel.metadata
