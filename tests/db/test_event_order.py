"""The order of events on a server that has not given it."""

from typing import Any
from uuid import uuid4

import asyncpg

from backend.db.engine import migrate
from backend.db.roles import Addresses
from tests.rosters import fresh_database

_RECORD = """
    INSERT INTO event (id, created_at, kind, subject_kind, subject_id, at, data)
    VALUES ($1, now(), 'organization.created', 'organization', $1, now(), '{}') RETURNING transaction_id
"""


async def test_what_comes_after_a_copy_is_restored_stands_behind_it(server: Addresses) -> None:
    own = await fresh_database(server)
    connection = await asyncpg.connect(own.owner)
    try:

        async def horizon() -> int:
            return int(await connection.fetchval("SELECT event_horizon()"))

        async def recorded() -> int:
            return int(await connection.fetchval(_RECORD, uuid4()))

        first = await recorded()
        assert first < await horizon(), "what is committed can be read"
        # A row as a copy from a busier server brings it.
        await connection.execute("ALTER TABLE event ALTER COLUMN transaction_id SET DEFAULT '900000000000'::xid8")
        copied = await recorded()
        await connection.execute("ALTER TABLE event ALTER COLUMN transaction_id SET DEFAULT event_transaction()")
        assert copied > await horizon(), "a reader would wait for it for ever"

        await migrate(own)
        assert copied < await horizon()
        assert copied < await recorded() < await horizon()
        before = await connection.fetchval("SELECT event_offset()")
        await migrate(own)
        assert await connection.fetchval("SELECT event_offset()") == before, "once is enough"
    finally:
        await connection.close()


async def test_an_event_that_is_still_being_written_is_behind_the_horizon(dsn: str, app: Any) -> None:
    writer, reader = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    try:
        async with writer.transaction():
            written = await writer.fetchval(_RECORD, uuid4())
            assert await reader.fetchval("SELECT $1::xid8 >= event_horizon()", written)
        assert int(await reader.fetchval("SELECT event_transaction()")) > int(written)
    finally:
        await writer.close()
        await reader.close()
