"""Changing the keys while everybody works: nothing is unreadable meanwhile, nothing is left, a kill does no harm."""

import asyncio
import base64
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from backend.app import create_app
from backend.db.embedded import EmbeddedPostgres
from backend.db.encrypted import EncryptedColumn, encrypted_columns
from backend.db.engine import migrate_now
from backend.db.ledger import LedgerImport, LedgerImportRow, RowAction
from backend.db.member import Member
from backend.db.roles import Addresses
from backend.db.row_security import KEEPER, open_vault
from backend.db.second_step import SecondStep
from backend.domain.access import Moment
from backend.domain.keys import KeyFolder, load_cipher
from backend.domain.ledger.upload import keep_upload, kept_upload
from backend.domain.member_registration import register_members
from backend.domain.sealed_file import files_under_others, renew_sealed
from backend.domain.storage import Storage, digest_of
from backend.rotating import NotYet, rotate, sealed_folders
from backend.settings import Settings
from tests.api.clients import new_client
from tests.api.feedbacks import Case, about, new_card, ok, sender
from tests.api.sources import at, coded, new_id, program
from tests.conftest import FAST
from tests.factories import County, make_county
from tests.people import citizen_number

AT_ONCE = timedelta(0)
PHONE = "13900005678"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Settings, Addresses]]:
    """An installation of its own: what other tests encrypt lies under other keys."""
    with EmbeddedPostgres(tmp_path / "postgres", FAST) as addresses:
        migrate_now(addresses)
        yield Settings(data=tmp_path / "data", worker=False), addresses


async def filled(app, members: int = 3) -> County:
    """Something in every encrypted column and folder."""
    county = await make_county(app)
    clerk = county.client("clerk")
    once = {"idempotency-key": uuid4().hex}
    member_id = UUID(ok(await clerk.post("/members", json=person(county), headers=once)).json()["id"])
    await many(county, members - 1)
    async with app.state.database.transaction() as session:
        account = county.accounts["member"]
        step_id = uuid4()
        secret = app.state.cipher.encrypt("JBSWY3DPEHPK3PXP", "second_step.secret", step_id)
        session.add(SecondStep(id=step_id, account_id=account.id, secret=secret))
        await session.execute(
            sa.text("UPDATE account SET member_id = :m WHERE id = :a"), {"m": member_id, "a": account.id}
        )
        run = LedgerImport(
            ledger="member",
            file_name="a.xlsx",
            sha256="",
            size=1,
            created_by=account.id,
            created_by_name="",
            keep_until=county.county.created_at,
        )
        session.add(run)
        await session.flush()
        sealed = (await session.get_one(Member, member_id)).phone
        session.add(
            LedgerImportRow(
                import_id=run.id,
                ordinal=1,
                sheet="",
                row=1,
                action=RowAction.update,
                record_id=member_id,
                before={"phone": base64.b64encode(sealed).decode(), "remark": None},
            )
        )
    keep_upload(app.state.settings.imports, app.state.cipher, run.id, b"a workbook")
    asked = {"field": "phone", "should": "13800001111", "evidence": "新号码"}
    ok(await county.client("member").post("/me/record/corrections", json=asked))
    await connected(county)
    await waiting(county)
    contact = {"name": "查小满", "phone": PHONE}
    await Case.sent(county, contact=contact)
    async with sender(app) as client:
        body = new_card(county, wish="misconduct", about=about(county.village), contact=contact)
        ok(await client.post("/feedback-cards", json=body))
    return county


async def connected(county: County) -> None:
    """A partner's program with a shared key for its requests, and a webhook."""
    keeper = county.client("system_admin")
    made = ok(await keeper.post("/clients", json=new_client(county))).json()
    key = {"if-match": f'"{made["version"]}"'}
    ok(await keeper.post(f"/clients/{made['id']}/secrets", json={"use": "hmac-sha256"}, headers=key))
    body = {"client_id": made["id"], "url": "https://hooks.example.gov.cn/", "resources": ["members"]}
    ok(await keeper.post("/webhooks", json=body))


async def waiting(county: County) -> None:
    """A record of a partner's, whose code nobody knows."""
    client = await program(county)
    assert (await client.put(at(new_id()), json=coded(county, "0399"))).status_code == 202


