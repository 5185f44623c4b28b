"""The rosters: reading and searching them, registering, changing and transferring members, and unmasking numbers."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.api import examples
from backend.api.deps import (
    CipherDep,
    DatabaseDep,
    IfMatchDep,
    LanguageDep,
    MomentDep,
    PagingDep,
    SearchedNameDep,
    SessionDep,
    json_bytes,
    needs,
)
from backend.api.errors import refusals
from backend.api.event import EventPage, event_page
from backend.api.member_collision import telling_collisions
from backend.api.member_shapes import (
    BranchPage,
    ClearNumbers,
    MemberChange,
    MemberDetail,
    MemberNew,
    MemberPage,
    MemberSearch,
    ProposedNumbers,
    Transfer,
    Unmasking,
)
from backend.api.organization_shapes import given
from backend.api.repeat import NOT_KEPT, RepeatableRoute
from backend.db.base import Session
from backend.db.member import (
    ENDED,
    Member,
    MemberBranch,
    MemberStatus,
    Sex,
    branches_of,
    member_with_path,
    members_in,
)
from backend.db.member_correction import own_records
from backend.db.organization_view import path_of
from backend.db.read import Order, page_of, record_of
from backend.db.search import matches_name
from backend.domain.access import Actor
from backend.domain.errors import NotFound, invalid
from backend.domain.member import change_member, number_hashes, transfer_member, unmask_member
from backend.domain.member_correction import proposed_in_clear
from backend.domain.member_registration import register_member
from backend.domain.member_rule import MemberValues
from backend.domain.search import name_query

router = APIRouter(prefix="/members", tags=["member"], route_class=RepeatableRoute)

Reader = Annotated[Actor, needs("member:read")]
Writer = Annotated[Actor, needs("member:write")]
Unmasker = Annotated[Actor, needs("member:unmask")]
MemberId = Annotated[UUID, Path(examples=[examples.MEMBER])]

ROSTER_ORDER = (Order(col(Member.sort_key)), Order(col(Member.id)))


def allowed(actor: Actor, record: dict[str, Any], *, own: bool) -> list[str]:
    writes = actor.may("member:write", record["path"]) and not own
    deeds = {
        "edit": writes,
        "transfer": writes and record["status"] not in ENDED,
        "unmask": actor.may("member:unmask", record["path"]),
    }
    return [deed for deed, may in deeds.items() if may]


async def shown(connection: AsyncConnection, actor: Actor, id: UUID) -> tuple[bytes, int]:
    """Read one member with what the caller may do."""
    body = await record_of(connection, member_with_path(actor.reach("member:read"), id))
    if body is None:
        raise NotFound("not_found")
    record = json.loads(body)
    record["can"] = allowed(actor, record, own=id in await own_records(connection, actor.people))
    del record["path"]
    return json.dumps(record, ensure_ascii=False).encode(), record["version"]


async def answer(session: Session, actor: Actor, id: UUID, status: int = 200) -> Response:
    """Answer a change with the record as it is now."""
    await session.flush()
    body, version = await shown(await session.connection(), actor, id)
    response = json_bytes(body, version=version)
    response.status_code = status
    return response


@router.get("", response_model=MemberPage, responses=refusals(403, 404))
async def list_(
    database: DatabaseDep,
    paging: PagingDep,
    actor: Reader,
    name: SearchedNameDep,
    organization_id: Annotated[
        UUID | None, Query(examples=[examples.TOWNSHIP], description="This organisation and everything below it.")
    ] = None,
    status: Annotated[list[MemberStatus] | None, Query(description="May be given several times.")] = None,
    is_mobile: bool | None = None,
    sex: Sex | None = None,
) -> Response:
    """Members in the order of their names' pinyin, surnames read as surnames."""
    reach = actor.reach("member:read")
    wanted = name_query(name, of_people=True)
    async with database.reader() as reader:
        path = None
        if organization_id is not None:
            path = (await reader.execute(path_of(reach, organization_id))).scalar_one_or_none()
            if path is None:
                raise NotFound("not_found")
        question = members_in(reach, path)
        if status:
            question = question.where(col(Member.status).in_(status))
        if is_mobile is not None:
            question = question.where(col(Member.is_mobile).is_(is_mobile))
        if sex is not None:
            question = question.where(col(Member.sex) == sex)
        if wanted is not None:
            question = question.where(matches_name(Member, wanted))
        return json_bytes(await page_of(reader, question, ROSTER_ORDER, paging))


