"""Giving people roles and ending them: the security administrator's work."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict, Field

from backend.api import examples
from backend.api.account_life_shapes import Reason
from backend.api.deps import DatabaseDep, IfMatchDep, LanguageDep, MomentDep, SessionDep, json_bytes, needs
from backend.api.errors import refusals
from backend.api.repeat import RepeatableRoute
from backend.api.shapes import Answer, Body
from backend.db.account import RoleGrant
from backend.db.account_held import grant_seen
from backend.domain.access import Actor
from backend.domain.duty import GRANTABLE, LENDABLE, excluded_roles
from backend.domain.errors import NotFound
from backend.domain.organization_kind import ORGANIZATION_KINDS
from backend.domain.role import ROLE_TITLES
from backend.domain.staff.grant import NewGrant, end_grant, give_grant

router = APIRouter(prefix="/grants", tags=["grant"], route_class=RepeatableRoute)

Giver = Annotated[Actor, needs("grant:write")]
GrantId = Annotated[UUID, Path(examples=[examples.GRANT])]


class RoleOut(Answer):
    """A role that may be given. `everywhere`: also over all counties; `kinds` of organisations, null for any.

    `excludes` are the roles that nobody holds beside it, at overlapping organisations; `lendable`: its holder may lend
    it.
    """

    role: str
    title: str
    everywhere: bool
    kinds: list[str] | None
    excludes: list[str]
    lendable: bool


class RoleList(Answer):
    items: list[RoleOut]


class GrantIn(Body):
    """A role for somebody; without organisation over all counties. Both days count."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "account_id": examples.UNGRANTED_ACCOUNT,
                "role": "clerk",
                "organization_id": examples.VILLAGE,
                "reason": "接替前任",
            }
        }
    )

    account_id: UUID
    role: Annotated[str, Field(max_length=48)]
    organization_id: UUID | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    reason: Reason


class EndIn(Body):
    """`ends_on`: the last day on which the role still holds; without it, it ends now."""

    model_config = ConfigDict(json_schema_extra={"example": {"reason": "调离岗位"}})

    ends_on: date | None = None
    reason: Reason


class GrantOut(Answer):
    id: UUID
    account_id: UUID
    role: str
    organization_id: UUID | None
    starts_at: datetime
    ends_at: datetime | None
    version: int


def grant_out(grant: RoleGrant) -> GrantOut:
    return GrantOut(
        id=grant.id,
        account_id=grant.account_id,
        role=grant.role,
        organization_id=grant.organization_id,
        starts_at=grant.starts_at,
        ends_at=grant.ends_at,
        version=grant.version,
    )


@router.get("/roles", response_model=RoleList, responses=refusals(403))
async def roles(language: LanguageDep, actor: Giver) -> RoleList:
    """The roles there are, where each may be held, and which exclude each other."""
    del actor
    return RoleList(
        items=[
            RoleOut(
                role=role,
                title=ROLE_TITLES[role][language],
                everywhere=place.everywhere,
                kinds=None if place.kinds is None else [kind for kind in ORGANIZATION_KINDS if kind in place.kinds],
                excludes=excluded_roles(role),
                lendable=role in LENDABLE,
            )
            for role, place in GRANTABLE.items()
        ]
    )


@router.get("/{id}", response_model=GrantOut, responses=refusals(403, 404))
async def get(database: DatabaseDep, id: GrantId, actor: Giver) -> Response:
    """One role that somebody within reach holds, will hold or held."""
    async with database.transaction() as session:
        found = await grant_seen(session, actor.reach("account:read"), id)
    if found is None:
        raise NotFound("not_found")
    return json_bytes(grant_out(found[0]).model_dump_json().encode(), version=found[0].version)


@router.post("", status_code=201, response_model=GrantOut, responses=refusals(403, 404, 409))
async def give(session: SessionDep, moment: MomentDep, body: GrantIn, actor: Giver) -> GrantOut:
    """Give somebody a role; never oneself, never beside a duty that it excludes."""
    return grant_out(await give_grant(session, actor, moment, NewGrant(**body.model_dump())))


@router.post("/{id}/end", response_model=GrantOut, responses=refusals(403, 404, 409, 412, 428))
async def end(
    session: SessionDep, moment: MomentDep, id: GrantId, body: EndIn, version: IfMatchDep, actor: Giver
) -> GrantOut:
    """End a role now or with a day; it is refused everywhere within a second, and so is what was lent from it."""
    grant = await end_grant(session, actor, moment, id, version, body.reason, ends_on=body.ends_on)
    return grant_out(grant)
