"""The sealed lane: reports of misconduct, for discipline officers above whoever they are about, and for nobody else."""

import asyncio
import base64
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict, StringConstraints
from sqlmodel import col

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
from backend.api.feedback_shapes import NameRef, ReadingReason, Reason
from backend.api.repeat import NOT_KEPT, RepeatableRoute
from backend.api.shapes import Answer, Body, Text
from backend.db.feedback import CardStatus, FeedbackCard
from backend.db.feedback_vault import SealedReport, sealed_report_in, sealed_rows
from backend.db.read import Order, page_of, record_of
from backend.db.row_security import KEEPER, open_vault
from backend.domain.access import Actor
from backend.domain.errors import NotFound
from backend.domain.feedback.photo import MEDIA_TYPE, kept_photo
from backend.domain.feedback.seal import hand_over, read_sealed
from backend.domain.feedback.sight import sight_of

router = APIRouter(prefix="/sealed-reports", tags=["feedback"], route_class=RepeatableRoute)

Officer = Annotated[Actor, needs("feedback:seal")]
ReportId = Annotated[UUID, Path(examples=[shown.SEALED])]


class SealedRow(Answer):
    """A sealed report in a list: nothing of what it says. `organization` is where it is kept."""

    id: UUID
    number: str
    organization: NameRef
    channel: str
    status: CardStatus
    received_on: date
    sealed_on: date
    handed_over_to: str | None
    handed_over_on: date | None
    reading_count: int
    version: int


class SealedPage(Answer):
    items: list[SealedRow]
    next_cursor: str | None


class ReadingIn(Body):
    """Why the report is opened: it stands in the log."""

    model_config = ConfigDict(json_schema_extra={"examples": [shown.READING]})

    reason: ReadingReason


class SealedPhoto(Answer):
    """A photo as base64 of a JPEG without metadata."""

    media_type: str
    data: str


class SealedOut(Answer):
    """A report of misconduct, opened once."""

    id: UUID
    number: str
    content: str
    about_note: str | None
    location_text: str | None
    name: str | None
    phone: str | None
    photos: list[SealedPhoto]
    reading_count: int


class HandingOverIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [shown.HANDING_OVER]})

    to: Annotated[Text, StringConstraints(max_length=200)]
    reason: Reason


@router.get("", name="list_sealed", response_model=SealedPage, responses=refusals(403))
async def list_(database: DatabaseDep, paging: PagingDep, actor: Officer) -> Response:
    """The reports that you may open, the latest day first."""
    question = sealed_rows(sight_of(actor, "feedback:seal"))
    order = [Order(col(SealedReport.sealed_on), descending=True), Order(col(SealedReport.card_id), descending=True)]
    async with database.transaction() as session:
        await open_vault(session, KEEPER)
        return json_bytes(await page_of(await session.connection(), question, order, paging))


@router.post(
    "/{id}/reading", name="read_sealed", response_model=SealedOut, responses=refusals(403, 404), openapi_extra=NOT_KEPT
)
async def reading(
    session: SessionDep,
    vault: VaultDep,
    moment: MomentDep,
    response: Response,
    id: ReportId,
    body: ReadingIn,
    actor: Officer,
) -> SealedOut:
    """Open a report. Every opening stands in the log, with its reason."""
    response.headers["cache-control"] = "no-store"
    opened = await read_sealed(session, vault, actor, moment, id, body.reason)
    files = [await asyncio.to_thread(kept_photo, vault.photos, vault.cipher, photo.id) for photo in opened.photos]
    said = opened.said
    return SealedOut(
        id=opened.card.id,
        number=opened.card.number,
        content=said.content,
        about_note=said.about_note or None,
        location_text=said.location_text or None,
        name=said.name or None,
        phone=said.phone or None,
        photos=[SealedPhoto(media_type=MEDIA_TYPE, data=base64.b64encode(file).decode()) for file in files],
        reading_count=opened.report.reading_count,
    )


@router.post(
    "/{id}/handing-over", name="hand_over", response_model=SealedRow, responses=refusals(403, 404, 409, 412, 428)
)
async def handing_over(
    session: SessionDep,
    moment: MomentDep,
    id: Annotated[UUID, Path(examples=[shown.HANDED_OVER])],
    body: HandingOverIn,
    version: IfMatchDep,
    actor: Officer,
) -> Response:
    """Note that the discipline body has taken the report over."""
    card = await hand_over(session, actor, moment, id, version, to=body.to, reason=body.reason)
    await session.flush()
    question = sealed_rows(sight_of(actor, "feedback:seal")).where(col(FeedbackCard.id) == id)
    found = await record_of(await session.connection(), question)
    if found is None:
        raise NotFound("not_found")
    return json_bytes(found, version=card.version)


@router.get("/{id}/events", name="sealed_events", response_model=EventPage, responses=refusals(403, 404))
async def events(
    database: DatabaseDep, language: LanguageDep, paging: PagingDep, id: ReportId, actor: Officer
) -> Response:
    """Who opened the report, and when."""
    async with database.transaction() as session:
        if await sealed_report_in(session, sight_of(actor, "feedback:seal"), id) is None:
            raise NotFound("not_found")
    async with database.reader() as reader:
        return await event_page(reader, "feedback", id, language, paging)
