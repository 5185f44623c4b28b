"""The floor: bare ASGI over asyncpg, and JSON that PostgreSQL writes.  Nobody is asked who they are."""

import json
import os
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg

from backend.db.base import new_id, utc_now
from benchmarks.contestants.rows import ACT, ACTOR, ACTOR_ID, EVENT, EVENT_KIND, REASON, SECOND_SEQUENCE
from benchmarks.place import POOL

_COLUMNS = """
    r.id, r.number, json_build_object('id', o.id, 'name', o.name) AS organization,
    json_build_object('id', g.id, 'name', g.name) AS registered_at, r.registered_on, r.source, r.severity, r.category,
    r.problem, CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'name', u.name) END AS responsible_unit,
    r.responsible_leader, r.responsible_person, r.deadline_kind, r.original_due_on, r.due_on, r.status, p.step,
    r.extensions, r.supervised_at IS NOT NULL AS supervised, r.systemic, r.affects_people, r.closed_on, r.version,
    r.created_at, r.updated_at
"""
_TABLES = """
    rectification r JOIN organization o ON o.id = r.organization_id JOIN organization g ON g.id = r.registered_at_id
    LEFT JOIN organization u ON u.id = coalesce(r.responsible_unit_id, r.proposed_unit_id)
    JOIN procedure_run p ON p.subject_id = r.id
"""
PAGE = f"""
    SELECT json_build_object('items', json_agg(page))::text FROM (
        SELECT {_COLUMNS} FROM {_TABLES} WHERE o.path >= $1 AND o.path < $2
        ORDER BY r.created_at DESC, r.id DESC LIMIT 50
    ) AS page
"""  # noqa: S608 - constants of this file
ONE = f"""
    SELECT row_to_json(one)::text FROM (
        SELECT {_COLUMNS}, r.source_document, r.source_clause, r.facts, r.measures, r.result, r.remark,
            (SELECT json_agg(a ORDER BY a.sequence) FROM procedure_act a WHERE a.run_id = p.id) AS acts
        FROM {_TABLES} WHERE r.id = $1 AND o.path >= $2 AND o.path < $3
    ) AS one
"""  # noqa: S608 - constants
_TALLY = """
    INSERT INTO organization_tally (organization_id, subject, status, count)
    SELECT $1, 'rectification', status, count FROM unnest($2::text[], $3::int[]) AS given (status, count)
    ON CONFLICT (organization_id, subject, status) DO UPDATE SET count = organization_tally.count + excluded.count
"""
_INSERT_EVENT = f"INSERT INTO event ({EVENT}) VALUES ($1, $2, $3, $4, $5, 'rectification', $6, $7, $8, $2, $9)"  # noqa: S608 - constants

Send = Callable[[dict[str, Any]], Awaitable[None]]
_pool: "asyncpg.Pool[asyncpg.Record]"
_bounds = ("", "0")


async def app(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    path: str = scope["path"]
    if path == "/page":
        await _answer(send, await _pool.fetchval(PAGE, *_bounds))
    elif path.startswith("/one/"):
        await _answer(send, await _pool.fetchval(ONE, UUID(path[5:]), *_bounds))
    elif path.startswith("/act/"):
        await _read(receive)
        await _answer(send, await _act(UUID(path[5:])))
    elif path.startswith("/event/"):
        await _read(receive)
        await _answer(send, await _act_and_event(UUID(path[7:])))
    else:
        await _answer(send, "{}")


async def _live(receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
    global _pool, _bounds
    await receive()
    _pool = await asyncpg.create_pool(os.environ["BENCH_DSN"], min_size=POOL, max_size=POOL)
    path = os.environ["BENCH_PATH"]
    _bounds = (path, path[:-1] + "0")
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _pool.close()
    await send({"type": "lifespan.shutdown.complete"})


async def _read(receive: Callable[[], Awaitable[dict[str, Any]]]) -> None:
    while (await receive()).get("more_body"):
        pass


async def _answer(send: Send, text: str) -> None:
    body = text.encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _act(item_id: UUID) -> str:
    """The rows that signing for an item writes: its act, item, run and counts, and the event."""
    now = utc_now()
    async with _pool.acquire() as connection, connection.transaction():
        item = await connection.fetchrow(
            "UPDATE rectification SET status = 'signed_for', version = version + 1, updated_at = $2 WHERE id = $1"
            " RETURNING organization_id, county_id, version",
            item_id,
            now,
        )
        run = await connection.fetchrow(
            "UPDATE procedure_run SET step = 'plan', version = version + 1, opened_at = $2, updated_at = $2"
            " WHERE subject_id = $1 RETURNING id, version",
            item_id,
            now,
        )
        await connection.execute(
            f"INSERT INTO procedure_act ({ACT}) VALUES ($1, $2, $3, $4, 'sign_for', 'done', $5, $6, $2, '', '', '[]')",  # noqa: S608 - constants
            new_id(),
            now,
            run["id"],
            SECOND_SEQUENCE + run["version"],
            ACTOR_ID,
            ACTOR,
        )
        place = item["organization_id"]
        await connection.execute(_TALLY, place, ["assigned", "signed_for"], [-1, 1])
        data = json.dumps({"act": {"step": "sign_for", "outcome": "done"}})
        values = (EVENT_KIND, item["county_id"], place, item_id, ACTOR_ID, ACTOR, data)
        await connection.execute(_INSERT_EVENT, new_id(), now, *values)
    return json.dumps({"id": str(item_id), "version": item["version"], "status": "signed_for", "step": "plan"})


async def _act_and_event(item_id: UUID) -> str:
    """The least that a write can be: one row, and the event of it."""
    now, key = utc_now(), new_id()
    async with _pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "INSERT INTO rectification_correction (id, created_at, rectification_id, text, reason, by, by_name, at)"
            " VALUES ($1, $2, $3, $4, '', $5, $6, $2)",
            key,
            now,
            item_id,
            REASON,
            ACTOR_ID,
            ACTOR,
        )
        values = ("rectification.corrected", None, None, item_id, ACTOR_ID, ACTOR, "{}")
        await connection.execute(_INSERT_EVENT, new_id(), now, *values)
    return json.dumps({"id": str(key)})
