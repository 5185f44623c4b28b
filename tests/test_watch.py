"""The worker watches the log: what its owner alters, and a sealing that stops, reaches the auditors once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest

from backend.auditing import check_log
from backend.db.roles import Addresses
from backend.periodic import periodic
from backend.worker import sweep
from tests.factories import make_account, token_of
from tests.rosters import ORGANIZATION_TITLES, Installation, installation, workbook


class Watched:
    """An installation whose log is its own, its auditor, and whoever owns the database."""

    def __init__(self, made: Installation, owner: str, auditor: httpx.AsyncClient) -> None:
        self.made, self.owner, self.auditor = made, owner, auditor

    async def write(self, name: str) -> None:
        rows = [{"组织名称": name, "组织类别": "县委"}]
        answer = await self.made.upload("o.xlsx", "organization", workbook(rows, ORGANIZATION_TITLES), dry_run=False)
        assert answer.status_code == 201, answer.text

    async def sweep(self, *keys: str) -> None:
        tasks = {task.key: task for task in periodic(self.made.settings)}
        for key in keys:
            await sweep(self.made.settings, self.made.dsn, tasks[key])

    async def alter(self, statement: str) -> None:
        """What the application never does: the owner's role switches the guard off, and on again."""
        connection = await asyncpg.connect(self.owner)
        await connection.execute("ALTER TABLE event DISABLE TRIGGER event_append_only")
        assert (await connection.execute(statement)) == "UPDATE 1"
        await connection.execute("ALTER TABLE event ENABLE TRIGGER event_append_only")
        await connection.close()

    async def notices(self) -> list[dict[str, Any]]:
        answer = await self.auditor.get("/api/v1/me/notices")
        assert answer.status_code == 200, answer.text
        return [notice for day in answer.json()["items"] for notice in day["notices"]]

    async def ready(self) -> tuple[int, str, bool]:
        answer = await self.auditor.get("/readyz")
        return answer.status_code, answer.json()["status"], answer.json()["audit"]


@pytest.fixture
async def watched(server: Addresses, tmp_path: Path) -> AsyncIterator[Watched]:
    async with installation(server, tmp_path) as made:
        owner = urlunsplit(urlsplit(server.owner)._replace(path=urlsplit(made.dsn).path))
        async with made.app.state.database.transaction() as session:
            account = await make_account(session, "audit_admin", None)
        transport = httpx.ASGITransport(made.app, raise_app_exceptions=False)
        headers = {"authorization": f"Bearer {token_of(made.app, account)}", "accept-language": "en"}
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            yield Watched(made, owner, client)


FIRST = "UPDATE event SET reason = '补记' WHERE sequence = (SELECT min(sequence) FROM event)"
LAST = "UPDATE event SET reason = '补记' WHERE sequence = (SELECT max(sequence) FROM event)"
OLD = """
    UPDATE event SET created_at = now() - interval '{minutes} minutes'
    WHERE sequence = (SELECT max(sequence) FROM event)
"""


async def test_nothing_is_told_while_all_is_well(watched: Watched) -> None:
    assert await watched.ready() == (200, "ok", True)
    for name in ("远山县委", "近山县委"):
        await watched.write(name)
        await watched.sweep("audit_seal", "audit_watch")
    assert await watched.notices() == []
    assert await watched.ready() == (200, "ok", True)
    state = (await watched.auditor.get("/api/v1/seals/state")).json()
    assert (state["check"]["findings"], state["check"]["last"], state["seals"]) == ([], 2, 2)


async def test_an_event_that_the_owner_altered_is_named_to_the_auditor_once(watched: Watched) -> None:
    await watched.write("远山县委")
    await watched.sweep("audit_seal", "audit_watch")
    await watched.write("近山县委")
    await watched.sweep("audit_seal")
    await watched.alter(LAST)
    for _ in range(3):
        await watched.sweep("audit_watch")
    (notice,) = await watched.notices()
    assert (notice["subject_kind"], notice["rung_title"], notice["number"]) == ("audit", "Alarm of the log", "2")
    assert "is not what was sealed (seal 2" in notice["step_title"]
    assert await watched.ready() == (200, "degraded", False)
    state = (await watched.auditor.get("/api/v1/seals/state")).json()
    assert "is not what was sealed (seal 2" in state["check"]["findings"][0]
    told = (await watched.auditor.get("/api/v1/events", params={"kind": "audit.alarm_raised"})).json()["items"]
    assert [(one["data"]["people"], one["actor"]["name"]) for one in told] == [(1, "系统")], (
        "the auditor alone, not whoever brings the workbooks"
    )
    receipt = await watched.auditor.post(f"/api/v1/me/notices/{notice['id']}/receipt")
    assert (receipt.status_code, receipt.json()) == (200, {"received": 1, "unread": 0})


async def test_an_old_event_is_found_by_the_whole_check_and_stays_an_alarm(watched: Watched) -> None:
    for name in ("远山县委", "近山县委", "平山县委"):
        await watched.write(name)
        await watched.sweep("audit_seal", "audit_watch")
    await watched.alter(FIRST)
    await watched.sweep("audit_watch")
    assert await watched.notices() == [], "what was checked before is left to the whole check"
    assert len((await check_log(watched.made.settings, watched.made.dsn)).findings) == 1
    await watched.write("长山县委")
    await watched.sweep("audit_seal", "audit_watch")
    (notice,) = await watched.notices()
    assert notice["number"] == "1"
    assert await watched.ready() == (200, "degraded", False), "a later part in order hides nothing"


async def test_a_sealing_that_stopped_is_told_and_over_with_the_next_seal(watched: Watched) -> None:
    await watched.write("远山县委")
    await watched.alter(OLD.format(minutes=29))
    await watched.sweep("audit_watch")
    assert (await watched.notices(), await watched.ready()) == ([], (200, "ok", True))
    await watched.alter(OLD.format(minutes=31))
    assert await watched.ready() == (200, "degraded", False), "the probe needs no worker to know"
    for _ in range(2):
        await watched.sweep("audit_watch")
    (notice,) = await watched.notices()
    assert "the worker may have stopped" in notice["step_title"]
    await watched.sweep("audit_seal")
    assert await watched.ready() == (200, "ok", True)
