"""What routes depend on: the session, the actor, the moment and the page asked for."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote, unquote
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from fastapi.security import OAuth2PasswordBearer

from backend.api.language import language_of
from backend.api.signed import check_signature
from backend.api.throttle import count_account
from backend.api.token import Claims
from backend.db.base import Session, utc_now
from backend.db.clock import clock_offset
from backend.db.engine import Database
from backend.db.read import Paging
from backend.db.session import COARSE, standing_of, touch_session
from backend.domain.access import Actor, Moment
from backend.domain.account import actor_now
from backend.domain.client.sign_in import client_now
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Forbidden, Invalid, Problem, SignInRefused, invalid
from backend.domain.feedback.vault import Vault
from backend.domain.password import Passwords
from backend.domain.search import name_query
from backend.domain.session import is_over
from backend.domain.sign_in_rule import due, may_work_from

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


async def vault(request: Request) -> Vault:
    found: Vault = request.app.state.vault
    return found


VaultDep = Annotated[Vault, Depends(vault)]


async def passwords(request: Request) -> Passwords:
    found: Passwords = request.app.state.passwords
    return found


PasswordsDep = Annotated[Passwords, Depends(passwords)]


KNOWN_SECONDS = 0.25
"""For so long who was known by the head of a request is known when its body is there; a longer one asks again, since
what was taken away meanwhile is refused within a second."""


async def know_caller(request: Request) -> None:
    """Find out who asks, a person or a client, by the head alone. Raises SignInRefused, Forbidden, TooOften."""
    token = await oauth2(request)
    if token is None:
        raise SignInRefused("not_signed_in")
    claims = request.app.state.tokens.verify(token)
    if not getattr(request.state, "is_counted", False):
        count_account(request, claims.account_id, request.app.state.settings.requests_per_minute)
        request.state.is_counted = True
    request.state.known = (*await _known(request, claims), time.monotonic())


async def caller(request: Request, token: Annotated[str | None, Depends(oauth2)]) -> Actor:
    """Whoever is signed in, a person or a client, even while something is due first (`request.state.due`)."""
    del token
    if not hasattr(request.state, "known") or time.monotonic() - request.state.known[2] > KNOWN_SECONDS:
        await know_caller(request)
    actor, signs, _ = request.state.known
    if signs:
        # Over the body too, and good for one look: its nonce is used up, and its time runs out while a request lasts.
        moment = Moment(utc_now(), request.scope.get("state", {}).get("request_id"), origin_of(request))
        await check_signature(request, _database(request), moment, actor.account_id)
    found: Actor = actor
    return found


async def _known(request: Request, claims: Claims) -> tuple[Actor, bool]:
    """Who asks, and whether their requests have to be signed."""
    if claims.scopes is not None:
        request.state.due = None
        async with _database(request).reader() as reader:
            client, signs = await client_now(reader, claims.account_id, claims.epoch, claims.scopes, origin_of(request))
        request.state.actor = client
        return client, signs
    absent = request.headers.get(ON_BEHALF_OF)
    on_behalf_of = as_id(absent, "/on-behalf-of") if absent is not None else None
    now = utc_now()
    # The connection goes back before the route runs, so that no request holds two.
    async with _database(request).reader() as reader:
        standing = await standing_of(reader, claims.session_id, claims.account_id)
        if standing is None or is_over(standing, now):
            raise SignInRefused("session_over")
        try:
            actor = await actor_now(reader, claims.account_id, claims.epoch, on_behalf_of)
        except Forbidden:
            # Whoever says to act for somebody who lent nothing is refused under their own name, and the log tells it.
            request.state.actor = await actor_now(reader, claims.account_id, claims.epoch)
            raise
        if now - standing.used_at >= COARSE:
            await touch_session(reader, claims.session_id, now)
    request.state.actor = actor
    # A lent role counts too, whether it is used now or not.
    roles = {grant.role for grant in (*actor.grants, *actor.idle)}
    if not may_work_from(request.app.state.sign_in_rules, roles, origin_of(request)):
        raise Forbidden("administrator_elsewhere")
    request.state.session_id = claims.session_id
    request.state.due = due(
        request.app.state.sign_in_rules,
        {grant.role for grant in actor.grants},
        must_change=standing.password_must_change,
        set_at=standing.password_set_at,
        had_second_step=standing.second_step,
        now=now,
    )
    return actor, False


CallerDep = Annotated[Actor, Depends(caller)]


async def recognized(actor: CallerDep) -> Actor:
    """A person who is signed in, even while something is due."""
    if actor.is_client:
        raise Forbidden("people_only")
    return actor


RecognizedDep = Annotated[Actor, Depends(recognized)]


async def admitted(request: Request, actor: CallerDep) -> Actor:
    """A person or a client, with nothing left to do first."""
    if request.state.due is not None:
        raise Forbidden(f"{request.state.due}_due")
    return actor


AdmittedDep = Annotated[Actor, Depends(admitted)]


async def still_admitted(request: Request) -> Actor:
    """Whoever asked, as they may act now: for a request that lasts, and that was counted when it came.

    Raises what its beginning would: a token that has run out, a session that was ended, an account suspended.
    """
    token = await oauth2(request)
    if token is None:
        raise SignInRefused("not_signed_in")
    actor, _ = await _known(request, request.app.state.tokens.verify(token))
    return await admitted(request, actor)


async def signed_in(actor: AdmittedDep) -> Actor:
    """A person who asks about themselves: no client has such a self."""
    return await recognized(actor)


ActorDep = Annotated[Actor, Depends(signed_in)]

ON_BEHALF_OF = "on-behalf-of"
"""The header that names the colleague whose lent roles a request uses; without it one's own are used. It belongs to no
operation in particular, so the contract's introduction tells of it."""


