"""Addresses that hold a number of a person are refused: proxies, browsers and logs keep what stands in them."""

import logging
import re
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.api.errors import problem
from backend.db.base import utc_now
from backend.domain.calendar import day_of
from backend.domain.errors import Problem
from backend.domain.written_number import writes_number

# `\d` is every script's digits: full-width ones become plain before anything is judged.
_DIGITS = re.compile(r"(?:\d[^\w]*+){11}")

_log = logging.getLogger("guanbiao.address")


class NoNumbersInAddress:
    """Pure ASGI: 422 `number_in_address` for a citizen number or a mobile phone in the path or the query; the log
    learns that, and no more."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _has_number(scope):
            _log.warning("a number of a person in an address was refused")
            refused = problem(Request(scope), 422, "invalid", problems=[Problem("", "number_in_address")])
            await refused(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _has_number(scope: Scope) -> bool:
    said = [scope["path"]]
    if query := scope["query_string"]:
        said.append(unquote_plus(query.decode("latin-1")))
    # Nearly no address has eleven digits in a row, and judging takes longer.
    return any(_DIGITS.search(text) and writes_number(text, day_of(utc_now())) for text in said)
