"""A partner's receiver for tests: a real HTTP server on loopback, and a webhook that leads to it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from standardwebhooks import Webhook

from backend.db.base import utc_now
from backend.domain.webhook.target import TargetRules
from backend.webhooks.running import follow_all
from backend.webhooks.sending import Sender, send
from tests.api.clients import Partner
from tests.factories import County

LOOPBACK = {"webhook_networks": "127.0.0.0/8", "webhook_http": True}
RULES = TargetRules.of(["127.0.0.0/8"], http=True)
SCOPES = ["organization:read", "member:read", "decision:read", "rectification:read", "feedback:read"]


@dataclass(slots=True)
class Got:
    """One request that came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came in, and what is answered: `answer` is asked for a status with each request.

    `hold`: no answer before it is set.  `raw`: what is sent in place of an answer.
    """

    port: int = 0
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], int] = lambda _: 204
    hold: asyncio.Event | None = None
    raw: bytes | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def ids(self, record: str | None = None) -> list[str]:
        return [each.headers["webhook-id"] for each in self.got if record is None or record in each.body.decode()]

    async def wait_for(self, count: int, seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while len(self.got) < count:
                self.arrived.clear()
                await self.arrived.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *lines = head.decode().split("\r\n")
                headers = dict(each.split(": ", 1) for each in lines if ": " in each)
                headers = {name.lower(): value for name, value in headers.items()}
                got = Got(line.split(" ")[1], headers, await reader.readexactly(int(headers["content-length"])))
                self.got.append(got)
                self.arrived.set()
                if self.hold is not None:
                    await self.hold.wait()
                if self.raw is not None:
                    writer.write(self.raw)
                    await writer.drain()
                    break
                writer.write(f"HTTP/1.1 {self.answer(got)} Said\r\ncontent-length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        if made.hold is not None:
            made.hold.set()
        server.close()


@dataclass
class Clock:
    """The machine's clock as a test moves it."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass
class Hook:
    """A webhook of a partner, and the worker that serves it, one round at a time."""

    partner: Partner
    id: str
    secret: str
    sender: Sender
    clock: Clock

    @classmethod
    async def start(
        cls, county: County, url: str, *resources: str, types: list[str] | None = None, **changes: Any
    ) -> "Hook":
        """One that was set up, confirmed by somebody else, and told nothing yet."""
        partner = await Partner.start(county, scopes=SCOPES, **changes)
        made = await cls.set_up(partner, url, *resources, types=types)
        await made.confirm(url)
        return made

    @classmethod
    async def set_up(cls, partner: Partner, url: str, *resources: str, types: list[str] | None = None) -> "Hook":
        body = {"client_id": partner.body["id"], "url": url, "resources": list(resources), "types": types or []}
        answer = await partner.keeper.post("/webhooks", json=body)
        assert answer.status_code == 201, answer.text
        clock, app = Clock(), partner.county.app
        sender = Sender(app.state.database, app.state.cipher, RULES, clock, seconds=2)
        return cls(partner, answer.json()["id"], answer.json()["secret"], sender, clock)

    @property
    def path(self) -> str:
        return f"/webhooks/{self.id}"

    async def get(self) -> dict[str, Any]:
        answer = await self.partner.keeper.get(self.path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def asked(self, method: str, path: str, body: dict[str, Any], *, giver: bool = False) -> httpx.Response:
        """A change by whoever keeps clients, or by the security administrator."""
        who = self.partner.giver if giver else self.partner.keeper
        headers = {"if-match": f'"{(await self.get())["version"]}"'}
        return await who.request(method, self.path + path, json=body, headers=headers)

    async def done(self, method: str, path: str, body: dict[str, Any], *, giver: bool = False) -> dict[str, Any]:
        answer = await self.asked(method, path, body, giver=giver)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def confirm(self, url: str) -> dict[str, Any]:
        return await self.done("POST", "/confirmation", {"url": url, "reason": "已与对接方核对"}, giver=True)

    async def deliveries(self, **params: Any) -> list[dict[str, Any]]:
        answer = await self.partner.keeper.get(f"{self.path}/deliveries", params=params)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def follow(self) -> None:
        await follow_all(self.sender)

    async def send(self) -> int:
        """Send what is due at the clock's time."""
        return await send(self.sender, UUID(self.id))

    async def round(self) -> int:
        await self.follow()
        return await self.send()

    def verified(self, got: Got) -> dict[str, Any]:
        """What a request says, if its signature is by this webhook's secret."""
        found: dict[str, Any] = Webhook(self.secret).verify(got.body, got.headers)
        return found
