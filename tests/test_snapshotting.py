"""Snapshots by the worker: written by a job, done again after a kill, given up visibly."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from backend.db.base import new_id
from backend.db.roles import Addresses
from tests.api.snapshots import ordered, taken
from tests.rosters import ORGANIZATION_TITLES, Installation, installation, workbook
from tests.test_worker import ORGANIZATIONS, emptied, working


@pytest.fixture
async def filled(server: Addresses, tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation(server, tmp_path / "data") as made:
        content = workbook(ORGANIZATIONS, ORGANIZATION_TITLES)
        assert (await made.upload("o.xlsx", "organization", content, dry_run=False)).status_code == 201
        yield made


async def finished(client: httpx.AsyncClient, key: str, seconds: float = 60) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while True:
        body: dict[str, Any] = (await client.get(f"/snapshots/{key}")).json()
        if body["state"] in ("ready", "failed"):
            return body
        assert time.monotonic() < end, body
        await asyncio.sleep(0.1)


async def test_a_worker_writes_what_was_asked_for(filled: Installation) -> None:
    made = await ordered(filled.client, "organizations")
    async with working(filled):
        body = await finished(filled.client, made["id"])
        await emptied(filled)
    assert (body["state"], body["counts"]) == ("ready", {"organizations": len(ORGANIZATIONS)})
    assert len(await taken(filled.client, body)) == len(ORGANIZATIONS)


async def test_a_snapshot_whose_writer_was_killed_is_written_anew(filled: Installation) -> None:
    """The process holds the snapshot with half a file when it is killed; the job is still in the queue."""
    made = await ordered(filled.client, "organizations")
    folder = filled.settings.snapshots
    async with filled.app.state.database.transaction() as guard:
        # It is in every row and nowhere before: the writer waits for this lock with its file begun.
        await guard.execute(sa.text("LOCK TABLE organization_tally IN ACCESS EXCLUSIVE MODE"))
        code = (
            "import json, sys; from pathlib import Path; from backend.settings import Settings;"
            "from backend.snapshotting import write_snapshot;"
            "write_snapshot(Settings(data=Path(sys.argv[1]), worker=False), sys.argv[2], json.loads(sys.argv[3]))"
        )
        task = json.dumps({"snapshot_id": made["id"]})
        arguments = ("-c", code, str(filled.settings.data), filled.dsn, task)
        writer = await asyncio.create_subprocess_exec(sys.executable, *arguments)
        for _ in range(1200):
            if folder.is_dir() and list(folder.glob(".*")):
                break
            assert writer.returncode is None
            await asyncio.sleep(0.05)
        writer.kill()
        await writer.wait()
    drafts = list(folder.glob(".*"))
    assert drafts, "half a file is left"
    assert not (folder / made["id"]).exists()
    async with working(filled):
        body = await finished(filled.client, made["id"])
    assert (body["state"], body["counts"]) == ("ready", {"organizations": len(ORGANIZATIONS)})


@pytest.mark.slow
async def test_a_snapshot_that_cannot_be_written_says_so_after_three_tries(filled: Installation) -> None:
    filled.settings.snapshots.parent.mkdir(parents=True, exist_ok=True)
    filled.settings.snapshots.write_text("no folder")
    made = await ordered(filled.client, "organizations")
    async with working(filled):
        body = await finished(filled.client, made["id"])
    assert body["state"] == "failed"
    assert "重新申请" in body["error"]
    filled.settings.snapshots.unlink()
    again = await ordered(filled.client, "organizations")
    async with working(filled):
        assert (await finished(filled.client, again["id"]))["state"] == "ready"


async def test_a_job_for_a_snapshot_that_is_gone_does_nothing(filled: Installation) -> None:
    made = await ordered(filled.client, "organizations")
    async with filled.app.state.database.transaction() as session:
        await session.execute(sa.text("DELETE FROM snapshot"))
    async with working(filled):
        await emptied(filled)
    assert (await filled.client.get(f"/snapshots/{made['id']}")).status_code == 404
    assert (await filled.client.get(f"/snapshots/{new_id()}")).status_code == 404
