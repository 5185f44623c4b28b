"""Whether this process lives, and whether it can do its work."""

from typing import Literal

import sqlalchemy as sa
import sqlalchemy.exc
from fastapi import APIRouter, Request, Response

from backend.api.deps import DatabaseDep
from backend.api.shapes import Answer
from backend.db.base import utc_now
from backend.db.engine import current_revision, head_revision
from backend.domain.audit.watch import troubles
from backend.domain.signing import own_public_key

router = APIRouter(tags=["health"])


class Alive(Answer):
    status: Literal["ok"]


class Readiness(Answer):
    """`database`: reached; `migrations`: the database is at the revision that this program was built for; `audit`: the
    log is as it was sealed and goes on being sealed, as far as the last check knows.

    `degraded` is answered with 200: what is asked is done, and somebody has to look at the log.
    """

    status: Literal["ok", "degraded", "unavailable"]
    database: bool
    migrations: bool
    audit: bool


@router.get("/livez", response_model=Alive)
async def livez() -> Alive:
    return Alive(status="ok")


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness}})
async def readyz(database: DatabaseDep, request: Request, response: Response) -> Readiness:
    reached = current = sound = False
    try:
        async with database.reader() as reader:
            await reader.execute(sa.select(1))
            reached = True
            current = await current_revision(reader) == head_revision()
            key = own_public_key(request.app.state.settings.data)
            sound = current and not await troubles(reader, utc_now(), key)
    except (sqlalchemy.exc.SQLAlchemyError, OSError):
        pass
    if not (reached and current):
        response.status_code = 503
    status: Literal["ok", "degraded", "unavailable"] = "unavailable"
    if reached and current:
        status = "ok" if sound else "degraded"
    return Readiness(status=status, database=reached, migrations=current, audit=sound)
