"""The drill: a county is copied while people write, restored elsewhere, and is the same there."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pyrage
import pytest
from sqlalchemy.engine import make_url

from backend.app import create_app
from backend.backup import BackupError, Damaged, NotEmpty, WrongSecret
from backend.backup.making import Made, make_backup
from backend.backup.restoring import check_backup, restore_backup
from backend.backup.sealing import MAGIC, Secret
from backend.db.engine import migrate
from backend.db.roles import Addresses
from backend.domain.password_hash import hash_password
from backend.settings import Settings
from tests.api.decisions import PDF, Walk, uploaded
from tests.api.test_member_correction import registered
from tests.demo_county import address, run
from tests.factories import County, make_account, make_county
from tests.rosters import installation

SECRET = Secret("a passphrase of the drill")
PASSWORD = "correct horse battery"


@dataclass
class Source:
    """A county with a decision, a file and a member, and the copy that was made of it while others wrote."""

    server: Addresses
    dsn: str
    county: County
    settings: Settings
    attachment: str
    member: dict[str, Any]
    username: str
    copy: Made
    written: int


@pytest.fixture(scope="module")
async def source(server: Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Source]:
    folder = tmp_path_factory.mktemp("backup")
    async with installation(server, folder / "data") as made:
        owner = address(server.owner, make_url(made.dsn).database or "")
        county = await make_county(made.app)
        await Walk.start(county)
        attachment = await uploaded(county.client("clerk"), county.township.id)
        member = await registered(county)
        async with made.app.state.database.transaction() as session:
            account = await make_account(session, "clerk", county.township)
            account.password_hash = await hash_password(PASSWORD)
            session.add(account)
        writing, done = asyncio.Event(), asyncio.Event()
        writers = [asyncio.create_task(_write(county, writing, done)) for _ in range(3)]
        await writing.wait()
        copy = await asyncio.to_thread(make_backup, made.settings, owner, folder / "county.backup", SECRET)
        done.set()
        written = sum(await asyncio.gather(*writers))
        yield Source(server, owner, county, made.settings, attachment, member, account.username, copy, written)
        await county.close()


async def _write(county: County, writing: asyncio.Event, done: asyncio.Event) -> int:
    """Upload and record, again and again, until told to stop."""
    client, count = county.client("clerk"), 0
    while not done.is_set():
        await uploaded(client, county.township.id, PDF + os.urandom(8).hex().encode())
        count += 1
        writing.set()
    return count


@asynccontextmanager
async def restored(source: Source, folder: Path, name: str) -> AsyncIterator[Addresses]:
    await run(source.dsn, f'CREATE DATABASE "{name}"')
    own = Addresses(*(address(one, name) for one in source.server))
    with source.copy.path.open("rb") as file:
        await asyncio.to_thread(restore_backup, folder, own.owner, file, SECRET)
    await migrate(own)
    yield own


async def test_a_copy_made_while_others_write_is_the_same_county_elsewhere(source: Source, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    async with restored(source, folder, "restored_county") as own:
        app = create_app(Settings(data=folder, worker=False), dsn=own.application)
        async with app.router.lifespan_context(app), _client(app) as client:
            form = {"grant_type": "password", "username": source.username, "password": PASSWORD}
            signed_in = await client.post("/oauth/token", data=form)
            assert signed_in.status_code == 200, signed_in.text
            client.headers["authorization"] = f"Bearer {signed_in.json()['access_token']}"
            file = await client.get(f"/attachments/{source.attachment}")
            assert (file.status_code, file.content) == (200, PDF)
            shown = await client.post(
                f"/members/{source.member['id']}/unmask", json={"fields": ["id_number"], "reason": "演练核对"}
            )
            assert shown.json()["id_number"] == source.member["clear"], "the keys came along"
            decisions = (await client.get("/decisions")).json()["items"]
            assert len(decisions) == 1
            # A token of before the copy is still one of this installation.
            client.headers["authorization"] = f"Bearer {source.county.token(source.county.accounts['clerk'])}"
            assert (await client.get("/me")).status_code == 200
        await _every_row_has_its_file(own.owner, folder)
        await _new_events_come_last(own.owner)


async def _every_row_has_its_file(own: str, folder: Path) -> None:
    connection = await asyncpg.connect(own)
    try:
        digests = [row["sha256"] for row in await connection.fetch("SELECT sha256 FROM attachment")]
    finally:
        await connection.close()
    assert len(digests) >= 2
    assert all((folder / "attachments" / digest[:2] / f"{digest}.sealed").is_file() for digest in digests)


async def _new_events_come_last(own: str) -> None:
    connection = await asyncpg.connect(own)
    try:
        assert await connection.fetchval("SELECT bool_and(transaction_id < event_horizon()) FROM event")
        assert await connection.fetchval("SELECT max(transaction_id) < event_transaction() FROM event")
        with pytest.raises(asyncpg.PostgresError, match="never changed or removed"):
            await connection.execute("UPDATE event SET created_at = now()")
    finally:
        await connection.close()


def test_the_copy_says_what_it_holds_and_was_read_back(source: Source) -> None:
    manifest = source.copy.found.manifest
    assert source.copy.checked
    assert stat.S_IMODE(source.copy.path.stat().st_mode) == 0o600
    assert manifest["tables"]["decision"]["rows"] == 1
    assert {"field-1.key", "search.key", "token-signing-key.pem"} <= set(manifest["files"])
    assert not [name for name in manifest["files"] if name.startswith("postgres")]
    assert manifest["tables"]["attachment"]["rows"] <= source.written + 1, "nothing from after the snapshot"
    assert "database_url" not in manifest["settings"]
    with source.copy.path.open("rb") as file:
        assert check_backup(file, SECRET) == source.copy.found


def test_nothing_of_the_county_can_be_read_in_the_copy(source: Source) -> None:
    data = source.copy.path.read_bytes()
    for clear in (source.username.encode(), PDF, b"pg_dump", b"manifest.json", source.county.township.name.encode()):
        assert clear not in data
    assert [path.name for path in source.copy.path.parent.iterdir() if path.suffix == ".part"] == []


@pytest.mark.parametrize("place", ["header", "first block", "middle", "last byte"])
def test_an_altered_copy_is_refused_before_anything_is_restored(source: Source, tmp_path: Path, place: str) -> None:
    data = bytearray(source.copy.path.read_bytes())
    at = {"header": len(MAGIC) + 30, "first block": 1000, "middle": len(data) // 2, "last byte": len(data) - 1}[place]
    data[at] ^= 1
    _refused(source, tmp_path, bytes(data), Damaged)


@pytest.mark.parametrize("left", [0, 17, 500, 70_000, -70_000, -1])
def test_a_copy_that_is_cut_off_is_refused(source: Source, tmp_path: Path, left: int) -> None:
    _refused(source, tmp_path, source.copy.path.read_bytes()[:left], Damaged)


def test_a_copy_with_something_behind_it_is_refused(source: Source, tmp_path: Path) -> None:
    _refused(source, tmp_path, source.copy.path.read_bytes() + b"more", Damaged)


def test_another_passphrase_is_refused(source: Source, tmp_path: Path) -> None:
    _refused(source, tmp_path, source.copy.path.read_bytes(), WrongSecret, Secret("another passphrase"))
    with pytest.raises(BackupError, match="at least 12"):
        Secret("short")


def _refused(source: Source, folder: Path, data: bytes, kind: type[Exception], secret: Secret = SECRET) -> None:
    (folder / "copy").write_bytes(data)
    with (folder / "copy").open("rb") as file, pytest.raises(kind):
        check_backup(file, secret)


async def test_nothing_is_written_over(source: Source, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="is there already"):
        await asyncio.to_thread(make_backup, source.settings, source.dsn, source.copy.path, SECRET)
    await run(source.dsn, "CREATE DATABASE still_empty")
    empty = address(source.dsn, "still_empty")
    with source.copy.path.open("rb") as file:
        with pytest.raises(NotEmpty, match="database is not empty"):
            await asyncio.to_thread(restore_backup, tmp_path, source.dsn, file, SECRET)
        with pytest.raises(NotEmpty, match="is not empty"):
            await asyncio.to_thread(restore_backup, source.settings.data, empty, file, SECRET)
        altered = tmp_path / "altered"
        altered.write_bytes(source.copy.path.read_bytes()[:-1])
        with altered.open("rb") as damaged, pytest.raises(Damaged):
            await asyncio.to_thread(restore_backup, tmp_path / "new", empty, damaged, SECRET)
    connection = await asyncpg.connect(empty)
    assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    await connection.close()
    assert not (tmp_path / "new").exists() or list((tmp_path / "new").iterdir()) == []


async def test_a_copy_for_a_recipient_is_opened_by_the_identity_alone(source: Source, tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    target = tmp_path / "sent-away.backup"
    sealing = Secret(recipient=str(identity.to_public()))
    made = await asyncio.to_thread(make_backup, source.settings, source.dsn, target, sealing)
    assert not made.checked
    with target.open("rb") as file:
        assert check_backup(file, Secret(identity=str(identity))) == made.found
    for wrong in (SECRET, Secret(identity=str(pyrage.x25519.Identity.generate()))):
        with target.open("rb") as file, pytest.raises(WrongSecret):
            check_backup(file, wrong)
    # Whoever has only the key and age's own tool reads it too.
    stream = target.read_bytes().split(b"\n", 3)[3]
    assert b"manifest.json" in pyrage.decrypt(stream, [identity])


def _client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1")
