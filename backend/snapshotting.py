"""Writing a snapshot: everything that one caller sees of some resources, as of one moment, line by line.

It runs in a process of its own, which the worker starts.  The lines are items of the change feed, so that a mirror
takes both in by the same code.  Where the feed goes on is read in the database's snapshot that the rows come from:
whatever is committed later has its place behind it, and what was in flight then is told again.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.api.change_reading import ROWS, SENDERS_GRACE
from backend.db.account import Account
from backend.db.base import Session, utc_now
from backend.db.change import last_settled, texts_of
from backend.db.client import standing_client
from backend.db.clock import clock_offset
from backend.db.engine import Database, opened
from backend.db.event import START
from backend.db.snapshot import UNFINISHED, Snapshot, SnapshotState, lock_snapshots, note_snapshot
from backend.domain.access import Actor, Moment
from backend.domain.account import actor_now
from backend.domain.calendar import day_of
from backend.domain.change import Op, item_text
from backend.domain.client.sign_in import client_now
from backend.domain.errors import Conflict, Refused, SignInRefused
from backend.domain.event import WITHOUT_TIME
from backend.domain.keys import load_cipher
from backend.domain.snapshot import Written, covers, fail_snapshot, finish_snapshot, rights_of
from backend.domain.snapshot_file import SnapshotWriter
from backend.settings import Settings

AT_ONCE = 500
"""Rows that are in memory at one time."""

_TELLING = 1.0
"""Seconds between two notes of how far it is."""


def write_snapshot(settings: Settings, dsn: str, task: dict[str, Any]) -> None:
    """Write one snapshot, in the process that was started for it."""
    asyncio.run(_write(settings, dsn, UUID(task["snapshot_id"])))


async def give_up_snapshot(settings: Settings, dsn: str, task: dict[str, Any]) -> None:
    """Say of a snapshot that could not be written that it will not be."""
    async with opened(dsn, pgbouncer=settings.db_pgbouncer) as database:
        await _fail(database, UUID(task["snapshot_id"]), "snapshot_failed")


async def _write(settings: Settings, dsn: str, id: UUID) -> None:
    async with opened(dsn, pgbouncer=settings.db_pgbouncer) as database:
        try:
            async with database.transaction() as session:
                # A worker that was killed may have left a transaction that the server has not ended yet.
                await lock_snapshots(session, id)
                made = await session.get(Snapshot, id)
                if made is not None and made.state in UNFINISHED:
                    await _carry_out(settings, database, session, made)
        except Refused as refused:
            await _fail(database, id, refused.code)


async def _fail(database: Database, id: UUID, code: str) -> None:
    async with database.transaction() as session:
        await lock_snapshots(session, id)
        await fail_snapshot(session, id, code)


async def _carry_out(settings: Settings, database: Database, session: Session, made: Snapshot) -> None:
    # Everything that is asked of the clock is asked before the rows are looked at.
    now = utc_now() + (await clock_offset(session) if settings.demo else timedelta())
    moment = Moment(now, made.request_id, made.origin)
    actor = await _caller(database, session, made)
    cipher = load_cipher(settings.data, settings.field_cipher)
    counts = dict.fromkeys(made.resources, 0)
    told = 0.0
    frozen = database.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with SnapshotWriter(settings.snapshots, cipher, made.id) as writer:
        async with frozen.connect() as reader:
            position = await last_settled(reader, but=WITHOUT_TIME) or START
            for resource in made.resources:
                async for lines in _lines(reader, actor, moment, made.language, resource):
                    await asyncio.to_thread(writer.write, lines)
                    counts[resource] += len(lines)
                    if time.monotonic() - told >= _TELLING:
                        told = time.monotonic()
                        await _tell(database, made.id, sum(counts.values()))
        # Whoever lost a right while it was written is not given what it shows.
        await _caller(database, session, made)
        await asyncio.to_thread(writer.finish)
    written = Written(counts, writer.size, writer.sha256, writer.content_sha256, position, _first_day(now), now)
    await finish_snapshot(session, actor, moment, made, written)


def _first_day(now: Any) -> date:
    """The first day of which senders' doings may be missing: it is told again as a whole."""
    return day_of(now - SENDERS_GRACE)


async def _tell(database: Database, id: UUID, done: int) -> None:
    # Beside the transaction, so that others see it before the end.
    async with database.transaction() as beside:
        await note_snapshot(beside, id, state=SnapshotState.writing, done=done)


async def _caller(database: Database, session: Session, made: Snapshot) -> Actor:
    """Who asked for it, with the rights of now.  Raises a refusal when they are less than they were."""
    async with database.reader() as reader:
        if made.is_client:
            found = await standing_client(reader, made.caller_id)
            if found is None:
                raise SignInRefused("client_over")
            actor, _ = await client_now(reader, made.caller_id, found.epoch, frozenset(made.scopes), made.origin)
        else:
            account = await session.get(Account, made.caller_id, populate_existing=True)
            if account is None:
                raise SignInRefused("account_suspended")
            actor = await actor_now(reader, account.id, account.session_epoch, made.on_behalf_of)
    if not covers(rights_of(actor, made.resources), made.rights):
        raise Conflict("snapshot_rights_changed")
    return actor


async def _lines(
    reader: AsyncConnection, actor: Actor, moment: Moment, language: str, resource: str
) -> AsyncIterator[list[str]]:
    """The rows of a resource as items of the feed, some at a time: the server keeps the rest."""
    question = texts_of(ROWS[resource](actor, moment, language))
    found = await reader.stream(question, execution_options={"yield_per": AT_ONCE})
    async for part in found.partitions():
        yield [item_text(Op.upsert, resource, key, record=record) for key, record in part]