def needs(permission: str) -> Any:
    """Return the dependency that lets in an actor who holds `permission` anywhere; where is for the verb to check."""

    async def permitted(actor: AdmittedDep) -> Actor:
        if not actor.reach(permission):
            raise Forbidden("permission_missing", permission=permission)
        return actor

    permitted.permission = permission  # type: ignore[attr-defined]  # read by the house test and the reach matrix
    return Depends(permitted)


async def public_moment(request: Request) -> Moment:
    """Read the county's clock once; outside a demonstration that is the machine's."""
    now = utc_now()
    if request.app.state.settings.demo:
        async with _database(request).reader() as reader:
            now += await clock_offset(reader)
    return Moment(now, request.scope.get("state", {}).get("request_id"))


async def moment(request: Request, read: Annotated[Moment, Depends(public_moment)], actor: CallerDep) -> Moment:
    """The moment of somebody who is signed in: events tell where it was done from."""
    del actor
    return replace(read, origin=origin_of(request))


def origin_of(request: Request) -> str | None:
    """The address that a caller came from, behind the proxies that are trusted.  Never for who need not sign in."""
    return request.client.host[:64] if request.client else None


# On a route for anybody the first would ask for a sign-in, so that nobody's address is kept by oversight.
MomentDep = Annotated[Moment, Depends(moment)]
PublicMomentDep = Annotated[Moment, Depends(public_moment)]


async def language(request: Request) -> str:
    return language_of(request.headers.get("accept-language"))


LanguageDep = Annotated[str, Depends(language)]


_names: dict[Any, frozenset[str]] = {}
"""What each route may be asked, by its function: a fact of the program, worked out once."""


def _query_names(route: APIRoute) -> frozenset[str]:
    if route.endpoint not in _names:
        _names[route.endpoint] = frozenset(field.alias for field in get_flat_params(route.dependant))
    return _names[route.endpoint]


SEARCH_NAME = "X-Search-Name"
NAME_HEADERS = (SEARCH_NAME, "X-Responsible-Person", "X-Responsible-Leader")
"""What a list is narrowed by and no address tells: a page belongs to them too."""


async def searched_name(
    said: Annotated[
        str | None,
        Header(
            alias=SEARCH_NAME,
            max_length=1000,
            description="Part of a person's name, or how its pinyin begins; UTF-8, percent-encoded.",
            examples=[quote("曾")],
        ),
    ] = None,
    q: Annotated[str | None, Query(max_length=100, include_in_schema=False)] = None,
) -> str | None:
    """The name that a list of people is searched for.

    A header: an address is kept by browsers, proxies and logs.  Raises Invalid for one that came in the address.
    """
    if q:
        name_query(q, of_people=True)
        raise invalid("/q", "search_in_header", header=SEARCH_NAME)
    return unquote(said)[:100] if said else None


SearchedNameDep = Annotated[str | None, Depends(searched_name)]


async def paging(
    request: Request,
    actor: AdmittedDep,
    limit: Annotated[int, Query(ge=1, le=200, description="How many rows a page has at the most.")] = 50,
    cursor: Annotated[str | None, Query(max_length=1000, description="`next_cursor` of the page before.")] = None,
) -> Paging:
    if unknown := sorted(set(request.query_params) - _query_names(request.scope["route"])):
        # Whoever asks for an order or a filter that there is not would take any list for its answer.
        raise Invalid("invalid", problems=[Problem(f"/{name[:100]}", "query_unknown") for name in unknown[:10]])
    asked = sorted(
        (name, value) for name, value in request.query_params.multi_items() if name not in ("cursor", "limit")
    )
    named = " ".join(request.headers.get(name, "") for name in NAME_HEADERS)
    binding = f"{actor.account_id} {actor.on_behalf_of} {request.url.path} {asked} {named}"
    return Paging(limit, cursor, binding, request.app.state.cursor_key)


PagingDep = Annotated[Paging, Depends(paging)]


async def version_wanted(
    if_match: Annotated[
        str, Header(description='The ETag that the change is based on, such as `"3"`.', examples=['"1"'])
    ],
) -> int:
    text = if_match.strip().removeprefix("W/").strip('"')
    # 0 is no record's version: the verb says "stale", after it has said whether the caller may know of the record.
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


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
