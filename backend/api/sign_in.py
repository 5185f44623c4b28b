"""Signing in, carrying a session on, and signing out: OAuth 2.0 for programs and for pages."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response

from backend.api.client_token import ClientShown, TokenOut, client_token
from backend.api.deps import CipherDep, DatabaseDep, PublicMomentDep, origin_of
from backend.api.errors import problem, refusals
from backend.api.session_cookie import (
    XSession,
    check_same_site,
    device_in,
    drop_token,
    keep_device,
    keep_token,
    token_in,
)
from backend.api.shapes import Answer
from backend.api.throttle import Throttle
from backend.db.base import utc_now
from backend.db.engine import Database
from backend.domain.access import Moment
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Busy, Refused, SignInRefused
from backend.domain.lane import Lane
from backend.domain.password_hash import password_matches
from backend.domain.second_step import form_of_code
from backend.domain.session import FamilyEnded, Opened, device_in_words, refresh, sign_out
from backend.domain.sign_in import Caller, begin_try, end_try, take_back_try
from backend.domain.sign_in_key import SignInKey

router = APIRouter(tags=["account"])

# A whole office may share one address, and forgets its passwords on the same Monday.
_FAILURES, _SPAN_SECONDS = 60, 600
# What was judged and found wrong, by whichever answer.
_COUNTED = ("invalid_grant", "second_step_wrong", "second_step_locked", "sign_in_locked")


class SignInLanes:
    """What signing in may take of one process: never more than nine connections, and two threads to hash in.

    A device that signed in here before has a lane of its own, which strangers cannot fill.  Carrying on and signing
    out take a few milliseconds each; behind them a whole county may queue.
    """

    def __init__(self) -> None:
        self.strangers = Lane(3, 27, share=12)
        self.known = Lane(2, 28, share=4)
        self.tokens = Lane(4, 200)


@router.post("/oauth/token", response_model=TokenOut, responses=refusals(400, 403, 429))
async def token(
    request: Request,
    response: Response,
    database: DatabaseDep,
    cipher: CipherDep,
    public: PublicMomentDep,
    grant_type: Annotated[Literal["password", "refresh_token", "client_credentials"], Form(examples=["password"])],
    username: Annotated[str | None, Form(max_length=64, examples=["clerk"])] = None,
    password: Annotated[str | None, Form(max_length=256, json_schema_extra={"format": "password"})] = None,
    otp: Annotated[
        str | None, Form(max_length=32, description="The authenticator's six digits, or a recovery code.")
    ] = None,
    refresh_token: Annotated[str | None, Form(max_length=256)] = None,
    scope: Annotated[
        str, Form(max_length=1000, description="What a client's token shall carry; ignored for people.")
    ] = "",
    client_id: Annotated[str | None, Form(max_length=64, description="For clients; ignored for people.")] = None,
    client_secret: Annotated[
        str | None, Form(max_length=256, json_schema_extra={"format": "password"}, description="Or by HTTP Basic.")
    ] = None,
    client_assertion_type: Annotated[
        Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"] | None, Form()
    ] = None,
    client_assertion: Annotated[
        str | None, Form(max_length=4000, description="A JWT signed with the client's own key (RFC 7523).")
    ] = None,
    x_session: XSession = None,
) -> Response | TokenOut:
    """Sign in with name and password, carry a session on with its refresh token, or let a client in (RFC 6749).

    **Second step.** An account with an authenticator is answered 400 `second_step_required` when name and password are
    right; the client asks again with the same two and the code in `otp`.  Every code works once.

    **Pages and programs.** With `X-Session: cookie` the refresh token is a cookie (`HttpOnly`, `SameSite=Strict`,
    `Secure` beyond this machine), `refresh_token` in the answer is null, and `grant_type=refresh_token` takes it from
    the cookie.  Without the header it is in the body, both ways.

    **Clients** (`grant_type=client_credentials`) show a secret, in the form or by HTTP Basic, or an assertion, and name
    in `scope` what the token shall carry: an empty scope means nothing and is refused.

    Every refresh token works once.  One that comes back a second time ends its session: somebody else may hold it.
    """
    if grant_type == "client_credentials":
        shown = ClientShown(client_id, client_secret, client_assertion if client_assertion_type else None)
        response.headers["cache-control"] = "no-store"
        return await client_token(request, database, public, shown, scope.split())
    in_cookie = x_session == "cookie"
    # Whoever signs in says who they are; of a failure it is not kept from where.
    moment = replace(public, origin=origin_of(request))
    if in_cookie:
        check_same_site(request)
    if "\x00" in f"{username}{refresh_token}":
        raise SignInRefused("invalid_grant")
    key: SignInKey = request.app.state.sign_in_key
    lanes: SignInLanes = request.app.state.sign_in_lanes
    if grant_type == "password":
        opened = await _sign_in(
            request, response, database, cipher, moment, username or "", password or "", otp, in_cookie
        )
    else:
        brought = token_in(request) if in_cookie else refresh_token or ""
        async with lanes.tokens.turn(), database.transaction() as session:
            carried_on = await refresh(session, moment, key, brought, in_cookie=in_cookie)
        if isinstance(carried_on, FamilyEnded):
            # Answered, not raised, now that the end of the session is stored.
            refused = problem(request, 400, "session_ended")
            drop_token(request, refused)
            return refused
        opened = carried_on
    issuer = request.app.state.tokens
    if in_cookie:
        keep_token(request, response, opened.refresh_token)
    response.headers["cache-control"] = "no-store"
    return TokenOut(
        access_token=issuer.issue(opened.account.id, opened.session_id, opened.account.session_epoch),
        token_type="Bearer",  # noqa: S106 - the name of the scheme, no secret
        expires_in=issuer.lifetime_seconds,
        refresh_token=None if in_cookie else opened.refresh_token,
    )


async def _sign_in(
    request: Request,
    response: Response,
    database: Database,
    cipher: FieldCipher,
    moment: Moment,
    username: str,
    password: str,
    code: str | None,
    in_cookie: bool,
) -> Opened:
    """Wait for one's turn, and sign in from the device or the address that the request comes from."""
    key: SignInKey = request.app.state.sign_in_key
    now = utc_now()
    address = request.client.host if request.client else ""
    cookie = device_in(request) if in_cookie else None
    was_here = key.device(cookie) is not None
    if in_cookie and not was_here:
        cookie = key.new_device()
    caller = Caller(
        key.device(cookie),
        key.address(address, now.date()),
        device_in_words(request.headers.get("user-agent")),
        in_cookie,
    )
    lanes: SignInLanes = request.app.state.sign_in_lanes
    lane, place = (lanes.known, caller.device or b"") if was_here else (lanes.strangers, caller.address)
    # Outside the lane nothing is asked of the database: a flood costs others no connection.
    async with lane.turn(place):
        outcome = await _judged(request, database, cipher, moment, caller, username, password, code)
    if cookie is not None:
        keep_device(request, response, cookie)
    return outcome


