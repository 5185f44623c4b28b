"""The demonstration county in a database of its own: loaded once per test process, copied for tests that change it."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
import pytest
from sqlalchemy.engine import make_url

from backend.app import create_app
from backend.db.engine import migrate, open_database
from backend.db.roles import Addresses
from backend.demo.clients import PLATFORM, SCOPES
from backend.demo.load import DemoReport, load_demo
from backend.settings import Settings
from tests.pace import processor_pace

PASSWORD = "one password for all roles"
FRESH_SECONDS = 300


@dataclass
class DemoCounty:
    """The loaded database, which stays as it was loaded, and the folder of its keys and files.

    `seconds`: what the loading cost our own processor, at the pace of the reference machine (see pace.py).
    """

    server: Addresses
    data: Path
    report: DemoReport
    seconds: float
    copies: list[str] = field(default_factory=list)

    @property
    def dsn(self) -> str:
        return address(self.server.application, "demo_county")

    @asynccontextmanager
    async def copy(self) -> AsyncIterator["DemoCopy"]:
        """A copy that may be changed, with the application in demo mode over it."""
        name = f"demo_copy_{len(self.copies)}"
        self.copies.append(name)
        await run(self.server.owner, f'CREATE DATABASE "{name}" TEMPLATE demo_county STRATEGY FILE_COPY')
        app = create_app(Settings(data=self.data, demo=True, worker=False), dsn=address(self.server.application, name))
        async with app.router.lifespan_context(app):
            made = DemoCopy(app)
            try:
                yield made
            finally:
                for client in made.clients.values():
                    await client.aclose()
        await run(self.server.owner, f'DROP DATABASE "{name}"')


@dataclass
class DemoCopy:
    """The application, and a client for every role that has signed in."""

    app: object
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    signed_in_at: dict[str, float] = field(default_factory=dict)

    async def client(self, username: str) -> httpx.AsyncClient:
        """A client that signed in as people do, with name and password, or as a partner's program does."""
        # A session that was not used for ten minutes may be over.
        if time.monotonic() - self.signed_in_at.get(username, -FRESH_SECONDS) >= FRESH_SECONDS:
            self.signed_in_at[username] = time.monotonic()
            client = self.anonymous()
            form = {"grant_type": "password", "username": username, "password": PASSWORD}
            if username == PLATFORM:
                form = {"grant_type": "client_credentials", "client_id": PLATFORM, "client_secret": PASSWORD}
                form["scope"] = " ".join(SCOPES)
            answer = await client.post("/api/v1/oauth/token", data=form)
            assert answer.status_code == 200, answer.text
            client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
            self.clients[username] = client
        return self.clients[username]

    def anonymous(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60)


def address(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


async def run(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def demo_county(server: Addresses, tmp_path_factory: pytest.TempPathFactory) -> DemoCounty:
    """The county as it has just been loaded. Nothing may change it: ask for a `copy`."""
    data = tmp_path_factory.mktemp("demo-county")
    await run(server.owner, "CREATE DATABASE demo_county")
    own = Addresses(*(address(one, "demo_county") for one in server))
    await migrate(own)
    database = open_database(own.application, pool_size=1)
    started, before = time.process_time(), processor_pace()
    try:
        report = await load_demo(database, data, PASSWORD)
    finally:
        await database.close()
    spent = time.process_time() - started
    return DemoCounty(server, data, report, spent / ((before + processor_pace()) / 2))


@pytest.fixture(scope="session")
async def demo_copy(demo_county: DemoCounty) -> AsyncIterator[DemoCopy]:
    """A copy of the county for tests that only read."""
    async with demo_county.copy() as made:
        yield made


def crowding() -> float:
    """How many programs want each processor of this machine: 1 when there is room."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
