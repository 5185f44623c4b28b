"""Putting a job into the queue (pgqueuer's tables), in the transaction of the change that asks for it."""

import asyncpg
import sqlalchemy as sa
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries

from backend.db.base import Session


async def enqueue(session: Session, job: str, payload: bytes, *, once: str) -> None:
    """Queue `job` with its payload; it starts when this transaction commits, and never if it does not.

    A job with the same `once` that still waits or runs makes this one superfluous.
    """
    await session.flush()
    connection = await session.connection()
    # The driver's transaction starts with the first statement; the queue goes past the layer that would start it.
    await connection.execute(sa.select(1))
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    await Queries(AsyncpgDriver(driver)).enqueue(job, payload, dedupe_key=once, on_conflict="skip")
