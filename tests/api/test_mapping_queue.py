"""Records whose codes nobody knows: kept, in their order, until they are mapped; never dropped, and shown to nobody."""

from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.db.base import utc_now
from backend.db.engine import Database
from backend.db.event import Event
from backend.db.mapping import WaitingRecord
from backend.domain.access import Moment
from backend.domain.source.mapping import tell_of_codes
from tests.api.clients import Partner, code
from tests.api.sources import WRITING, at, call, coded, entered, item, mapped, new_id
from tests.factories import County


@pytest.fixture
async def partner(county: County) -> Partner:
    return await Partner.start(county, list(WRITING))


@pytest.fixture
async def client(partner: Partner) -> httpx.AsyncClient:
    return await partner.signed_in(" ".join(WRITING))


async def queue(county: County, who: str = "clerk", **params: str) -> list[dict[str, Any]]:
    answer = await county.client(who).get("/mapping-queue", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_put_202_keeps_the_record_and_names_the_codes(
    county: County, partner: Partner, client: httpx.AsyncClient
) -> None:
    called = new_id()
    waits = await client.put(at(called), json=coded(county, "0399", problem="渠道护坡塌方三米"))
    assert (waits.status_code, waits.json()["result"]) == (202, "waiting"), waits.text
    assert waits.json()["unknown"] == [{"field": "category", "code": "0399"}]
    again = await client.put(at(called), json=coded(county, "0399", problem="渠道护坡塌方三米"))
    assert again.status_code == 202
    (row,) = await queue(county)
    assert (row["source_id"], row["state"], row["behind"], row["problem"]) == (called, "waiting", False, None)
    assert "护坡" not in str(row), "nobody reads what it says before it has come in"
    async with county.app.state.database.reader() as reader:
        body = (
            await reader.execute(
                sa.select(WaitingRecord.__table__.c.body).where(WaitingRecord.__table__.c.source_id == called)
            )
        ).scalar_one()
    assert "护坡".encode() not in body
    assert (await client.get(at(called))).json()["result"] == "waiting"
    assert await entered(county) == 0
    assert (await mapped(county, partner, "0399", "infrastructure")).status_code == 201
    assert await entered(county) == 1
    assert await queue(county) == []
    seen = (await client.get(at(called))).json()
    assert (seen["record"]["category"], seen["record"]["problem"]) == ("infrastructure", "渠道护坡塌方三米")


async def test_later_pushes_of_an_id_wait_behind_in_their_order(
    county: County, partner: Partner, client: httpx.AsyncClient
) -> None:
    called = new_id()
    bodies = [coded(county, "0399"), item(county, remark="二"), item(county, remark="三")]
    for body in bodies:
        assert (await client.put(at(called), json=body)).status_code == 202
    assert [(row["behind"], row["unknown"] != []) for row in await queue(county)] == [
        (False, True),
        (True, False),
        (True, False),
    ]
    other = await client.put(at(new_id()), json=item(county))
    assert other.status_code == 201, "nothing else waits"
    await mapped(county, partner, "0399", "infrastructure")
    assert await entered(county) == 3
    seen = (await client.get(at(called))).json()
    assert (seen["record"]["remark"], seen["version"]) == ("三", 3)


async def test_codes_200_groups_what_waits(county: County, partner: Partner, client: httpx.AsyncClient) -> None:
    batch = [{"source_id": new_id(), "record": coded(county, "0399" if n else "0400")} for n in range(3)]
    answer = await client.post("/rectifications/batches", json={"source_system": "grid", "items": batch})
    assert answer.json()["results"] == {"waiting": 3}
    waiting = (await county.client("clerk").get("/mapping-queue/codes")).json()["items"]
    assert [(one["code"], one["records"], one["client"]["name"]) for one in waiting] == [
        ("0399", 2, "县一体化平台"),
        ("0400", 1, "县一体化平台"),
    ]
    await mapped(county, partner, "0399", "venue")
    waiting = (await county.client("clerk").get("/mapping-queue/codes")).json()["items"]
    assert [one["code"] for one in waiting] == ["0400"]


async def test_what_is_refused_then_stays_with_its_problem_in_words(
    county: County, partner: Partner, client: httpx.AsyncClient
) -> None:
    called = new_id()
    assert (await client.put(at(called), json=coded(county, "0399", nobody_affected_reason=""))).status_code == 202
    assert (await client.put(at(called), json=item(county))).status_code == 202
    await mapped(county, partner, "0399", "infrastructure")
    assert await entered(county) == 1
    row, behind = await queue(county)
    assert (row["state"], behind["behind"]) == ("refused", True)
    assert row["problem"]["errors"][0]["pointer"] == "/nobody_affected_reason"
    assert row["problem"]["errors"][0]["message"]
    told = (await client.get(at(called))).json()
    assert (told["result"], told["problem"]["errors"][0]["code"]) == ("refused", "nobody_affected_needs_reason")
    clerk = county.client("clerk")
    path = f"/mapping-queue/{row['id']}"
    tried = await clerk.post(f"{path}/retry", headers={"if-match": f'"{row["version"]}"'})
    assert (tried.status_code, tried.json()["state"]) == (200, "waiting")
    assert await entered(county) == 1
    row = (await queue(county))[0]
    dismissed = await clerk.post(
        f"{path}/dismissal", json={"reason": "对方已重新推送"}, headers={"if-match": f'"{row["version"]}"'}
    )
    assert (dismissed.status_code, dismissed.json()["reason"]) == (200, "对方已重新推送"), dismissed.text
    assert await entered(county) == 1, "what waited behind it"
    assert (await client.get(at(called))).json()["record"]["problem"] == item(county)["problem"]
    (kept,) = await queue(county, state="dismissed")
    assert kept["id"] == row["id"]


async def test_one_that_cannot_be_read_is_refused_and_holds_up_nobody_else(
    county: County, partner: Partner, client: httpx.AsyncClient, owner: Database
) -> None:
    broken, whole = new_id(), new_id()
    for called in (broken, whole):
        assert (await client.put(at(called), json=coded(county, "0399"))).status_code == 202
    async with owner.transaction() as session:
        emptied = sa.update(WaitingRecord).where(col(WaitingRecord.source_id) == broken).values(body=b"")
        await session.execute(emptied)
    assert (await mapped(county, partner, "0399", "infrastructure")).status_code == 201
    assert await entered(county) == 2
    assert (await client.get(at(whole))).json()["result"] == "unchanged"
    seen = (await client.get(at(broken))).json()
    assert (seen["result"], seen["problem"]["code"]) == ("refused", "record_unreadable")


async def test_dismiss_200_tells_the_partner_why_and_is_in_the_log(
    county: County, partner: Partner, client: httpx.AsyncClient
) -> None:
    called = new_id()
    await client.put(at(called), json=coded(county, "0399"))
    (row,) = await queue(county)
    path, match = f"/mapping-queue/{row['id']}/dismissal", {"if-match": '"1"'}
    stale = await county.client("clerk").post(path, json={"reason": "测试数据"}, headers={"if-match": '"7"'})
    assert stale.status_code == 412
    done = await county.client("clerk").post(path, json={"reason": "对方确认为测试数据"}, headers=match)
    assert done.status_code == 200, done.text
    twice = await county.client("clerk").post(path, json={"reason": "测试数据"}, headers={"if-match": '"2"'})
    assert (twice.status_code, code(twice)) == (409, "waiting_over")
    told = (await client.get(at(called))).json()
    assert (told["result"], told["problem"]["code"]) == ("dismissed", "waiting_dismissed")
    assert "对方确认为测试数据" in told["problem"]["detail"]
    async with county.app.state.database.reader() as reader:
        said = sa.select(col(Event.reason), col(Event.actor_name)).where(col(Event.subject_id) == UUID(row["id"]))
        assert (await reader.execute(said)).all() == [("对方确认为测试数据", "clerk")]
    # The partner may bring it anew.
    assert (await client.put(at(called), json=item(county))).status_code == 201


async def test_entering_is_under_the_rights_that_the_program_has_then(
    county: County, partner: Partner, client: httpx.AsyncClient
) -> None:
    await client.put(at(new_id()), json=coded(county, "0399"))
    await partner.give(["rectification:read"])
    await mapped(county, partner, "0399", "infrastructure")
    assert await entered(county) == 1
    (row,) = await queue(county)
    assert (row["state"], row["problem"]["code"]) == ("refused", "permission_missing")
    await partner.give(list(WRITING))
    retry = f"/mapping-queue/{row['id']}/retry"
    assert (await county.client("clerk").post(retry, headers={"if-match": '"2"'})).status_code == 200
    reason = {"reason": "系统下线"}
    await partner.done(await partner.keeper.post(f"{partner.path}/suspension", json=reason, headers=partner.match))
    assert await entered(county) == 1
    (row,) = await queue(county)
    assert row["problem"]["code"] == "client_over"


async def test_a_call_waits_unread_and_goes_the_way_of_the_desk(
    county: County, partner: Partner, client: httpx.AsyncClient
) -> None:
    called = new_id()
    body = {**call(county, contact={"name": "陶秀英", "phone": "19900003355"}), "codes": {"category": "ZM"}}
    del body["category"]
    path = at(called, "feedback-cards")
    assert (await client.put(path, json=body)).status_code == 202
    assert "19900003355" not in str(await queue(county))
    await mapped(county, partner, "ZM", "lamps", resource="feedback-cards")
    assert await entered(county) == 1
    seen = (await client.get(path)).json()
    assert (seen["record"]["category"], seen["record"]["anonymity"]) == ("lamps", "contact")
    again = await client.put(path, json=body)
    assert (again.json()["result"], bool(again.json()["receipt"])) == ("unchanged", True)


async def test_those_who_map_codes_are_told_once_a_day(
    county: County, partner: Partner, client: httpx.AsyncClient
) -> None:
    await client.put(at(new_id()), json=coded(county, "0399"))
    for _ in range(2):
        async with county.app.state.database.transaction() as session:
            await tell_of_codes(session, Moment(utc_now()))
    (day,) = (await county.client("clerk").get("/me/notices")).json()["items"]
    (notice,) = day["notices"]
    assert (notice["subject_kind"], notice["subject_id"]) == ("mapping", partner.body["id"])
    assert notice["title"] == "县一体化平台有不认识的代码，1条记录在等待"
    assert (await county.client("secretary").get("/me/notices")).json()["items"] == []


async def test_queue_200_of_others_is_empty(county: County, other_county: County, client: httpx.AsyncClient) -> None:
    await client.put(at(new_id()), json=coded(county, "0399"))
    assert len(await queue(county, "county_admin")) == 1
    assert await queue(other_county) == []
    assert (await county.client("secretary").get("/mapping-queue")).status_code == 403
