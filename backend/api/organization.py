"""The tree of organisations: reading it whole or by search, now or as of a day, and changing it."""

import json
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from backend.api import examples
from backend.api.deps import (
    DatabaseDep,
    IfMatchDep,
    LanguageDep,
    MomentDep,
    PagingDep,
    SessionDep,
    json_bytes,
    needs,
)
from backend.api.errors import refusals
from backend.api.event import EventPage, event_page
from backend.api.organization_shapes import (
    Dissolution,
    Merge,
    Move,
    OrganizationChange,
    OrganizationDetail,
    OrganizationNew,
    OrganizationPage,
    given,
)
from backend.api.repeat import RepeatableRoute
from backend.db.base import Session
from backend.db.member import COUNTED
from backend.db.organization import Organization, OrganizationStatus, Reach
from backend.db.organization_view import (
    organization_with_names,
    organizations_at,
    organizations_at_paths,
    organizations_in,
    path_of,
    paths_above,
)
from backend.db.read import Order, page_of, record_of
from backend.db.search import matches_name
from backend.domain.access import Actor
from backend.domain.errors import NotFound
from backend.domain.organization import (
    change_organization,
    dissolve_organization,
    merge_organizations,
    move_organization,
)
from backend.domain.organization_creation import create_organization
from backend.domain.organization_rule import OrganizationValues
from backend.domain.search import name_query

router = APIRouter(prefix="/organizations", tags=["organization"], route_class=RepeatableRoute)

Reader = Annotated[Actor, needs("organization:read")]
Writer = Annotated[Actor, needs("organization:write")]
Arranger = Annotated[Actor, needs("organization:arrange")]

# What a caller may do with an active organisation, and the permission that it takes.
_DEEDS = {
    "create": "organization:write",
    "edit": "organization:write",
    "register": "member:write",
    "move": "organization:arrange",
    "merge": "organization:arrange",
    "dissolve": "organization:arrange",
}


def shortest(reach: Reach) -> list[str]:
    """The paths of `reach` that lie below none of the others: where the caller's own trees begin."""
    return [path for path in sorted(reach) if not any(path != other and path.startswith(other) for other in reach)]


def allowed(actor: Actor, record: dict[str, Any]) -> list[str]:
    if record["status"] != OrganizationStatus.active:
        return []
    stays = {"move", "merge"} if record["parent_id"] is None else set()
    return [deed for deed, right in _DEEDS.items() if deed not in stays and actor.may(right, record["path"])]


async def shown(connection: AsyncConnection, actor: Actor, id: UUID) -> tuple[bytes, int]:
    """Read one organisation with what stands above it and what the caller may do."""
    body = await record_of(connection, organization_with_names(actor.reach("organization:read"), id, COUNTED))
    if body is None:
        raise NotFound("not_found")
    record = json.loads(body)
    above = await connection.execute(organizations_at_paths(paths_above(record["path"])))
    record["ancestors"] = [{"id": str(key), "name": name, "kind": kind} for key, name, kind in above]
    record["can"] = allowed(actor, record)
    return json.dumps(record, ensure_ascii=False).encode(), record["version"]


async def answer(session: Session, actor: Actor, id: UUID, status: int = 200) -> Response:
    """Answer a change with the record as it is now."""
    await session.flush()
    body, version = await shown(await session.connection(), actor, id)
    response = json_bytes(body, version=version)
    response.status_code = status
    return response


@router.get("", response_model=OrganizationPage, responses=refusals(403, 404))
async def list_(
    database: DatabaseDep,
    paging: PagingDep,
    actor: Reader,
    parent_id: Annotated[UUID | None, Query(examples=[examples.TOWNSHIP])] = None,
    kind: Annotated[str | None, Query(max_length=48, examples=["village"])] = None,
    status: OrganizationStatus = OrganizationStatus.active,
    q: Annotated[str | None, Query(max_length=100, description="Part of the name, or how its pinyin begins.")] = None,
    at: Annotated[date | None, Query(description="The tree as it was on this day, with its names.")] = None,
) -> Response:
    """Organisations below one parent, or found by kind or name; with none of these, where the caller's own trees begin.

    With `at` the answer has the names and parents of that day, whatever the state now; `member_count` is then null.
    """
    reach = actor.reach("organization:read")
    wanted = name_query(q)
    async with database.reader() as reader:
        if parent_id is not None and (await reader.execute(path_of(reach, parent_id))).one_or_none() is None:
            raise NotFound("not_found")
        if at is not None:
            question = organizations_at(reach, at, parent_id)
        else:
            question = organizations_in(reach, COUNTED).where(col(Organization.status) == status)
            if parent_id is not None:
                question = question.where(col(Organization.parent_id) == parent_id)
        if kind is not None:
            question = question.where(col(Organization.kind) == kind)
        if wanted is not None:
            question = question.where(matches_name(Organization, wanted))
        if parent_id is None and kind is None and wanted is None:
            top = shortest(reach)
            question = question.where(
                col(Organization.parent_id).is_(None) if top == [""] else col(Organization.path).in_(top)
            )
        order = [Order(col(Organization.sort_key)), Order(col(Organization.id))]
        return json_bytes(await page_of(reader, question, order, paging))


