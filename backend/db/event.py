"""The one append-only log.  The audit trail, the change feed and the timelines all read these rows."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    commits, so readers order by (`transaction_id`, `sequence`) and stop at `event_horizon()` (see event_order.py).

    `on_behalf_of_*`: whose duty the actor did by delegation.  `origin`: the address that a signed-in caller came from,
    behind trusted proxies; never one of somebody who gave no name.  `reason`: why, where a verb asks for it.
    """

    __table_args__ = (
        sa.Index("ix_event_subject", "subject_kind", "subject_id", "sequence"),
        sa.Index("ix_event_at", "at", "id"),
        sa.Index("ix_event_organization_at", "organization_id", "at", "id"),
        sa.Index("ix_event_actor_at", "actor_id", "at", "id"),
        sa.Index("ix_event_kind_at", "kind", "at", "id"),
        sa.Index("ix_event_order", "transaction_id", "sequence"),
    )

    transaction_id: str | None = Field(
        default=None,
        sa_type=TransactionId,
        sa_column_kwargs={"server_default": sa.text("event_transaction()"), "nullable": False},
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
    on_behalf_of_id: UUID | None = None
    on_behalf_of_name: str | None = Field(default=None, max_length=100)
    origin: str | None = Field(default=None, max_length=64)
    reason: str | None = Field(default=None, sa_type=sa.Text)
    at: datetime = Field(sa_type=timestamp)
    data: Json = Field(default_factory=dict, sa_type=jsonb)
    request_id: str | None = Field(default=None, max_length=64)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the log: what a reader has read up to."""

    transaction_id: int
    sequence: int


START = Position(0, 0)
"""Before the first event."""


def settled_after(position: Position, *columns: Any) -> sa.Select[Any]:
    """`columns` of the events after `position` that nothing can come before any more, in their order.

    A transaction takes its id when it first writes and may commit long after a younger one; whoever read up to the
    last row in sight would step over what it commits. Reading on from the last of these never skips an event.
    """
    return sa.select(*columns).where(after(position), settled()).order_by(*IN_ORDER)


def settled() -> sa.ColumnElement[bool]:
    """Of an event that nothing can come before any more."""
    return col(Event.transaction_id) < sa.func.event_horizon(type_=TransactionId)


def after(position: Position) -> sa.ColumnElement[bool]:
    return sa.tuple_(*IN_ORDER) > _tuple(position)


def up_to(position: Position) -> sa.ColumnElement[bool]:
    return sa.tuple_(*IN_ORDER) <= _tuple(position)


def place_columns() -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
    """An event's place as two numbers, as `Position` has them."""
    return (_number(col(Event.transaction_id)), sa.type_coerce(col(Event.sequence), sa.BigInteger))


def reached() -> sa.ColumnElement[int]:
    """The first transaction that has not begun, counted as events count them: nobody can have written from there on."""
    following: sa.ColumnElement[str] = sa.func.pg_snapshot_xmax(sa.func.pg_current_snapshot(), type_=TransactionId)
    return _number(following) + sa.func.event_offset(type_=sa.BigInteger)


def _number(transaction_id: Any) -> sa.ColumnElement[int]:
    return sa.cast(sa.cast(transaction_id, sa.Text), sa.BigInteger)


def _tuple(position: Position) -> sa.ColumnElement[Any]:
    return sa.tuple_(
        sa.cast(sa.literal(str(position.transaction_id), sa.Text), TransactionId),
        sa.literal(position.sequence, sa.BigInteger),
    )


def next_time(transaction: Any, sequence: Any, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """When the next event after a place was written, which stands as two numbers in a row of somebody who reads."""
    place = sa.tuple_(sa.cast(sa.cast(transaction, sa.Text), TransactionId), sequence)
    question = sa.select(col(Event.created_at)).where(sa.tuple_(*IN_ORDER) > place, *conditions)
    return question.order_by(*IN_ORDER).limit(1)


IN_ORDER = (col(Event.transaction_id), col(Event.sequence))
"""The order of the log."""


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
        sa.case(
            (col(Event.on_behalf_of_id).is_(None), sa.null()),
            else_=sa.func.json_build_object("id", col(Event.on_behalf_of_id), "name", col(Event.on_behalf_of_name)),
        ).label("on_behalf_of"),
        col(Event.reason),
        col(Event.data),
    ).where(col(Event.subject_kind) == subject_kind, col(Event.subject_id) == subject_id)
