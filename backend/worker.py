"""The job worker: takes jobs from the queue in the database and has them done, each in a process of its own.

It runs beside the API in the same process, or by itself as `guanbiao worker`; any number of them may run.  A job whose
worker was killed is taken up by another, or by the same one when it comes again, as soon as its heartbeat is missed.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job, Schedule

from backend.apart import WorkFailed, apart
from backend.db.account import Account
from backend.db.base import Session, utc_now
from backend.db.clock import clock_offset
from backend.db.engine import Database, opened
from backend.db.ledger import ImportState, LedgerImport, lock_import, note_progress
from backend.db.roles import SEARCH_PATH
from backend.domain.access import Actor, Moment
from backend.domain.account import actor_now
from backend.domain.errors import Refused, SignInRefused
from backend.domain.keys import load_cipher
from backend.domain.ledger.upload import kept_upload
from backend.domain.ledger.work import LEDGER_JOB, Deed, fail_ledger
from backend.domain.snapshot import SNAPSHOT_JOB
from backend.periodic import Periodic, periodic
from backend.settings import Settings
from backend.snapshotting import give_up_snapshot, write_snapshot
from backend.webhooks.running import run_webhooks
from backend.workbook.importing import work_on

HEARTBEAT = timedelta(seconds=15)
"""A job that has not been heard of for so long is taken up again."""

_LOOK_AGAIN = timedelta(seconds=5)
_ATTEMPTS = 3
_RECONNECT_SECONDS = 3
_MOST_PARTS = 10_000

_log = logging.getLogger("guanbiao.worker")


async def run_worker(settings: Settings, dsn: str, stop: asyncio.Event, *, heartbeat: timedelta = HEARTBEAT) -> None:
    """Do jobs and tell webhooks until `stop` is set; a job that runs then is given back to the queue.

    `dsn` is a migrated database.  When it goes away, the worker waits until it is there again.
    """
    async with asyncio.TaskGroup() as both:
        both.create_task(run_webhooks(settings, dsn, stop))
        both.create_task(_serve_on(settings, dsn, stop, heartbeat))


async def _serve_on(settings: Settings, dsn: str, stop: asyncio.Event, heartbeat: timedelta) -> None:
    while not stop.is_set():
        try:
            await _serve(settings, dsn, stop, heartbeat)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _log.error("the queue is out of reach: %s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _RECONNECT_SECONDS)


async def _serve(settings: Settings, dsn: str, stop: asyncio.Event, heartbeat: timedelta) -> None:
    connection = await asyncpg.connect(
        dsn.replace("postgresql+asyncpg://", "postgresql://"), server_settings={"search_path": SEARCH_PATH}
    )
    queue = PgQueuer.from_asyncpg_connection(connection)

    # One large workbook at a time: two would fill the memory and the processors that the answers need.
    @queue.entrypoint(LEDGER_JOB, concurrency_limit=1)
    async def ledger(job: Job) -> None:
        await _do(settings, dsn, stop, job, perform, _give_import_up)

    # One at a time as well: each reads everything that its caller sees.
    @queue.entrypoint(SNAPSHOT_JOB, concurrency_limit=1)
    async def snapshot(job: Job) -> None:
        await _do(settings, dsn, stop, job, write_snapshot, give_up_snapshot)

    for task in periodic(settings):
        queue.schedule(task.key, task.every)(_sweeping(settings, dsn, task))

    async def ended() -> None:
        await stop.wait()
        queue.shutdown.set()

    ending = asyncio.create_task(ended())
    try:
        await queue.run(
            dequeue_timeout=min(_LOOK_AGAIN, heartbeat),
            batch_size=1,
            heartbeat_timeout=heartbeat,
            shutdown_on_listener_failure=True,
        )
    finally:
        ending.cancel()
        await connection.close(timeout=5)


Task = dict[str, Any]


async def _do(
    settings: Settings,
    dsn: str,
    stop: asyncio.Event,
    job: Job,
    deed: Callable[[Settings, str, Task], None],
    give_up: Callable[[Settings, str, Task], Awaitable[None]],
) -> None:
    """Have one job done; what cannot be done is tried again twice, and then given up."""
    task = json.loads(job.payload or b"{}")
    work = asyncio.create_task(apart(deed, settings, dsn, task))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait((work, stopped), return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not work.done():
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        raise RetryRequested(reason="stopped")
    try:
        work.result()
    except (WorkFailed, OSError) as failure:
        _log.error("job %s failed: %s", job.id, failure)
        if job.attempts + 1 < _ATTEMPTS:
            raise RetryRequested(delay=timedelta(seconds=2**job.attempts), reason=str(failure)) from None
        await give_up(settings, dsn, task)


async def _give_import_up(settings: Settings, dsn: str, task: Task) -> None:
    async with opened(dsn, pgbouncer=settings.db_pgbouncer) as database:
        await _give_up(database, UUID(task["import_id"]), "import_failed", {})


def perform(settings: Settings, dsn: str, task: dict[str, Any]) -> None:
    """Check or commit one import, in the process that was started for it."""
    asyncio.run(_perform(settings, dsn, task))


async def _perform(settings: Settings, dsn: str, task: dict[str, Any]) -> None:
    import_id, deed = UUID(task["import_id"]), task["deed"]
    async with opened(dsn, pgbouncer=settings.db_pgbouncer) as database:
        try:
            async with database.transaction() as session:
                await _carry_out(database, session, settings, import_id, deed, UUID(task["account_id"]))
        except Refused as refused:
            await _give_up(database, import_id, refused.code, refused.params)


async def _carry_out(
    database: Database, session: Session, settings: Settings, import_id: UUID, deed: Deed, account_id: UUID
) -> None:
    # A worker that was killed may have left a transaction that the server has not ended yet.
    await lock_import(session, import_id)
    run = await session.get_one(LedgerImport, import_id)
    if run.state != (ImportState.checking if deed == "check" else ImportState.committing):
        return
    now = utc_now() + (await clock_offset(session) if settings.demo else timedelta())
    cipher = load_cipher(settings.data, settings.field_cipher)
    data = await asyncio.to_thread(kept_upload, settings.imports, cipher, import_id)

    async def report(done: int, total: int) -> None:
        # Beside the transaction, so that others see it before the end.
        async with database.transaction() as beside:
            await note_progress(beside, import_id, done, total)

    actor = await _actor(database, session, account_id)
    await work_on(session, actor, Moment(now, run.request_id, run.origin), cipher, run, data, deed, report)


async def _actor(database: Database, session: Session, account_id: UUID) -> Actor:
    """Who asked for the job, with the grants of now: who has lost them meanwhile brings nothing in."""
    account = await session.get(Account, account_id)
    if account is None:
        raise SignInRefused("account_suspended")
    async with database.reader() as reader:
        return await actor_now(reader, account.id, account.session_epoch)


async def _give_up(database: Database, import_id: UUID, code: str, params: dict[str, Any]) -> None:
    async with database.transaction() as session:
        await lock_import(session, import_id)
        await fail_ledger(session, import_id, code, params)


def _sweeping(settings: Settings, dsn: str, task: Periodic) -> Callable[[Schedule], Awaitable[None]]:
    async def swept(_: Schedule) -> None:
        await sweep(settings, dsn, task)

    return swept


async def sweep(settings: Settings, dsn: str, task: Periodic) -> int:
    """Have one periodic task do all that is due, a transaction for each part of it; returns how much that was.

    A part that fails ends this round: what was done stays, and the rest is due at the next one.
    """
    done = 0
    async with opened(dsn, pgbouncer=settings.db_pgbouncer) as database:
        for _ in range(_MOST_PARTS):
            async with database.transaction() as session:
                now = utc_now() + (await clock_offset(session) if settings.demo else timedelta())
                part = await task.sweep(session, Moment(now))
            done += part
            if not part:
                break
    return done
