"""Who I am, and the keys by which that is proved."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request

from backend.api.account_life_shapes import PersonName
from backend.api.deps import DatabaseDep, LanguageDep, MomentDep, RecognizedDep
from backend.api.errors import refusals
from backend.api.shapes import Answer
from backend.db.account_view import accounts_named
from backend.db.organization import organizations_by_id
from backend.domain.sign_in_rule import Due

router = APIRouter(tags=["account"])


class OrganizationRef(Answer):
    id: UUID
    name: str


class AccountGrantOut(Answer):
    """A role and where it is held; without organization, over all counties."""

    role: str
    organization: OrganizationRef | None
    path: str


class MeOut(Answer):
    """Who is signed in. `roles` and `permissions` are the own ones, or those lent by `on_behalf_of`.

    `may_act_for` are the colleagues who lend roles now: their ids go into the header `On-Behalf-Of`.
    """

    id: UUID
    username: str
    name: str
    organization: OrganizationRef | None
    roles: list[AccountGrantOut]
    permissions: list[str]
    on_behalf_of: PersonName | None
    may_act_for: list[PersonName]
    language: Literal["zh-CN", "en"]
    now: datetime
    demo: bool
    due: Due | None
    """What has to be done before anything else is allowed: change the password, or set up the second step."""


@router.get("/me", response_model=MeOut, responses=refusals())
async def me(
    request: Request, actor: RecognizedDep, moment: MomentDep, language: LanguageDep, database: DatabaseDep
) -> MeOut:
    """Who is signed in, with which roles where."""
    own = None
    absent = {grant.on_behalf_of for grant in (*actor.grants, *actor.idle) if grant.on_behalf_of}
    async with database.transaction() as session:
        lenders = await accounts_named(session, absent) if absent else {}
        if actor.organization_id is not None:
            found = (await organizations_by_id(session, [actor.organization_id]))[actor.organization_id]
            own = OrganizationRef(id=found.id, name=found.name)
    roles = [
        AccountGrantOut(
            role=grant.role,
            organization=OrganizationRef(id=grant.organization_id, name=grant.name) if grant.organization_id else None,
            path=grant.path,
        )
        for grant in actor.grants
    ]
    return MeOut(
        id=actor.account_id,
        username=actor.username,
        name=actor.name,
        organization=own,
        roles=roles,
        permissions=sorted(actor.permissions),
        on_behalf_of=PersonName(id=actor.on_behalf_of, name=actor.on_behalf_of_name or "")
        if actor.on_behalf_of
        else None,
        may_act_for=[PersonName(id=key, name=name) for key, name in lenders.items()],
        language="en" if language == "en" else "zh-CN",
        now=moment.now,
        demo=request.app.state.settings.demo,
        due=request.state.due,
    )


class JwksOut(Answer):
    """The public keys that access tokens are signed with (RFC 7517)."""

    keys: list[dict[str, Any]]


well_known = APIRouter(tags=["account"])


@well_known.get("/.well-known/jwks.json", response_model=JwksOut)
async def jwks(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = request.app.state.tokens.jwks()
    return found
