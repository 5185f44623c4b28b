"""Where I am signed in, and ending it there."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request

from backend.api.deps import DatabaseDep, MomentDep, RecognizedDep, SessionDep
from backend.api.errors import refusals
from backend.api.repeat import RepeatableRoute
from backend.api.shapes import Answer
from backend.db.base import utc_now
from backend.db.session import open_sessions_of
from backend.domain.session import end_other_sessions, end_own_session

router = APIRouter(tags=["session"], route_class=RepeatableRoute)


class SessionOut(Answer):
    """One signed-in device: `device` in words, `used_at` to the minute, `ends_at` unless it is used until then."""

    id: UUID
    device: str
    begun_at: datetime
    used_at: datetime
    ends_at: datetime
    second_step: bool
    is_present: bool


class SessionPage(Answer):
    items: list[SessionOut]
    next_cursor: None


class Ended(Answer):
    """How many sessions ended."""

    ended: int


@router.get("/me/sessions", response_model=SessionPage, responses=refusals())
async def own(request: Request, actor: RecognizedDep, database: DatabaseDep) -> SessionPage:
    """My sessions that are open, the last used first."""
    async with database.reader() as reader:
        rows = (await reader.execute(open_sessions_of(actor.account_id, utc_now()))).mappings().all()
    present: UUID = request.state.session_id
    return SessionPage(items=[SessionOut(**row, is_present=row["id"] == present) for row in rows], next_cursor=None)


@router.post("/me/sessions/{id}/end", response_model=Ended, responses=refusals(404))
async def end(actor: RecognizedDep, moment: MomentDep, session: SessionDep, id: UUID) -> Ended:
    """End one of my sessions, the present one too: a device that was lost, or left open somewhere."""
    await end_own_session(session, actor, moment, id)
    return Ended(ended=1)


@router.post("/me/sessions/end-others", response_model=Ended, responses=refusals())
async def end_others(request: Request, actor: RecognizedDep, moment: MomentDep, session: SessionDep) -> Ended:
    """End all of my sessions but the present one."""
    return Ended(ended=await end_other_sessions(session, actor, moment, request.state.session_id))
