"""A call as a plain value: what is asked, how it is written into a request, and how its answer is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar, cast
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx

Answer = TypeVar("Answer")
Item = TypeVar("Item")
Reads = Literal["json", "bytes", "nothing"]
Value = str | int | bool | UUID | dt.date | None
File = tuple[str, bytes]
"""A file to upload: its name and its content."""

CURSOR = "cursor"
_CONNECT_SECONDS = 5.0
_REPEATABLE = ("GET", "HEAD", "PUT", "DELETE")
_VISIBLE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[Answer]):
    """One operation with all that it is asked with. It may be sent several times, and by any client.

    `repeatable`: asked again after a lost answer, it is done once all the same. `seconds`: how long the answer may
    take.
    """

    operation: str
    method: str
    path: str
    reads: Reads = "json"
    repeatable: bool = False
    seconds: float = 30.0
    query: Mapping[str, Value | Sequence[Value]] = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, Value] | None = None
    file: File | None = None

    def arguments(self) -> dict[str, Any]:
        """What httpx makes the request of; whatever is None is left out."""
        timeout = httpx.Timeout(self.seconds, connect=_CONNECT_SECONDS)
        found: dict[str, Any] = {"method": self.method, "url": self.path, "timeout": timeout}
        query: list[tuple[str, str | int | float | bool | None]] = [
            (name, text(one))
            for name, given in self.query.items()
            for one in (given if isinstance(given, Sequence) and not isinstance(given, str) else [given])
            if one is not None
        ]
        if query:
            found["params"] = httpx.QueryParams(query)
        # Names of people go into headers, which hold no Chinese unless it is written in percents.
        found["headers"] = {
            name: quote(given, safe=_VISIBLE) for name, given in self.headers.items() if given is not None
        }
        if self.json is not None:
            found["json"] = self.json
        if self.form is not None:
            found["data"] = {name: text(given) for name, given in self.form.items() if given is not None}
        if self.file is not None:
            found["files"] = {"file": self.file}
        return found

    def read(self, response: httpx.Response) -> Answer:
        """The answer of a response that is a success."""
        if self.reads == "json":
            return cast("Answer", response.json())
        return cast("Answer", response.content if self.reads == "bytes" else None)

    @property
    def may_be_repeated(self) -> bool:
        return self.repeatable or self.method in _REPEATABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCall(Call[Answer], Generic[Answer, Item]):
    """A call whose answer is one page of several; a client's `each` gives the items of all of them."""

    def after(self, cursor: str) -> PageCall[Answer, Item]:
        return replace(self, query={**self.query, CURSOR: cursor})


def text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def segment(value: Value) -> str:
    """A value as one part of a path."""
    return quote(text(value), safe="")


def tag(version: int | str) -> str:
    """The version of a record, as `If-Match` names it; an ETag is taken as it came."""
    return f'"{version}"' if isinstance(version, int) else version


def key(given: str | None) -> str:
    """The key under which a call is done once, however often it is sent."""
    return given or str(uuid4())
