"""Snapshots: what the lists show at one moment, for who asked alone, and with the feed after it nothing is missing."""

import asyncio
import gzip
import hashlib
import random
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from backend.db.base import new_id, utc_now
from backend.db.clock import set_clock_offset
from backend.db.event import Event
from backend.db.snapshot import Snapshot, SnapshotState
from backend.domain.access import Actor, Grant, Moment
from backend.domain.crypto import FieldCipher
from backend.domain.snapshot import MOST_A_DAY, covers, rights_of
from backend.domain.snapshot_file import SnapshotWriter, erase_snapshots, renew_snapshot, snapshot_pieces
from tests.api.clients import Partner
from tests.api.feedbacks import Case, about
from tests.api.mirrors import SCOPES, Mirror, follow, new_member, transfer
from tests.api.snapshots import ordered, snapshot, taken, written
from tests.api.test_reconciliation import filled, reckoned, rows, told
from tests.factories import County, make_account


async def events_of(county: County, made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    async with county.app.state.database.reader() as reader:
        found = await reader.execute(sa.select(Event.kind, Event.data).where(Event.subject_id == UUID(made["id"])))
        return {event.kind: event.data for event in found}


async def test_order_202_and_the_file_is_what_the_lists_show(county: County) -> None:
    await filled(county)
    client = county.client("clerk")
    resources = ("members", "decisions", "rectifications", "feedback-cards")
    made, items = await snapshot(county.app, client, *resources)
    for resource in resources:
        shown = [item for item in items if item["resource"] == resource]
        assert shown
        assert {(item["op"], item["below"]) for item in shown} == {("upsert", False)}
        listed = await rows(client, resource)
        assert sorted((item["record"] for item in shown), key=lambda row: row["id"]) == sorted(
            listed, key=lambda row: row["id"]
        )
        assert made["counts"][resource] == len(listed)
    member = next(item["record"] for item in items if item["resource"] == "members")
    assert "*" in member["id_number"]


async def test_content_200_has_the_size_and_the_hashes_that_were_told_and_each_taking_is_an_event(
    county: County,
) -> None:
    await new_member(county, county.branch)
    client = county.client("clerk")
    made, items = await snapshot(county.app, client, "members")
    answer = await client.get(f"/snapshots/{made['id']}/content")
    content = gzip.decompress(answer.content)
    assert (len(answer.content), hashlib.sha256(answer.content).hexdigest()) == (made["size"], made["sha256"])
    assert hashlib.sha256(content).hexdigest() == made["content_sha256"]
    assert content.count(b"\n") == made["done"] == made["counts"]["members"] == len(items)
    assert answer.headers["content-type"] == "application/gzip"
    said = await events_of(county, made)
    assert set(said) == {"snapshot.ordered", "snapshot.made", "snapshot.taken"}
    assert said["snapshot.taken"] == {
        "resources": ["members"],
        "counts": made["counts"],
        "sha256": made["sha256"],
        "ledger": "member",
    }


async def test_order_202_each_reader_gets_its_own_reach(county: County, other_county: County) -> None:
    here, there = await follow(county, "members", reach="branch"), await follow(county, "members", reach="other_branch")
    one, other = await new_member(county, county.branch), await new_member(county, county.other_branch)
    stranger = await new_member(other_county, other_county.branch)
    _, of_here = await snapshot(county.app, here.client, "members")
    _, of_there = await snapshot(county.app, there.client, "members")
    assert one["id"] in {item["id"] for item in of_here}
    assert other["id"] in {item["id"] for item in of_there}
    assert {item["id"] for item in of_here}.isdisjoint({item["id"] for item in of_there})
    assert stranger["id"] not in str(of_here) + str(of_there)


async def test_order_202_shows_no_card_to_whom_it_is_about(county: County) -> None:
    async with county.app.state.database.transaction() as session:
        villager = await make_account(session, "secretary", county.village, "冷明德")
    case = await Case.sent(county, wish="complaint", about=about(county.village))
    await case.triage()
    _, items = await snapshot(county.app, county.client(villager), "feedback-cards", "rectifications")
    assert case.id not in str(items)
    _, of_clerk = await snapshot(county.app, county.client("clerk"), "feedback-cards")
    assert case.id in {item["id"] for item in of_clerk}


async def test_get_404_and_content_404_for_anybody_else(county: County) -> None:
    made, _ = await snapshot(county.app, county.client("clerk"), "members")
    for who in ("county_admin", "secretary"):
        for path in (f"/snapshots/{made['id']}", f"/snapshots/{made['id']}/content"):
            assert (await county.client(who).get(path)).status_code == 404, who
    assert (await county.client("clerk").get(f"/snapshots/{new_id()}")).status_code == 404


async def test_order_403_without_the_scope_and_422_for_what_there_is_not(county: County) -> None:
    partner = await Partner.start(county, scopes=["organization:read"])
    client = await partner.signed_in("organization:read")
    answer = await client.post("/snapshots", json={"resources": ["members"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
    for resources in ([], ["secrets"]):
        assert (await client.post("/snapshots", json={"resources": resources})).status_code == 422


async def test_order_409_while_another_is_unfinished_and_content_409_before_it_is_ready(county: County) -> None:
    client = county.client("clerk")
    made = await ordered(client, "members")
    assert (made["state"], made["cursor"]) == ("waiting", None)
    for answer, code in (
        (await client.post("/snapshots", json={"resources": ["decisions"]}), "snapshot_unfinished"),
        (await client.get(f"/snapshots/{made['id']}/content"), "snapshot_not_ready"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert (await written(county.app, client, made))["state"] == "ready"
    assert (await client.post("/snapshots", json={"resources": ["decisions"]})).status_code == 202


async def test_order_409_after_too_many_within_a_day(county: County) -> None:
    async with county.app.state.database.transaction() as session:
        for _ in range(MOST_A_DAY):
            session.add(
                Snapshot(
                    caller_id=county.accounts["clerk"].id,
                    is_client=False,
                    resources=["members"],
                    language="en",
                    rights={},
                    state=SnapshotState.failed,
                    keep_until=utc_now() + timedelta(days=3),
                )
            )
    answer = await county.client("clerk").post("/snapshots", json={"resources": ["members"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "snapshots_enough")


async def test_content_409_for_whoever_sees_less_than_when_it_was_written(county: County) -> None:
    partner = await Partner.start(county, scopes=SCOPES)
    client = await partner.signed_in(" ".join(SCOPES))
    made, _ = await snapshot(county.app, client, "members")
    await partner.give(["organization:read"])
    client = await partner.signed_in("organization:read")
    answer = await client.get(f"/snapshots/{made['id']}/content")
    assert (answer.status_code, answer.json()["code"]) == (409, "snapshot_rights_changed")


async def test_a_snapshot_fails_visibly_when_the_right_is_gone_before_it_is_written(county: County) -> None:
    partner = await Partner.start(county, scopes=SCOPES)
    client = await partner.signed_in(" ".join(SCOPES))
    made = await ordered(client, "members")
    await partner.give(["organization:read"])
    client = await partner.signed_in("organization:read")
    failed = await written(county.app, client, made)
    assert (failed["state"], failed["counts"], failed["cursor"]) == ("failed", {}, None)
    assert "权限" in failed["error"]
    assert not (county.app.state.settings.snapshots / made["id"]).exists()


def test_rights_cover_those_that_are_no_wider() -> None:
    def actor(path: str, account: UUID = new_id()) -> Actor:
        return Actor(account, "曾晓岚", None, (Grant("clerk", None, path),))

    county, village = rights_of(actor("a/"), ["members"]), rights_of(actor("a/b/"), ["members"])
    assert covers(county, county)
    assert covers(county, village)
    assert not covers(village, county)
    assert not covers(rights_of(actor("a/"), ["decisions"]), county)
    # Whoever is barred from more than then is not shown what was not barred then.
    fewer, more = rights_of(actor("a/"), ["feedback-cards"]), rights_of(actor("a/b/"), ["feedback-cards"])
    assert not covers(more | {"reach": fewer["reach"]}, fewer)
    assert covers(fewer, more)


async def test_a_snapshot_lies_encrypted_and_goes_with_an_event_when_its_time_is_over(county: County) -> None:
    member = await new_member(county, county.branch)
    client = county.client("clerk")
    made, _ = await snapshot(county.app, client, "members")
    folder: Path = county.app.state.settings.snapshots
    raw = (folder / made["id"]).read_bytes()
    assert not raw.startswith(b"\x1f\x8b")
    for words in (member["id"], member["name"]):
        assert words.encode() not in raw
    async with county.app.state.database.transaction() as session:
        assert await erase_snapshots(session, Moment(utc_now()), folder=folder) == 0
    stray = folder / str(new_id())
    stray.write_bytes(b"x")
    async with county.app.state.database.transaction() as session:
        assert await erase_snapshots(session, Moment(utc_now() + timedelta(hours=73)), folder=folder) >= 1
    assert not (folder / made["id"]).exists()
    assert stray.exists(), "what a worker may just be bringing stays for an hour"
    stray.unlink()
    assert (await client.get(f"/snapshots/{made['id']}/content")).status_code == 404
    async with county.app.state.database.reader() as reader:
        question = sa.select(Event.data).where(
            Event.kind == "personal_data.erased", Event.county_id == county.county.id
        )
        assert {row.data["rule"] for row in await reader.execute(question)} == {"snapshot"}


def test_a_file_is_carried_over_to_the_newest_key(tmp_path: Path) -> None:
    key, old = new_id(), FieldCipher({1: b"k" * 32}, b"s" * 32)
    lines = [f"第{number}行" for number in range(200_000)]
    with SnapshotWriter(tmp_path, old, key) as writer:
        for place in range(0, len(lines), 1000):
            writer.write(lines[place : place + 1000])
        writer.finish()
    before = (tmp_path / str(key)).read_bytes()
    new = FieldCipher({1: b"k" * 32, 2: b"n" * 32}, b"s" * 32)
    assert renew_snapshot(tmp_path, new, "snapshot.file", key)
    assert (tmp_path / str(key)).read_bytes()[:3] != before[:3]
    content = gzip.decompress(b"".join(snapshot_pieces(tmp_path, FieldCipher({2: b"n" * 32}, b"s" * 32), key)))
    assert content.decode().splitlines() == lines
    assert not renew_snapshot(tmp_path, new, "snapshot.file", new_id())
    assert [path.name for path in tmp_path.iterdir()] == [str(key)]


async def test_snapshot_and_feed_equal_the_source_while_writers_write(county: County) -> None:
    """Eight writers hold transactions for random times; snapshots are written meanwhile, and the feed goes on there."""
    partner = await Partner.start(county, scopes=SCOPES)
    client = await partner.signed_in(" ".join(SCOPES))
    members = [await new_member(county, county.branch) for _ in range(8)]
    chance = random.Random(20261201)
    stop = asyncio.Event()

    async def write(number: int) -> None:
        member = members[number]
        while not stop.is_set():
            async with county.app.state.database.transaction() as session:
                await session.execute(
                    sa.text("UPDATE member SET version = version + 1 WHERE id = :id"), {"id": member["id"]}
                )
                session.add(
                    Event(
                        kind="member.changed",
                        county_id=county.county.id,
                        organization_id=county.branch.id,
                        subject_kind="member",
                        subject_id=UUID(member["id"]),
                        at=utc_now(),
                    )
                )
                await session.flush()
                await asyncio.sleep(chance.random() / 10)

    mirrors = []
    writers = [asyncio.create_task(write(number)) for number in range(8)]
    try:
        for _ in range(3):
            made, items = await snapshot(county.app, client, "members")
            mirror = Mirror(client, "members")
            mirror.cursor = made["cursor"]
            mirror.kept = {(item["resource"], item["id"]): item["record"] for item in items}
            mirrors.append(mirror)
            late = await new_member(county, county.branch)
            await transfer(county, late, county.other_branch)
    finally:
        stop.set()
        await asyncio.gather(*writers)
    source = await told(client, "members")
    for mirror in mirrors:
        await mirror.once()
        assert reckoned("members", list(mirror.kept.values())) == source


async def test_what_senders_do_after_a_snapshot_is_told_by_the_feed_that_follows(timely: County) -> None:
    county = timely
    client = county.client("clerk")
    before = await Case.sent(county, content="路灯不亮已经有一周")
    made, items = await snapshot(county.app, client, "feedback-cards")
    assert before.id in {item["id"] for item in items}
    after = await Case.sent(county, content="垃圾桶满了两天没人清")
    mirror = Mirror(client, "feedback-cards")
    mirror.cursor = made["cursor"]
    mirror.kept = {(item["resource"], item["id"]): item["record"] for item in items}
    await mirror.once()
    assert after.id not in str(mirror.told)
    async with county.app.state.database.transaction() as session:
        await set_clock_offset(session, timedelta(days=1, hours=1))
    await mirror.once()
    assert reckoned("feedback-cards", list(mirror.kept.values())) == await told(client, "feedback-cards")
    assert after.id in {item["id"] for item in mirror.told}


async def test_order_202_once_for_an_idempotency_key(county: County) -> None:
    client = county.client("clerk")
    sent = {"json": {"resources": ["members"]}, "headers": {"idempotency-key": str(new_id())}}
    first, second = await client.post("/snapshots", **sent), await client.post("/snapshots", **sent)
    assert first.json()["id"] == second.json()["id"]
    assert await taken(client, await written(county.app, client, first.json())) is not None
