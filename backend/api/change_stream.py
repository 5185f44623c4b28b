"""The change feed as server-sent events: an open page learns that something changed without asking again and again.

The token comes in a header, so a page reads the stream with `fetch` and not with `EventSource`, which would put it into
the address.  Nobody who waits holds a connection to the database.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from backend.api.change_hub import ChangeHub
from backend.api.change_reading import SENDERS_GRACE, Place, Told, changes_paging, names_of, permitted, read
from backend.api.change_shapes import ResourceName
from backend.api.deps import AdmittedDep, DatabaseDep, LanguageDep, MomentDep, public_moment, still_admitted
from backend.api.errors import refusals
from backend.db.change import DayPlace, last_settled
from backend.db.engine import Database
from backend.db.event import START
from backend.db.read import Paging, decode_cursor, encode_cursor
from backend.domain.calendar import day_of
from backend.domain.change import RESOURCES
from backend.domain.errors import Refused
from backend.domain.event import WITHOUT_TIME

router = APIRouter(prefix="/changes", tags=["change"])

BEAT = 15.0
"""Seconds after which an idle stream says that it is there; then it is also asked whether its caller still may."""
GAP = 1.0
"""Seconds between two readings for one stream, however much is written meanwhile."""
LONGEST = 540
"""Seconds after which a stream ends: a token does not live much longer."""
MOST = 100
"""Changes that one event tells at the most; the next one follows at once."""

# Without a schema: readers of the contract judge event by event, and what one holds is told by the operation's text.
_AS_EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no", "x-content-type-options": "nosniff"}


@router.get("/stream", name="stream", response_class=StreamingResponse, responses=refusals(403, 409) | _AS_EVENTS)
async def stream(
    request: Request,
    database: DatabaseDep,
    moment: MomentDep,
    language: LanguageDep,
    actor: AdmittedDep,
    resource: Annotated[
        list[ResourceName] | None,
        Query(max_length=len(RESOURCES), description="As of the feed.", examples=[["rectifications"]]),
    ] = None,
    seconds: Annotated[
        int,
        Query(ge=1, le=LONGEST, description="After how long it ends by itself; go on with a new one.", examples=[1]),
    ] = LONGEST,
    last_event_id: Annotated[
        str | None, Header(max_length=400, description="The `id` of the last event that was read; without it from now.")
    ] = None,
) -> StreamingResponse:
    """Changes as they come, as server-sent events: `change` with the same JSON as the feed answers, and the cursor as
    its `id`; `begun` first of all. It ends with `end` and a code when the sign-in does, or when the caller may read one
    of these resources no longer: then sign in anew, and go on from the last `id`.
    """
    hub: ChangeHub = request.app.state.change_hub
    wanted = permitted(actor, resource or ())
    paging = changes_paging(actor, request.app.state.cursor_key, MOST, last_event_id)
    if last_event_id is None:
        async with database.reader() as reader:
            position = await last_settled(reader, but=WITHOUT_TIME) or START
        place = Place(position, DayPlace(day_of(moment.now - SENDERS_GRACE), ""), names_of(wanted))
    else:
        place = Place.read(decode_cursor(last_event_id, paging), wanted)
    hub.check_streams(actor.account_id)
    return StreamingResponse(
        _events(request, database, language, resource or (), place, paging, actor.account_id, seconds),
        media_type="text/event-stream",
        headers=_HEADERS,
    )


async def _events(
    request: Request,
    database: Database,
    language: str,
    names: Sequence[str],
    place: Place,
    paging: Paging,
    caller_id: UUID,
    seconds: float,
) -> AsyncIterator[bytes]:
    hub: ChangeHub = request.app.state.change_hub
    try:
        with hub.streaming(caller_id):
            yield _event("begun", "{}", _cursor(place, paging))
            until = time.monotonic() + seconds
            while not hub.closed and time.monotonic() < until:
                told = await _next(request, database, hub, language, names, place)
                moved, place = told.place != place, told.place
                read_at = time.monotonic()
                if told.items or moved:
                    yield _event("change", _body(told, paging), _cursor(place, paging))
                else:
                    yield b": here\n\n"
                if told.more:
                    continue
                await hub.wait(min(BEAT, until - time.monotonic()), place.position)
                await asyncio.sleep(max(0.0, min(read_at + GAP, until) - time.monotonic()))
    except Refused as refused:
        yield _event("end", json.dumps({"code": refused.code}))


async def _next(
    request: Request, database: Database, hub: ChangeHub, language: str, names: Sequence[str], place: Place
) -> Told:
    """What is to be told now, to whoever may still be told; nothing but this holds a connection."""
    async with hub.turn:
        actor = await still_admitted(request)
        wanted = place.still(permitted(actor, names))
        # A stream may last for hours: lights and days go by the clock of now.
        moment = await public_moment(request)
        async with database.reader() as reader:
            return await read(reader, actor, moment, language, wanted, place, MOST)


def _cursor(place: Place, paging: Paging) -> str:
    return encode_cursor(place.written(), paging)


def _body(told: Told, paging: Paging) -> str:
    cursor = json.dumps(_cursor(told.place, paging))
    return f'{{"items":[{",".join(told.items)}],"next_cursor":{cursor},"more":{json.dumps(told.more)}}}'


def _event(name: str, data: str, id: str | None = None) -> bytes:
    """One event. JSON that PostgreSQL wrote has its line breaks escaped, so that data is one line."""
    head = f"id: {id}\n" if id is not None else ""
    return f"{head}event: {name}\ndata: {data}\n\n".encode()
