"""Opinions on a decision."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from sqlmodel import col

from backend.api.decision_examples import COMMENTED, UNANSWERED_OPINION
from backend.api.decision_shapes import OpinionAnswer, OpinionIn, OpinionOut, OpinionPage
from backend.api.deps import DatabaseDep, IfMatchDep, MomentDep, PagingDep, SessionDep, json_bytes, needs
from backend.api.errors import refusals
from backend.api.repeat import RepeatableRoute
from backend.db.base import Session
from backend.db.decision import Opinion, opinion_rows
from backend.db.read import Order, page_of, record_of
from backend.domain.access import Actor
from backend.domain.decision.find import seen_decision
from backend.domain.decision.opinion import answer_opinion, receive_opinion
from backend.domain.errors import NotFound

router = APIRouter(prefix="/decisions/{id}/opinions", tags=["decision"], route_class=RepeatableRoute)

Id = Annotated[UUID, Path(examples=[COMMENTED])]


@router.get("", name="opinions", response_model=OpinionPage, responses=refusals(403, 404))
async def list_(
    database: DatabaseDep, paging: PagingDep, id: Id, actor: Annotated[Actor, needs("decision:read")]
) -> Response:
    """The opinions received, in order. Residents' names are masked for those who do not work on the decision."""
    async with database.transaction() as session:
        _, organization = await seen_decision(session, actor, id)
    question = opinion_rows(id, names_in_clear=actor.may("decision:write", organization.path))
    async with database.reader() as reader:
        return json_bytes(
            await page_of(reader, question, [Order(col(Opinion.created_at)), Order(col(Opinion.id))], paging)
        )


@router.post("", name="receive_opinion", status_code=201, response_model=OpinionOut, responses=refusals(403, 404, 409))
async def receive(
    session: SessionDep,
    moment: MomentDep,
    id: Id,
    body: OpinionIn,
    actor: Annotated[Actor, needs("opinion:write")],
) -> Response:
    """Hand in an opinion, or record one that came by another way, until the step that answers them is closed."""
    received = await receive_opinion(
        session,
        actor,
        moment,
        id,
        channel=body.channel,
        content=body.content,
        from_kind=body.from_kind,
        from_name=body.from_name,
    )
    return await _one(session, actor, id, received, 201)


@router.patch(
    "/{opinion_id}",
    name="answer_opinion",
    response_model=OpinionOut,
    responses=refusals(403, 404, 409, 412, 428),
)
async def answer(
    session: SessionDep,
    moment: MomentDep,
    id: Id,
    opinion_id: Annotated[UUID, Path(examples=[UNANSWERED_OPINION])],
    body: OpinionAnswer,
    version: IfMatchDep,
    actor: Annotated[Actor, needs("decision:write")],
) -> Response:
    """Say what became of an opinion, and why. The step closes only when each has its outcome."""
    answered = await answer_opinion(
        session, actor, moment, id, opinion_id, version, outcome=body.outcome, reason=body.reason
    )
    return await _one(session, actor, id, answered, 200)


async def _one(session: Session, actor: Actor, id: UUID, opinion: Opinion, status: int) -> Response:
    """Answer a change with the opinion as lists show it."""
    await session.flush()
    _, organization = await seen_decision(session, actor, id)
    question = opinion_rows(id, names_in_clear=actor.may("decision:write", organization.path))
    body = await record_of(await session.connection(), question.where(col(Opinion.id) == opinion.id))
    if body is None:
        raise NotFound("not_found")
    response = json_bytes(body, version=opinion.version)
    response.status_code = status
    return response
