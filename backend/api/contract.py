"""The API's own handbook: OpenAPI with the words of every refusal in it."""

import asyncio
import gzip
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi

from backend.api.errors import refusals
from backend.api.examples import ROLE, ROLES
from backend.api.language import catalogue
from backend.api.shapes import Refusal

FILE = "/api/openapi.json"

INTRODUCTION = """\
The API of a county that runs its organisation's work by procedure.

**Sign in** with *Authorize* (a demonstration prints its password at start), then *Try it out*: every operation has an
example.

- Lists answer `{"items": [...], "next_cursor": ...}`; ask again with `cursor` until it is null.
- A change of an existing record carries `If-Match` with the record's ETag: 428 without, 412 when someone was faster.
- A POST may carry an `Idempotency-Key`: asked again with the same key within 7 days it is not done again, and answers
  what it answered while its record is in sight (`idempotency-replayed: true`). `x-answer-kept: false`: the answer holds
  a secret and is told once.
- A record under a procedure says in `procedure.options` what *you* may do next and what is still missing.
- Where a client has a confirmed key for requests, each of them is signed: `X-App-Id` (its `client_id`), `X-Key-Id`,
  `X-Timestamp` (seconds since 1970, at most 5 minutes off), `X-Nonce` (16 to 64 characters, once), `X-Body-Digest`
  (`sha-256=` or `sm3=`, hexadecimal, of an empty body too) and `X-Signature` (base64) over six lines: method, path,
  query with its parts sorted by name (those of one name in the order in which they are sent), timestamp, nonce, the
  digest's hexadecimal. `hmac-sha256` takes the key's 32 bytes;
  `sm2-sm3` the default user id, DER or r and s. Vectors: `openapi/signature-vectors.json`.
  `If-Match` and `Idempotency-Key` are not under the signature.
- A POST of a batch of records needs no key: each record has the partner's own id, and brought again it is unchanged.
- `x-example-role` names the demonstration's account, or the partner's program, with which the example of an operation
  works.
- Refusals are `application/problem+json` (RFC 9457) in the language of `Accept-Language` (zh-CN, en).
  The `code` is stable.
- A role that a colleague lent is used with the header `On-Behalf-Of: <account id of the colleague>`; what is done then
  says for whom. `GET /me` names the colleagues.
- Out of sight is 404, the same as missing; in sight but not yours to change is 403.
"""


def _refusal_texts() -> str:
    rows = [f"| `{code}` | {texts['zh-CN']} | {texts['en']} |" for code, texts in sorted(catalogue().items())]
    return (
        "Every code that a refusal, a field or an import row can carry.\n\n| code | zh-CN | en |\n| --- | --- | --- |\n"
        + "\n".join(rows)
    )


_ALWAYS = (503,)
"""What any operation may be refused with, whatever it does: the database is out of reach."""

_WITH_A_BODY = (400, 413)
"""What is no JSON or no form, and what is larger than anything that is taken."""

_SIGNED_IN = (429,)
"""More than one account may ask in a minute."""


def _add_common_refusals(operation: dict[str, Any]) -> None:
    statuses = {*_ALWAYS, *(_WITH_A_BODY if "requestBody" in operation else ())}
    statuses |= set(_SIGNED_IN if "security" in operation else ())
    common = {str(status): said for status, said in refusals(*statuses).items() if status in statuses}
    operation["responses"] = dict(sorted((common | operation["responses"]).items()))


def install(app: FastAPI) -> None:
    """Let `app.openapi()` hold the shape of refusals and the words for every code, and serve it, written once."""

    def contract() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=INTRODUCTION,
                routes=app.routes,
                webhooks=app.webhooks.routes,
                tags=[{"name": "refusal", "description": _refusal_texts()}],
                separate_input_output_schemas=False,
            )
            schema = Refusal.model_json_schema(ref_template="#/components/schemas/{model}")
            for operation in (o for path, of in made["paths"].items() if path.startswith("/api/") for o in of.values()):
                _add_common_refusals(operation)
            for operation in (o for path in made["paths"].values() for o in path.values() if "security" in o):
                operation["x-example-role"] = ROLES.get(operation["operationId"], ROLE)
            made["components"]["schemas"] |= schema.pop("$defs", {}) | {Refusal.__name__: schema}
            app.openapi_schema = made
        return app.openapi_schema

    once = asyncio.Lock()
    written: list[bytes] = []

    def write() -> None:
        plain = orjson.dumps(app.openapi())
        written.extend((plain, gzip.compress(plain, mtime=0)))

    async def file(request: Request) -> Response:
        async with once:
            if not written:
                # Seconds of work, at which nobody else should have to wait.
                await asyncio.to_thread(write)
        plain, packed = written
        headers = {"vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed, media_type="application/json", headers=headers | {"content-encoding": "gzip"})
        return Response(plain, media_type="application/json", headers=headers)

    app.add_route(FILE, file, include_in_schema=False)
    app.openapi = contract  # type: ignore[method-assign]  # the documented way to extend the contract
