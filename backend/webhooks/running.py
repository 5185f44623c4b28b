"""The part of a worker that tells webhooks: it follows the log and sends, as long as the worker runs."""

import asyncio
import contextlib
import logging
from uuid import UUID

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from backend.db.engine import Database, open_database
from backend.db.webhook import behind
from backend.db.webhook_delivery import due_webhooks
from backend.domain.keys import load_cipher
from backend.domain.webhook.target import TargetRules
from backend.settings import Settings, split
from backend.webhooks.following import follow, newest, untold_day
from backend.webhooks.sending import Sender, send

INTERVAL = 1.0
"""Seconds between two looks at the log and at what is due."""
_RECONNECT = 3.0
_AT_ONCE = 10
"""Subscriptions that one worker sends to at the same time."""

_DATABASE_IS_AWAY = (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)

_log = logging.getLogger("guanbiao.webhooks")


def sender_of(settings: Settings, database: Database) -> Sender:
    """What an installation sends with."""
    rules = TargetRules.of(split(settings.webhook_networks), http=settings.webhook_http)
    return Sender(database, load_cipher(settings.data, settings.field_cipher), rules, demo=settings.demo)


async def run_webhooks(settings: Settings, dsn: str, stop: asyncio.Event) -> None:
    """Tell webhooks until `stop` is set; what is on its way then is waited for.

    When the database goes away, it waits until it is there again: what was not written then is sent again.
    """
    database = open_database(dsn, pgbouncer=settings.db_pgbouncer, pool_size=_AT_ONCE)
    running: dict[UUID, asyncio.Task[None]] = {}
    try:
        sender = sender_of(settings, database)
        while not stop.is_set():
            pause = INTERVAL
            try:
                await follow_all(sender)
                await _begin_sending(sender, running, stop)
            except _DATABASE_IS_AWAY as error:
                _log.error("webhooks wait for the database: %s", type(error).__name__)
                pause = _RECONNECT
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
    finally:
        if running:
            await asyncio.wait(running.values(), timeout=sender.seconds + INTERVAL)
            for task in running.values():
                task.cancel()
            await asyncio.gather(*running.values(), return_exceptions=True)
        await database.close()


async def follow_all(sender: Sender) -> None:
    """Follow the log for every subscription that is behind it, to its end."""
    async with sender.database.transaction() as session:
        moment = await sender.moment(session)
        end = await newest(await session.connection())
        waiting = await behind(session, end, untold_day(moment.now), sender.clock())
    for webhook_id in waiting:
        more: bool | None = True
        while more:
            async with sender.database.transaction() as session:
                more = await follow(session, webhook_id, await sender.moment(session))


async def _begin_sending(sender: Sender, running: dict[UUID, asyncio.Task[None]], stop: asyncio.Event) -> None:
    """Have everything sent that is due, each subscription by a task of its own: a slow target delays no other."""
    for webhook_id in [key for key, task in running.items() if task.done()]:
        del running[webhook_id]
    if len(running) >= _AT_ONCE:
        return
    async with sender.database.transaction() as session:
        due = await due_webhooks(session, sender.clock())
    for webhook_id in [key for key in due if key not in running][: _AT_ONCE - len(running)]:
        running[webhook_id] = asyncio.create_task(_send(sender, webhook_id, stop))


async def _send(sender: Sender, webhook_id: UUID, stop: asyncio.Event) -> None:
    try:
        await send(sender, webhook_id, stop)
    except _DATABASE_IS_AWAY as error:
        _log.error("a webhook waits for the database: %s", type(error).__name__)
    except Exception:  # noqa: BLE001 - one subscription must not end the others' worker
        _log.exception("a webhook could not be sent to")
