"""Seals over the log of events, what was found when they were checked, and the questions that both need."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, col, select

from backend.db.append_only import append_only
from backend.db.base import Row, Session, jsonb, timestamp
from backend.db.event import (
    IN_ORDER,
    Event,
    Position,
    TransactionId,
    after,
    place_columns,
    reached,
    settled_after,
    up_to,
)

# The migration installs these: a seal stays, whoever holds the connection.
APPEND_ONLY = (*append_only("audit_seal"), *append_only("audit_check"))

# Any constant will do, as long as no other program on this database server locks the same number.
_SEALING = 0x7365616C
_CHECKING = 0x63686563

COLUMNS = tuple(column.name for column in Event.__table__.columns)  # type: ignore[attr-defined]  # SQLModel hides the table
"""What a leaf says of an event: everything that the table keeps of it."""


class AuditSeal(Row, table=True):
    """A batch of events that were sealed together, at `created_at`.  Not signed: the id and what follows `signature`.

    `root` is the Merkle root over the batch, `history` the one over the hashes of all seals before it, `columns` what
    the leaves say of an event, `key` the public key of the signature.  `leaves` holds id and leaf hash of every event
    (48 bytes each), so that a check can name what differs; its hash is signed.  `edge` is the right edge of the tree
    behind `history`.  The id is the first half of `hash`.
    """

    __table_args__ = (
        sa.Index("ix_audit_seal_last", "last_transaction_id", "last_sequence"),
        sa.Index("ix_audit_seal_created", "created_at"),
    )

    number: int = Field(sa_type=sa.BigInteger, unique=True)
    previous: bytes | None
    history: bytes
    first_transaction_id: int = Field(sa_type=sa.BigInteger)
    first_sequence: int = Field(sa_type=sa.BigInteger)
    last_transaction_id: int = Field(sa_type=sa.BigInteger)
    last_sequence: int = Field(sa_type=sa.BigInteger)
    count: int
    total: int = Field(sa_type=sa.BigInteger)
    root: bytes
    leaves_sha256: bytes
    columns: list[str] = Field(sa_type=ARRAY(sa.Text))
    key: bytes
    signature: bytes
    hash: bytes = Field(unique=True)
    edge: bytes
    leaves: bytes


class AuditCheck(Row, table=True):
    """One check of the log by the worker or an operator: up to which seal, and what was found.

    The application's role can add a row, so `signature` is what makes one count (`domain/audit/verdict.py`); `key` is
    its public key.  The time is the database's own: nobody brings it.
    """

    __table_args__ = (sa.Index("ix_audit_check_created", "created_at", "id"),)

    created_at: datetime = Field(
        default=None, sa_type=timestamp, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )
    first_number: int = Field(sa_type=sa.BigInteger)
    last_number: int = Field(sa_type=sa.BigInteger)
    events: int = Field(sa_type=sa.BigInteger)
    seconds: float
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=jsonb)
    key: bytes
    signature: bytes


class Leaves(NamedTuple):
    """Events as they are sealed, one entry each in their order: the 16 bytes of the id, the place, and the text that
    is hashed; `beyond` are those with something in a column that the text does not speak of."""

    ids: list[bytes]
    transaction_ids: list[int]
    sequences: list[int]
    texts: list[str]
    beyond: list[bool]

    @property
    def places(self) -> list[Position]:
        return [Position(*place) for place in zip(self.transaction_ids, self.sequences, strict=True)]


def leaf_text(columns: Sequence[str]) -> sa.ColumnElement[str]:
    """One event as a JSON object of these columns in their order, always in the same bytes: times in UTC, to the
    microsecond, and `data` as the one text that `jsonb` has for a value.

    PostgreSQL writes it, so that checking a million events needs no parsing.
    """
    table = Event.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    parts: list[Any] = []
    for name in columns:
        column = table.c[name]
        if isinstance(column.type, sa.DateTime):
            column = sa.func.to_char(sa.func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        elif isinstance(column.type, TransactionId):
            column = sa.cast(column, sa.Text)
        parts += [sa.literal_column(f"'{name}'"), column]
    return sa.cast(sa.func.json_build_object(*parts), sa.Text)


def _leaf(columns: Sequence[str]) -> list[Any]:
    beyond = [col(getattr(Event, name)) for name in COLUMNS if name not in columns]
    return [
        sa.func.uuid_send(col(Event.id)),
        *place_columns(),
        leaf_text(columns),
        sa.or_(sa.false(), *(column.is_not(None) for column in beyond)),
    ]


async def _leaves(connection: Session | AsyncConnection, question: sa.Select[Any], columns: Sequence[str]) -> Leaves:
    """The events of an ordered `question`, as arrays of one row: a row for each would take ten times as long."""
    names = ("key", "transaction_id", "sequence", "leaf", "beyond")
    parts = [part.label(name) for part, name in zip(_leaf(columns), names, strict=True)]
    found = question.with_only_columns(*parts).subquery()
    whole = sa.select(*(sa.func.coalesce(sa.func.array_agg(found.c[name]), sa.text("'{}'")) for name in names))
    return Leaves(*(await connection.execute(whole)).one())


async def sealing_is_mine(session: Session) -> bool:
    """Whether this transaction is the one that seals; one at a time does."""
    return bool((await session.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_SEALING)))).scalar_one())


async def checking_is_mine(session: Session) -> bool:
    """Whether something is sealed, and this transaction is the one that checks; one at a time does."""
    lock = sa.func.pg_try_advisory_xact_lock(_CHECKING)
    if not (await session.execute(sa.select(lock))).scalar_one():
        return False
    return bool((await session.execute(sa.select(sa.exists().where(col(AuditSeal.number) == 1)))).scalar_one())


async def unsealed_leaves(session: Session, position: Position, limit: int) -> Leaves:
    """The first `limit` events after `position` that can be sealed."""
    return await _leaves(session, settled_after(position, col(Event.id)).limit(limit), COLUMNS)


async def leaves_between(
    connection: AsyncConnection, start: Position, end: Position, columns: Sequence[str], limit: int
) -> Leaves:
    """The first `limit` events after `start` and up to `end`, whenever they were written."""
    question = sa.select(col(Event.id)).where(after(start), up_to(end)).order_by(*IN_ORDER).limit(limit)
    return await _leaves(connection, question, columns)


async def leaves_with(connection: AsyncConnection, ids: Sequence[UUID], columns: Sequence[str]) -> Leaves:
    """These events, wherever they stand, in their order."""
    question = sa.select(col(Event.id)).where(col(Event.id).in_(ids)).order_by(*IN_ORDER)
    return await _leaves(connection, question, columns)


async def last_seal(session: Session | AsyncConnection) -> AuditSeal | None:
    found = await seals_from(session, None, 1, newest=True)
    return found[0] if found else None


async def seals_from(
    connection: Session | AsyncConnection, number: int | None, limit: int, *, newest: bool = False
) -> list[AuditSeal]:
    """At most `limit` seals from `number` on, in their order; the newest when `newest`."""
    table = AuditSeal.__table__  # type: ignore[attr-defined]  # SQLModel hides the table
    place = table.c.number
    question = sa.select(table).order_by(place.desc() if newest else place).limit(limit)
    if number is not None:
        question = question.where(place >= number)
    return [AuditSeal(**row) for row in (await connection.execute(question)).mappings()]


async def seal_of(connection: Session | AsyncConnection, event_id: UUID) -> AuditSeal | None:
    """The seal over an event, None when it is not sealed yet or not there."""
    table = AuditSeal.__table__  # type: ignore[attr-defined]  # SQLModel hides the table
    last = sa.tuple_(table.c.last_transaction_id, table.c.last_sequence)
    place = sa.select(*place_columns()).where(col(Event.id) == event_id).subquery()
    question = (
        sa.select(table)
        .where(last >= sa.tuple_(*place.c))
        .order_by(table.c.last_transaction_id, table.c.last_sequence)
        .limit(1)
    )
    row = (await connection.execute(question)).mappings().one_or_none()
    return AuditSeal(**row) if row else None


async def seal_hashes(connection: Session | AsyncConnection, below: int) -> list[bytes]:
    """The hashes of all seals whose number is below `below`, in their order."""
    question = select(AuditSeal.hash).where(col(AuditSeal.number) < below).order_by(col(AuditSeal.number))
    return list((await connection.execute(question)).scalars())


async def leaf_of(connection: Session | AsyncConnection, event_id: UUID, columns: Sequence[str]) -> str | None:
    question = sa.select(leaf_text(columns)).where(col(Event.id) == event_id)
    return (await connection.execute(question)).scalar_one_or_none()


class Tail(NamedTuple):
    """What comes after a position: how many events, when the oldest and the newest were written, how many of them
    nobody can have written yet, and which transaction the server has come to."""

    events: int
    since: datetime | None
    newest: datetime | None
    impossible: int
    reached: int


async def tail_after(connection: Session | AsyncConnection, position: Position) -> Tail:
    found = (
        sa.select(place_columns()[0].label("transaction_id"), col(Event.created_at)).where(after(position)).subquery()
    )
    question = sa.select(
        sa.func.count(),
        sa.func.min(found.c.created_at),
        sa.func.max(found.c.created_at),
        sa.func.count().filter(found.c.transaction_id >= reached()),
        reached(),
    ).select_from(found)
    return Tail(*(await connection.execute(question)).one())
