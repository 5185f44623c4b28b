"""How a refusal is said in HTTP: `application/problem+json` (RFC 9457) with a stable code."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import sqlalchemy.exc
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from backend.api.language import catalogue, language_of, say
from backend.api.refused import tell_refusal
from backend.api.shapes import Refusal
from backend.api.throttle import TooOften
from backend.db.read import StrayCursor
from backend.domain.errors import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    Refused,
    SignInRefused,
    Stale,
    Unready,
)
from backend.domain.identity import mask_persons

STATUS: dict[type[Refused], int] = {
    SignInRefused: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    Invalid: 422,
    Unready: 422,
    Busy: 429,
}

_PLAIN = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}

# A body of a hundred thousand wrong fields must not be answered by twenty megabytes of reasons.
_MOST_PROBLEMS = 100

_log = logging.getLogger("guanbiao.errors")


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses=` of a route: these refusals are part of its contract."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{Refusal.__name__}"}}},
        }
        for status in sorted({401, 422, 500, *statuses})
    }


def problem(
    request: Request,
    status: int,
    code: str,
    *,
    params: dict[str, Any] | None = None,
    problems: Iterable[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Build the one shape that every refusal has."""
    language = language_of(request.headers.get("accept-language"))
    body = refusal(language, status, code, params, problems, request.scope.get("state", {}).get("request_id"))
    return JSONResponse(
        body.model_dump(),
        status,
        {"content-language": language, "cache-control": "no-store", **(headers or {})},
        media_type="application/problem+json",
    )


def refusal(
    language: str,
    status: int,
    code: str,
    params: Mapping[str, Any] | None,
    problems: Iterable[Problem],
    request_id: str | None,
) -> Refusal:
    """A refusal in words."""
    return Refusal(
        type=f"/api/v1/problems/{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=mask_persons(say(code, params or {}, language)),
        # What was typed is told back with its numbers starred: an error is shown, copied and logged by others.
        errors=[
            {
                "pointer": mask_persons(p.pointer),
                "code": p.code,
                "message": mask_persons(say(p.code, p.params, language)),
            }
            for p in problems
        ],
        request_id=request_id,
    )


def status_of(error: Refused) -> int:
    """The HTTP status that says in which way something was refused."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    status = status_of(error)
    # RFC 6749 5.2 wants 400 for a refused grant; 401 is for a request that needed a token.
    if error.code in ("invalid_grant", "invalid_scope", "second_step_required", "second_step_wrong"):
        status = 400
    if status == 403:
        await tell_refusal(request, error.code)
    headers = {"www-authenticate": "Bearer"} if status == 401 else None
    if status == 409 and "version" in error.params:
        headers = {"etag": f'"{error.params["version"]}"'}
    if status == 429:
        headers = {"retry-after": str(error.params["seconds"])}
    return problem(request, status, error.code, params=error.params, problems=error.problems, headers=headers)


def _pointer(location: tuple[int | str, ...]) -> str:
    place = location[1:] if location and location[0] in ("body", "query", "path", "header", "form") else location
    escaped = [str(part).replace("~", "~0").replace("/", "~1") for part in place]
    return "".join(f"/{part}" for part in escaped)


def _code(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    # A limit that stands behind a check of the text itself is reported as that of a list.
    if kind in {"too_long", "too_short"} and error.get("ctx", {}).get("field_type") == "Value":
        kind = f"string_{kind}"
    code = f"field_{kind}"
    return code if code in catalogue() else "field_invalid"


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(e["type"] == "missing" and e["loc"] == ("header", "if-match") for e in found):
        return problem(request, 428, "if_match_required")
    if any(e["type"] == "json_invalid" for e in found):
        return problem(request, 400, "json_invalid")
    return problem(request, 422, "invalid", problems=problems_of(found))


def problems_of(found: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """What a shape finds wrong, each at its field."""
    return [
        Problem(_pointer(e["loc"]), _code(e), {name: str(value) for name, value in e.get("ctx", {}).items()})
        for e in found[:_MOST_PROBLEMS]
    ]


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = _PLAIN.get(error.status_code, "bad_request")
    if isinstance(error.__cause__, UnicodeDecodeError):
        # GBK that calls itself UTF-8 is what partners' programs get wrong most.
        code = "body_not_utf8"
    return problem(request, error.status_code, code, headers=error.headers)


async def _stray_cursor(request: Request, _error: Exception) -> JSONResponse:
    # The feed calls its cursor otherwise, and its stream takes it from a header.
    name = next((each for each in ("cursor", "after") if each in request.query_params), "last-event-id")
    return problem(request, 422, "invalid", problems=[Problem(f"/{name}", "cursor_invalid")])


async def _too_often(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TooOften)
    headers = {"retry-after": str(error.wait)}
    return problem(request, 429, "too_often", params={"seconds": error.wait}, headers=headers)


def database_says(error: sqlalchemy.exc.DBAPIError) -> tuple[int, str]:
    """The status and the code of what the database refused."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state in {"23505", "40001", "40P01"}:
        # Two people did the same thing at once; the second one reads again.
        return 409, "done_meanwhile"
    if state.startswith("22"):
        return 422, "invalid"
    _log.error("database failure %s", state or type(error.orig).__name__)
    return 503, "database_unavailable"


async def _database(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, sqlalchemy.exc.DBAPIError)
    status, code = database_says(error)
    return problem(request, status, code, headers={"retry-after": "2"} if status == 503 else None)


async def _unreachable(request: Request, error: Exception) -> JSONResponse:
    _log.error("database out of reach: %s", type(error).__name__)
    return problem(request, 503, "database_unavailable", headers={"retry-after": "2"})


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    # The traceback is for the operator; frames hold no values, so no personal data either.
    _log.error("unexpected %s", type(error).__name__, exc_info=error)
    return problem(request, 500, "unexpected")


def install(app: FastAPI) -> None:
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(TooOften, _too_often)
    app.add_exception_handler(StrayCursor, _stray_cursor)
    app.add_exception_handler(sqlalchemy.exc.DBAPIError, _database)
    app.add_exception_handler(sqlalchemy.exc.TimeoutError, _unreachable)
    app.add_exception_handler(ConnectionError, _unreachable)
    app.add_exception_handler(RecursionError, _too_deep)
    app.add_exception_handler(Exception, _unexpected)


async def _too_deep(request: Request, _error: Exception) -> JSONResponse:
    return problem(request, 400, "json_invalid")