@router.post("/search", response_model=MemberPage, responses=refusals(403))
async def search(
    database: DatabaseDep, paging: PagingDep, cipher: CipherDep, body: MemberSearch, actor: Unmasker
) -> Response:
    """Members with exactly this ID number or phone; in a body, because addresses are logged and remembered.

    For those alone who may see the numbers in clear, where they may: an answer confirms a number that was guessed, and
    beside a masked one there are few to guess.
    """
    asked = given(body)
    if len([value for value in asked.values() if value]) != 1:
        raise invalid("", "search_by_one")
    question = members_in(actor.reach("member:unmask"))
    for column, hashes in number_hashes(cipher, asked).items():
        question = question.where(col(getattr(Member, column)).in_(hashes))
    async with database.reader() as reader:
        return json_bytes(await page_of(reader, question, ROSTER_ORDER, paging))


@router.post("", status_code=201, response_model=MemberDetail, responses=refusals(403, 404, 409))
async def register(
    session: SessionDep, database: DatabaseDep, moment: MomentDep, cipher: CipherDep, body: MemberNew, actor: Writer
) -> Response:
    """Put a person on the roster of a branch."""
    values: MemberValues = given(body)  # type: ignore[assignment]  # the shape has the same fields
    async with telling_collisions(session, database, actor, moment, cipher, "registration", body.id_number):
        return await answer(session, actor, await register_member(session, actor, moment, cipher, values), 201)


@router.get("/{id}", response_model=MemberDetail, responses=refusals(403, 404))
async def get(database: DatabaseDep, id: MemberId, actor: Reader) -> Response:
    """One member, numbers masked, with what the caller may do."""
    async with database.reader() as reader:
        body, version = await shown(reader, actor, id)
    return json_bytes(body, version=version)


@router.patch("/{id}", response_model=MemberDetail, responses=refusals(403, 404, 409, 412, 428))
async def change(
    session: SessionDep,
    database: DatabaseDep,
    moment: MomentDep,
    cipher: CipherDep,
    id: MemberId,
    body: MemberChange,
    version: IfMatchDep,
    actor: Writer,
) -> Response:
    """Change fields; only those that are sent."""
    async with telling_collisions(session, database, actor, moment, cipher, "change", body.id_number):
        await change_member(session, actor, moment, cipher, id, version, given(body))
    return await answer(session, actor, id)


@router.post("/{id}/transfer", response_model=MemberDetail, responses=refusals(403, 404, 409, 412, 428))
async def transfer(
    session: SessionDep,
    moment: MomentDep,
    id: Annotated[UUID, Path(examples=[examples.TRANSFERRED_MEMBER])],
    body: Transfer,
    version: IfMatchDep,
    actor: Writer,
) -> Response:
    """Transfer a member to another branch; both must be the caller's."""
    await transfer_member(
        session, actor, moment, id, version, organization_id=body.organization_id, on=body.on, reason=body.reason
    )
    return await answer(session, actor, id)


@router.post("/{id}/unmask", response_model=ClearNumbers, responses=refusals(403, 404), openapi_extra=NOT_KEPT)
async def unmask(
    session: SessionDep,
    moment: MomentDep,
    cipher: CipherDep,
    id: MemberId,
    body: Unmasking,
    actor: Annotated[Actor, needs("member:unmask")],
) -> Response:
    """Show personal numbers in clear; who did it, when and why is recorded."""
    clear = await unmask_member(session, actor, moment, cipher, id, fields=body.fields, reason=body.reason)
    wished = ProposedNumbers(**await proposed_in_clear(session, cipher, id, body.fields))
    return json_bytes(json.dumps({**clear, "proposed": wished.model_dump()}).encode())


@router.get("/{id}/branches", response_model=BranchPage, responses=refusals(403, 404))
async def branches(database: DatabaseDep, paging: PagingDep, id: MemberId, actor: Reader) -> Response:
    """The branches that a member belonged to, the newest first."""
    async with database.reader() as reader:
        await shown(reader, actor, id)
        order = [Order(col(MemberBranch.valid_from), descending=True), Order(col(MemberBranch.id), descending=True)]
        return json_bytes(await page_of(reader, branches_of(id), order, paging))


@router.get("/{id}/events", response_model=EventPage, responses=refusals(403, 404))
async def events(
    database: DatabaseDep, paging: PagingDep, language: LanguageDep, id: MemberId, actor: Reader
) -> Response:
    """What happened to a member's record, the newest first; personal data is masked in it."""
    async with database.reader() as reader:
        await shown(reader, actor, id)
        return await event_page(reader, "member", id, language, paging)
