"""What is printed of rectifications: the monthly bulletin as a draft, and the closing sheet of an item."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.api import examples
from backend.api.closing_sheet import closing_sheet
from backend.api.deps import DatabaseDep, MomentDep, needs
from backend.api.errors import refusals
from backend.api.printing import DOCX, PDF, as_file, printed
from backend.api.rectification_examples import RELOOKED
from backend.db.engine import Database
from backend.db.organization import organization_in
from backend.db.rectification import RectificationSource, RectificationStatus
from backend.db.rectification_bulletin import (
    closed_in_time,
    flow_by_source,
    good_cases,
    kept_counts,
    open_figures,
    relapses,
    units_with_open_items,
)
from backend.document.bulletin import BulletinFigures, GoodCase, SourceCount, UnitCount, bulletin
from backend.document.closing_sheet import closing_sheet_pdf
from backend.document.paper import ResolutionPaper
from backend.document.resolution import resolution_pdf
from backend.document.resolution_docx import resolution_docx
from backend.domain.access import Actor, Moment
from backend.domain.calendar import add_months, day_of, end_of, start_of
from backend.domain.errors import NotFound, invalid
from backend.domain.rectification.find import seen_rectification
from backend.domain.rectification.view import view_rectification
from backend.domain.rectification.words import SOURCE_TITLES, STATUS_TITLES

router = APIRouter(prefix="/rectifications", tags=["rectification"])

Reader = Annotated[Actor, needs("rectification:read")]
OfOrganization = Annotated[
    UUID, Query(examples=[examples.TOWNSHIP], description="This organisation and everything below it.")
]
Month = Annotated[str, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", examples=["2026-11"])]
RectificationId = Annotated[UUID, Path(examples=[RELOOKED])]

_GOOD_CASES = 5


@router.get("/bulletin.pdf", response_class=Response, responses=refusals(403, 404) | as_file(PDF))
async def bulletin_as_pdf(
    database: DatabaseDep, moment: MomentDep, actor: Reader, organization_id: OfOrganization, month: Month
) -> Response:
    """The month's bulletin, drawn up from the counts of today and marked as a draft (送审稿)."""
    paper = await _bulletin(database, actor, moment, organization_id, month)
    return await printed(lambda: resolution_pdf(paper), PDF, f"{paper.issuing_body}{paper.title}.pdf")


@router.get("/bulletin.docx", response_class=Response, responses=refusals(403, 404) | as_file(DOCX))
async def bulletin_as_docx(
    database: DatabaseDep, moment: MomentDep, actor: Reader, organization_id: OfOrganization, month: Month
) -> Response:
    """The same to edit."""
    paper = await _bulletin(database, actor, moment, organization_id, month)
    return await printed(lambda: resolution_docx(paper), DOCX, f"{paper.issuing_body}{paper.title}.docx")


@router.get("/{id}/closing-sheet.pdf", response_class=Response, responses=refusals(403, 404) | as_file(PDF))
async def closing_sheet_of(database: DatabaseDep, moment: MomentDep, id: RectificationId, actor: Reader) -> Response:
    """What closing rests on, on one paper to be signed; of an item that is not closed it says so."""
    async with database.transaction() as session:
        item, organization = await seen_rectification(session, actor, id)
        sheet = closing_sheet(await view_rectification(session, actor, moment, item, organization), moment)
    return await printed(lambda: closing_sheet_pdf(sheet), PDF, f"{sheet.number}销号单.pdf")


async def _bulletin(
    database: Database, actor: Actor, moment: Moment, organization_id: UUID, month: str
) -> ResolutionPaper:
    first = date.fromisoformat(f"{month}-01")
    if first > day_of(moment.now):
        raise invalid("/month", "month_in_future")
    async with database.transaction() as session:
        organization = await organization_in(session, actor.reach("rectification:read"), organization_id)
    if organization is None:
        raise NotFound("not_found")
    async with database.reader() as reader:
        figures = await _figures(reader, actor, moment, organization.name, organization.path, first)
    return bulletin(figures)


async def _figures(
    reader: AsyncConnection, actor: Actor, moment: Moment, name: str, path: str, first: date
) -> BulletinFigures:
    reach, now = actor.reach("rectification:read"), moment.now
    last = add_months(first, 1) - timedelta(days=1)
    statuses = await kept_counts(reader, reach, path, "rectification")
    waiting = await kept_counts(reader, reach, path, "rectification_source")
    flow = await flow_by_source(reader, reach, path, first, last)
    late = await open_figures(reader, reach, path, now)
    limited, in_time = await closed_in_time(reader, reach, path, first, last)
    return BulletinFigures(
        organization=name,
        month=first,
        as_of=day_of(now),
        registered=sum(begun for begun, _ in flow.values()),
        closed=sum(ended for _, ended in flow.values()),
        open=sum(waiting.values()),
        overdue=late["overdue"],
        handed_in_late=late["handed_in_late"],
        others_late=late["others_late"],
        statuses=tuple(
            (STATUS_TITLES[status]["zh-CN"], statuses[status.value])
            for status in RectificationStatus
            if status.value in statuses and status not in _OVER
        ),
        sources=tuple(
            SourceCount(SOURCE_TITLES[source]["zh-CN"], *flow.get(source, (0, 0)), waiting.get(source.value, 0))
            for source in RectificationSource
            if source in flow or source.value in waiting
        ),
        units=tuple(UnitCount(*unit) for unit in await units_with_open_items(reader, reach, path, now)),
        limited=limited,
        in_time=in_time,
        extended=late["extended"],
        supervised=late["supervised"],
        relapsed=await relapses(reader, reach, path, start_of(first), end_of(last)),
        good_cases=tuple(GoodCase(*case) for case in await good_cases(reader, reach, path, first, last, _GOOD_CASES)),
    )


_OVER = (RectificationStatus.closed, RectificationStatus.merged, RectificationStatus.withdrawn)
