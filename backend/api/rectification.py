"""Rectifications: registering problems, reading them, and changing what is said beside them."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlmodel import col

from backend.api import examples
from backend.api.deps import (
    DatabaseDep,
    IfMatchDep,
    LanguageDep,
    MomentDep,
    PagingDep,
    SessionDep,
    json_bytes,
    needs,
)
from backend.api.errors import refusals
from backend.api.event import EventPage, event_page
from backend.api.rectification_examples import CHANGED, READ
from backend.api.rectification_filter import RectificationQuery, filter_of
from backend.api.rectification_shapes import (
    RectificationChange,
    RectificationCorrectionIn,
    RectificationIn,
    RectificationOut,
    RectificationPage,
    rectification_out,
)
from backend.api.repeat import RepeatableRoute
from backend.api.run import run_out, step_titles
from backend.db.base import Session, utc_now
from backend.db.organization import organization_in
from backend.db.read import Order, page_of, record_of
from backend.db.rectification import Rectification
from backend.db.rectification_view import narrowed, rectification_rows
from backend.domain.access import Actor, Moment
from backend.domain.calendar import YELLOW_DAYS
from backend.domain.errors import NotFound, invalid
from backend.domain.feedback.sight import sight_of
from backend.domain.rectification.correction import change_rectification, correct_rectification
from backend.domain.rectification.find import seen_rectification
from backend.domain.rectification.register import register_rectification
from backend.domain.rectification.view import view_rectification

router = APIRouter(prefix="/rectifications", tags=["rectification"], route_class=RepeatableRoute)

Reader = Annotated[Actor, needs("rectification:read")]
Writer = Annotated[Actor, needs("rectification:write")]
RectificationId = Annotated[UUID, Path(examples=[READ])]


def rows(actor: Actor, moment: Moment, language: str) -> Any:
    """The rows of every list of items, as this caller may see them."""
    reach, sight = actor.reach("rectification:read"), sight_of(actor)
    return rectification_rows(reach, sight, moment.now, utc_now(), YELLOW_DAYS, step_titles(language))


async def answered(
    session: Session, actor: Actor, moment: Moment, language: str, id: UUID, response: Response
) -> RectificationOut:
    """The whole item as this caller sees it, with its ETag."""
    await session.flush()
    found = await seen_rectification(session, actor, id)
    question = rows(actor, moment, language).where(col(Rectification.id) == id)
    row = await record_of(await session.connection(), question)
    if row is None:
        raise NotFound("not_found")
    view = await view_rectification(session, actor, moment, *found)
    response.headers["etag"] = f'"{view.item.version}"'
    response.headers["cache-control"] = "no-store"
    told = json.loads(row)
    run = run_out(view.standing, view.options, told["holders"], view.attachments, language, moment.now)
    return rectification_out(view, told, run.model_copy(update={"light": told["light"]}))


@router.post("", status_code=201, response_model=RectificationOut, responses=refusals(403, 404, 409))
async def register(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    body: RectificationIn,
    actor: Writer,
) -> RectificationOut:
    """Register a problem; it waits to be assigned. Its words stay as they are: corrections are appended."""
    made = await register_rectification(session, actor, moment, body.new())
    return await answered(session, actor, moment, language, made.id, response)


@router.get("", response_model=RectificationPage, responses=refusals(403, 404))
async def list_(
    database: DatabaseDep,
    moment: MomentDep,
    language: LanguageDep,
    paging: PagingDep,
    actor: Reader,
    asked: Annotated[RectificationQuery, Depends()],
    organization_id: Annotated[
        UUID | None, Query(description="This organisation and all below it.", examples=[examples.TOWNSHIP])
    ] = None,
) -> Response:
    """Items within reach, the newest first."""
    path = None
    if organization_id is not None:
        async with database.transaction() as session:
            above = await organization_in(session, actor.reach("rectification:read"), organization_id)
        if above is None:
            raise NotFound("not_found")
        path = above.path
    question = narrowed(rows(actor, moment, language), filter_of(asked, path), moment.now, YELLOW_DAYS)
    order = [Order(col(Rectification.created_at), descending=True), Order(col(Rectification.id), descending=True)]
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, question, order, paging))


@router.get("/{id}", response_model=RectificationOut, responses=refusals(403, 404))
async def get(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: RectificationId,
    actor: Reader,
) -> RectificationOut:
    """One item: its problem with corrections, its steps with all acts, who holds it, and what you may do next."""
    return await answered(session, actor, moment, language, id, response)


@router.patch("/{id}", response_model=RectificationOut, responses=refusals(403, 404, 409, 412, 428))
async def change(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[CHANGED])],
    body: RectificationChange,
    version: IfMatchDep,
    actor: Writer,
) -> RectificationOut:
    """Change what is said beside the problem; its own unit may not, once it is assigned, nor make it milder before."""
    changes = body.changes()
    if not changes:
        raise invalid("", "nothing_to_change")
    await change_rectification(session, actor, moment, id, version, changes, body.reason)
    return await answered(session, actor, moment, language, id, response)


@router.post(
    "/{id}/corrections", status_code=201, response_model=RectificationOut, responses=refusals(403, 404, 412, 428)
)
async def correct(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[CHANGED])],
    body: RectificationCorrectionIn,
    version: IfMatchDep,
    actor: Writer,
) -> RectificationOut:
    """Append what has to be put right in the problem's text; the text itself stays as it was registered."""
    await correct_rectification(session, actor, moment, id, version, text=body.text, reason=body.reason)
    return await answered(session, actor, moment, language, id, response)


@router.get("/{id}/events", response_model=EventPage, responses=refusals(403, 404))
async def events(
    database: DatabaseDep,
    language: LanguageDep,
    paging: PagingDep,
    id: RectificationId,
    actor: Annotated[Actor, needs("event:read")],
) -> Response:
    """All that was ever done to the item, the newest first."""
    async with database.transaction() as session:
        await seen_rectification(session, actor, id)
        await seen_rectification(session, actor, id, "event:read")
    async with database.reader() as reader:
        return await event_page(reader, "rectification", id, language, paging)
