"""The drill with the demonstration county: copied while people write, restored into nothing, and its log verified."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx

from backend.app import create_app
from backend.auditing import check_log
from backend.backup.making import Made, make_backup
from backend.backup.restoring import restore_backup
from backend.backup.sealing import Secret
from backend.db.base import utc_now
from backend.db.engine import migrate
from backend.db.roles import Addresses
from backend.domain.access import Moment
from backend.domain.audit.seal import seal_events
from backend.domain.audit.verify import Checked
from backend.domain.signing import load_or_create_key
from backend.settings import Settings
from tests.demo_county import DemoCopy, DemoCounty, address, run

SECRET = Secret("a passphrase of the drill")


async def restored(county: DemoCounty, copy: Made, folder: Path, name: str) -> tuple[Settings, Addresses, Checked]:
    """What `guanbiao restore` does: put back, migrate, and check the log."""
    await run(county.server.owner, f'CREATE DATABASE "{name}"')
    own = Addresses(*(address(one, name) for one in county.server))
    with copy.path.open("rb") as file:
        await asyncio.to_thread(restore_backup, folder, own.owner, file, SECRET)
    await migrate(own)
    settings = Settings(data=folder, worker=False)
    return settings, own, await check_log(settings, own.application)


@asynccontextmanager
async def written_meanwhile(made: DemoCopy, data: Path) -> AsyncIterator[list[int]]:
    """Two people who change organisations and a worker who seals, for as long as this lasts; statuses of answers."""
    clients = [await made.client(name) for name in ("county_admin", "clerk")]
    ids = [(await client.get("/api/v1/organizations")).json()["items"][0]["id"] for client in clients]
    key, begun, done, answers = load_or_create_key(data), asyncio.Event(), asyncio.Event(), list[int]()

    async def write(client: httpx.AsyncClient, id: str) -> None:
        version = (await client.get(f"/api/v1/organizations/{id}")).headers["etag"]
        body = {"short_name": f"简称{len(answers)}"}
        answer = await client.patch(f"/api/v1/organizations/{id}", json=body, headers={"if-match": version})
        answers.append(answer.status_code)
        begun.set()

    async def seal() -> None:
        async with made.app.state.database.transaction() as session:
            await seal_events(session, Moment(utc_now()), key=key, batch=50)

    async def again(deed: Callable[[], Awaitable[None]]) -> None:
        while not done.is_set():
            await deed()

    deeds = [*(lambda c=c, i=i: write(c, i) for c, i in zip(clients, ids, strict=True)), seal]
    tasks = [asyncio.create_task(again(deed)) for deed in deeds]
    await begun.wait()
    yield answers
    done.set()
    await asyncio.gather(*tasks)


async def test_the_county_is_restored_with_a_log_that_verifies(demo_county: DemoCounty, tmp_path: Path) -> None:
    async with demo_county.copy() as made:
        owner = address(demo_county.server.owner, demo_county.copies[-1])
        settings = made.app.state.settings
        settings.temporary.mkdir(exist_ok=True)
        (settings.temporary / "half an upload").write_bytes(b"x")
        settings.snapshots.mkdir(exist_ok=True)
        (settings.snapshots / "somebody's").write_bytes(b"x")
        async with written_meanwhile(made, settings.data) as answers:
            copy = await asyncio.to_thread(make_backup, settings, owner, tmp_path / "county.backup", SECRET)
        assert set(answers) == {200}
        assert not [name for name in copy.found.manifest["files"] if "temporary" in name or "snapshots" in name]
        folder = tmp_path / "elsewhere"
        _, own, checked = await restored(demo_county, copy, folder, "drill_whole")
        assert (checked.findings, checked.events + checked.unsealed) == (
            [],
            copy.found.manifest["tables"]["event"]["rows"],
        )
        assert checked.events > 40_000
        await goes_on(own, folder)


async def goes_on(own: Addresses, folder: Path) -> None:
    """What is sealed in the restored county follows what was sealed before."""
    settings = Settings(data=folder, demo=True, worker=False)
    app = create_app(settings, dsn=own.application)
    async with app.router.lifespan_context(app):
        made = DemoCopy(app)
        async with written_meanwhile(made, folder):
            pass
        assert (await made.anonymous().get("/readyz")).json()["audit"] is True
        for client in made.clients.values():
            await client.aclose()
    assert (await check_log(settings, own.application)).findings == []


async def test_one_event_that_was_altered_is_named_after_restoring(demo_county: DemoCounty, tmp_path: Path) -> None:
    async with demo_county.copy() as made:
        owner = address(demo_county.server.owner, demo_county.copies[-1])
        connection = await asyncpg.connect(owner)
        await connection.execute("ALTER TABLE event DISABLE TRIGGER event_append_only")
        altered = await connection.fetchval(
            "UPDATE event SET reason = '补记' WHERE id = (SELECT id FROM event ORDER BY sequence OFFSET 20000 LIMIT 1)"
            " RETURNING id"
        )
        await connection.execute("ALTER TABLE event ENABLE TRIGGER event_append_only")
        await connection.close()
        copy = await asyncio.to_thread(make_backup, made.app.state.settings, owner, tmp_path / "county.backup", SECRET)
    settings, own, checked = await restored(demo_county, copy, tmp_path / "elsewhere", "drill_altered")
    assert [(one.code, one.detail["event"]) for one in checked.findings] == [("audit_event_altered", str(altered))]
    # The check is kept there: the restored county says so itself until somebody has looked.
    app = create_app(settings, dsn=own.application)
    async with app.router.lifespan_context(app):
        answer = await DemoCopy(app).anonymous().get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["audit"]) == (200, "degraded", False)
