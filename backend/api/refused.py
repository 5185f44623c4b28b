"""Tells the log of refusals for want of a right: each kind of one person once an hour, as a page may ask by itself."""

import logging
import time
from dataclasses import replace

import sqlalchemy.exc
from fastapi import Request

from backend.api.deps import origin_of, public_moment
from backend.db.engine import Database
from backend.domain.access import Actor
from backend.domain.refusal import SPAN_SECONDS, note_refusal

_MOST = 10_000
"""Kinds of refusals that a process remembers; then it begins anew, and tells some a second time."""

_log = logging.getLogger("guanbiao.refused")


async def tell_refusal(request: Request, code: str) -> None:
    """Record that whoever signed in was refused; when that cannot be stored the refusal stands all the same."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None:
        return
    route = getattr(request.scope.get("route"), "path", "unmatched")
    told: dict[tuple[object, ...], float] = request.app.state.refusals_told
    key, now = (actor.account_id, actor.on_behalf_of, request.method, route, code), time.monotonic()
    if now - told.get(key, -SPAN_SECONDS) < SPAN_SECONDS:
        return
    if len(told) >= _MOST:
        told.clear()
    told[key] = now
    database: Database = request.app.state.database
    try:
        moment = replace(await public_moment(request), origin=origin_of(request))
        async with database.transaction() as session:
            await note_refusal(session, actor, moment, method=request.method, route=route, code=code)
    except (sqlalchemy.exc.SQLAlchemyError, ConnectionError) as error:
        _log.error("a refusal could not be recorded: %s", type(error).__name__)