def person(county: County) -> dict[str, Any]:
    return {
        "organization_id": str(county.branch.id),
        "name": "查文敏",
        "id_number": citizen_number(),
        "phone": PHONE,
        "status": "full",
        "joined_on": "2010-07-01",
    }


async def many(county: County, count: int) -> None:
    """Straight into the rosters, as an import does it."""
    async with county.app.state.database.transaction() as session:
        place = {"organization_id": county.branch.id, "joined_on": date(2010, 7, 1)}
        made: list[Any] = [person(county) | place for _ in range(count)]
        await register_members(session, county.actor("clerk"), Moment(datetime.now(UTC)), county.app.state.cipher, made)


async def heads(app, of: EncryptedColumn) -> set[bytes]:
    async with app.state.database.transaction() as session:
        await open_vault(session, KEEPER)
        begins = sa.func.substr(of.column, 1, 3)
        return set((await session.execute(sa.select(begins).where(of.column.is_not(None)))).scalars())


async def test_keys_change_while_everybody_reads_and_writes(place: tuple[Settings, Addresses]) -> None:
    settings, addresses = place
    app = create_app(settings, dsn=addresses.application)
    async with app.router.lifespan_context(app):
        county = await filled(app)
        plain = [of for of in encrypted_columns() if not of.within]
        assert len(plain) >= 6
        for of in plain:
            assert await heads(app, of) == {b"\1\0\1"}, f"nothing is in {of}: fill it in `filled`"
        storage = Storage(settings.attachments, load_cipher(settings.data, "sm4", announced=AT_ONCE))
        sealed, clear = storage.keep(b"a sealed paper"), digest_of(b"a paper in clear")
        (settings.attachments / clear[:2]).mkdir(exist_ok=True)
        (settings.attachments / clear[:2] / clear).write_bytes(b"a paper in clear")
        # This process takes a new key as soon as the command does; otherwise both wait ten seconds.
        app.state.cipher = load_cipher(settings.data, announced=AT_ONCE)
        ended = asyncio.Event()
        working = [asyncio.create_task(work(county, ended)) for _ in range(2)]
        sm4 = settings.model_copy(update={"field_cipher": "sm4"})
        done = await rotate(sm4, app.state.database, lambda _: None, AT_ONCE)
        ended.set()
        assert sum(await asyncio.gather(*working)) > 0
        assert done.retired == ["field-1.key", "search.key"]
        for of in plain:
            assert {head[1:] for head in await heads(app, of)} == {b"\0\2"}, str(of)
        async with app.state.database.transaction() as session:
            row = (await session.execute(sa.select(LedgerImportRow))).scalar_one()
            before = base64.b64decode(row.before["phone"])
            assert app.state.cipher.decrypt(before, "member.phone", row.record_id) == PHONE
        assert kept_upload(settings.imports, app.state.cipher, row.import_id) == b"a workbook"
        assert list(storage.under_others()) == []
        assert [storage.read(digest) for digest in (sealed, clear)] == [b"a sealed paper", b"a paper in clear"]
        assert done.renewed["attachment.file"] == 2
        assert not (settings.attachments / clear[:2] / clear).exists()
        assert await found(county) > 2
        await county.close()


async def app_events(app) -> list[str]:
    async with app.state.database.reader() as reader:
        return list((await reader.execute(sa.text("SELECT kind FROM event"))).scalars())


async def found(county: County) -> int:
    answer = await county.client("clerk").post("/members/search", json={"phone": PHONE})
    return len(ok(answer).json()["items"])


async def work(county: County, ended: asyncio.Event) -> int:
    """Read in clear, search and register until the keys are changed; every answer has to be right."""
    clerk, rounds = county.client("clerk"), 0
    first = ok(await clerk.get("/members")).json()["items"][0]["id"]
    while not ended.is_set():
        clear = await clerk.post(
            f"/members/{first}/unmask", json={"fields": ["id_number", "phone"], "reason": "核对档案"}
        )
        assert ok(clear).json()["phone"] == PHONE
        body = person(county)
        ok(await clerk.post("/members", json=body))
        again = await clerk.post("/members", json=body)
        assert [problem["code"] for problem in again.json()["errors"]] == ["id_number_taken"]
        assert len(ok(await clerk.post("/members/search", json={"id_number": body["id_number"]})).json()["items"]) == 1
        rounds += 1
    return rounds


