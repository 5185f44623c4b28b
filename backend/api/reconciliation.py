"""Reconciliation: counts and hashes by which a mirror finds out whether it holds what is here."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from backend.api.change_reading import ROWS, permitted
from backend.api.change_shapes import ResourceName
from backend.api.deps import AdmittedDep, DatabaseDep, LanguageDep, MomentDep, PagingDep, json_bytes
from backend.api.errors import refusals
from backend.api.shapes import Answer
from backend.db.read import decode_cursor, encode_cursor
from backend.db.reconciliation import KEYS, GroupPlace, groups_after

router = APIRouter(prefix="/reconciliation", tags=["reconciliation"])


class GroupOut(Answer):
    """The records in the caller's reach that belong to one organisation and are there since one day. `sha256` is over
    one line for each, `id:version` and a newline, in the order of the ids."""

    organization_id: UUID
    day: date
    count: int
    sha256: str


class GroupPage(Answer):
    items: list[GroupOut]
    next_cursor: str | None


@router.get("", name="list", response_model=GroupPage, responses=refusals(403))
async def reconciliation(
    database: DatabaseDep,
    moment: MomentDep,
    language: LanguageDep,
    paging: PagingDep,
    actor: AdmittedDep,
    resource: Annotated[ResourceName, Query(examples=["rectifications"])],
    by: Annotated[
        Literal["organization,day"], Query(description="What is counted together; there is one way.")
    ] = "organization,day",
) -> Response:
    """How many records there are and a hash of them, by organisation and by day of creation (Asia/Shanghai; of cards
    the day on which they were received, of organisations the one above them).

    Counted is what the list of the resource shows to this caller, now. A mirror that has read the feed to its end gets
    the same from the rows that it holds; where a group differs, it reads that organisation's records anew.
    """
    del by
    permitted(actor, [resource])
    after = None
    if paging.cursor is not None:
        organization_id, day = decode_cursor(paging.cursor, paging)
        after = GroupPlace(UUID(organization_id), date.fromisoformat(day))
    async with database.reader() as reader:
        rows = ROWS[resource](actor, moment, language)
        groups, more = await groups_after(reader, rows, KEYS[resource], after, paging.limit)
    following = encode_cursor(groups[-1][:2], paging) if more else None
    items = [
        GroupOut(organization_id=each.organization_id, day=each.day, count=each.records, sha256=each.sha256)
        for each in groups
    ]
    return json_bytes(GroupPage(items=items, next_cursor=following).model_dump_json().encode())
