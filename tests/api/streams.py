"""Reading server-sent events from an application in this process: httpx would wait for the end of the answer."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

import httpx


class Told(NamedTuple):
    name: str
    data: dict[str, Any]
    id: str | None


class Stream:
    """One open stream; leaving the block is what closing a page is."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *resources: str,
        after: str | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> None:
        headers = {"authorization": client.headers.get("authorization", ""), "accept-language": "zh-CN"}
        if after is not None:
            headers["last-event-id"] = after
        asked: dict[str, Sequence[str] | Any] = {"resource": list(resources)} | dict(query or {})
        transport = client._transport
        assert isinstance(transport, httpx.ASGITransport)
        self._app: Any = transport.app
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/api/v1/changes/stream",
            "raw_path": b"/api/v1/changes/stream",
            "root_path": "",
            "query_string": urlencode(asked, doseq=True).encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
            "client": ("127.0.0.1", 1),
            "server": ("test", 80),
        }
        self._closed = asyncio.Event()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._begun = asyncio.Event()
        self._left = b""
        self.status = 0
        self.headers: dict[str, str] = {}
        self.beats = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        await self._begun.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closed.set()
        await self._task

    async def _run(self) -> None:
        asked = False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await self._closed.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
                self._begun.set()
            else:
                self._pieces.put_nowait(message.get("body", b""))

        try:
            await self._app(self._scope, receive, send)
        finally:
            self._pieces.put_nowait(None)
            self._begun.set()

    async def next(self) -> Told | None:
        """The next event; None when the stream has ended."""
        async with asyncio.timeout(60):
            while True:
                while b"\n\n" in self._left:
                    block, self._left = self._left.split(b"\n\n", 1)
                    if block.startswith(b":"):
                        self.beats += 1
                        continue
                    fields = dict(line.split(": ", 1) for line in block.decode().split("\n"))
                    return Told(fields["event"], json.loads(fields["data"]), fields.get("id"))
                piece = await self._pieces.get()
                if piece is None:
                    return None
                self._left += piece

    async def change(self) -> Told:
        """The next event that tells of changes."""
        while True:
            told = await self.next()
            assert told is not None
            assert told.name != "end", told
            if told.name == "change" and told.data["items"]:
                return told

    async def end(self) -> Told | None:
        """What it ends with, whatever else it tells before."""
        last = None
        while (told := await self.next()) is not None:
            last = told
        return last
