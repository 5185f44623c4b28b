"""No event is ever skipped, however transactions overlap."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from backend.db.base import Session, new_id
from backend.db.engine import Database, open_database
from backend.db.event import START, Event, Position, insert_events, place_columns, settled_after
from backend.db.roles import Addresses
from tests.rosters import fresh_database

COLUMNS = (col(Event.id), *place_columns())


def row() -> dict[str, Any]:
    key = new_id()
    return {
        "id": key,
        "kind": "organization.changed",
        "subject_kind": "organization",
        "subject_id": key,
        "at": datetime.now(UTC),
        "data": {},
    }


@pytest.fixture(scope="module")
async def addresses(server: Addresses) -> Addresses:
    return await fresh_database(server)


@pytest.fixture(scope="module")
async def log(addresses: Addresses) -> AsyncIterator[Database]:
    """A log of its own, so that nothing else is written meanwhile."""
    database = open_database(addresses.application, pool_size=20)
    yield database
    await database.close()


class Reader:
    """Reads on from where it stopped, a few events at a time."""

    def __init__(self, database: Database, position: Position) -> None:
        self._database, self._position = database, position
        self.seen: list[UUID] = []

    async def read(self, limit: int = 3) -> int:
        async with self._database.reader() as connection:
            found = (await connection.execute(settled_after(self._position, *COLUMNS).limit(limit))).all()
        for key, transaction_id, sequence in found:
            self.seen.append(key)
            assert self._position < Position(transaction_id, sequence)
            self._position = Position(transaction_id, sequence)
        return len(found)

    async def to_the_end(self) -> None:
        while await self.read():
            pass


async def end_of(database: Database) -> Position:
    reader = Reader(database, START)
    await reader.to_the_end()
    return reader._position


# What a transaction does at each of its turns, and when readers read between them.
TURNS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["write", "write", "commit", "roll back", "read"])), max_size=40
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TURNS)
async def test_a_reader_sees_every_event_once_whatever_commits_when(log: Database, turns) -> None:
    reader = Reader(log, await end_of(log))
    committed: set[UUID] = set()
    async with AsyncExitStack() as stack:
        running: dict[int, tuple[Session, list[UUID]]] = {}
        for who, what in turns:
            if what == "read":
                await reader.read(2)
            elif what == "write":
                if who not in running:
                    running[who] = (await stack.enter_async_context(log.sessions()), [])
                session, written = running[who]
                made = row()
                await insert_events(session, [made])
                written.append(made["id"])
            elif who in running:
                session, written = running.pop(who)
                if what == "commit":
                    await session.commit()
                    committed |= set(written)
                else:
                    await session.rollback()
        for session, _ in running.values():
            await session.rollback()
    await reader.to_the_end()
    assert len(reader.seen) == len(set(reader.seen))
    assert set(reader.seen) == committed


async def test_an_older_transaction_that_commits_last_comes_first(log: Database) -> None:
    """The trap: the younger one is committed and seen, the older one not yet."""
    reader = Reader(log, await end_of(log))
    async with log.sessions() as old, log.sessions() as young:
        first, second = row(), row()
        await insert_events(old, [first])
        await insert_events(young, [second])
        await young.commit()
        assert await reader.read() == 0, "what the older one writes would be skipped"
        await old.commit()
    await reader.to_the_end()
    assert reader.seen == [first["id"], second["id"]]


async def test_writers_of_every_length_and_two_readers(log: Database) -> None:
    """Eight writers at once, transactions of one to twenty turns of the loop; both readers see the same order."""
    chance = random.Random(20261129)
    begin = await end_of(log)
    readers = [Reader(log, begin), Reader(log, begin)]
    committed: list[UUID] = []
    writing = True

    async def writer(seed: int) -> None:
        own = random.Random(seed)
        for _ in range(15):
            async with log.sessions() as session:
                written = []
                for _ in range(own.randint(1, 4)):
                    made = row()
                    await insert_events(session, [made])
                    written.append(made["id"])
                    for _ in range(own.randint(0, 20)):
                        await asyncio.sleep(0)
                if own.random() < 0.8:
                    await session.commit()
                    committed.extend(written)

    async def follow(reader: Reader) -> None:
        while writing:
            await reader.read(chance.randint(1, 5))

    following = [asyncio.create_task(follow(reader)) for reader in readers]
    await asyncio.gather(*(writer(seed) for seed in range(8)))
    writing = False
    await asyncio.gather(*following)
    for reader in readers:
        await reader.to_the_end()
    assert readers[0].seen == readers[1].seen
    assert sorted(readers[0].seen) == sorted(committed)
