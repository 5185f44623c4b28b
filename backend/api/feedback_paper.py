"""Posters and cards of a batch, ready to be printed."""

from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import StringConstraints
from sqlmodel import col

from backend.api import feedback_examples as shown
from backend.api.deps import DatabaseDep, needs
from backend.api.errors import refusals
from backend.api.printing import PDF, as_file, printed
from backend.api.shapes import OptionalText
from backend.db.base import Session
from backend.db.feedback import chain_of
from backend.db.feedback_channel import BatchKind, BoxOpening, FeedbackBatch, batch_in
from backend.db.organization import Organization
from backend.document.poster import CardKind, PrintedPlace, cards_pdf, poster_pdf
from backend.domain.access import Actor
from backend.domain.calendar import day_of
from backend.domain.errors import NotFound
from backend.domain.feedback.desk import choose_desk
from backend.domain.feedback.door import printed_numbers

router = APIRouter(tags=["feedback"])

BatchId = Annotated[UUID, Path(examples=[shown.BATCH])]
Line = Annotated[OptionalText, StringConstraints(max_length=40)]


@router.get(
    "/feedback-batches/{id}/poster.pdf",
    name="poster",
    response_class=Response,
    responses=refusals(403, 404) | as_file(PDF),
)
async def poster(
    request: Request,
    database: DatabaseDep,
    id: BatchId,
    actor: Annotated[Actor, needs("poster:write")],
    box: Annotated[
        Line, Query(description="Where the suggestion box hangs; empty: where it was opened last, else a line.")
    ] = "",
    hotline: Annotated[Line, Query(description="The number to call; empty: a line.")] = "",
) -> Response:
    """The A4 poster of a batch, or its A6 cards, four to a sheet and each with its own number."""
    settings = request.app.state.settings
    async with database.transaction() as session:
        found = await batch_in(session, actor.reach("poster:write"), id)
        if found is None:
            raise NotFound("not_found")
        batch, place = found
        printing = PrintedPlace(
            place=place.name,
            desk=await _desk(session, place),
            batch=batch.number,
            address=f"{settings.public_url}/m/p/{batch.token}",
            printed_on=day_of(batch.created_at),
            window=batch.window,
            box=box or await _box(session, place),
            hotline=hotline,
            trial=not settings.is_published,
        )
    return await printed(lambda: _drawn(batch, printing), PDF, f"{batch.number}.pdf")


def _drawn(batch: FeedbackBatch, place: PrintedPlace) -> bytes:
    if batch.kind is BatchKind.poster:
        return poster_pdf(place)
    kind: CardKind = "opinion_card" if batch.kind is BatchKind.opinion_card else "satisfaction_card"
    return cards_pdf(place, kind, printed_numbers(batch))


async def _desk(session: Session, place: Organization) -> str:
    desk = choose_desk(await chain_of(session, place.path), ())
    return desk.name if desk else place.name


async def _box(session: Session, place: Organization) -> str:
    """Where the place's box hung when it was opened last."""
    question = (
        sa.select(col(BoxOpening.location))
        .where(col(BoxOpening.organization_id) == place.id)
        .order_by(col(BoxOpening.opened_at).desc())
        .limit(1)
    )
    return (await session.execute(question)).scalar_one_or_none() or ""