async def test_a_row_that_cannot_be_opened_keeps_its_key(place: tuple[Settings, Addresses]) -> None:
    settings, addresses = place
    app = create_app(settings, dsn=addresses.application)
    async with app.router.lifespan_context(app):
        county = await filled(app)
        async with app.state.database.transaction() as session:
            await open_vault(session, KEEPER)
            await session.execute(sa.text("UPDATE feedback_contact SET phone_ciphertext = '\\x010001'::bytea"))
        with pytest.raises(NotYet, match=r"feedback_contact\.phone_ciphertext: 1"):
            await rotate(settings, app.state.database, lambda _: None, AT_ONCE)
        assert (settings.data / "field-1.key").exists()
        async with app.state.database.transaction() as session:
            await open_vault(session, KEEPER)
            await session.execute(sa.text("DELETE FROM feedback_contact"))
        done = await rotate(settings, app.state.database, lambda _: None, AT_ONCE)
        assert (done.number, done.retired) == (2, ["field-1.key", "search.key"]), "the broken change is gone on with"
        await county.close()


def test_a_file_erased_meanwhile_does_not_come_back(tmp_path: Path) -> None:
    cipher = load_cipher(tmp_path / "keys", announced=AT_ONCE)
    kept, gone = uuid4(), uuid4()
    keep_upload(tmp_path / "files", cipher, kept, b"kept")
    KeyFolder(tmp_path / "keys", AT_ONCE).make_next()
    newer = load_cipher(tmp_path / "keys", announced=AT_ONCE)
    assert list(files_under_others(tmp_path / "files", newer.head)) == [kept]
    assert renew_sealed(tmp_path / "files", newer, "ledger_import.file", kept)
    assert not renew_sealed(tmp_path / "files", newer, "ledger_import.file", gone)
    assert list(files_under_others(tmp_path / "files", newer.head)) == []
    assert [path.name for path in (tmp_path / "files").iterdir()] == [str(kept)]
    assert kept_upload(tmp_path / "files", newer, kept) == b"kept"


async def command(settings: Settings, addresses: Addresses) -> asyncio.subprocess.Process:
    env = {
        **os.environ,
        "GUANBIAO_DATABASE_URL": addresses.application,
        "GUANBIAO_MIGRATION_URL": addresses.owner,
        "GUANBIAO_DATA": str(settings.data),
    }
    asked = (sys.executable, "-m", "backend.cli", "keys", "rotate")
    return await asyncio.create_subprocess_exec(*asked, env=env, stdout=asyncio.subprocess.PIPE)


@pytest.mark.slow
async def test_a_change_that_is_killed_midway_goes_on_where_it_was(place: tuple[Settings, Addresses]) -> None:
    settings, addresses = place
    app = create_app(settings, dsn=addresses.application)
    async with app.router.lifespan_context(app):
        county = await filled(app, 2000)
        column = next(of for of in encrypted_columns() if str(of) == "member.id_number")
        first = await command(settings, addresses)
        try:
            async with asyncio.timeout(120):
                while await heads(app, column) == {b"\1\0\1"}:
                    continue
        finally:
            first.kill()
            await first.communicate()
        assert await heads(app, column) == {b"\1\0\1", b"\1\0\2"}, "killed when some rows were under either key"
        assert await found(county) == 50
        assert ok(await county.client("clerk").get("/members")).json()["items"]
        said, _ = await (await command(settings, addresses)).communicate()
        assert b"everything lies under key 2; retired: field-1.key, search.key" in said
        assert await heads(app, column) == {b"\1\0\2"}
        assert await found(county) == 50
        assert "key.rotated" in await app_events(app)
        await county.close()


def test_every_folder_of_sealed_files_is_carried_over() -> None:
    """Whoever keeps files sealed names the place; each has to be among the folders of the change of keys."""
    places = set()
    for path in (Path(__file__).parents[1] / "backend").rglob("*.py"):
        text = path.read_text()
        if re.search(r"keep_sealed\(|Sealing\(", text) and path.name not in ("sealed_file.py", "sealed_stream.py"):
            places.add(next(line.split('"')[1] for line in text.splitlines() if line.startswith("PLACE = ")))
    assert places == set(sealed_folders(Settings()))
