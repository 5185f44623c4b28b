"""Uploading evidence and reading it again."""

import asyncio
from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form, Path, Request, UploadFile
from fastapi.responses import FileResponse
from pydantic import ConfigDict

from backend.api.deps import MomentDep, SessionDep, needs
from backend.api.errors import refusals
from backend.api.examples import ATTACHMENT, TOWNSHIP
from backend.api.shapes import Answer
from backend.db.attachment import Attachment
from backend.domain.access import Actor
from backend.domain.attachment import get_attachment, upload_attachment
from backend.domain.errors import NotFound
from backend.domain.storage import MAXIMUM_SIZE, stored

router = APIRouter(prefix="/attachments", tags=["attachment"])


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
    folder = request.app.state.settings.attachments
    return await upload_attachment(
        session, actor, moment, folder, organization_id=organization_id, name=file.filename, data=data
    )


@router.get("/{id}", response_class=FileResponse, responses=refusals(404))
async def download(
    request: Request,
    session: SessionDep,
    id: Annotated[UUID, Path(examples=[ATTACHMENT])],
    actor: Annotated[Actor, needs("attachment:read")],
) -> FileResponse:
    """The file itself, always as a download and never as something a browser would run."""
    found = await get_attachment(session, actor, id)
    path = stored(request.app.state.settings.attachments, found.sha256)
    if not await asyncio.to_thread(path.is_file):
        raise NotFound("not_found")
    return FileResponse(
        path,
        media_type=found.media_type,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
            "x-content-type-options": "nosniff",
            "content-security-policy": "sandbox",
            "cache-control": "no-store",
        },
    )
