"""A right that is taken away is gone everywhere within a second: two real API processes over one database."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.db.account import Account
from backend.db.roles import Addresses
from backend.domain.calendar import day_of
from tests.api.accounts import REASON
from tests.factories import County
from tests.signing_in import PASSWORD, person
from tests.test_cli import ROOT, environment, free_port

WITHIN = 1.0
"""Seconds after the answer to whoever took the right away."""


@pytest.fixture(scope="module")
def servers(server: Addresses, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Two `guanbiao run` over the test's database, with the keys that the test mints tokens with."""
    started, urls = [], []
    log = tmp_path_factory.mktemp("servers") / "log"
    for _ in range(2):
        port = free_port()
        settings = {
            "GUANBIAO_PORT": str(port),
            "GUANBIAO_DATABASE_URL": server.application,
            "GUANBIAO_MIGRATION_URL": server.owner,
            "GUANBIAO_WORKER": "false",
            "GUANBIAO_TRUSTED_PROXIES": "127.0.0.1",
        }
        with log.open("a") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "backend.cli", "run"],
                cwd=ROOT,
                env={**environment(data, **settings), "PATH": os.environ["PATH"]},
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        started.append(process)
        assert process.stdout
        if not any("Ctrl-C" in line for line in process.stdout):
            pytest.fail(log.read_text())
        urls.append(f"http://127.0.0.1:{port}/api/v1")
    yield urls
    for process in started:
        process.terminate()
        process.wait()
        assert process.stdout
        process.stdout.close()


Asking = Callable[[Account, int], httpx.AsyncClient]


@pytest.fixture
async def asking(servers: list[str], county: County) -> AsyncIterator[Asking]:
    """A client of one of the two processes, signed in as an account."""
    clients: list[httpx.AsyncClient] = []

    def ask(account: Account, which: int) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {county.token(account)}"}
        clients.append(httpx.AsyncClient(base_url=servers[which], headers=headers))
        return clients[-1]

    yield ask
    for client in clients:
        await client.aclose()


async def seconds_until(refused: Callable[[], Awaitable[bool]]) -> float:
    """How long a right still works after it was taken; gives up after five seconds."""
    taken = time.perf_counter()
    while not await refused():
        assert time.perf_counter() - taken < 5
    return time.perf_counter() - taken


async def posted(client: httpx.AsyncClient, path: str, body: dict[str, Any], version: int) -> None:
    answer = await client.post(path, json=body, headers={"if-match": f'"{version}"'})
    assert answer.is_success, answer.text


async def test_a_grant_that_ended_is_refused_by_the_other_process(county: County, asking: Asking) -> None:
    account = await county.account(None, county.village)
    security = asking(county.accounts["security_admin"], 0)
    made = await security.post(
        "/grants",
        json={
            "account_id": str(account.id),
            "role": "clerk",
            "organization_id": str(county.village.id),
            "reason": REASON,
        },
    )
    assert made.status_code == 201, made.text
    others = [asking(account, which) for which in (0, 1)]
    assert [(await one.get("/members")).status_code for one in others] == [200, 200]
    await posted(security, f"/grants/{made.json()['id']}/end", {"reason": REASON}, 1)

    async def refused() -> bool:
        return [(await one.get("/members")).status_code for one in others] == [403, 403]

    assert await seconds_until(refused) < WITHIN


@pytest.mark.parametrize("verb", ["suspension", "closing"])
async def test_an_account_that_ended_is_refused_by_the_other_process(county: County, asking: Asking, verb: str) -> None:
    account = await county.account("clerk", county.township)
    others = [asking(account, which) for which in (0, 1)]
    assert [(await one.get("/me")).status_code for one in others] == [200, 200]
    keeper = asking(county.accounts["system_admin"], 0)
    await posted(keeper, f"/accounts/{account.id}/{verb}", {"reason": REASON}, 1)

    async def refused() -> bool:
        return [(await one.get("/me")).status_code for one in others] == [401, 401]

    assert await seconds_until(refused) < WITHIN


async def test_a_lent_role_that_was_taken_back_is_refused_by_the_other_process(county: County, asking: Asking) -> None:
    absent = await county.account("clerk", county.township)
    deputy = await county.account(None, county.office)
    lender = asking(absent, 0)
    ends_on = (day_of(datetime.now(UTC)) + timedelta(days=3)).isoformat()
    lent = await lender.post("/me/delegations", json={"to_id": str(deputy.id), "ends_on": ends_on, "reason": REASON})
    assert lent.status_code == 201, lent.text
    acting = asking(deputy, 1)
    acting.headers["on-behalf-of"] = str(absent.id)
    assert (await acting.get("/members")).status_code == 200
    await posted(lender, f"/me/delegations/{lent.json()['items'][0]['id']}/end", {"reason": REASON}, 1)

    async def refused() -> bool:
        return (await acting.get("/members")).status_code == 403

    assert await seconds_until(refused) < WITHIN


async def test_a_lock_counts_the_tries_at_both_processes(county: County, servers: list[str]) -> None:
    account = await person(county)
    form = {"grant_type": "password", "username": account.username}
    answers = []
    for number in range(6):
        # One address, and every second try at the other process; the last one knows the password.
        async with httpx.AsyncClient(base_url=servers[number % 2], headers={"x-forwarded-for": "192.0.2.41"}) as client:
            password = PASSWORD if number == 5 else f"something else {number}"
            answers.append(await client.post("/oauth/token", data=form | {"password": password}))
    assert [answer.json()["code"] for answer in answers] == ["invalid_grant"] * 5 + ["sign_in_locked"]
    assert answers[-1].status_code == 429


async def test_signing_out_is_known_to_the_other_process(county: County, servers: list[str]) -> None:
    account = await person(county)
    form = {"grant_type": "password", "username": account.username, "password": PASSWORD}
    async with (
        httpx.AsyncClient(base_url=servers[0], headers={"x-forwarded-for": "192.0.2.42"}) as here,
        httpx.AsyncClient(base_url=servers[1]) as there,
    ):
        opened = (await here.post("/oauth/token", data=form)).json()
        headers = {"authorization": f"Bearer {opened['access_token']}"}
        assert (await there.get("/me", headers=headers)).status_code == 200
        assert (await here.post("/oauth/revoke", data={"token": opened["refresh_token"]})).status_code == 200

        async def refused() -> bool:
            return (await there.get("/me", headers=headers)).status_code == 401

        assert await seconds_until(refused) < WITHIN
