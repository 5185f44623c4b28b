"""The two clients: they send calls, follow pages and the feed, and keep files. One blocks, one does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeVar, cast

import httpx
from tenacity import AsyncRetrying, Retrying

from guanbiao_client import models, retry
from guanbiao_client.call import Call, PageCall
from guanbiao_client.calls import change
from guanbiao_client.refusal import Refusal
from guanbiao_client.sign_in import OwnKey, SignIn
from guanbiao_client.signing import Signer

Answer = TypeVar("Answer")
Item = TypeVar("Item")
Resource = Literal["organizations", "members", "decisions", "rectifications", "feedback-cards"]
TRIES = 6
_LONGEST_WAIT, _MOST = 25, 200


def _settings(
    url: str,
    client_id: str,
    secret: str | OwnKey,
    scope: Iterable[str],
    language: str,
    signer: Signer | None,
) -> dict[str, Any]:
    headers = {"accept-language": language, "accept": "application/json, application/problem+json, */*"}
    auth = SignIn(url, client_id, secret, scope, signer) if client_id else None
    # A redirect would carry a write to somewhere else; the service sends none.
    return {"base_url": url, "headers": headers, "auth": auth, "follow_redirects": False}


def _checked(response: httpx.Response) -> httpx.Response:
    if not response.is_success:
        raise Refusal(response)
    return response


class Client:
    """A program's way into the county, blocking.

    `url`: where the service is. `secret`: what was told once, or a key of your own. `scope`: what may be done,
    `rectification:read` and so on. `tries`: how often a call is sent at the most; what might be done twice is sent
    once. `transport`: of httpx, for proxies and tests.

    Raises Refusal for every answer that is no success, and httpx.TransportError when there was none.
    """

    def __init__(
        self,
        url: str,
        client_id: str = "",
        secret: str | OwnKey = "",
        scope: Iterable[str] = (),
        *,
        language: str = "zh-CN",
        signer: Signer | None = None,
        tries: int = TRIES,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.http = httpx.Client(**_settings(url, client_id, secret, scope, language, signer), transport=transport)
        self._tries = tries

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, thrown: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.http.close()

    def __call__(self, call: Call[Answer]) -> Answer:
        """Send a call and give its answer."""
        return call.read(self._retrying(call)(lambda: _checked(self.http.request(**call.arguments()))))

    def each(self, call: PageCall[Answer, Item]) -> Iterator[Item]:
        """Every item of all pages."""
        while True:
            page = cast("dict[str, Any]", self(call))
            yield from page["items"]
            if not page["next_cursor"]:
                return
            call = call.after(page["next_cursor"])

    def changes(
        self, resources: Sequence[Resource], after: str | None = None, wait: int = _LONGEST_WAIT
    ) -> Iterator[models.ChangesOut]:
        """The feed, for ever: keep what a page tells and its `next_cursor` in one transaction of yours."""
        while True:
            page = self(change.list_(resource=resources, after=after, wait=wait, limit=_MOST))
            yield page
            after = page["next_cursor"]

    def save(self, call: Call[bytes], path: Path) -> None:
        """An answer straight into a file, however large it is."""

        def once() -> None:
            with self.http.stream(**call.arguments()) as response, path.open("wb") as file:
                if not response.is_success:
                    response.read()
                    raise Refusal(response)
                for piece in response.iter_bytes():
                    file.write(piece)

        self._retrying(call)(once)

    def _retrying(self, call: Call[Any]) -> Retrying:
        return Retrying(**retry.options(call, self._tries))


class AsyncClient:
    """The same for asyncio."""

    def __init__(
        self,
        url: str,
        client_id: str = "",
        secret: str | OwnKey = "",
        scope: Iterable[str] = (),
        *,
        language: str = "zh-CN",
        signer: Signer | None = None,
        tries: int = TRIES,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.http = httpx.AsyncClient(**_settings(url, client_id, secret, scope, language, signer), transport=transport)
        self._tries = tries

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, thrown: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self.http.aclose()

    async def __call__(self, call: Call[Answer]) -> Answer:
        async def once() -> httpx.Response:
            return _checked(await self.http.request(**call.arguments()))

        return call.read(await self._retrying(call)(once))

    async def each(self, call: PageCall[Answer, Item]) -> AsyncIterator[Item]:
        while True:
            page = cast("dict[str, Any]", await self(call))
            for item in page["items"]:
                yield item
            if not page["next_cursor"]:
                return
            call = call.after(page["next_cursor"])

    async def changes(
        self, resources: Sequence[Resource], after: str | None = None, wait: int = _LONGEST_WAIT
    ) -> AsyncIterator[models.ChangesOut]:
        while True:
            page = await self(change.list_(resource=resources, after=after, wait=wait, limit=_MOST))
            yield page
            after = page["next_cursor"]

    async def save(self, call: Call[bytes], path: Path) -> None:
        async def once() -> None:
            async with self.http.stream(**call.arguments()) as response:
                if not response.is_success:
                    await response.aread()
                    raise Refusal(response)
                with path.open("wb") as file:
                    async for piece in response.aiter_bytes():
                        file.write(piece)

        await self._retrying(call)(once)

    def _retrying(self, call: Call[Any]) -> AsyncRetrying:
        return AsyncRetrying(**retry.options(call, self._tries))
