"""The API's own handbook: OpenAPI with the words of every refusal in it."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from backend.api.examples import ROLE, ROLES
from backend.api.language import catalogue
from backend.api.shapes import Refusal

INTRODUCTION = """\
The API of a county that runs its organisation's work by procedure.

**Sign in** with *Authorize* (a demonstration prints its password at start), then *Try it out*: every operation has an
example.

- Lists answer `{"items": [...], "next_cursor": ...}`; ask again with `cursor` until it is null.
- A change of an existing record carries `If-Match` with the record's ETag: 428 without, 412 when someone was faster.
- A record under a procedure says in `procedure.options` what *you* may do next and what is still missing.
- `x-example-role` names the demonstration's account with which the example of an operation works.
- Refusals are `application/problem+json` (RFC 9457) in the language of `Accept-Language` (zh-CN, en).
  The `code` is stable.
- Out of sight is 404, the same as missing; in sight but not yours to change is 403.
"""


def _refusal_texts() -> str:
    rows = [f"| `{code}` | {texts['zh-CN']} | {texts['en']} |" for code, texts in sorted(catalogue().items())]
    return (
        "Every code that a refusal, a field or an import row can carry.\n\n| code | zh-CN | en |\n| --- | --- | --- |\n"
        + "\n".join(rows)
    )


def install(app: FastAPI) -> None:
    """Let `app.openapi()` hold the shape of refusals and the words for every code."""

    def contract() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=INTRODUCTION,
                routes=app.routes,
                tags=[{"name": "refusal", "description": _refusal_texts()}],
                separate_input_output_schemas=False,
            )
            schema = Refusal.model_json_schema(ref_template="#/components/schemas/{model}")
            for operation in (o for path in made["paths"].values() for o in path.values() if "security" in o):
                operation["x-example-role"] = ROLES.get(operation["operationId"], ROLE)
            made["components"]["schemas"] |= schema.pop("$defs", {}) | {Refusal.__name__: schema}
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = contract  # type: ignore[method-assign]  # the documented way to extend the contract
