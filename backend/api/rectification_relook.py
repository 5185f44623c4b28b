"""Looking at closed rectifications again (回头看): the list of those that were drawn, and what was found."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from sqlmodel import col

from backend.api import examples
from backend.api import rectification_examples as shown
from backend.api.deps import DatabaseDep, LanguageDep, MomentDep, PagingDep, SessionDep, json_bytes, needs
from backend.api.errors import refusals
from backend.api.rectification import answered
from backend.api.rectification_shapes import RectificationOut, RelookIn, RelookPage
from backend.api.repeat import RepeatableRoute
from backend.db.organization import below, organization_in
from backend.db.read import Order, page_of
from backend.db.rectification import RectificationRelook, RelookFound, RelookKind
from backend.db.rectification_relook import relook_rows
from backend.domain.access import Actor
from backend.domain.errors import NotFound
from backend.domain.rectification.relook import relook_rectification

router = APIRouter(prefix="/rectifications", tags=["rectification"], route_class=RepeatableRoute)


@router.get("/relooks", name="relooks", response_model=RelookPage, responses=refusals(403, 404))
async def list_(
    database: DatabaseDep,
    paging: PagingDep,
    actor: Annotated[Actor, needs("rectification:read")],
    organization_id: Annotated[
        UUID | None, Query(description="This organisation and all below it.", examples=[examples.TOWNSHIP])
    ] = None,
    kind: RelookKind | None = None,
    done: Annotated[bool, Query(description="Those that were done instead of those that are due.")] = False,
) -> Response:
    """Closed items that were drawn to be looked at again, the soonest due first."""
    question = relook_rows(actor.reach("rectification:read"))
    if organization_id is not None:
        async with database.transaction() as session:
            above = await organization_in(session, actor.reach("rectification:read"), organization_id)
        if above is None:
            raise NotFound("not_found")
        question = question.where(below(above.path))
    if kind is not None:
        question = question.where(col(RectificationRelook.kind) == kind)
    found = col(RectificationRelook.found)
    question = question.where(found.is_not(None) if done else found.is_(None))
    async with database.reader() as reader:
        order = [Order(col(RectificationRelook.due_on)), Order(col(RectificationRelook.id))]
        return json_bytes(await page_of(reader, question, order, paging))


@router.post(
    "/{id}/relooks/{relook_id}", name="relook", response_model=RectificationOut, responses=refusals(403, 404, 409)
)
async def look_again(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.RELOOKED])],
    relook_id: Annotated[UUID, Path(examples=[shown.RELOOK])],
    body: RelookIn,
    actor: Annotated[Actor, needs("rectification:act")],
) -> RectificationOut:
    """Say whether a closed item held. One that has relapsed is opened again; the earlier closing stays on record."""
    await relook_rectification(
        session,
        actor,
        moment,
        id,
        relook_id,
        found=RelookFound(body.found),
        findings=body.findings,
        evidence=body.evidence,
        due_on=body.due_on,
    )
    return await answered(session, actor, moment, language, id, response)
