"""The records of partners that wait: their codes and why they wait, nothing of what they say, and what a clerk does."""

import json
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import ConfigDict
from sqlmodel import col

from backend.api import examples
from backend.api.account_life_shapes import Reason
from backend.api.deps import DatabaseDep, IfMatchDep, LanguageDep, MomentDep, PagingDep, SessionDep, needs
from backend.api.errors import refusals
from backend.api.feedback_shapes import NameRef
from backend.api.language import say
from backend.api.repeat import RepeatableRoute
from backend.api.shapes import Answer, Body, FieldRefusal
from backend.api.source_shapes import UnknownCode
from backend.db.base import Session
from backend.db.mapping import WaitingRecord, WaitingState, unknown_rows, waiting_rows
from backend.db.read import Order, page_of, record_of, rows_of
from backend.domain.access import Actor
from backend.domain.errors import NotFound
from backend.domain.identity import mask_persons
from backend.domain.source.waiting import dismiss_waiting, retry_waiting

router = APIRouter(prefix="/mapping-queue", tags=["mapping"], route_class=RepeatableRoute)

Reader = Annotated[Actor, needs("mapping:read")]
Writer = Annotated[Actor, needs("mapping:write")]
RowId = Annotated[UUID, Path(examples=[examples.WAITING])]
RefusedRowId = Annotated[UUID, Path(examples=[examples.REFUSED_WAITING])]


class UnknownOut(Answer):
    """A code that nobody has mapped, how many records wait for it, and since when."""

    client: NameRef
    resource: str
    field: str
    code: str
    records: int
    since: datetime


class UnknownList(Answer):
    """The codes for which most records wait, 200 at the most."""

    items: list[UnknownOut]


class WhyRefused(Answer):
    code: str
    message: str
    errors: list[FieldRefusal]


class WaitingOut(Answer):
    """A record that waits. `problem`: why it was refused though its codes are known; `behind`: another one under its
    id comes first. What it says is shown to nobody before it has come in."""

    id: UUID
    client: NameRef
    resource: str
    system: str
    source_id: str
    unknown: list[UnknownCode]
    state: WaitingState
    problem: WhyRefused | None
    reason: str | None
    behind: bool
    created_at: datetime
    version: int


class WaitingPage(Answer):
    items: list[WaitingOut]
    next_cursor: str | None


class DismissalIn(Body):
    """Why the record shall not come in; the partner is told."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "对方已确认为测试数据"}})

    reason: Reason


@router.get("/codes", response_model=UnknownList, responses=refusals(403))
async def codes(database: DatabaseDep, actor: Reader) -> UnknownList:
    """The codes that wait to be mapped, those with the most records first."""
    question = unknown_rows(actor.reach("mapping:read"))
    async with database.reader() as reader:
        rows = await rows_of(reader, question)
    return UnknownList(items=[UnknownOut.model_validate_json(row) for row in rows])


@router.get("", name="queue", response_model=WaitingPage, responses=refusals(403))
async def queue(
    database: DatabaseDep,
    paging: PagingDep,
    language: LanguageDep,
    actor: Reader,
    state: Annotated[WaitingState | None, Query(description="Without it: those that wait or were refused.")] = None,
) -> WaitingPage:
    """The records that wait, of programs that reach a place of the caller's, in the order in which they came."""
    wanted = [state] if state is not None else [WaitingState.waiting, WaitingState.refused]
    question = waiting_rows(actor.reach("mapping:read")).where(col(WaitingRecord.state).in_(wanted))
    async with database.reader() as reader:
        page = json.loads(await page_of(reader, question, [Order(col(WaitingRecord.place))], paging))
    return WaitingPage(items=[_waiting_out(row, language) for row in page["items"]], next_cursor=page["next_cursor"])


@router.post("/{id}/dismissal", response_model=WaitingOut, responses=refusals(403, 404, 409, 412, 428))
async def dismiss(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    id: RowId,
    body: DismissalIn,
    version: IfMatchDep,
    actor: Writer,
) -> WaitingOut:
    """Say that a record shall not come in. Those under its id that came later go on."""
    await dismiss_waiting(session, actor, moment, id, version, body.reason)
    return await _shown(session, actor, language, id)


@router.post("/{id}/retry", response_model=WaitingOut, responses=refusals(403, 404, 409, 412, 428))
async def retry(
    session: SessionDep, moment: MomentDep, language: LanguageDep, id: RefusedRowId, version: IfMatchDep, actor: Writer
) -> WaitingOut:
    """Have a record that was refused tried once more, within a minute."""
    await retry_waiting(session, actor, moment, id, version)
    return await _shown(session, actor, language, id)


async def _shown(session: Session, actor: Actor, language: str, id: UUID) -> WaitingOut:
    await session.flush()
    question = waiting_rows(actor.reach("mapping:read")).where(col(WaitingRecord.id) == id)
    row = await record_of(await session.connection(), question)
    if row is None:
        raise NotFound("not_found")
    return _waiting_out(json.loads(row), language)


def _waiting_out(row: dict[str, Any], language: str) -> WaitingOut:
    """A row with its problem in words."""
    problem = row["problem"]
    if problem is not None:
        row["problem"] = _said(problem, language) | {
            "errors": [{"pointer": error["pointer"], **_said(error, language)} for error in problem["errors"]]
        }
    return WaitingOut.model_validate(row)


def _said(problem: dict[str, Any], language: str) -> dict[str, Any]:
    return {"code": problem["code"], "message": mask_persons(say(problem["code"], problem["params"], language))}
