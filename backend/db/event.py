"""The one append-only log.  The audit trail, the change feed and the timelines all read these rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, col

from backend.db.append_only import append_only
from backend.db.base import Json, Row, Session, jsonb, timestamp

# The migration installs these: what is recorded stays, whoever holds the connection.
APPEND_ONLY = append_only("event")


class TransactionId(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id (`xid8`), as text: the first half of the order that readers follow."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class Event(Row, table=True):
    """One verb, done once.

    `at` is the county's clock, `created_at` the machine's.  A sequence number is taken before its transaction
    commits, so readers order by (`transaction_id`, `sequence`) and stop at the snapshot's xmin.
    """

    __table_args__ = (
        sa.Index("ix_event_subject", "subject_kind", "subject_id", "sequence"),
        sa.Index("ix_event_organization", "organization_id", "sequence"),
        sa.Index("ix_event_order", "transaction_id", "sequence"),
    )

    transaction_id: str | None = Field(
        default=None,
        sa_type=TransactionId,
        sa_column_kwargs={"server_default": sa.text("pg_current_xact_id()"), "nullable": False},
    )
    sequence: int | None = Field(
        default=None,
        sa_type=sa.BigInteger,
        sa_column_kwargs={"server_default": sa.Identity(always=True), "nullable": False},
    )
    kind: str = Field(max_length=64)
    county_id: UUID | None = None
    organization_id: UUID | None = None
    subject_kind: str = Field(max_length=32)
    subject_id: UUID
    actor_id: UUID | None = None
    actor_name: str | None = Field(default=None, max_length=100)
    at: datetime = Field(sa_type=timestamp)
    data: Json = Field(default_factory=dict, sa_type=jsonb)
    request_id: str | None = Field(default=None, max_length=64)


async def insert_events(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store many events in one statement; the database gives them their order."""
    if rows:
        await session.execute(sa.insert(Event), list(rows))


def events_of(subject_kind: str, subject_id: UUID) -> sa.Select[Any]:
    """What happened to one subject, for its timeline."""
    return sa.select(
        col(Event.id),
        col(Event.kind),
        col(Event.at),
        sa.case(
            (col(Event.actor_id).is_(None), sa.null()),
            else_=sa.func.json_build_object("id", col(Event.actor_id), "name", col(Event.actor_name)),
        ).label("actor"),
        col(Event.data),
    ).where(col(Event.subject_kind) == subject_kind, col(Event.subject_id) == subject_id)
