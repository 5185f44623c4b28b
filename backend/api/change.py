"""The change feed: everything that changed, in the order of the log, for systems that keep a copy."""

import json
import time
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from backend.api.change_hub import ChangeHub
from backend.api.change_reading import BEGINNING, Place, permitted, read
from backend.api.decision_shapes import DecisionRow
from backend.api.deps import AdmittedDep, DatabaseDep, LanguageDep, MomentDep, admitted, caller, json_bytes, oauth2
from backend.api.errors import refusals
from backend.api.feedback_shapes import CardRow
from backend.api.member_shapes import MemberOut
from backend.api.organization_shapes import OrganizationOut
from backend.api.rectification_shapes import RectificationRow
from backend.api.shapes import Answer
from backend.db.read import Paging, decode_cursor, encode_cursor
from backend.domain.change import RESOURCES, Op

router = APIRouter(prefix="/changes", tags=["change"])

ResourceName = Literal["organizations", "members", "decisions", "rectifications", "feedback-cards"]


class ChangeOut(Answer):
    """One record that changed. `upsert`: `record` is as it is now, the same as in the list of its resource; a record
    that came into reach comes so too. `remove`: it is gone, or out of reach. `below`: it is about every record of the
    resource below the organisation `id`, which was moved or merged: after `remove` they are gone, after `resync` they
    are to be read anew. `resync` without resource: what this caller may see was changed as a whole, so take everything
    anew."""

    op: Op
    resource: str | None
    id: UUID
    below: bool
    record: OrganizationOut | MemberOut | DecisionRow | RectificationRow | CardRow | None


class ChangesOut(Answer):
    """Changes in order. Go on with `next_cursor`, at once while `more`. The same may come twice; none is left out."""

    items: list[ChangeOut]
    next_cursor: str
    more: bool


@router.get("", name="list", response_model=ChangesOut, responses=refusals(403))
async def changes(
    request: Request,
    database: DatabaseDep,
    moment: MomentDep,
    language: LanguageDep,
    actor: AdmittedDep,
    after: Annotated[
        str | None, Query(max_length=300, description="`next_cursor` of before; without it from the beginning.")
    ] = None,
    resource: Annotated[
        list[ResourceName] | None,
        Query(
            max_length=len(RESOURCES),
            description="One or several of " + ", ".join(f"`{each.name}`" for each in RESOURCES) + "; all without it.",
            examples=[["rectifications"]],
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many changes to tell at the most.")] = 100,
    wait: Annotated[int, Query(ge=0, le=25, description="Seconds to wait for a change when there is none.")] = 0,
) -> Response:
    """What changed after a cursor, in the order in which it was committed: ordered, at least once, none left out.

    What people sent, rated or withdrew comes when its day is over, in mixed order: nobody shall see when somebody came.

    A record that changed several times is told once, as it is now. What was committed long ago in a transaction that
    took long comes where it belongs, since nobody is told what others may still come before.
    """
    wanted = permitted(actor, resource or ())
    paging = Paging(limit, after, f"{actor.account_id} changes", request.app.state.cursor_key)
    place = BEGINNING if after is None else Place.read(decode_cursor(after, paging))
    hub: ChangeHub = request.app.state.change_hub
    until = time.monotonic() + wait
    while True:
        async with hub.turn, database.reader() as reader:
            told = await read(reader, actor, moment, language, wanted, place, limit)
        left = until - time.monotonic()
        if told.items or told.more or left <= 0:
            break
        place = told.place
        # No connection is held meanwhile: hundreds of callers may wait here.
        await hub.wait(left)
        # Whoever was suspended or lost a right while it slept is told nothing more.
        actor = await admitted(request, await caller(request, await oauth2(request)))
        wanted = permitted(actor, resource or ())
    cursor = json.dumps(encode_cursor(told.place.written(), paging))
    return json_bytes(
        f'{{"items":[{",".join(told.items)}],"next_cursor":{cursor},"more":{json.dumps(told.more)}}}'.encode()
    )
