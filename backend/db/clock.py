"""How far the demonstration's clock stands from the machine's."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, col

from backend.db.base import Session, Table, timestamp, utc_now


class DemoClock(Table, table=True):
    """At most one row, and none outside a demonstration: then the machine's clock is the clock."""

    id: int = Field(default=1, primary_key=True)
    offset_seconds: int
    moved_at: datetime = Field(default_factory=utc_now, sa_type=timestamp)


async def clock_offset(connection: Session | AsyncConnection) -> timedelta:
    seconds = (await connection.execute(sa.select(col(DemoClock.offset_seconds)))).scalar_one_or_none()
    return timedelta(seconds=seconds or 0)


async def set_clock_offset(session: Session, offset: timedelta) -> None:
    seconds = round(offset.total_seconds())
    statement = sa.dialects.postgresql.insert(DemoClock).values(id=1, offset_seconds=seconds, moved_at=utc_now())
    await session.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"offset_seconds": seconds, "moved_at": utc_now()})
    )