async def _judged(
    request: Request,
    database: Database,
    cipher: FieldCipher,
    moment: Moment,
    caller: Caller,
    username: str,
    password: str,
    code: str | None,
) -> Opened:
    """Count the try, judge the password while no connection is held, and store what came of it."""
    key: SignInKey = request.app.state.sign_in_key
    address = request.client.host if request.client else ""
    failures: Throttle = request.app.state.throttles.setdefault("sign_in", Throttle(_FAILURES, _SPAN_SECONDS))
    now = utc_now()
    async with database.transaction() as session:
        tried = await begin_try(session, key, caller, username, now, form=form_of_code(code) if code else None)
    if isinstance(tried, Busy):
        raise tried
    try:
        if not tried.is_known:
            failures.check(address)
        right = await password_matches(tried.password_hash, password)
    except Exception:
        async with database.transaction() as session:
            await take_back_try(session, key, tried, now)
        raise
    async with database.transaction() as session:
        outcome = await end_try(
            session, moment, key, cipher, caller, tried, utc_now(), password_is_right=right, code=code
        )
    if isinstance(outcome, Refused):
        if outcome.code in _COUNTED:
            failures.note(address)
        raise outcome
    return outcome


class RevokedOut(Answer):
    """Nothing: whether there was such a session is nobody's business."""


@router.post("/oauth/revoke", response_model=RevokedOut, responses=refusals(403, 429))
async def revoke(
    request: Request,
    response: Response,
    database: DatabaseDep,
    public: PublicMomentDep,
    token: Annotated[str, Form(max_length=256, examples=["a refresh token"])] = "",
    token_type_hint: Annotated[str | None, Form(description="Accepted and ignored: only refresh tokens end.")] = None,
    x_session: XSession = None,
) -> RevokedOut:
    """Sign out: end the session of a refresh token (RFC 7009), from the body or from the page's cookie."""
    del token_type_hint
    moment = replace(public, origin=origin_of(request))
    if x_session == "cookie":
        check_same_site(request)
        token = token_in(request)
        drop_token(request, response)
    lanes: SignInLanes = request.app.state.sign_in_lanes
    async with lanes.tokens.turn(), database.transaction() as session:
        await sign_out(session, moment, token)
    return RevokedOut()
