"""A copy of everything that is held about oneself."""

import asyncio
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response

from backend.api.deps import ActorDep, CipherDep, LanguageDep, MomentDep, SessionDep
from backend.api.errors import refusals
from backend.api.repeat import NOT_KEPT, RepeatableRoute
from backend.domain.own_data import copy_own_data
from backend.workbook.own_copy import write_copy

router = APIRouter(tags=["own_data"], route_class=RepeatableRoute)

_AS_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post("/me/copy", name="copy", response_class=Response, responses=refusals() | _AS_ZIP, openapi_extra=NOT_KEPT)
async def copy(
    session: SessionDep, moment: MomentDep, cipher: CipherDep, language: LanguageDep, actor: ActorDep
) -> Response:
    """Everything held about oneself, across all systems, as a workbook and as JSON in one zip; numbers in clear.

    It is made at once, so that nobody waits the working days that the law allows; that it was given is an event.
    """
    made = await copy_own_data(session, actor, moment, cipher, language)
    content = await asyncio.to_thread(write_copy, made, language)
    name = quote(f"本人信息副本-{made.username}.zip")
    return Response(
        content,
        media_type="application/zip",
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{name}",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        },
    )
