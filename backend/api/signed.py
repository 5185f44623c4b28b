"""Requests that have to be signed: the headers, the hash of the body as it comes in, and the check (handbook 4.2)."""

import base64
import binascii
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.db.base import Session, utc_now
from backend.db.client import Client, signing_key, use_once
from backend.db.engine import Database
from backend.domain.access import Moment
from backend.domain.client.keeping import SEALED_KEY
from backend.domain.client.sign_in import known_client, note_unsigned
from backend.domain.client.signature import (
    ALGORITHMS,
    DIGESTS,
    NONCE_LASTS,
    SKEW,
    Algorithm,
    Digest,
    SignedRequest,
    canonical,
    is_timely,
)
from backend.domain.crypto import FieldCipher
from backend.domain.errors import SignInRefused
from backend.domain.refusal import SPAN_SECONDS

APP_ID, KEY_ID, TIMESTAMP, NONCE, DIGEST, SIGNATURE = NAMES = (
    "X-App-Id",
    "X-Key-Id",
    "X-Timestamp",
    "X-Nonce",
    "X-Body-Digest",
    "X-Signature",
)
_LONGEST_NONCE, _SHORTEST_NONCE = 64, 16


@dataclass(slots=True)
class _Hashed:
    """The body's hash as far as it has come in."""

    name: str
    digest: Digest
    is_whole: bool = False


class BodyDigest:
    """Pure ASGI: hashes the body of a request that says its hash, while it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = next((value for name, value in scope.get("headers", ()) if name == DIGEST.lower().encode()), None)
        name = (said or b"").partition(b"=")[0].decode("latin-1")
        if said is None or name not in DIGESTS:
            await self.app(scope, receive, send)
            return
        hashed = scope.setdefault("state", {})["hashed"] = _Hashed(name, DIGESTS[name]())

        async def hashing() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                hashed.digest.update(message.get("body", b""))
                hashed.is_whole = not message.get("more_body", False)
            return message

        await self.app(scope, hashing, send)


async def check_signature(request: Request, database: Database, moment: Moment, client_key: UUID) -> None:
    """Let a request of a client pass that is signed as the client has to, once.

    Raises SignInRefused; a refusal is an event, for whoever holds a token and cannot sign has caught it.
    """
    if getattr(request.state, "is_signed", False):
        return
    try:
        await _check(request, database, client_key)
    except SignInRefused:
        await tell_client_failure(request, database, moment, client_key, note_unsigned)
        raise
    request.state.is_signed = True


async def _check(request: Request, database: Database, client_key: UUID) -> None:
    headers = {name: request.headers.get(name, "") for name in NAMES}
    if missing := [name for name, value in headers.items() if not value]:
        raise SignInRefused("signature_missing", headers=", ".join(missing))
    now = utc_now()
    if not is_timely(headers[TIMESTAMP], now):
        raise SignInRefused("signature_untimely", seconds=int(SKEW.total_seconds()), now=int(time.time()))
    nonce = headers[NONCE]
    if not (_SHORTEST_NONCE <= len(nonce) <= _LONGEST_NONCE and nonce.isascii() and nonce.isprintable()):
        raise SignInRefused("nonce_malformed", shortest=_SHORTEST_NONCE, longest=_LONGEST_NONCE)
    async with database.reader() as reader:
        try:
            key = await signing_key(reader, client_key, UUID(headers[KEY_ID]), now)
        except ValueError:
            key = None
    if key is None or key.client_id != headers[APP_ID]:
        raise SignInRefused("signing_key_unknown")
    algorithm = ALGORITHMS[key.use]
    cipher: FieldCipher = request.app.state.cipher
    if key.public_key is not None:
        secret = bytes.fromhex(key.public_key)
    else:
        secret = bytes.fromhex(cipher.decrypt(key.sealed_key, SEALED_KEY, UUID(headers[KEY_ID])))
    digest = await _digest(request, algorithm, headers[DIGEST])
    url = request.scope
    signed = SignedRequest(
        method=url["method"],
        path=url["raw_path"].decode("latin-1"),
        query=url["query_string"].decode("latin-1"),
        timestamp=headers[TIMESTAMP],
        nonce=nonce,
        digest=digest,
    )
    try:
        signature = base64.b64decode(headers[SIGNATURE], validate=True)
    except (binascii.Error, ValueError):
        signature = b""
    if not algorithm.verify(secret, canonical(signed), signature):
        raise SignInRefused("signature_wrong")
    # Last, so that nobody but the client uses up its words.
    async with database.transaction() as session:
        word = hashlib.sha256(f"nonce {nonce}".encode()).digest()
        if not await use_once(session, client_key, word, now + NONCE_LASTS):
            raise SignInRefused("nonce_used")


async def _digest(request: Request, algorithm: Algorithm, said: str) -> str:
    """The hash of the body that came in, once it has come in whole. Raises SignInRefused if another was said."""
    name, _, value = said.partition("=")
    if name != algorithm.digest_name:
        raise SignInRefused("digest_malformed", name=algorithm.digest_name)
    hashed: _Hashed = request.scope["state"]["hashed"]
    if not hashed.is_whole:
        # Nothing of the route needs the body, so nobody has read it yet.
        await request.body()
    if value.lower() != hashed.digest.hexdigest():
        raise SignInRefused("digest_wrong")
    return value


async def tell_client_failure(
    request: Request,
    database: Database,
    moment: Moment,
    client: str | UUID,
    note: Callable[[Session, Moment, Client], None],
) -> None:
    """Record that somebody failed to prove that they are `client`, said by its name or key: once an hour of each kind,
    for a program asks again and again."""
    told: dict[tuple[object, ...], float] = request.app.state.refusals_told
    key, now = (note.__name__, client), time.monotonic()
    if now - told.get(key, -SPAN_SECONDS) < SPAN_SECONDS:
        return
    async with request.app.state.sign_in_lanes.tokens.turn(), database.transaction() as session:
        if isinstance(client, UUID):
            known = await session.get(Client, client)
        else:
            found = await known_client(session, client)
            known = None if found is None else found[0]
        if known is not None:
            told[key] = now
            note(session, moment, known)