@router.post("", status_code=201, response_model=OrganizationDetail, responses=refusals(403, 404, 409))
async def create(session: SessionDep, moment: MomentDep, body: OrganizationNew, actor: Writer) -> Response:
    """Create an organisation below another one; without parent, a county (`county:create`)."""
    values: OrganizationValues = given(body)  # type: ignore[assignment]  # the shape has the same fields
    return await answer(session, actor, await create_organization(session, actor, moment, values), 201)


@router.get("/{id}", response_model=OrganizationDetail, responses=refusals(403, 404))
async def get(database: DatabaseDep, id: Annotated[UUID, Path(examples=[examples.VILLAGE])], actor: Reader) -> Response:
    """One organisation, with what stands above it, the names that it bore and what the caller may do."""
    async with database.reader() as reader:
        body, version = await shown(reader, actor, id)
    return json_bytes(body, version=version)


@router.patch("/{id}", response_model=OrganizationDetail, responses=refusals(403, 404, 409, 412, 428))
async def change(
    session: SessionDep,
    moment: MomentDep,
    id: Annotated[UUID, Path(examples=[examples.VILLAGE])],
    body: OrganizationChange,
    version: IfMatchDep,
    actor: Writer,
) -> Response:
    """Change fields; only those that are sent.  A new name is kept beside the old ones."""
    await change_organization(session, actor, moment, id, version, given(body))
    return await answer(session, actor, id)


@router.post("/{id}/move", response_model=OrganizationDetail, responses=refusals(403, 404, 409, 412, 428))
async def move(
    session: SessionDep,
    moment: MomentDep,
    id: Annotated[UUID, Path(examples=[examples.MOVED_VILLAGE])],
    body: Move,
    version: IfMatchDep,
    actor: Arranger,
) -> Response:
    """Hang an organisation with everything below it under another parent of the same county."""
    await move_organization(session, actor, moment, id, version, parent_id=body.parent_id, reason=body.reason)
    return await answer(session, actor, id)


@router.post("/{id}/merge", response_model=OrganizationDetail, responses=refusals(403, 404, 409, 412, 428))
async def merge(
    session: SessionDep,
    moment: MomentDep,
    id: Annotated[UUID, Path(examples=[examples.MERGED_BRANCH])],
    body: Merge,
    version: IfMatchDep,
    actor: Arranger,
) -> Response:
    """End an organisation and give its members, children and open items to another of the same kind."""
    await merge_organizations(session, actor, moment, id, version, into_id=body.into_id, reason=body.reason)
    return await answer(session, actor, id)


@router.post("/{id}/dissolve", response_model=OrganizationDetail, responses=refusals(403, 404, 409, 412, 428))
async def dissolve(
    session: SessionDep,
    moment: MomentDep,
    id: Annotated[UUID, Path(examples=[examples.DISSOLVED_OFFICE])],
    body: Dissolution,
    version: IfMatchDep,
    actor: Arranger,
) -> Response:
    """End an organisation that has neither members nor anything below it; it stays to be read."""
    await dissolve_organization(session, actor, moment, id, version, reason=body.reason)
    return await answer(session, actor, id)


@router.get("/{id}/events", response_model=EventPage, responses=refusals(403, 404))
async def events(
    database: DatabaseDep,
    paging: PagingDep,
    language: LanguageDep,
    id: Annotated[UUID, Path(examples=[examples.VILLAGE])],
    actor: Annotated[Actor, needs("event:read")],
) -> Response:
    """What happened to an organisation, the newest first."""
    async with database.reader() as reader:
        if (await reader.execute(path_of(actor.reach("event:read"), id))).one_or_none() is None:
            raise NotFound("not_found")
        return await event_page(reader, "organization", id, language, paging)
