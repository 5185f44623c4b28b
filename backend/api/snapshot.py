"""Snapshots: everything of some resources in one file, as the caller sees it, and from where the feed goes on."""

import asyncio
import base64
import itertools
import logging
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import StreamingResponse
from pydantic import ConfigDict, Field

from backend.api.change_reading import Place, changes_paging, permitted
from backend.api.change_shapes import ResourceName
from backend.api.deps import AdmittedDep, CipherDep, LanguageDep, MomentDep, SessionDep
from backend.api.errors import refusals
from backend.api.examples import SNAPSHOT
from backend.api.language import say
from backend.api.repeat import RepeatableRoute
from backend.api.shapes import Answer, Body
from backend.db.change import DayPlace
from backend.db.read import encode_cursor
from backend.db.snapshot import Snapshot, SnapshotState
from backend.domain.access import Actor
from backend.domain.crypto import Unreadable
from backend.domain.errors import NotFound
from backend.domain.snapshot import order_snapshot, own_snapshot, take_snapshot
from backend.domain.snapshot_file import snapshot_pieces

router = APIRouter(prefix="/snapshots", tags=["snapshot"], route_class=RepeatableRoute)

_log = logging.getLogger("guanbiao.snapshot")

_AS_GZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/gzip": {"schema": {"type": "string", "format": "binary"}}}}
}


class SnapshotIn(Body):
    """What is wanted. Several resources in one snapshot are of the same moment."""

    model_config = ConfigDict(json_schema_extra={"example": {"resources": ["organizations", "rectifications"]}})

    resources: list[ResourceName] = Field(min_length=1, max_length=5)


class SnapshotOut(Answer):
    """`waiting` for the worker, `writing`, `ready` to be taken until `keep_until`, or `failed` for what `error` says.

    `done` counts lines while they are written, `counts` by resource in the end. `size` and `sha256` are of the file as
    it is sent, `content_sha256` is of the lines in it. `cursor`: `after` for the feed, of the same resources.
    """

    id: UUID
    resources: list[str]
    state: SnapshotState
    done: int
    counts: dict[str, int]
    size: int | None
    sha256: str | None
    content_sha256: str | None
    cursor: str | None
    taken_at: datetime | None
    created_at: datetime
    keep_until: datetime
    error: str | None


def _shown(request: Request, actor: Actor, made: Snapshot, language: str) -> SnapshotOut:
    cursor = None
    if made.state == SnapshotState.ready and made.day is not None:
        place = Place(made.position, DayPlace(made.day, ""), frozenset(made.resources))
        cursor = encode_cursor(place.written(), changes_paging(actor, request.app.state.cursor_key))
    return SnapshotOut(
        id=made.id,
        resources=made.resources,
        state=made.state,
        done=made.done,
        counts=made.counts,
        size=made.size,
        sha256=made.sha256,
        content_sha256=made.content_sha256,
        cursor=cursor,
        taken_at=made.taken_at,
        created_at=made.created_at,
        keep_until=made.keep_until,
        error=say(made.error, {}, language) if made.error else None,
    )


@router.post("", status_code=202, response_model=SnapshotOut, responses=refusals(403, 409))
async def order(
    request: Request,
    session: SessionDep,
    moment: MomentDep,
    language: LanguageDep,
    body: SnapshotIn,
    actor: AdmittedDep,
) -> SnapshotOut:
    """Ask for a snapshot; a worker writes it. One at a time for each caller, and twelve within a day."""
    wanted = [resource.name for resource in permitted(actor, body.resources)]
    made = await order_snapshot(session, actor, moment, wanted, language)
    return _shown(request, actor, made, language)


@router.get("/{id}", response_model=SnapshotOut, responses=refusals(403, 404))
async def get(
    request: Request,
    session: SessionDep,
    language: LanguageDep,
    id: Annotated[UUID, Path(examples=[SNAPSHOT])],
    actor: AdmittedDep,
) -> SnapshotOut:
    """How far it is; only who asked for it reads this."""
    return _shown(request, actor, await own_snapshot(session, actor, id), language)


@router.get("/{id}/content", response_class=StreamingResponse, responses=refusals(403, 404, 409) | _AS_GZIP)
async def content(
    request: Request,
    session: SessionDep,
    moment: MomentDep,
    cipher: CipherDep,
    id: Annotated[UUID, Path(examples=[SNAPSHOT])],
    actor: AdmittedDep,
) -> StreamingResponse:
    """The file: gzip, UTF-8, one JSON object a line, each an `upsert` as the change feed tells it.

    Only who asked for it gets it, and only while it may see all that the file shows: otherwise ask for a new one. Each
    taking is an event.
    """
    made = await take_snapshot(session, actor, moment, id)
    assert made.sha256 is not None
    pieces = snapshot_pieces(request.app.state.settings.snapshots, cipher, made.id)
    try:
        first = await asyncio.to_thread(next, pieces, b"")
    except (FileNotFoundError, Unreadable):
        _log.exception("the file of snapshot %s is gone or altered", id)
        raise NotFound("not_found") from None
    digest = base64.b64encode(bytes.fromhex(made.sha256)).decode()
    return StreamingResponse(
        itertools.chain((first,), pieces),
        media_type="application/gzip",
        headers={
            "content-length": str(made.size),
            "content-disposition": f'attachment; filename="snapshot-{made.id}.ndjson.gz"',
            "repr-digest": f"sha-256=:{digest}:",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        },
    )
