"""Feedback cards as staff work with them: within reach, and never when the card is about them or above them."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Path, Query, Response
from sqlmodel import col

from backend.api import examples
from backend.api import feedback_examples as shown
from backend.api.deps import (
    DatabaseDep,
    IfMatchDep,
    LanguageDep,
    MomentDep,
    PagingDep,
    SessionDep,
    VaultDep,
    json_bytes,
    needs,
)
from backend.api.errors import refusals
from backend.api.event import EventPage, event_page
from backend.api.feedback_shapes import CardAct, CardChange, CardExtensionIn, CardOut, CardPage, GoneOut, card_out
from backend.api.repeat import RepeatableRoute
from backend.api.run import Light, run_out, step_titles
from backend.api.run_shapes import JudgedOut, judged_out
from backend.db.base import Session, utc_now
from backend.db.feedback import Anonymity, CardStatus, CardWish, FeedbackCard, Voice, card_in
from backend.db.feedback_view import CardFilter, card_rows, narrowed, says
from backend.db.organization import organization_in
from backend.db.read import Order, page_of
from backend.domain.access import Actor, Moment
from backend.domain.calendar import YELLOW_DAYS
from backend.domain.errors import NotFound, invalid
from backend.domain.feedback.act import act_on_card, judge_card_act
from backend.domain.feedback.sight import seen_card, sight_of
from backend.domain.feedback.staff import change_card
from backend.domain.feedback.view import view_card
from backend.domain.pinyin import fold, query_grams
from backend.domain.run import Wish

router = APIRouter(prefix="/feedback-cards", tags=["feedback"], route_class=RepeatableRoute)

Reader = Annotated[Actor, needs("feedback:read")]
CardId = Annotated[UUID, Path(examples=[shown.READ])]


@dataclass(frozen=True, slots=True)
class CardQuery:
    """The filters of a list; days are included on both sides."""

    channel: Annotated[str | None, Query(max_length=32)] = None
    voice: Voice | None = None
    category: Annotated[str | None, Query(max_length=32)] = None
    wish: CardWish | None = None
    status: CardStatus | None = None
    step: Annotated[str | None, Query(max_length=64, description="The step that is open.")] = None
    light: Light | None = None
    overdue: Annotated[bool | None, Query(description="Past the limit; what is due today is not.")] = None
    place_id: UUID | None = None
    anonymity: Anonymity | None = None
    received_from: date | None = None
    received_to: date | None = None
    reopened: Annotated[bool | None, Query(description="Whether dissatisfaction has opened it again.")] = None
    converted: Annotated[bool | None, Query(description="Whether it is in the rectification ledger.")] = None


async def answered(
    session: Session, actor: Actor, moment: Moment, language: str, id: UUID, response: Response
) -> CardOut | GoneOut:
    """The whole card as this caller sees it, with its ETag; or that it has left the caller's sight."""
    await session.flush()
    found = await card_in(session, sight_of(actor), id)
    response.headers["cache-control"] = "no-store"
    if found is None:
        gone = await session.get(FeedbackCard, id)
        return GoneOut(number=gone.number if gone else "")
    view = await view_card(session, actor, moment, *found)
    response.headers["etag"] = f'"{view.card.version}"'
    return card_out(view, run_out(view.standing, view.options, view.holders, view.attachments, language, moment.now))


def rows(actor: Actor, moment: Moment, language: str) -> sa.Select[Any]:
    """The cards as their list shows them to somebody."""
    lights = (moment.now, utc_now(), YELLOW_DAYS, step_titles(language))
    return card_rows(sight_of(actor), actor.reach("rectification:read"), *lights)


