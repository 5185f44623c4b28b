"""Uploading evidence and reading it again."""

import asyncio
import itertools
import logging
from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form, Path, Request, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import ConfigDict

from backend.api.deps import MomentDep, SessionDep, needs
from backend.api.errors import refusals
from backend.api.examples import ATTACHMENT, TOWNSHIP
from backend.api.headers import INERT_POLICY
from backend.api.repeat import RepeatableRoute
from backend.api.shapes import Answer
from backend.db.attachment import Attachment
from backend.domain.access import Actor
from backend.domain.attachment import get_attachment, upload_attachment
from backend.domain.content.kind import MAXIMUM_SIZE
from backend.domain.errors import NotFound
from backend.domain.storage import Lost

_log = logging.getLogger(__name__)
router = APIRouter(prefix="/attachments", tags=["attachment"], route_class=RepeatableRoute)


class AttachmentOut(Answer):
    """A kept file: `media_type` was read from its content, `sha256` (hex) is over its bytes."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime


@router.post("", status_code=201, response_model=AttachmentOut, responses=refusals(403, 404, 413))
async def upload(
    request: Request,
    session: SessionDep,
    moment: MomentDep,
    file: UploadFile,
    organization_id: Annotated[UUID, Form(examples=[TOWNSHIP])],
    actor: Annotated[Actor, needs("attachment:write")],
) -> Attachment:
    """Keep a file of at most 50 MiB: PDF, office papers without macros, pictures, recordings, plain text."""
    data = await file.read(MAXIMUM_SIZE + 1)
    return await upload_attachment(
        session,
        actor,
        moment,
        request.app.state.storage,
        organization_id=organization_id,
        name=file.filename,
        data=data,
    )


@router.get("/{id}", response_class=StreamingResponse, responses=refusals(403, 404))
async def download(
    request: Request,
    session: SessionDep,
    id: Annotated[UUID, Path(examples=[ATTACHMENT])],
    actor: Annotated[Actor, needs("attachment:read")],
) -> StreamingResponse:
    """The file itself, always as a download and never as something a browser would run."""
    found = await get_attachment(session, actor, id)
    pieces = request.app.state.storage.pieces(found.sha256)
    try:
        # All of it is checked before the first piece is here.
        first = await asyncio.to_thread(next, pieces, b"")
    except Lost:
        _log.exception("the file of attachment %s is gone or altered", id)
        raise NotFound("not_found") from None
    return StreamingResponse(
        itertools.chain((first,), pieces),
        media_type=found.media_type,
        headers={
            "content-length": str(found.size),
            "content-disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
            "x-content-type-options": "nosniff",
            "content-security-policy": INERT_POLICY,
            "cache-control": "no-store",
        },
    )
