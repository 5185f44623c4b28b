"""Logs as JSON lines that hold no personal data: what was asked of which route and how it went, never what was said."""

import logging
import re
import sys
import time
import traceback
from typing import Any, TextIO
from uuid import uuid4

import orjson
import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars
from structlog.typing import EventDict, WrappedLogger

REQUEST_ID = "x-request-id"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PROBES = frozenset({"/livez", "/readyz"})

# Loggers that speak only of the program itself; what other libraries fill into their messages may be anyone's data.
_OWN = ("backend", "guanbiao", "uvicorn")
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9-]{16,64}")
# Eleven digits in a row, dashes left out, may be a phone, fifteen or eighteen a citizen: a log keeps none of them.
_LONG_NUMBER = re.compile(r"[0-9]{11}")
# What a proxy makes: of 32 hexadecimal digits one in twenty has eleven decimal ones in a row, so of these only what
# reads as a mobile phone or as a citizen number, by the date in it, is taken for one.
_RANDOM_ID = re.compile(r"(?=.*[a-f])[0-9a-f]{32}")
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_PERSON = re.compile(
    rf"(?<![0-9])1[3-9][0-9]{{9}}(?![0-9])|[0-9]{{6}}(?:(?:18|19|20)[0-9]{{2}}|[0-9]{{2}}){_DAY}[0-9]{{3}}"
)
_INNERMOST = 8

_log = structlog.stdlib.get_logger("backend.request")


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send every logger's records of at least `level` (debug, info, warning, error) to `stream` as JSON lines.

    Standard error unless given.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _template_only],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _where_it_failed,
                structlog.processors.JSONRenderer(serializer=_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # Below warning these write every statement, every byte and all that a photo tells of itself.
    for noisy in ("sqlalchemy", "asyncio", "httpcore", "httpx", "alembic", "pgqueuer", "PIL"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _json(event: EventDict, **_: Any) -> str:
    return orjson.dumps(event, default=lambda value: type(value).__name__).decode()


def _template_only(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Keep the first line of another library's message as it stands in its source, without what was filled in."""
    record: logging.LogRecord = event["_record"]
    if record.name.partition(".")[0] not in _OWN:
        event["event"] = str(record.msg).partition("\n")[0]
    return event


def _where_it_failed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Say an exception's type and place; its text may quote a row or a body."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-_INNERMOST:]
        event["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        if error.__cause__ is not None:
            event["cause"] = f"{type(error.__cause__).__module__}.{type(error.__cause__).__qualname__}"
    return event


HTTP_FAILED = 500
SENDERS = frozenset(
    {
        ("POST", "/feedback-cards"),
        ("GET", "/feedback-cards/track"),
        ("POST", "/feedback-cards/track/rating"),
        ("POST", "/feedback-cards/track/withdrawal"),
        ("POST", "/feedback-cards/track/photos"),
    }
)
"""What people do who send feedback without an account."""


class RequestLog:
    """Pure ASGI: gives each request an id and logs method, route template, status and milliseconds.

    Of what senders of feedback do nothing is logged unless it fails: a line with its moment, or its place between two
    others, would tell when a card came that keeps only the day.

    The id of a caller or proxy (`X-Request-ID`, 16 to 64 letters, digits and `-`, no long number) is kept, any other
    is replaced.
    It is in `scope["state"]["request_id"]`, in the answer's header and in every line logged meanwhile.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _given_id(scope) or str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        status: int | None = None

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        begun = time.perf_counter()
        with bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, marked)
            except Exception:
                _log.exception("request failed", **_facts(scope, status or 500, begun))
                raise
            if _is_senders(scope) and (status or 0) < HTTP_FAILED:
                return
            quiet = scope["path"] in PROBES and status == 200
            _log.log(logging.DEBUG if quiet else logging.INFO, "request", **_facts(scope, status, begun))


def _is_senders(scope: Scope) -> bool:
    route: str = getattr(scope.get("route"), "path", None) or ""
    return (scope["method"], route.removeprefix("/api/v1")) in SENDERS


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == REQUEST_ID.encode():
            text = value.decode("latin-1")
            bare = text.replace("-", "")
            number = _PERSON if _RANDOM_ID.fullmatch(bare) else _LONG_NUMBER
            return text if _ACCEPTED_ID.fullmatch(text) and not number.search(bare) else None
    return None


def _facts(scope: Scope, status: int | None, begun: float) -> dict[str, Any]:
    # A path as it was called may hold a name or a number of a person; the route's template never does.
    # No status means that the caller went away before an answer began.
    return {
        "method": scope["method"] if scope["method"] in METHODS else "other",
        "route": getattr(scope.get("route"), "path", None) or scope.get("root_path") or "unmatched",
        "status": status,
        "ms": round((time.perf_counter() - begun) * 1000, 1),
    }
