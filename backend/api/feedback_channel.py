"""A paper door: printed batches with their codes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field, StringConstraints
from sqlmodel import col

from backend.api import examples
from backend.api import feedback_examples as shown
from backend.api.deps import DatabaseDep, MomentDep, PagingDep, SessionDep, json_bytes, needs
from backend.api.errors import refusals
from backend.api.feedback_shapes import NameRef
from backend.api.repeat import RepeatableRoute
from backend.api.shapes import Answer, Body, OptionalText
from backend.db.base import Session
from backend.db.engine import Database
from backend.db.feedback_channel import BatchKind, FeedbackBatch, batch_rows
from backend.db.organization import Organization, Reach, below, organization_in
from backend.db.read import Order, page_of, record_of
from backend.domain.access import Actor
from backend.domain.errors import NotFound
from backend.domain.feedback.door import make_batch

router = APIRouter(tags=["feedback"], route_class=RepeatableRoute)

Below = Annotated[UUID | None, Query(description="This organisation and all below it.", examples=[examples.TOWNSHIP])]


class BatchIn(Body):
    """Posters, or cards that are numbered one by one, for a village or a window."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.NEW_BATCH]})

    organization_id: UUID
    kind: BatchKind
    count: int = Field(ge=1, le=2000)
    window: Annotated[OptionalText, StringConstraints(max_length=100)] = ""


class BatchOut(Answer):
    """A batch. `token` is what its QR code leads by; the cards are numbered `<number>-0001` and so on."""

    id: UUID
    number: str
    organization: NameRef
    kind: BatchKind
    window: str | None
    count: int
    token: str
    returned: int
    made_by: str
    created_at: datetime


class BatchPage(Answer):
    items: list[BatchOut]
    next_cursor: str | None


@router.post(
    "/feedback-batches", name="make_batch", status_code=201, response_model=BatchOut, responses=refusals(403, 404, 409)
)
async def make(
    session: SessionDep, moment: MomentDep, body: BatchIn, actor: Annotated[Actor, needs("poster:write")]
) -> Response:
    """Number a batch for printing, with a code that leads to the place."""
    made = await make_batch(
        session,
        actor,
        moment,
        organization_id=body.organization_id,
        kind=body.kind,
        count=body.count,
        window=body.window,
    )
    return await _batch(session, actor, made)


async def _batch(session: Session, actor: Actor, batch: FeedbackBatch) -> Response:
    await session.flush()
    question = batch_rows(actor.reach("poster:write")).where(col(FeedbackBatch.id) == batch.id)
    return created(await record_of(await session.connection(), question))


def created(body: bytes | None) -> Response:
    """A record that was just made, as PostgreSQL wrote it."""
    if body is None:
        raise NotFound("not_found")
    response = json_bytes(body)
    response.status_code = 201
    return response


@router.get("/feedback-batches", name="list_batches", response_model=BatchPage, responses=refusals(403, 404))
async def batches(
    database: DatabaseDep,
    paging: PagingDep,
    actor: Annotated[Actor, needs("poster:write")],
    organization_id: Below = None,
) -> Response:
    """The batches within reach, the newest first."""
    reach = actor.reach("poster:write")
    question = batch_rows(reach)
    if organization_id is not None:
        question = question.where(below((await place_above(database, reach, organization_id)).path))
    order = [Order(col(FeedbackBatch.created_at), descending=True), Order(col(FeedbackBatch.id), descending=True)]
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, question, order, paging))


async def place_above(database: Database, reach: Reach, id: UUID) -> Organization:
    """The organisation that a list is narrowed to; NotFound out of reach."""
    async with database.transaction() as session:
        found = await organization_in(session, reach, id)
    if found is None:
        raise NotFound("not_found")
    return found
