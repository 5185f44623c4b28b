"""Measure the change feed of a server of its own on the demo county: lag, events per second, and a snapshot.

python -m scripts.bench_feed [SECONDS]     load and server share this machine, so compare ratios, not two machines
"""

import asyncio
import gzip
import os
import statistics
import sys
import time
from typing import Any

import httpx

from scripts.bench import PASSWORD, serving

READERS, WRITERS, WAITING = 8, 4, 500
SECONDS = 20.0
RESOURCES = ("organizations", "members", "decisions", "rectifications")


class Feed:
    """Somebody who follows the feed and notes when each record came."""

    def __init__(self, client: httpx.AsyncClient, *resources: str) -> None:
        self.client, self.resources = client, resources
        self.cursor: str | None = None
        self.came: dict[str, float] = {}

    async def once(self, wait: int = 0) -> list[dict[str, Any]]:
        asked: dict[str, Any] = {"resource": list(self.resources), "limit": 200, "wait": wait}
        if self.cursor is not None:
            asked["after"] = self.cursor
        answer = (await self.client.get("/changes", params=asked)).raise_for_status().json()
        now = time.perf_counter()
        self.cursor = answer["next_cursor"]
        self.came |= {item["id"]: now for item in answer["items"] if item["id"] not in self.came}
        items: list[dict[str, Any]] = answer["items"]
        return [*items, *(await self.once() if answer["more"] else [])]


async def signed_in(client: httpx.AsyncClient, username: str) -> None:
    form = {"grant_type": "password", "username": username, "password": PASSWORD}
    answer = (await client.post("/oauth/token", data=form)).raise_for_status().json()
    client.headers["authorization"] = f"Bearer {answer['access_token']}"


async def lag(client: httpx.AsyncClient, seconds: float) -> None:
    """From the answer to a write until a reader who waits has the record."""
    place = (await client.get("/me")).raise_for_status().json()["organization"]["id"]
    readers = [Feed(client, "rectifications") for _ in range(READERS)]
    await readers[0].once()
    for reader in readers:
        reader.cursor = readers[0].cursor
        reader.came.clear()
    written: dict[str, float] = {}
    until = time.perf_counter() + seconds
    # What was begun in time is answered after it.
    over = asyncio.Event()

    async def write() -> None:
        while time.perf_counter() < until:
            body = {
                "organization_id": place,
                "source": "self_review",
                "source_document": "测速",
                "problem": "排水沟堵塞，雨季积水",
                "category": "infrastructure",
                "affects_people": True,
            }
            made = (await client.post("/rectifications", json=body)).raise_for_status().json()
            written[made["id"]] = time.perf_counter()

    async def read(feed: Feed) -> None:
        while not (over.is_set() and written.keys() <= feed.came.keys()):
            await feed.once(wait=2)

    tasks = [asyncio.create_task(read(reader)) for reader in readers]
    await asyncio.gather(*(write() for _ in range(WRITERS)))
    over.set()
    await asyncio.gather(*tasks)
    lags = [max(0.0, reader.came[key] - at) for reader in readers for key, at in written.items()]
    percent = statistics.quantiles(lags, n=100)
    print(
        f"{len(written)} writes by {WRITERS} in {seconds:.0f} s, {READERS} who wait: "
        f"lag p50 {percent[49] * 1e3:.0f} ms, p99 {percent[98] * 1e3:.0f} ms, longest {max(lags) * 1e3:.0f} ms"
    )


async def waiting(client: httpx.AsyncClient) -> None:
    """How long an ordinary question takes while hundreds wait for a change."""
    first = Feed(client, "members")
    await first.once()

    async def wait() -> None:
        feed = Feed(client, "members")
        feed.cursor = first.cursor
        await feed.once(wait=15)

    tasks = []
    for number in range(WAITING):
        tasks.append(asyncio.create_task(wait()))
        if number % 20 == 0:
            await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    times = []
    for _ in range(50):
        begun = time.perf_counter()
        (await client.get("/members", params={"limit": 50})).raise_for_status()
        times.append(time.perf_counter() - begun)
    await asyncio.gather(*tasks)
    print(f"{WAITING} wait: a page of 50 members in {statistics.median(times) * 1e3:.0f} ms (median of {len(times)})")


async def from_the_beginning(client: httpx.AsyncClient) -> None:
    feed = Feed(client, *RESOURCES)
    begun = time.perf_counter()
    items = await feed.once()
    spent = time.perf_counter() - begun
    print(f"from the beginning: {len(items)} records in {spent:.1f} s, {len(items) / spent:.0f} /s by one reader")


async def snapshot(client: httpx.AsyncClient) -> None:
    begun = time.perf_counter()
    made = (await client.post("/snapshots", json={"resources": list(RESOURCES)})).raise_for_status().json()
    while made["state"] in ("waiting", "writing"):
        await asyncio.sleep(0.2)
        made = (await client.get(f"/snapshots/{made['id']}")).raise_for_status().json()
    ready = time.perf_counter() - begun
    content = (await client.get(f"/snapshots/{made['id']}/content")).raise_for_status().content
    lines = gzip.decompress(content).count(b"\n")
    print(
        f"snapshot: {lines} lines, {len(content) / 1024:.0f} KB, ready after {ready:.1f} s (a worker looks every 5 s)"
    )


async def reconciliation(client: httpx.AsyncClient) -> None:
    begun = time.perf_counter()
    pages = groups = 0
    cursor: dict[str, str] = {}
    while True:
        params = {"resource": "members", "limit": 200} | cursor
        page = (await client.get("/reconciliation", params=params)).raise_for_status().json()
        pages, groups = pages + 1, groups + len(page["items"])
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    print(f"reconciliation of members: {groups} groups, {pages} pages, {(time.perf_counter() - begun) * 1e3:.0f} ms")


async def run(host: str, port: int, seconds: float) -> None:
    limits = httpx.Limits(max_connections=WAITING + 50, max_keepalive_connections=WAITING + 50)
    async with httpx.AsyncClient(base_url=f"http://{host}:{port}/api/v1", timeout=120, limits=limits) as client:
        await signed_in(client, "supervisor")
        await from_the_beginning(client)
        await snapshot(client)
        await reconciliation(client)
        await lag(client, seconds)
        await waiting(client)


def main() -> None:
    # One account stands for everybody here.
    os.environ["GUANBIAO_REQUESTS_PER_MINUTE"] = "0"
    # Hundreds who wait come through a proxy: one address alone may hold fewer connections.
    os.environ["GUANBIAO_TRUSTED_PROXIES"] = "127.0.0.1"
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with serving() as (host, port, _):
        asyncio.run(run(host, port, seconds))


if __name__ == "__main__":
    main()
