"""Refusals, as the service words them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one field; `pointer` leads to it in the body that was sent (RFC 6901)."""

    pointer: str
    code: str
    message: str


class Refusal(Exception):
    """The service said no. `code` stays as it is; `str()` of it is in the language that was asked for.

    `retry_after`: seconds after which it may be asked again, where the service says so.
    """

    def __init__(self, response: httpx.Response) -> None:
        said = _said(response)
        self.status = response.status_code
        self.code = str(said.get("code") or said.get("error") or f"http_{response.status_code}")
        self.detail = str(said.get("detail") or said.get("error_description") or said.get("title") or "")
        self.problems = [
            Problem(str(one.get("pointer", "")), str(one.get("code", "")), str(one.get("message", "")))
            for one in said.get("errors") or []
            if isinstance(one, dict)
        ]
        self.request_id = said.get("request_id")
        self.etag = response.headers.get("etag")
        after = response.headers.get("retry-after", "")
        self.retry_after = float(after) if after.isdecimal() else None
        super().__init__(f"{self.status} {self.code}: {self.detail}")


def _said(response: httpx.Response) -> dict[str, Any]:
    try:
        said = response.json()
    except ValueError:
        # A proxy on the way answers pages of its own.
        return {}
    return said if isinstance(said, dict) else {}
