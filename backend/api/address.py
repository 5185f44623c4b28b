"""Addresses that hold a citizen number are refused: proxies, browsers and logs keep what stands in them."""

import logging
import re
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.api.errors import problem
from backend.db.base import utc_now
from backend.domain.calendar import day_of
from backend.domain.errors import Problem
from backend.domain.identity import holds_citizen_number

_DIGITS = re.compile(r"[0-9]{17}")

_log = logging.getLogger("guanbiao.address")


class NoNumbersInAddress:
    """Pure ASGI: 422 `number_in_address` for a citizen number in the query; the log learns that, and no more."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (query := scope["query_string"]):
            said = unquote_plus(query.decode("latin-1"))
            if _DIGITS.search(said) and holds_citizen_number(said, day_of(utc_now())):
                _log.warning("a citizen number in an address was refused")
                refused = problem(Request(scope), 422, "invalid", problems=[Problem("", "number_in_address")])
                await refused(scope, receive, send)
                return
        await self.app(scope, receive, send)
