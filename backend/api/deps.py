"""What routes depend on: the session, the actor, the moment and the page asked for."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Response
from fastapi.security import OAuth2PasswordBearer

from backend.api.language import language_of
from backend.db.base import Session, utc_now
from backend.db.clock import clock_offset
from backend.db.engine import Database
from backend.db.read import Paging
from backend.domain.access import Actor, Moment
from backend.domain.account import actor_now
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Forbidden, SignInRefused, Stale, invalid

oauth2 = OAuth2PasswordBearer(tokenUrl="/api/v1/oauth/token", refreshUrl="/api/v1/oauth/token", auto_error=False)


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def open_session(request: Request) -> AsyncIterator[Session]:
    async with _database(request).transaction() as session:
        yield session


# scope="function" commits before the response is sent; FastAPI's default would commit after it.
SessionDep = Annotated[Session, Depends(open_session, scope="function")]


async def database(request: Request) -> Database:
    return _database(request)


DatabaseDep = Annotated[Database, Depends(database)]


async def cipher(request: Request) -> FieldCipher:
    found: FieldCipher = request.app.state.cipher
    return found


CipherDep = Annotated[FieldCipher, Depends(cipher)]


async def signed_in(request: Request, token: Annotated[str | None, Depends(oauth2)]) -> Actor:
    if token is None:
        raise SignInRefused("not_signed_in")
    claims = request.app.state.tokens.verify(token)
    # The connection goes back before the route runs, so that no request holds two.
    async with _database(request).reader() as reader:
        actor = await actor_now(reader, claims.account_id, claims.epoch)
    request.state.session_id = claims.session_id
    return actor


ActorDep = Annotated[Actor, Depends(signed_in)]


def needs(permission: str) -> Any:
    """Return the dependency that lets in an actor who holds `permission` anywhere; where is for the verb to check."""

    async def permitted(actor: ActorDep) -> Actor:
        if not actor.reach(permission):
            raise Forbidden("permission_missing", permission=permission)
        return actor

    permitted.permission = permission  # type: ignore[attr-defined]  # read by the house test and the reach matrix
    return Depends(permitted)


async def moment(request: Request) -> Moment:
    """Read the county's clock once; outside a demonstration that is the machine's."""
    now = utc_now()
    if request.app.state.settings.demo:
        async with _database(request).reader() as reader:
            now += await clock_offset(reader)
    return Moment(now, request.scope.get("state", {}).get("request_id"))


MomentDep = Annotated[Moment, Depends(moment)]


async def language(request: Request) -> str:
    return language_of(request.headers.get("accept-language"))


LanguageDep = Annotated[str, Depends(language)]


async def paging(
    request: Request,
    actor: ActorDep,
    limit: Annotated[int, Query(ge=1, le=200, description="How many rows a page has at the most.")] = 50,
    cursor: Annotated[str | None, Query(max_length=1000, description="`next_cursor` of the page before.")] = None,
) -> Paging:
    asked = sorted(
        (name, value) for name, value in request.query_params.multi_items() if name not in ("cursor", "limit")
    )
    binding = f"{actor.account_id} {request.url.path} {asked}"
    return Paging(limit, cursor, binding, request.app.state.cursor_key)


PagingDep = Annotated[Paging, Depends(paging)]


async def version_wanted(
    if_match: Annotated[
        str, Header(description='The ETag that the change is based on, such as `"3"`.', examples=['"1"'])
    ],
) -> int:
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isdecimal() or len(text) > 9:
        raise Stale("stale")
    return int(text)


IfMatchDep = Annotated[int, Depends(version_wanted)]


def json_bytes(body: bytes, *, version: int | None = None) -> Response:
    """Send what PostgreSQL wrote."""
    headers = {"cache-control": "no-store"}
    if version is not None:
        headers["etag"] = f'"{version}"'
    return Response(body, media_type="application/json", headers=headers)


def as_id(value: str, pointer: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise invalid(pointer, "field_uuid_parsing") from None
