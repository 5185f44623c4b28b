"""The race that the benchmark runs for half a minute, short: one winner per step, and nothing that does not fit."""

from contextlib import AsyncExitStack

import asyncpg
import httpx
import pytest

from backend.db.roles import Addresses
from benchmarks.race import TOO_LATE, Run, deadlocks, faults, race
from tests.api.rectifications import Walk
from tests.factories import County

CLIENTS, RUNS, SECONDS = 24, 4, 4.0


@pytest.mark.slow
async def test_act_200_once_per_step_however_many_try(app, county: County, server: Addresses) -> None:
    walks = [await Walk.start(county) for _ in range(RUNS)]
    runs = [Run.of(walk.item, str(county.village.id)) for walk in walks]
    tokens = {
        "assignment": county.token(county.accounts["supervisor"]),
        "sign_for": county.token(walks[0].people["unit"]),
    }
    connection = await asyncpg.connect(server.owner)
    before = await deadlocks(connection)
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1")
            )
            for _ in range(CLIENTS)
        ]
        outcome = await race(clients, tokens, runs, SECONDS)
    assert outcome.strange == []
    assert outcome.statuses[200] >= RUNS
    assert sum(outcome.statuses[status] for status in TOO_LATE) > outcome.statuses[200]
    assert await faults(connection, runs) == []
    assert await deadlocks(connection) == before
    # What would not fit is found: a second winner of a step, and an act that no row tells of.
    runs[0].won[runs[0].begun_at] += 1
    runs[1].won[runs[1].version] += 1
    assert len(await faults(connection, runs)) == 3
    await connection.close()
