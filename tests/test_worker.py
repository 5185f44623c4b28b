"""The job worker: large workbooks, progress, a kill in the middle, and many rows beside a server that answers."""

import asyncio
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from backend.db.roles import Addresses
from backend.worker import run_worker
from tests.pace import pace, processor_pace
from tests.rosters import MEMBER_TITLES, ORGANIZATION_TITLES, Installation, installation, person, workbook
from tests.test_cli import environment, free_port

ROOT = Path(__file__).resolve().parents[1]
BRANCHES = [f"第{number}村党支部" for number in range(1, 101)]
ORGANIZATIONS = [
    {"组织名称": "远山县委", "组织类别": "县委"},
    {"组织名称": "远山镇党委", "组织类别": "镇党委", "上级组织": "远山县委"},
    *({"组织名称": name, "组织类别": "党支部", "上级组织": "远山镇党委"} for name in BRANCHES),
]
ROWS = int(os.environ.get("GUANBIAO_ROWS", "30000"))
"""Of the large workbook; `make bench-parts` brings 100,000."""
PATIENCE = timedelta(seconds=2)


@pytest.fixture
async def large(server: Addresses, tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation(server, tmp_path / "data") as made:
        content = workbook(ORGANIZATIONS, ORGANIZATION_TITLES)
        assert (await made.upload("o.xlsx", "organization", content, dry_run=False)).status_code == 201
        yield made


def roster(rows: int, **changes: Any) -> bytes:
    people = (person(number, BRANCHES[number % len(BRANCHES)], **changes) for number in range(rows))
    return workbook(people, MEMBER_TITLES)


@asynccontextmanager
async def working(made: Installation) -> AsyncIterator[None]:
    """A worker in this process, as it runs beside the API."""
    stop = asyncio.Event()
    task = asyncio.create_task(run_worker(made.settings, made.dsn, stop, heartbeat=PATIENCE))
    try:
        yield
    finally:
        stop.set()
        await task


async def finished(client: httpx.AsyncClient, key: str, seconds: float = 60) -> dict[str, Any]:
    """The import once no job works on it any longer, with every progress that was seen on the way."""
    seen: list[int] = []
    end = time.monotonic() + seconds
    while True:
        body = (await client.get(f"/imports/{key}")).json()
        seen.append(body["progress"]["done"])
        if body["state"] not in ("checking", "committing"):
            return body | {"seen": sorted(set(seen))}
        assert time.monotonic() < end, body
        await asyncio.sleep(0.1)


async def begun(made: Installation, key: str, done: int) -> None:
    """Wait until the job is under way and `done` rows far."""
    end = time.monotonic() + 60
    async with made.app.state.database.reader() as reader:
        question = sa.text("SELECT state, done FROM ledger_import WHERE id = :id")
        for _ in range(10_000):
            run = (await reader.execute(question, {"id": key})).one()
            assert run.state in ("checking", "committing")
            assert time.monotonic() < end
            if run.done >= done:
                return
            await asyncio.sleep(0.01)


async def emptied(made: Installation) -> None:
    """Wait until no job waits or runs; what a job did is seen before its process has ended."""
    async with made.app.state.database.reader() as reader:
        for _ in range(600):
            if (await reader.execute(sa.text("SELECT count(*) FROM pgqueuer"))).scalar_one() == 0:
                return
            await asyncio.sleep(0.05)
    raise AssertionError("a job is left in the queue")


async def members(made: Installation) -> int:
    async with made.app.state.database.reader() as reader:
        return (await reader.execute(sa.text("SELECT count(*) FROM member"))).scalar_one()


@pytest.mark.slow
async def test_a_file_too_large_for_a_request_is_checked_and_committed_by_jobs(large: Installation) -> None:
    answer = await large.upload("m.xlsx", "member", roster(5000))
    assert (answer.status_code, answer.json()["state"]) == (202, "checking")
    key = answer.json()["id"]
    early = await large.client.post(f"/imports/{key}/commit")
    assert (early.status_code, early.json()["code"]) == (409, "import_not_checked")
    async with working(large):
        checked = await finished(large.client, key)
        assert (checked["state"], checked["rows"]["created"], checked["error"]) == ("checked", 5000, None)
        assert await members(large) == 0
        answer = await large.client.post(f"/imports/{key}/commit")
        assert (answer.status_code, answer.json()["state"]) == (202, "committing")
        committed = await finished(large.client, key)
        assert (committed["state"], committed["rows"]["created"]) == ("committed", 5000)
        # Progress was seen on the way, not only at the end.
        assert len(committed["seen"]) > 2
        again = await large.upload("m.xlsx", "member", roster(5000), dry_run=False)
        assert (again.status_code, again.json()["state"]) == (202, "committing")
        assert (await finished(large.client, again.json()["id"]))["rows"]["unchanged"] == 5000
    assert await members(large) == 5000
    undone = await large.client.post(f"/imports/{key}/undo")
    assert (undone.status_code, await members(large)) == (201, 0)


async def test_a_job_says_why_it_gave_a_file_up(large: Installation) -> None:
    lines = "".join(f"第{number}行,没有表头\n" for number in range(6000)).encode()
    answer = await large.upload("m.csv", "member", lines)
    assert answer.status_code == 202
    async with working(large):
        body = await finished(large.client, answer.json()["id"])
    assert body["state"] == "failed"
    assert "表头" in body["error"]


async def test_who_lost_the_grant_meanwhile_brings_nothing_in(large: Installation) -> None:
    answer = await large.upload("m.xlsx", "member", roster(2500), dry_run=False)
    async with large.app.state.database.transaction() as session:
        await session.execute(sa.text("UPDATE account SET suspended_at = now()"))
    async with working(large), large.app.state.database.reader() as reader:
        for _ in range(300):
            state = (
                await reader.execute(sa.text("SELECT state, error FROM ledger_import WHERE ledger = 'member'"))
            ).one()
            if state.state == "failed":
                break
            await asyncio.sleep(0.1)
    assert tuple(state) == ("failed", "account_suspended")
    assert answer.status_code == 202
    assert await members(large) == 0


WORKER = (
    "import asyncio, json, sys\nfrom datetime import timedelta\nfrom pathlib import Path\n"
    "from backend.settings import Settings\nfrom backend.worker import run_worker\n"
    "task = json.loads(sys.stdin.readline())\n"
    "async def main():\n"
    "    settings = Settings(data=Path(task['data']))\n"
    "    await run_worker(settings, task['dsn'], asyncio.Event(), heartbeat=timedelta(seconds=2))\n"
    "asyncio.run(main())\n"
)


def worker_apart(made: Installation) -> subprocess.Popen[str]:
    worker = subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, stdin=subprocess.PIPE, text=True)
    assert worker.stdin is not None
    worker.stdin.write(json.dumps({"data": str(made.settings.data), "dsn": made.dsn}) + "\n")
    worker.stdin.flush()
    return worker


