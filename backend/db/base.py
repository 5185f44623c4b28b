"""What every table shares: identity, time, enumerations by value and names for constraints."""

import os
import re
import time
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession as Session

# Alembic can only change a constraint that has a name, so names are given before the first table is made.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

__all__ = [
    "Json",
    "Row",
    "Session",
    "Table",
    "Versioned",
    "choice",
    "erasable",
    "jsonb",
    "new_id",
    "timestamp",
    "utc_now",
]

Json = dict[str, Any]


def new_id() -> UUID:
    """Make a UUIDv7 (RFC 9562): milliseconds first, so that new rows land at the end of the index."""
    milliseconds = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10))
    value = milliseconds << 80 | 0x7 << 76 | (noise >> 68) << 64 | 0b10 << 62 | noise & (1 << 62) - 1
    return UUID(int=value)


def utc_now() -> datetime:
    """Read the machine's clock: for technical times (tokens, storage), never for a rule."""
    return datetime.now(UTC)


def choice(kind: type[StrEnum]) -> sa.Enum:
    """Store a StrEnum by value in a VARCHAR with a CHECK, and read it back as the enum."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=48,
        values_callable=lambda members: [member.value for member in members],
    )


def erasable(why: str) -> Json:
    """For `__table_args__`: rows of this table may go, and why. Without it the application's role cannot delete."""
    return {"info": {"erasable": why}}


timestamp = sa.DateTime(timezone=True)
jsonb = JSONB(none_as_null=True)


class Table(SQLModel):
    """Names its table after the class, in snake case."""

    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> str:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()


class Row(Table):
    """A row with an identity of its own."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=timestamp)


class Versioned(Row):
    """A record that people change: `version` is its ETag and rises by one with every change."""

    updated_at: datetime = Field(default_factory=utc_now, sa_type=timestamp)
    version: int = Field(default=1)