@router.get("", response_model=CardPage, responses=refusals(403, 404))
async def list_(
    database: DatabaseDep,
    moment: MomentDep,
    language: LanguageDep,
    paging: PagingDep,
    actor: Reader,
    asked: Annotated[CardQuery, Depends()],
    organization_id: Annotated[
        UUID | None, Query(description="This organisation and all below it.", examples=[examples.TOWNSHIP])
    ] = None,
    q: Annotated[str | None, Query(max_length=100, description="Part of the text or the number.")] = None,
) -> Response:
    """Cards within sight, the latest day first; within a day in no order that would tell who was first."""
    path = None
    if organization_id is not None:
        async with database.transaction() as session:
            above = await organization_in(session, actor.reach("feedback:read"), organization_id)
        if above is None:
            raise NotFound("not_found")
        path = above.path
    given = {name: getattr(asked, name) for name in CardQuery.__slots__}
    question = rows(actor, moment, language)
    question = narrowed(question, CardFilter(path=path, **given), moment.now, YELLOW_DAYS)
    if q is not None and (folded := fold(q)):
        question = question.where(says(folded, query_grams(q)))
    order = [Order(col(FeedbackCard.received_on), descending=True), Order(col(FeedbackCard.id), descending=True)]
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, question, order, paging))


@router.get("/{id}", response_model=CardOut, responses=refusals(403, 404))
async def get(
    session: SessionDep, moment: MomentDep, language: LanguageDep, response: Response, id: CardId, actor: Reader
) -> CardOut | GoneOut:
    """One card: what was said, its steps with all acts, who holds it, and what you may do next."""
    await seen_card(session, actor, id)
    return await answered(session, actor, moment, language, id, response)


@router.patch("/{id}", response_model=CardOut | GoneOut, responses=refusals(403, 404, 409, 412, 428))
async def change(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.CHANGED])],
    body: CardChange,
    version: IfMatchDep,
    actor: Annotated[Actor, needs("feedback:write")],
) -> CardOut | GoneOut:
    """Correct how a card is sorted, and say whom it is about: they lose sight of it at once."""
    if not body.model_fields_set:
        raise invalid("", "nothing_to_change")
    await change_card(
        session,
        actor,
        moment,
        id,
        version,
        category=body.category,
        urgency=body.urgency,
        about_ids=body.about.organization_ids if body.about else (),
        about_accounts=body.about.account_ids if body.about else (),
    )
    return await answered(session, actor, moment, language, id, response)


@router.post("/{id}/acts", response_model=CardOut | GoneOut | JudgedOut, responses=refusals(403, 404, 409, 412, 428))
async def act(
    session: SessionDep,
    vault: VaultDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.ACTED_ON])],
    body: CardAct,
    version: IfMatchDep,
    actor: Annotated[Actor, needs("feedback:act")],
    dry_run: Annotated[bool, Query(description="Only say what would be refused; nothing changes.")] = False,
) -> CardOut | GoneOut | JudgedOut:
    """Do one act on the open step: sort the card, sign for it, handle it, check the reply, review it."""
    if dry_run:
        return judged_out(await judge_card_act(session, actor, moment, id, version, body.wish()), language)
    await act_on_card(session, vault, actor, moment, id, version, body.wish())
    return await answered(session, actor, moment, language, id, response)


@router.post("/{id}/extensions", response_model=CardOut, responses=refusals(403, 404, 409, 412, 428))
async def extend(
    session: SessionDep,
    vault: VaultDep,
    moment: MomentDep,
    language: LanguageDep,
    response: Response,
    id: Annotated[UUID, Path(examples=[shown.EXTENDED])],
    body: CardExtensionIn,
    version: IfMatchDep,
    actor: Annotated[Actor, needs("feedback:act")],
) -> CardOut | GoneOut:
    """Ask for a later limit before it has passed, or, being another person, grant it with an exact day."""
    record = {"until": body.until.isoformat()}
    wish = Wish(step="processing", outcome="extended", record=record, reason=body.reason)
    await act_on_card(session, vault, actor, moment, id, version, wish)
    return await answered(session, actor, moment, language, id, response)


@router.get("/{id}/events", response_model=EventPage, responses=refusals(403, 404))
async def events(
    database: DatabaseDep,
    language: LanguageDep,
    paging: PagingDep,
    id: CardId,
    actor: Annotated[Actor, needs("event:read")],
) -> Response:
    """All that was ever done to the card, the newest first; nothing of what was said."""
    async with database.transaction() as session:
        await seen_card(session, actor, id)
        await seen_card(session, actor, id, "event:read")
    async with database.reader() as reader:
        return await event_page(reader, "feedback", id, language, paging)