@pytest.mark.slow
async def test_a_commit_whose_worker_is_killed_is_taken_up_again_once(large: Installation) -> None:
    answer = await large.upload("m.xlsx", "member", roster(12_000), dry_run=False)
    key = answer.json()["id"]
    worker = worker_apart(large)
    # Half of the way: the file is read and records are being written.
    await begun(large, key, 12_500)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert (await large.client.get(f"/imports/{key}")).json()["state"] == "committing"
    assert await members(large) == 0
    async with working(large):
        body = await finished(large.client, key)
        await emptied(large)
    assert (body["state"], body["rows"]["created"], body["error"]) == ("committed", 12_000, None)
    assert await members(large) == 12_000
    async with large.app.state.database.reader() as reader:
        events = await reader.execute(
            sa.text(
                "SELECT kind, count(*) FROM event WHERE kind IN ('ledger.committed', 'member.registered') GROUP BY 1"
            )
        )
        # One commit of the organisations, one of the members: the half that was lost left nothing behind.
        assert dict(events.all()) == {"ledger.committed": 2, "member.registered": 12_000}


async def test_a_worker_that_is_told_to_stop_gives_its_job_back(large: Installation) -> None:
    key = (await large.upload("m.xlsx", "member", roster(12_000))).json()["id"]
    async with working(large):
        await begun(large, key, 1)
    async with large.app.state.database.reader() as reader:
        assert (await reader.execute(sa.text("SELECT status::text FROM pgqueuer"))).scalars().all() == ["queued"]
    assert (await large.client.get(f"/imports/{key}")).json()["state"] == "checking"
    async with working(large):
        assert (await finished(large.client, key))["state"] == "checked"


