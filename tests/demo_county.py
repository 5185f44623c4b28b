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
from backend.demo.load import DemoReport, load_demo
from backend.settings import Settings

PASSWORD = "one password for all roles"


@dataclass
class DemoCounty:
    """The loaded database, which stays as it was loaded, and the folder of its keys and files."""

    server: str
    data: Path
    report: DemoReport
    seconds: float
    copies: list[str] = field(default_factory=list)

    @property
    def dsn(self) -> str:
        return address(self.server, "demo_county")

    @asynccontextmanager
    async def copy(self) -> AsyncIterator["DemoCopy"]:
        """A copy that may be changed, with the application in demo mode over it."""
        name = f"demo_copy_{len(self.copies)}"
        self.copies.append(name)
        await run(self.server, f'CREATE DATABASE "{name}" TEMPLATE demo_county STRATEGY FILE_COPY')
        app = create_app(Settings(data=self.data, demo=True, worker=False), dsn=address(self.server, name))
        async with app.router.lifespan_context(app):
            made = DemoCopy(app)
            try:
                yield made
            finally:
                for client in made.clients.values():
                    await client.aclose()
        await run(self.server, f'DROP DATABASE "{name}"')


@dataclass
class DemoCopy:
    """The application, and a client for every role that has signed in."""

    app: object
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def client(self, username: str) -> httpx.AsyncClient:
        """A client that signed in as people do, with name and password."""
        if username not in self.clients:
            client = self.anonymous()
            form = {"grant_type": "password", "username": username, "password": PASSWORD}
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
async def demo_county(dsn: str, tmp_path_factory: pytest.TempPathFactory) -> DemoCounty:
    """The county as it has just been loaded. Nothing may change it: ask for a `copy`."""
    data = tmp_path_factory.mktemp("demo-county")
    await run(dsn, "CREATE DATABASE demo_county")
    own = address(dsn, "demo_county")
    await migrate(own)
    database = open_database(own, pool_size=1)
    started = time.perf_counter()
    try:
        report = await load_demo(database, data, PASSWORD)
    finally:
        await database.close()
    return DemoCounty(dsn, data, report, time.perf_counter() - started)


@pytest.fixture(scope="session")
async def demo_copy(demo_county: DemoCounty) -> AsyncIterator[DemoCopy]:
    """A copy of the county for tests that only read."""
    async with demo_county.copy() as made:
        yield made


def crowding() -> float:
    """How many programs want each processor of this machine: 1 when there is room."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
