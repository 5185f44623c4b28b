"""Whatever a test of the API has done is held against what the log says was done."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from backend.db.clock import set_clock_offset
from backend.db.roles import Addresses
from tests.factories import County
from tests.house.kinds import BEGINS, CHANGES, READS
from tests.tracing import Trace


@pytest.fixture(scope="session")
async def trace(server: Addresses) -> AsyncIterator[Trace]:
    made = await Trace.install(server.owner)
    yield made
    await made.connection.close()


@pytest.fixture(autouse=True)
async def every_change_is_told(trace: Trace, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """No column of a record changes without its old and new value in an event of the same transaction."""
    await trace.begin()
    yield
    assert await trace.silent() == []
    for said in trace.told:
        assert not (said.kind in READS and said.pairs), said
        assert not (said.kind in BEGINS and [name for name in said.pairs if said.data[name]["old"] is not None]), said
    shown = {said.kind for said in trace.told if said.pairs}
    name = f"{request.node.path.name}::{request.node.originalname}"
    assert {kind for kind, test in CHANGES.items() if test == name} <= shown


@pytest.fixture
async def timely(demo: County) -> AsyncIterator[County]:
    """The demonstration with its clock at today's time, before and after."""
    await _put_clock_back(demo)
    yield demo
    await _put_clock_back(demo)


async def _put_clock_back(county: County) -> None:
    async with county.app.state.database.transaction() as session:
        await set_clock_offset(session, timedelta(0))