def server_apart(variables: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "backend.cli", "run"]
    return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.slow
async def test_many_rows_come_in_while_the_server_answers(large: Installation, capsys: Any) -> None:
    """Time, memory and answers of a real server; the figures are printed for whoever wants to read them."""
    peaks: dict[int, int] = {}
    content = await asyncio.to_thread(roster, ROWS)
    port = free_port()
    settings = environment(large.settings.data, GUANBIAO_PORT=str(port), GUANBIAO_DATABASE_URL=large.dsn)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    server = server_apart(settings)
    headers = {"authorization": f"Bearer {large.token(large.admin)}"}
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", headers=headers, timeout=60) as client:
            await answering(client)
            async with watching(client, server.pid, peaks) as latencies:
                start = time.monotonic()
                upload = await client.post("/imports?ledger=member", files={"file": ("m.xlsx", content)})
                assert upload.status_code == 202, upload.text
                key = upload.json()["id"]
                checked = await finished(client, key, 900)
                check_seconds = time.monotonic() - start
                assert (checked["state"], checked["rows"]["created"]) == ("checked", ROWS)
                assert len(checked["seen"]) > 10
                start = time.monotonic()
                assert (await client.post(f"/imports/{key}/commit")).status_code == 202
                committed = await finished(client, key, 900)
                commit_seconds = time.monotonic() - start
                assert (committed["state"], committed["rows"]["created"]) == ("committed", ROWS)
                assert len(committed["seen"]) > 20
    finally:
        server.terminate()
        server.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = max(peaks.values())
    spent = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / processor_pace()
    figures = {path: (sorted(times)[len(times) // 2], max(times)) for path, times in latencies.items()}
    with capsys.disabled():
        shown = {
            path: f"median {middle * 1e3:.0f} ms, longest {most * 1e3:.0f} ms"
            for path, (middle, most) in figures.items()
        }
        sys.stdout.write(
            f"\n{ROWS:,} rows: check {check_seconds:.0f} s, commit {commit_seconds:.0f} s, "
            f"of a processor {spent:.0f} s, peak {peak} MB, {shown}\n"
        )
    assert await members(large) == ROWS
    assert peak < 1000
    assert spent < 200 * ROWS / 100_000
    patience = pace()
    assert all(middle < 0.5 * patience and most < 5 * patience for middle, most in figures.values())


async def answering(client: httpx.AsyncClient) -> None:
    for _ in range(300):
        try:
            await client.get("/me")
        except httpx.TransportError:
            await asyncio.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")


@asynccontextmanager
async def watching(client: httpx.AsyncClient, pid: int, peaks: dict[int, int]) -> AsyncIterator[dict[str, list[float]]]:
    """Ask for the server's health and for a page of members twice a second, and note the memory of its processes."""
    times: dict[str, list[float]] = {"/livez": [], "/members": []}

    async def watch() -> None:
        while True:
            for path, taken in times.items():
                start = time.monotonic()
                address = str(client.base_url).replace("/api/v1/", "/livez") if path == "/livez" else path
                answer = await client.get(address)
                taken.append(time.monotonic() - start)
                assert answer.status_code == 200
            peaks.update(memory_of(pid))
            await asyncio.sleep(0.5)

    task = asyncio.create_task(watch())
    try:
        yield times
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def memory_of(pid: int) -> dict[int, int]:
    """The most that a process and each that it started has held, in MB by process id.

    The system's account of children that have ended would not do: it begins with the size of whoever started them.
    """
    found: dict[int, int] = {}
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        started = " ".join(each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/children"))
    except (FileNotFoundError, ProcessLookupError):
        return found
    if peak := re.search(r"VmHWM:\s+(\d+) kB", status):
        found[pid] = int(peak[1]) // 1024
    for child in started.split():
        found |= memory_of(int(child))
    return found
