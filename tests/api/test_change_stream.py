"""The stream of changes: what the feed tells, as it comes, to whoever may still be told."""

import asyncio
import time

import pytest

from backend.api import change_stream
from backend.api.change_shapes import ChangesOut
from tests.api.clients import Partner
from tests.api.feedbacks import Case, about
from tests.api.mirrors import SCOPES, Mirror, follow, new_member, waiting_there
from tests.api.streams import Stream
from tests.factories import County, make_account


async def test_stream_200_tells_what_the_feed_tells_and_goes_on_where_it_was_left(county: County) -> None:
    client = county.client("clerk")
    await new_member(county, county.branch)
    async with Stream(client, "members") as stream:
        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert stream.headers["cache-control"] == "no-store"
        begun = await stream.next()
        assert begun is not None
        assert (begun.name, begun.data) == ("begun", {})
        made = await new_member(county, county.branch)
        told = await stream.change()
    ChangesOut.model_validate(told.data)
    assert [item["id"] for item in told.data["items"]] == [made["id"]]
    assert told.data["next_cursor"] == told.id
    listed = (await client.get("/members", params={"limit": 200})).json()["items"]
    assert told.data["items"][0]["record"] == next(row for row in listed if row["id"] == made["id"])
    meanwhile = await new_member(county, county.branch)
    async with Stream(client, "members", after=told.id) as stream:
        assert [item["id"] for item in (await stream.change()).data["items"]] == [meanwhile["id"]]
    mirror = Mirror(client, "members")
    mirror.cursor = told.id
    assert [item["id"] for item in await mirror.once()] == [meanwhile["id"]], "one cursor for both"
    assert county.app.state.change_hub.streams == {}, "whoever left is not counted"


async def test_stream_200_tells_each_reader_of_its_own_reach(county: County) -> None:
    here, there = await follow(county, "members", reach="branch"), await follow(county, "members", reach="other_branch")
    async with Stream(here.client, "members") as one, Stream(there.client, "members") as other:
        made = await new_member(county, county.branch)
        elsewhere = await new_member(county, county.other_branch)
        assert [item["id"] for item in (await one.change()).data["items"]] == [made["id"]]
        assert [item["id"] for item in (await other.change()).data["items"]] == [elsewhere["id"]]


async def test_stream_200_tells_nobody_that_a_card_is_about_them(county: County) -> None:
    async with county.app.state.database.transaction() as session:
        villager = await make_account(session, "secretary", county.village, "冷明德")
    async with Stream(county.client(villager), "feedback-cards", "organizations") as stream:
        case = await Case.sent(county, wish="complaint", about=about(county.village))
        await case.triage()
        body = {"parent_id": str(county.village.id), "kind": "party_branch", "name": "第八党支部"}
        made = (await county.client("township_admin").post("/organizations", json=body)).json()
        told = await stream.change()
    assert [item["id"] for item in told.data["items"]] == [made["id"]]
    assert case.id not in str(told)


async def test_stream_200_ends_when_a_client_is_suspended_or_loses_a_scope(county: County) -> None:
    partner = await Partner.start(county, scopes=SCOPES)
    client = await partner.signed_in(" ".join(SCOPES))
    async with Stream(client, "members") as stream:
        await waiting_there(county, 1)
        await partner.done(
            await partner.keeper.post(
                f"{partner.path}/suspension", json={"reason": "对接暂停维护"}, headers=partner.match
            )
        )
        made = await new_member(county, county.branch)
        last = await stream.end()
    assert last is not None
    assert (last.name, last.data) == ("end", {"code": "client_over"})
    assert made["id"] not in str(last)


async def test_stream_200_ends_with_the_session_of_a_person(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_stream, "BEAT", 0.2)
    clerk = county.accounts["clerk"]
    async with Stream(county.client("clerk"), "members") as stream:
        await stream.next()
        answer = await county.client("security_admin").post(
            f"/accounts/{clerk.id}/sessions/end",
            json={"reason": "电脑被盗"},
            headers={"if-match": f'"{clerk.version}"'},
        )
        assert answer.is_success, answer.text
        last = await stream.end()
    assert last is not None
    assert last.name == "end"
    assert last.data["code"] in ("session_over", "account_suspended")


async def test_stream_200_says_that_it_is_there_while_nothing_comes_and_ends_by_itself(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_stream, "BEAT", 0.1)
    monkeypatch.setattr(change_stream, "GAP", 0.1)
    start = time.monotonic()
    async with Stream(county.client("clerk"), "members", query={"seconds": 1}) as stream:
        last = await stream.end()
    assert last is not None
    assert last.name == "begun"
    assert stream.beats >= 2
    assert 0.9 <= time.monotonic() - start < 20


async def test_stream_401_403_409_and_422_before_it_begins(county: County) -> None:
    client = county.client("clerk")
    token = client.headers["authorization"].removeprefix("Bearer ")
    anybody = Partner(county, {}).anybody
    refused = await anybody.get("/changes/stream", params={"access_token": token, "token": token})
    assert refused.status_code == 401
    partner = await Partner.start(county, scopes=["organization:read"])
    narrow = await partner.signed_in("organization:read")
    answer = await narrow.get("/changes/stream", params={"resource": "members"})
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
    answer = await client.get("/changes/stream", headers={"last-event-id": "nonsense"})
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/last-event-id", "cursor_invalid")
    ]
    hub = county.app.state.change_hub
    before, hub.most_of_one = hub.most_of_one, 1
    try:
        async with Stream(client, "members") as stream:
            await stream.next()
            answer = await client.get("/changes/stream")
            assert (answer.status_code, answer.json()["code"]) == (409, "streams_enough")
    finally:
        hub.most_of_one = before


async def test_a_hub_that_closes_ends_streams(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = county.app.state.change_hub
    async with Stream(county.client("clerk"), "members") as stream:
        await stream.next()
        await waiting_there(county, 1)
        await hub.close()
        try:
            async with asyncio.timeout(10):
                assert await stream.end() is None
        finally:
            hub.closed = False


@pytest.mark.slow
async def test_five_hundred_streams_hold_no_connection_and_are_all_told(county: County) -> None:
    hub = county.app.state.change_hub
    client = county.client("clerk")
    hub.most_of_one, before = 600, hub.most_of_one
    streams = [Stream(client, "members") for _ in range(500)]
    try:
        for number, each in enumerate(streams, 1):
            county.app.state.throttles.clear()
            await each.__aenter__()
            if number % 20 == 0:
                await waiting_there(county, number)
        assert county.app.state.database.engine.pool.checkedout() <= 2, "nobody who waits holds a connection"
        start = time.monotonic()
        assert (await county.client("secretary").get("/members", params={"limit": 1})).status_code == 200
        assert time.monotonic() - start < 2
        made = await new_member(county, county.branch)
        told = await asyncio.gather(*(each.change() for each in streams))
        assert all([item["id"] for item in each.data["items"]] == [made["id"]] for each in told)
        assert time.monotonic() - start < 100
    finally:
        await asyncio.gather(*(each.__aexit__() for each in streams if each.status))
        hub.most_of_one = before
    assert hub.streams == {}
