"""Snapshots: whole resources as one caller sees them, written to a file by the worker and taken away by the caller."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, col, select

from backend.db.base import Json, Row, Session, choice, erasable, jsonb, timestamp
from backend.db.event import Event, Position, after


class SnapshotState(StrEnum):
    waiting = "waiting"
    writing = "writing"
    ready = "ready"
    failed = "failed"


UNFINISHED = (SnapshotState.waiting, SnapshotState.writing)


class Snapshot(Row, table=True):
    """One snapshot of an account or a client (`caller_id`), whom alone it is given to.

    `scopes` are those of a client's token, `on_behalf_of` whose roles an account used.  `rights`: how far the caller
    saw when it was asked for; with less it is neither written nor given out.  The file lies encrypted beside the
    database under the id, compressed: `size` and `sha256` are of what is sent, `content_sha256` is of the lines in it.
    `transaction_id`, `sequence` and `day` are from where the feed goes on.
    """

    __table_args__ = (
        sa.Index("ix_snapshot_caller", "caller_id", "created_at"),
        sa.Index("ix_snapshot_keep_until", "keep_until"),
        erasable("a snapshot is there to be taken, for some days"),
    )

    caller_id: UUID
    is_client: bool
    scopes: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text()))
    on_behalf_of: UUID | None = None
    county_id: UUID | None = None
    organization_id: UUID | None = None
    resources: list[str] = Field(sa_type=ARRAY(sa.Text()))
    language: str = Field(max_length=16)
    rights: Json = Field(sa_type=jsonb)
    state: SnapshotState = Field(default=SnapshotState.waiting, sa_type=choice(SnapshotState))
    done: int = 0
    counts: Json = Field(default_factory=dict, sa_type=jsonb)
    size: int | None = Field(default=None, sa_type=sa.BigInteger)
    sha256: str | None = Field(default=None, max_length=64)
    content_sha256: str | None = Field(default=None, max_length=64)
    transaction_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    sequence: int | None = Field(default=None, sa_type=sa.BigInteger)
    day: date | None = None
    taken_at: datetime | None = Field(default=None, sa_type=timestamp)
    error: str | None = Field(default=None, max_length=64)
    keep_until: datetime = Field(sa_type=timestamp)
    request_id: str | None = Field(default=None, max_length=64)
    origin: str | None = Field(default=None, max_length=64)

    @property
    def position(self) -> Position:
        return Position(self.transaction_id or 0, self.sequence or 0)


async def lock_snapshots(session: Session, id: UUID) -> None:
    """Wait until no other transaction works on this snapshot, or asks for one of this caller."""
    key = int.from_bytes(id.bytes[-8:], signed=True)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def snapshot_of(session: Session, caller_id: UUID, on_behalf_of: UUID | None, id: UUID) -> Snapshot | None:
    """A snapshot that this caller asked for, for itself or for the same colleague."""
    question = select(Snapshot).where(
        Snapshot.id == id,
        Snapshot.caller_id == caller_id,
        col(Snapshot.on_behalf_of).is_not_distinct_from(on_behalf_of),
    )
    return (await session.exec(question)).one_or_none()


async def snapshots_since(session: Session, caller_id: UUID, since: datetime) -> list[SnapshotState]:
    """The states of what a caller asked for since a moment."""
    question = sa.select(col(Snapshot.state)).where(
        col(Snapshot.caller_id) == caller_id, col(Snapshot.created_at) >= since
    )
    return list((await session.execute(question)).scalars())


async def was_kept_from_since(session: Session, snapshot: Snapshot) -> bool:
    """Whether, since it was written, any card of the county came to be about somebody or was sealed, or an item was
    moved above those whom it is about. Whoever asks learns that there was one, and not about whom."""
    told_about: sa.ColumnElement[bool] = col(Event.data).op("?", is_comparison=True)("about")
    kept_from = sa.or_(
        sa.and_(col(Event.subject_kind) == "feedback", sa.or_(told_about, col(Event.kind) == "feedback.sealed")),
        col(Event.kind) == "rectification.moved",
    )
    here = [col(Event.county_id) == snapshot.county_id] if snapshot.county_id else []
    question = sa.select(sa.exists().where(after(snapshot.position), kept_from, *here))
    return bool((await session.execute(question)).scalar_one())


async def note_snapshot(session: Session, id: UUID, **columns: Any) -> None:
    """Set columns of a snapshot, beside whatever transaction works on it."""
    await session.execute(
        sa.update(Snapshot).where(col(Snapshot.id) == id).values(**columns).execution_options(synchronize_session=False)
    )


async def snapshots_to_erase(session: Session, now: datetime, limit: int = 100) -> list[Snapshot]:
    """Snapshots whose time is over, locked, finished or not."""
    question = (
        select(Snapshot)
        .where(Snapshot.keep_until <= now)
        .order_by(col(Snapshot.keep_until))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(await session.exec(question))


async def known_snapshots(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Which of `ids` are snapshots that are still kept."""
    return set(await session.exec(select(Snapshot.id).where(col(Snapshot.id).in_(ids))))
