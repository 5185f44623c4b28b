"""How a client proves itself at the token endpoint, and the token that it gets."""

import base64
import binascii
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import unquote

from fastapi import Request

from backend.api.deps import origin_of
from backend.api.shapes import Answer
from backend.api.signed import tell_client_failure
from backend.api.throttle import Throttle
from backend.api.token import assertion_subject, verified_assertion
from backend.db.client import Client
from backend.db.engine import Database
from backend.domain.access import Moment
from backend.domain.client.sign_in import Shown, assertion_keys, known_client, note_client_failure, sign_in_client
from backend.domain.errors import SignInRefused

# A program that has a wrong secret asks again and again; a person who sets one up does not ask sixty times.
_FAILURES, _SPAN_SECONDS = 60, 600


class TokenOut(Answer):
    """An access token for ten minutes, and the refresh token that buys the next one, once; null when it is a cookie.

    A client gets no refresh token, and `scope` says what its token carries; null for people, of whom grants decide.
    """

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str | None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class ClientShown:
    """What came in the form."""

    client_id: str | None
    secret: str | None
    assertion: str | None


async def client_token(
    request: Request, database: Database, public: Moment, shown: ClientShown, asked: Sequence[str]
) -> TokenOut:
    """Let a client in. Raises SignInRefused, and TooOften for an address with many failures."""
    moment = replace(public, origin=origin_of(request))
    failures: Throttle = request.app.state.throttles.setdefault("client", Throttle(_FAILURES, _SPAN_SECONDS))
    address = request.client.host if request.client else ""
    client_id, secret = _basic(request) or (shown.client_id, shown.secret)
    if shown.assertion is not None:
        client_id = assertion_subject(shown.assertion)
    try:
        # Short transactions in a lane of their own, as for those who carry a session on.
        async with request.app.state.sign_in_lanes.tokens.turn(), database.transaction() as session:
            found = await known_client(session, client_id) if client_id and "\x00" not in client_id else None
            if found is None:
                raise SignInRefused("invalid_client")
            client, reach = found
            proof = Shown(secret, _claims(request, client, await assertion_keys(session, client), shown.assertion))
            scopes = await sign_in_client(session, moment, client, reach, proof, asked)
            key, epoch = client.id, client.epoch
    except SignInRefused as refused:
        if refused.code == "invalid_client":
            # Whoever shows what is right is never kept out by the failures of others.
            place = f"{client_id} {address}"
            failures.check(place)
            failures.note(place)
            if client_id and "\x00" not in client_id:
                await tell_client_failure(request, database, moment, client_id, note_client_failure)
        raise
    issuer = request.app.state.tokens
    return TokenOut(
        access_token=issuer.issue(key, key, epoch, scopes=scopes),
        token_type="Bearer",  # noqa: S106 - the name of the scheme, no secret
        expires_in=issuer.lifetime_seconds,
        refresh_token=None,
        scope=" ".join(sorted(scopes)),
    )


def _claims(request: Request, client: Client, keys: Sequence[str], assertion: str | None) -> dict[str, object] | None:
    """What an assertion says that one of the client's keys has signed. Raises SignInRefused."""
    if assertion is None:
        return None
    # Neither what the caller says the address is, nor a word that every installation shares.
    here = f"{request.app.state.settings.public_url}/api/v1/oauth/token"
    for key in keys:
        with contextlib.suppress(SignInRefused):
            return verified_assertion(assertion, key, client.client_id, (here,))
    raise SignInRefused("invalid_client")


def _basic(request: Request) -> tuple[str, str] | None:
    """Id and secret from HTTP Basic, each percent-encoded as RFC 6749 2.3.1 has it."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return unquote(name), unquote(secret)
