"""A real server in a process of its own, and clients that mean it no good: those who behave do not notice."""

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from backend.domain.password_hash import hash_password
from tests.demo_county import crowding
from tests.factories import County, make_account, make_county
from tests.signing_in import TOKEN
from tests.test_cli import ROOT, environment, free_port

ATTEMPTS = int(os.environ.get("GUANBIAO_FLOOD", "600"))
"""`make fuzz` sends 10,000."""
AT_ONCE = 100
PASSWORD = "correct horse battery staple 7"
PATIENCE = 1.0
"""Seconds that somebody who behaves waits at most, half of the time, on a machine with room."""


@pytest.fixture(scope="module")
async def county(app: Any) -> AsyncIterator[County]:
    made = await make_county(app)
    yield made
    await made.close()


@pytest.fixture(scope="module")
def url(dsn: str, data: Path, county: County, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server over the tests' database, with their keys; it believes what this machine says of addresses."""
    port = free_port()
    log = tmp_path_factory.mktemp("flood") / "server.log"
    settings = {"GUANBIAO_PORT": str(port), "GUANBIAO_DATABASE_URL": dsn, "GUANBIAO_WORKER": "0"}
    settings["GUANBIAO_TRUSTED_PROXIES"] = "127.0.0.1"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "backend.cli", "run"],
            cwd=ROOT,
            env=environment(data, **settings, GUANBIAO_LOG_LEVEL="error"),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    assert process.stdout
    try:
        assert any("Ctrl-C" in line for line in process.stdout), log.read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


class Watcher:
    """Somebody who works meanwhile: reads a list again and again, and notes how long each answer took."""

    def __init__(self, url: str, county: County) -> None:
        self.url, self.token = url, county.token(county.accounts["clerk"])
        self.seconds: list[float] = []
        self.done = asyncio.Event()

    async def watch(self, most: int | None = None) -> None:
        headers = {"authorization": f"Bearer {self.token}", "x-forwarded-for": "10.1.1.1"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=60) as client:
            while not self.done.is_set() and len(self.seconds) != most:
                begun = time.perf_counter()
                answer = await client.get("/api/v1/organizations")
                self.seconds.append(time.perf_counter() - begun)
                assert answer.status_code == 200, answer.text
                await asyncio.sleep(0.1)

    def said(self) -> str:
        found = sorted(self.seconds)
        return (
            f"{len(found)} reads, median {statistics.median(found) * 1000:.0f} ms, "
            f"99 % within {found[len(found) * 99 // 100] * 1000:.0f} ms, slowest {found[-1] * 1000:.0f} ms"
        )


@pytest.mark.slow
async def test_ten_thousand_sign_ins_leave_others_alone(url: str, county: County) -> None:
    async with county.app.state.database.transaction() as session:
        account = await make_account(session, "clerk", county.township)
        account.password_hash = await hash_password(PASSWORD)
        session.add(account)
    form = {"grant_type": "password", "username": account.username, "password": PASSWORD}
    page = {"x-session": "cookie", "x-forwarded-for": "10.2.2.2"}
    own = httpx.AsyncClient(base_url=url, headers=page, timeout=60)
    assert (await own.post(TOKEN, data=form)).status_code == 200
    before = Watcher(url, county)
    await before.watch(20)
    watcher = Watcher(url, county)
    watching = asyncio.create_task(watcher.watch())
    answers: Counter[tuple[int, str]] = Counter()
    flooded = asyncio.Event()
    begun = time.monotonic()
    numbers = iter(range(ATTEMPTS))
    port = int(url.rpartition(":")[2])

    async def attack() -> None:
        reader, writer = await _say(port, b"")
        for number in numbers:
            # A botnet: every attempt from another address, half of them at one account, the rest at anybody.
            name = account.username if number % 2 else f"guessed-{number}"
            writer.write(_sign_in(name, f"wrong {number}", f"10.{number >> 14}.{number >> 7 & 127}.{number & 127}"))
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            assert length
            body = json.loads(await reader.readexactly(int(length[1])))
            answers[int(head.split()[1]), body["code"]] += 1
            if answers.total() >= ATTEMPTS // 3:
                flooded.set()
        writer.close()

    attacking = asyncio.gather(*(attack() for _ in range(AT_ONCE)))
    await flooded.wait()
    # A device that signed in here before: strangers neither lock its person out nor fill its lane.
    again = await own.post(TOKEN, data=form)
    assert again.status_code == 200, again.text
    assert answers.total() < ATTEMPTS
    await own.aclose()
    await attacking
    seconds = time.monotonic() - begun
    watcher.done.set()
    await watching
    told = f"{ATTEMPTS} sign-ins in {seconds:.1f} s, {dict(answers)}; before: {before.said()}; while: {watcher.said()}"
    sys.stderr.write(f"\n{told}\n")
    assert answers.total() == ATTEMPTS
    # Refused by the lane's length or by a lock, never for want of a connection.
    assert set(answers) <= {(400, "invalid_grant"), (429, "sign_in_busy"), (429, "sign_in_locked")}, answers
    assert statistics.median(watcher.seconds) < PATIENCE * crowding()


@pytest.mark.slow
async def test_slow_clients_leave_others_alone_and_are_let_go_of(url: str, county: County) -> None:
    port = int(url.rpartition(":")[2])
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        assert (await client.get("/api/openapi.json")).status_code == 200
    heads = [await _say(port, b"GET / HTTP/1.1\r\nHost: x\r\n") for _ in range(300)]
    # Of a body that is no form the route takes nothing: it would answer before the body is there.
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900000\r\n\r\nx"
    bodies = [await _say(port, b"POST /api/v1/oauth/token HTTP/1.1\r\nHost: x\r\n" + form) for _ in range(100)]
    readers = [
        await _say(port, b"GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 4, limit=1024) for _ in range(50)
    ]
    watcher = Watcher(url, county)
    watching = asyncio.create_task(watcher.watch())
    begun = time.monotonic()
    # They are closed by the server, each after its time; nothing here closes them.
    endings = await asyncio.gather(*(reader.read() for reader, _ in [*heads, *bodies]))
    seconds = time.monotonic() - begun
    watcher.done.set()
    await watching
    sys.stderr.write(f"\n450 slow clients, gone after {seconds:.1f} s; {watcher.said()}\n")
    assert {said[:400] for said in endings if b" 408 " not in said} == set()
    assert statistics.median(watcher.seconds) < PATIENCE * crowding()
    for _, writer in [*heads, *bodies, *readers]:
        writer.close()


def _sign_in(name: str, password: str, address: str) -> bytes:
    body = urlencode({"grant_type": "password", "username": name, "password": password}).encode()
    head = f"POST /api/v1/oauth/token HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\n"
    kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + kind).encode() + body


async def _say(port: int, data: bytes, limit: int = 65536) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=limit)
    writer.write(data)
    await writer.drain()
    return reader, writer
