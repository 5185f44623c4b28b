"""Decisions: beginning them, reading them, acting on their steps and changing their text."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from sqlmodel import col

from backend.api import examples
from backend.api.decision_examples import ACTED_ON, CHANGED, READ
from backend.api.decision_shapes import (
    DecisionAct,
    DecisionChange,
    DecisionIn,
    DecisionOut,
    DecisionPage,
    decision_out,
)
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
from backend.api.repeat import RepeatableRoute
from backend.api.run import run_out, step_titles
from backend.api.run_shapes import JudgedOut, judged_out
from backend.db.base import Session, utc_now
from backend.db.decision import Decision, DecisionStatus, decision_rows, titled
from backend.db.organization import Organization, below, organization_in
from backend.db.procedure import ProcedureRun, is_overdue
from backend.db.read import Order, page_of
from backend.domain.access import Actor, Moment
from backend.domain.calendar import YELLOW_DAYS
from backend.domain.decision.act import act_on_decision, judge_decision_act
from backend.domain.decision.amend import amend_decision, change_decision
from backend.domain.decision.find import seen_decision
from backend.domain.decision.start import start_decision
from backend.domain.decision.view import view_decision
from backend.domain.errors import NotFound, invalid
from backend.domain.pinyin import fold, query_grams

router = APIRouter(prefix="/decisions", tags=["decision"], route_class=RepeatableRoute)

Reader = Annotated[Actor, needs("decision:read")]
DecisionId = Annotated[UUID, Path(examples=[READ])]


async def answered(
    session: Session,
    actor: Actor,
    moment: Moment,
    language: str,
    found: tuple[Decision, Organization],
    response: Response,
) -> DecisionOut:
    """The whole decision as this caller sees it, with its ETag."""
    view = await view_decision(session, actor, moment, *found)
    response.headers["etag"] = f'"{view.decision.version}"'
    response.headers["cache-control"] = "no-store"
    run = run_out(view.standing, view.options, view.holders, view.attachments, language, moment.now)
    return decision_out(view, run)


@router.post("", status_code=201, response_model=DecisionOut, responses=refusals(403, 404, 409))
async def start(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    body: DecisionIn,
    actor: Annotated[Actor, needs("decision:write")],
) -> DecisionOut:
    """Begin a decision with its six answers (5W1H) and a first version of its text; the first step opens at once."""
    started = await start_decision(session, actor, moment, body.new())
    found = await seen_decision(session, actor, started.id)
    return await answered(session, actor, moment, language, found, response)


@router.get("", response_model=DecisionPage, responses=refusals(403, 404))
async def list_(
    database: DatabaseDep,
    moment: MomentDep,
    language: LanguageDep,
    paging: PagingDep,
    actor: Reader,
    organization_id: Annotated[
        UUID | None, Query(description="This organisation and all below it.", examples=[examples.TOWNSHIP])
    ] = None,
    status: DecisionStatus | None = None,
    step: Annotated[str | None, Query(max_length=64, description="The step that is open.")] = None,
    q: Annotated[str | None, Query(max_length=100, description="Part of the title or the number.")] = None,
    overdue: Annotated[bool | None, Query(description="Whether the open step is past its limit.")] = None,
) -> Response:
    """Decisions within reach, the newest first."""
    question = decision_rows(actor.reach("decision:read"), moment.now, utc_now(), YELLOW_DAYS, step_titles(language))
    if organization_id is not None:
        async with database.transaction() as session:
            above = await organization_in(session, actor.reach("decision:read"), organization_id)
        if above is None:
            raise NotFound("not_found")
        question = question.where(below(above.path))
    if status is not None:
        question = question.where(col(Decision.status) == status)
    if step is not None:
        question = question.where(col(ProcedureRun.step) == step)
    if q is not None and (folded := fold(q)):
        question = question.where(titled(folded, query_grams(q)))
    if overdue is not None:
        question = question.where(is_overdue(moment.now) if overdue else ~is_overdue(moment.now))
    order = [Order(col(Decision.created_at), descending=True), Order(col(Decision.id), descending=True)]
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, question, order, paging))


@router.get("/{id}", response_model=DecisionOut, responses=refusals(403, 404))
async def get(
    session: SessionDep, moment: MomentDep, language: LanguageDep, response: Response, id: DecisionId, actor: Reader
) -> DecisionOut:
    """One decision: its text, its steps with all acts, who holds it, and what you may do next."""
    return await answered(session, actor, moment, language, await seen_decision(session, actor, id), response)


@router.patch("/{id}", response_model=DecisionOut, responses=refusals(403, 404, 409, 412, 428))
async def change(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[CHANGED])],
    body: DecisionChange,
    version: IfMatchDep,
    actor: Annotated[Actor, needs("decision:write")],
) -> DecisionOut:
    """Change the background or the class, or write a new version of the text.

    A new text sends the decision back to the first step that saw another one: a material change as far as the
    opinions, any change as far as the legality review.
    """
    if {"background", "subject_class"} & body.model_fields_set:
        changed = await change_decision(
            session, actor, moment, id, version, background=body.background, subject_class=body.subject_class
        )
        version = changed.version
    if body.text is not None:
        await amend_decision(
            session,
            actor,
            moment,
            id,
            version,
            title=body.text.title,
            body=body.text.body,
            material=body.material,
            reason=body.reason,
        )
    elif not {"background", "subject_class"} & body.model_fields_set:
        raise invalid("", "nothing_to_change")
    return await answered(session, actor, moment, language, await seen_decision(session, actor, id), response)


@router.post("/{id}/acts", response_model=DecisionOut | JudgedOut, responses=refusals(403, 404, 409, 412, 428))
async def act(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[ACTED_ON])],
    body: DecisionAct,
    version: IfMatchDep,
    actor: Annotated[Actor, needs("decision:act")],
    dry_run: Annotated[bool, Query(description="Only say what would be refused; nothing changes.")] = False,
) -> DecisionOut | JudgedOut:
    """Do one act on the open step: finish it, ask to skip it, return it to an earlier step, or withdraw the matter."""
    if dry_run:
        judged = await judge_decision_act(session, actor, moment, id, version, body.wish())
        return judged_out(judged, language)
    await act_on_decision(session, actor, moment, id, version, body.wish())
    return await answered(session, actor, moment, language, await seen_decision(session, actor, id), response)


@router.get("/{id}/events", response_model=EventPage, responses=refusals(403, 404))
async def events(
    database: DatabaseDep,
    language: LanguageDep,
    paging: PagingDep,
    id: DecisionId,
    actor: Annotated[Actor, needs("event:read")],
) -> Response:
    """All that was ever done to the decision, the newest first."""
    async with database.transaction() as session:
        await seen_decision(session, actor, id)
        await seen_decision(session, actor, id, "event:read")
    async with database.reader() as reader:
        return await event_page(reader, "decision", id, language, paging)
