"""One's own inbox of notices: by day, what is not confirmed first."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Response
from pydantic import ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.api import examples
from backend.api.deps import DatabaseDep, LanguageDep, MomentDep, PagingDep, SessionDep, json_bytes, needs
from backend.api.errors import refusals
from backend.api.repeat import RepeatableRoute
from backend.api.shapes import Answer, Body
from backend.db.notice import Notice, notice_days
from backend.db.read import Order, page_of
from backend.domain.access import Actor
from backend.domain.notice.receipt import own_notices, receive_notice, receive_notices

router = APIRouter(prefix="/me/notices", tags=["notice"], route_class=RepeatableRoute)

Reader = Annotated[Actor, needs("notice:read")]


class NoticeOut(Answer):
    """One notice: `title` and `number` are the matter's, `rung` says how near the limit was when it was told."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    number: str
    title: str
    step: str
    step_title: str
    rung: str
    rung_title: str
    limit_at: datetime
    created_at: datetime
    received_at: Annotated[datetime | None, Field(description="When the reader confirmed it; null: not yet.")]


class NoticeDay(Answer):
    """The notices of one day, those not confirmed first."""

    day: date
    unread: int
    notices: list[NoticeOut]


class NoticePage(Answer):
    items: list[NoticeDay]
    next_cursor: str | None


class NoticeCount(Answer):
    unread: int


class DayReceipt(Body):
    """The day whose notices are all confirmed."""

    model_config = ConfigDict(json_schema_extra={"example": {"day": examples.NOTICE_DAY}})

    day: date


class Received(Answer):
    """How many were confirmed now, and how many are left."""

    received: int
    unread: int


async def _unread(actor: Actor, connection: AsyncConnection) -> int:
    own = own_notices(actor).subquery()
    count = sa.select(sa.func.count()).select_from(own).where(own.c.received_at.is_(None))
    return int((await connection.execute(count)).scalar_one())


@router.get("", response_model=NoticePage, responses=refusals(403))
async def list_(
    database: DatabaseDep,
    paging: PagingDep,
    language: LanguageDep,
    actor: Reader,
    unread: Annotated[bool, Query(description="Only what is not confirmed yet.")] = False,
) -> Response:
    """The days on which something came, those with anything not confirmed first, then the newest first."""
    own = own_notices(actor)
    if unread:
        own = own.where(col(Notice.received_at).is_(None))
    days, all_read, day = notice_days(own, language)
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, days, [Order(all_read), Order(day, descending=True)], paging))


@router.get("/count", response_model=NoticeCount, responses=refusals(403))
async def count(database: DatabaseDep, actor: Reader) -> NoticeCount:
    """How many notices are not confirmed yet."""
    async with database.reader() as reader:
        return NoticeCount(unread=await _unread(actor, reader))


@router.post("/receipts", response_model=Received, responses=refusals(403))
async def receive_day(session: SessionDep, moment: MomentDep, body: DayReceipt, actor: Reader) -> Received:
    """Confirm all notices of a day; to do so again changes nothing."""
    received = await receive_notices(session, actor, moment, body.day)
    return Received(received=received, unread=await _unread(actor, await session.connection()))


@router.post("/{id}/receipt", response_model=Received, responses=refusals(403, 404))
async def receive(
    session: SessionDep,
    moment: MomentDep,
    id: Annotated[UUID, Path(examples=[examples.NOTICE])],
    actor: Reader,
) -> Received:
    """Confirm one notice; to do so again changes nothing."""
    received = await receive_notice(session, actor, moment, id)
    return Received(received=received, unread=await _unread(actor, await session.connection()))
