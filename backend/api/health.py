"""Whether this process lives, and whether it can do its work."""

from typing import Literal

import sqlalchemy as sa
import sqlalchemy.exc
from fastapi import APIRouter, Request, Response

from backend.api.deps import DatabaseDep
from backend.api.shapes import Answer
from backend.db.engine import current_revision, head_revision

router = APIRouter(tags=["health"])


class Alive(Answer):
    status: Literal["ok"]


class Readiness(Answer):
    """`database`: reached; `migrations`: the database is at the revision that this program was built for."""

    status: Literal["ok", "unavailable"]
    database: bool
    migrations: bool


@router.get("/livez", response_model=Alive)
async def livez() -> Alive:
    return Alive(status="ok")


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness}})
async def readyz(database: DatabaseDep, request: Request, response: Response) -> Readiness:
    reached = current = False
    try:
        async with database.reader() as reader:
            await reader.execute(sa.select(1))
            reached = True
            current = await current_revision(reader) == head_revision()
    except (sqlalchemy.exc.SQLAlchemyError, OSError):
        pass
    if not (reached and current):
        response.status_code = 503
    return Readiness(status="ok" if reached and current else "unavailable", database=reached, migrations=current)
