"""One PostgreSQL per test process, migrated once.  Every test has a county of its own, so nothing is rolled back."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import structlog

from backend.app import create_app
from backend.db.embedded import EmbeddedPostgres
from backend.db.engine import Database, migrate_now, open_database
from backend.db.roles import Addresses
from backend.settings import Settings
from tests.demo_county import demo_copy, demo_county
from tests.factories import County, make_county

__all__ = ["demo_copy", "demo_county"]

# Without this an unexpected error is drawn with every value of every frame, which takes minutes for one.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

# A lost test database is no loss, so the disk is not waited for.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Loading the whole demonstration county takes longer than an inner loop has."""
    for item in items:
        if {"demo_county", "demo_copy"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """A migrated database for both of its roles."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), FAST) as addresses:
        migrate_now(addresses)
        yield addresses


@pytest.fixture(scope="session")
def dsn(server: Addresses) -> str:
    """What the application is given: the role that cannot change what is closed."""
    return server.application


@pytest.fixture
async def owner(server: Addresses) -> AsyncIterator[Database]:
    """The database as its owner sees it, for tests that do what the application never does."""
    database = open_database(server.owner, pool_size=1)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
async def app(dsn: str, data: Path) -> AsyncIterator[object]:
    """The application as a county runs it: no demo mode."""
    made = create_app(Settings(data=data, worker=False), dsn=dsn)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture(scope="session")
async def demo_app(dsn: str, data: Path) -> AsyncIterator[object]:
    """The application in demo mode, over the same database."""
    made = create_app(Settings(data=data, demo=True, worker=False), dsn=dsn)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture(scope="session")
def database(app) -> Database:
    return app.state.database


@pytest.fixture
async def anonymous(app) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.fixture
async def county(app) -> AsyncIterator[County]:
    """A county with a township, a village and a branch, and one account for every role."""
    made = await make_county(app)
    yield made
    await made.close()


@pytest.fixture
async def other_county(app) -> AsyncIterator[County]:
    made = await make_county(app)
    yield made
    await made.close()


@pytest.fixture
async def demo(demo_app) -> AsyncIterator[County]:
    """A county like `county`, in an application whose clock can be moved."""
    made = await make_county(demo_app)
    yield made
    await made.close()
