"""Figures: what there are, each as a table with its definition, and each as a file."""

import asyncio
import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from backend.api import examples
from backend.api.deps import LanguageDep, MomentDep, SessionDep, needs
from backend.api.errors import refusals
from backend.api.figure_shapes import FigureList, FigureOut, definition_out, figure_out
from backend.domain.access import Actor
from backend.domain.calendar import day_of
from backend.domain.figure.catalogue import FIGURES
from backend.domain.figure.draw import draw
from backend.workbook.figure import Sheet, written_csv, written_workbook

router = APIRouter(prefix="/figures", tags=["figure"])

Reader = Annotated[Actor, needs("figure:read")]
Key = Annotated[str, Path(examples=["lights"], json_schema_extra={"enum": sorted(FIGURES)})]

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|？：]')

Responses = dict[int | str, dict[str, Any]]
_AS_SHEET: Responses = {200: {"content": {_SHEET: {"schema": {"type": "string", "format": "binary"}}}}}
_AS_CSV: Responses = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


async def asked(
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    key: Key,
    actor: Reader,
    organization_id: Annotated[
        UUID | None,
        Query(
            description="This organisation and all below it; without it the uppermost within reach.",
            examples=[examples.TOWNSHIP],
        ),
    ] = None,
    first: Annotated[
        date | None, Query(alias="from", description="The first day; without it 180 days up to the last.")
    ] = None,
    last: Annotated[
        date | None, Query(alias="to", description="The last day; without it today. What lies ahead is left out.")
    ] = None,
) -> FigureOut:
    """The figure that the path names, in the caller's language."""
    picture = await draw(session, actor, moment, key, organization_id, first, last)
    return figure_out(picture, moment.now, language)


Asked = Annotated[FigureOut, Depends(asked)]


@router.get("", response_model=FigureList, responses=refusals(403))
async def list_(language: LanguageDep, actor: Reader) -> FigureList:
    """The figures there are, each with what it counts and how."""
    return FigureList(items=[definition_out(figure, language) for figure in FIGURES.values()])


@router.get("/{key}.xlsx", response_class=Response, responses=refusals(403, 404) | _AS_SHEET)
async def workbook(figure: Asked, language: LanguageDep) -> Response:
    """The figure as a workbook: its definition, its numbers and its table, ready to print."""
    return await _file(figure, language, written_workbook, "xlsx", _SHEET)


@router.get("/{key}.csv", response_class=Response, responses=refusals(403, 404) | _AS_CSV)
async def csv(figure: Asked, language: LanguageDep) -> Response:
    """The figure's table as CSV in UTF-8, with the mark by which Excel knows it."""
    return await _file(figure, language, written_csv, "csv", "text/csv")


@router.get("/{key}", response_model=FigureOut, responses=refusals(403, 404))
async def get(response: Response, figure: Asked) -> FigureOut:
    """One figure of an organisation with all below it.

    Figures of cards leave out what is about the caller, and whatever is of fewer than ten. Those of a period are about
    the longest calendar month, quarter or year that is over within the days asked for; `period` says which.
    """
    response.headers["cache-control"] = "no-store"
    return figure


async def _file(
    figure: FigureOut, language: str, write: Callable[[Sheet, str], bytes], extension: str, media_type: str
) -> Response:
    sheet = Sheet.of(figure.model_dump(), day_of(figure.drawn_at))
    content = await asyncio.to_thread(write, sheet, language)
    name = _NOT_IN_NAMES.sub("", f"{figure.organization.name}{figure.title}") + f".{extension}"
    return Response(
        content,
        media_type=media_type,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        },
    )
