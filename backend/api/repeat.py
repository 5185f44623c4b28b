"""Asking the same again: a POST with an `Idempotency-Key` is done once, however often it arrives.

A caller whose line broke cannot know whether the record was made. With a key it asks again, and gets the answer that
it missed. The answer is kept in the transaction of the verb itself: whatever was committed can be told again, also
after a crash, and a refusal, which changed nothing, is judged anew. Answers that hold a secret (a code, a number in
clear) are not kept; their repetition is refused, so that nothing is done twice either.
"""

import base64
import hashlib
import hmac
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from fastapi.params import Depends as Dependency
from starlette.datastructures import UploadFile

from backend.api.deps import ON_BEHALF_OF, CallerDep, SessionDep
from backend.api.errors import refusals
from backend.api.head import HeadFirstRoute
from backend.db.base import Session, new_id, utc_now
from backend.db.kept_answer import KeptAnswer, answer_kept, hold_key
from backend.domain.access import Actor, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.errors import Conflict, NotFound, invalid
from backend.domain.event import recorded

NOT_KEPT: dict[str, Any] = {"x-answer-kept": False}
"""`openapi_extra` of a route whose answer holds a secret: it is told once."""

Sees = Callable[[Session, Actor, Moment, str, UUID], Awaitable[bool]]
"""Whether somebody sees a record of a kind now."""

PLACE = "kept_answer.answer"
LARGEST = 1 << 20
"""Bytes of an answer that is kept; a larger one is told once."""


class AnsweredBefore(Exception):
    """The request was done before; `response` is what was answered then."""

    def __init__(self, response: Response) -> None:
        self.response = response


@dataclass(frozen=True, slots=True)
class _Claim:
    """A key that this request is the first to use."""

    session: Session
    caller_id: UUID
    key_hash: bytes
    request_hash: bytes


async def keyed(
    request: Request,
    actor: CallerDep,
    session: SessionDep,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=8,
            max_length=200,
            pattern=r"^[!-~]+$",
            description="A random text of the caller's own, one for each thing to be done. The same request with the "
            "same key is done once and answered alike for 7 days.",
            examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
        ),
    ] = None,
) -> None:
    """Answer what was answered before, or claim the key.

    Raises AnsweredBefore; Conflict while the first request with the key is under way, and when its answer is not kept;
    Invalid when the key came with another request.
    """
    if idempotency_key is None:
        return
    secret: bytes = request.app.state.cursor_key
    key_hash = _keyed_hash(secret, f"{actor.account_id}\n{idempotency_key.strip(chr(34))}")
    if not await hold_key(session, key_hash):
        raise Conflict("idempotency_key_in_use")
    request_hash = _keyed_hash(secret, await _said(request))
    before = await answer_kept(session, actor.account_id, key_hash)
    if before is None:
        request.state.claim = _Claim(session, actor.account_id, key_hash, request_hash)
    elif not hmac.compare_digest(before.request_hash, request_hash):
        raise invalid("/idempotency-key", "idempotency_key_used")
    elif not await _in_sight(request, session, actor, before):
        raise NotFound("not_found")
    elif before.answer is None:
        raise Conflict("answer_told_once")
    else:
        raise AnsweredBefore(_told_again(request.app.state.cipher, before))


async def _in_sight(request: Request, session: Session, actor: Actor, kept: KeptAnswer) -> bool:
    """Whether the caller still sees what an answer was about: what was sealed or left its reach is not told again."""
    sees: Sees = request.app.state.sees
    if kept.subject_id is None or kept.subject_kind is None:
        return True
    return await sees(session, actor, Moment(utc_now()), kept.subject_kind, kept.subject_id)


KEYED = Depends(keyed)


class RepeatableRoute(HeadFirstRoute):
    """A route whose POST takes an `Idempotency-Key`."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        methods: set[str] | list[str] | None = None,
        dependencies: Sequence[Dependency] | None = None,
        responses: dict[int | str, dict[str, Any]] | None = None,
        **more: Any,
    ) -> None:
        if methods is not None and "POST" in methods:
            # Whoever may no longer ask is told nothing of what was answered when they still might.
            dependencies = [*(dependencies or ()), *_gates(endpoint), KEYED]
            responses = refusals(409) | (responses or {})
        super().__init__(path, endpoint, methods=methods, dependencies=dependencies, responses=responses, **more)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        is_kept = (self.openapi_extra or {}).get("x-answer-kept", True)

        async def handle_once(request: Request) -> Response:
            try:
                response = await handle(request)
            except AnsweredBefore as before:
                return before.response
            # The transaction of the verb is still open here: both are committed, or neither.
            if (claim := getattr(request.state, "claim", None)) is not None:
                await _keep(request.app.state.cipher, claim, response, is_kept=is_kept)
            return response

        return handle_once


def _gates(endpoint: Callable[..., Any]) -> Iterator[Dependency]:
    """The dependencies by which an endpoint asks for a permission."""
    for parameter in inspect.signature(endpoint, eval_str=True).parameters.values():
        for mark in getattr(parameter.annotation, "__metadata__", ()):
            if isinstance(mark, Dependency) and hasattr(mark.dependency, "permission"):
                yield mark


async def _keep(cipher: FieldCipher, claim: _Claim, response: Response, *, is_kept: bool) -> None:
    body: bytes | None = getattr(response, "body", None)
    subject_kind, subject_id = next(iter(recorded(claim.session)), (None, None))
    key = new_id()
    answer = None
    if is_kept and body is not None and len(body) <= LARGEST:
        answer = cipher.encrypt(base64.b64encode(body).decode(), PLACE, key)
    claim.session.add(
        KeptAnswer(
            id=key,
            caller_id=claim.caller_id,
            key_hash=claim.key_hash,
            request_hash=claim.request_hash,
            kept_at=utc_now(),
            status=response.status_code,
            etag=response.headers.get("etag"),
            subject_kind=subject_kind,
            subject_id=subject_id,
            answer=answer,
        )
    )
    await claim.session.flush()


def _told_again(cipher: FieldCipher, kept: KeptAnswer) -> Response:
    assert kept.answer is not None
    body = base64.b64decode(cipher.decrypt(kept.answer, PLACE, kept.id))
    headers = {"cache-control": "no-store", "idempotency-replayed": "true"}
    if kept.etag is not None:
        headers["etag"] = kept.etag
    return Response(body, kept.status, headers, media_type="application/json")


def _keyed_hash(secret: bytes, text: str) -> bytes:
    return hmac.digest(secret, b"idempotency\n" + text.encode(), "sha256")


async def _said(request: Request) -> str:
    """Everything of a request that makes it another one, the body as its hash."""
    about = (ON_BEHALF_OF, "if-match")
    parts = [request.method, request.url.path, request.url.query, *(request.headers.get(name, "") for name in about)]
    if request.headers.get("content-type", "").startswith(("multipart/", "application/x-www-form-urlencoded")):
        for name, value in (await request.form()).multi_items():
            parts += [name, await _hash_of(value) if isinstance(value, UploadFile) else value]
    else:
        parts.append(hashlib.sha256(await request.body()).hexdigest())
    return "\n".join(parts)


async def _hash_of(file: UploadFile) -> str:
    """The hash of a file and its name; it is read from the start again by whoever comes next."""
    found = hashlib.sha256((file.filename or "").encode())
    await file.seek(0)
    while part := await file.read(1 << 16):
        found.update(part)
    await file.seek(0)
    return found.hexdigest()
