"""The change feed: everything that changed, in the order of the log, for systems that keep a copy."""

import json
import time
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from backend.api.change_hub import ChangeHub
from backend.api.change_reading import Place, changes_paging, permitted, read
from backend.api.change_shapes import ChangesOut, ResourceName
from backend.api.deps import AdmittedDep, DatabaseDep, LanguageDep, MomentDep, json_bytes, still_admitted
from backend.api.errors import refusals
from backend.db.base import utc_now
from backend.db.client import note_feed
from backend.db.read import decode_cursor, encode_cursor
from backend.domain.change import RESOURCES

router = APIRouter(prefix="/changes", tags=["change"])


@router.get("", name="list", response_model=ChangesOut, responses=refusals(403))
async def changes(
    request: Request,
    database: DatabaseDep,
    moment: MomentDep,
    language: LanguageDep,
    actor: AdmittedDep,
    after: Annotated[
        str | None, Query(max_length=400, description="`next_cursor` of before; without it from the beginning.")
    ] = None,
    resource: Annotated[
        list[ResourceName] | None,
        Query(
            max_length=len(RESOURCES),
            description="One or several of " + ", ".join(f"`{each.name}`" for each in RESOURCES) + "; all without it.",
            examples=[["rectifications"]],
        ),
    ] = None,
    limit: Annotated[
        int,
        Query(
            ge=1,
            le=200,
            description="Of how many records to tell at the most; an organisation that was moved or merged is told for"
            " each resource besides.",
        ),
    ] = 100,
    wait: Annotated[int, Query(ge=0, le=25, description="Seconds to wait for a change when there is none.")] = 0,
) -> Response:
    """What changed after a cursor, in the order in which it was committed: ordered, at least once, none left out.

    A cursor is good for the resources that it was read with, or for fewer; others begin anew, with a snapshot.

    What people sent, rated or withdrew comes when its day is over, in mixed order: nobody shall see when somebody came.

    A record that changed several times is told once, as it is now. What was committed long ago in a transaction that
    took long comes where it belongs, since nobody is told what others may still come before.
    """
    wanted = permitted(actor, resource or ())
    paging = changes_paging(actor, request.app.state.cursor_key, limit, after)
    place = Place.beginning(wanted) if after is None else Place.read(decode_cursor(after, paging), wanted)
    hub: ChangeHub = request.app.state.change_hub
    if after is not None and actor.is_client and hub.is_to_note(actor.account_id):
        async with database.transaction() as session:
            await note_feed(session, actor.account_id, place.position, utc_now())
    until = time.monotonic() + wait
    while True:
        async with hub.turn, database.reader() as reader:
            told = await read(reader, actor, moment, language, wanted, place, limit)
        left = until - time.monotonic()
        if told.items or told.more or left <= 0 or hub.closed:
            break
        place = told.place
        # No connection is held meanwhile: hundreds of callers may wait here.
        await hub.wait(left, place.position)
        # Whoever was suspended or lost a right while it slept is told nothing more.
        actor = await still_admitted(request)
        wanted = place.still(permitted(actor, resource or ()))
    cursor = json.dumps(encode_cursor(told.place.written(), paging))
    return json_bytes(
        f'{{"items":[{",".join(told.items)}],"next_cursor":{cursor},"more":{json.dumps(told.more)}}}'.encode()
    )
