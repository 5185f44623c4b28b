"""Signing in, and who I am."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from backend.api.deps import ActorDep, DatabaseDep, LanguageDep, MomentDep, SessionDep
from backend.api.errors import problem, refusals
from backend.api.shapes import Answer
from backend.db.organization import organizations_by_id
from backend.domain.account import FamilyEnded, refresh, sign_in
from backend.domain.errors import SignInRefused

router = APIRouter(tags=["account"])


class TokenOut(Answer):
    """An access token for ten minutes, and the refresh token that buys the next one, once."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str


class OrganizationRef(Answer):
    id: UUID
    name: str


class GrantOut(Answer):
    """A role and where it is held; without organization, over all counties."""

    role: str
    organization: OrganizationRef | None
    path: str


class MeOut(Answer):
    id: UUID
    username: str
    name: str
    organization: OrganizationRef | None
    roles: list[GrantOut]
    permissions: list[str]
    language: Literal["zh-CN", "en"]
    now: datetime
    demo: bool


@router.post("/oauth/token", response_model=TokenOut, responses=refusals(400))
async def token(
    request: Request,
    session: SessionDep,
    moment: MomentDep,
    grant_type: Annotated[Literal["password", "refresh_token"], Form(examples=["password"])],
    username: Annotated[str | None, Form(max_length=64, examples=["clerk"])] = None,
    password: Annotated[str | None, Form(max_length=256, json_schema_extra={"format": "password"})] = None,
    refresh_token: Annotated[str | None, Form(max_length=256)] = None,
    scope: Annotated[str, Form(description="Accepted and ignored: grants decide.")] = "",
    client_id: Annotated[str | None, Form(description="Accepted and ignored for these two grants.")] = None,
    client_secret: Annotated[str | None, Form(description="Accepted and ignored for these two grants.")] = None,
) -> Response | TokenOut:
    """Sign in with name and password, or carry a session on with its refresh token (RFC 6749).

    Every refresh token works once.  One that comes back a second time ends its session: somebody else may hold it.
    """
    del scope, client_id, client_secret
    if "\x00" in f"{username}{refresh_token}":
        raise SignInRefused("invalid_grant")
    if grant_type == "password":
        opened = await sign_in(session, moment, username or "", password or "")
    else:
        carried_on = await refresh(session, moment, refresh_token or "")
        if isinstance(carried_on, FamilyEnded):
            # Answered, not raised: a raised refusal would roll back the end of the session.
            return problem(request, 400, "session_ended")
        opened = carried_on
    issuer = request.app.state.tokens
    request.state.no_store = True
    return TokenOut(
        access_token=issuer.issue(opened.account.id, opened.family_id, opened.account.session_epoch),
        token_type="Bearer",  # noqa: S106 - the name of the scheme, no secret
        expires_in=issuer.lifetime_seconds,
        refresh_token=opened.refresh_token,
    )


@router.get("/me", response_model=MeOut, responses=refusals())
async def me(
    request: Request, actor: ActorDep, moment: MomentDep, language: LanguageDep, database: DatabaseDep
) -> MeOut:
    """Who is signed in, with which roles where."""
    own = None
    if actor.organization_id is not None:
        async with database.transaction() as session:
            found = (await organizations_by_id(session, [actor.organization_id]))[actor.organization_id]
            own = OrganizationRef(id=found.id, name=found.name)
    roles = [
        GrantOut(
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
        language="en" if language == "en" else "zh-CN",
        now=moment.now,
        demo=request.app.state.settings.demo,
    )


class JwksOut(Answer):
    """The public keys that access tokens are signed with (RFC 7517)."""

    keys: list[dict[str, Any]]


well_known = APIRouter(tags=["account"])


@well_known.get("/.well-known/jwks.json", response_model=JwksOut)
async def jwks(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = request.app.state.tokens.jwks()
    return found
