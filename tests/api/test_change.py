"""The change feed: in order, none left out, the record as it is now, and never more than its own list would show."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.db.base import utc_now
from backend.db.event import Event
from backend.domain.access import Moment
from backend.domain.event import record
from tests.api.clients import Partner
from tests.api.feedbacks import Case, about, ok
from tests.api.mirrors import SCOPES, Mirror, follow, new_member, transfer, waiting_there
from tests.api.test_feedback_item import converted, marked
from tests.factories import County, make_account


async def test_changes_200_tell_the_record_as_its_list_shows_it(county: County) -> None:
    mirror = await follow(county, "members")
    made = await new_member(county, county.branch)
    (told,) = await mirror.once()
    assert (told["op"], told["resource"], told["id"], told["below"]) == ("upsert", "members", made["id"], False)
    listed = (await mirror.client.get("/members", params={"limit": 200})).json()["items"]
    assert told["record"] == next(row for row in listed if row["id"] == made["id"])
    assert await mirror.once() == []


async def test_changes_200_from_the_beginning_are_everything_that_is_listed(county: County) -> None:
    await new_member(county, county.branch)
    mirror = await follow(county)
    listed = (await mirror.client.get("/members", params={"limit": 200})).json()["items"]
    assert listed
    for row in listed:
        assert mirror.kept["members", row["id"]] == row


async def test_changes_200_tell_a_record_once_at_its_last_change(county: County) -> None:
    mirror = await follow(county, "members")
    first, second = await new_member(county, county.branch), await new_member(county, county.branch)
    change = await county.client("clerk").patch(
        f"/members/{first['id']}", json={"remark": "常驻外地"}, headers={"if-match": '"1"'}
    )
    assert change.is_success, change.text
    told = await mirror.once()
    assert [item["id"] for item in told] == [second["id"], first["id"]]
    assert told[1]["record"]["version"] == 2


async def test_changes_200_in_small_steps_leave_none_out(county: County) -> None:
    mirror = await follow(county, "members")
    made = [(await new_member(county, county.branch))["id"] for _ in range(7)]
    told = await mirror.once(limit=2)
    assert [item["id"] for item in told] == made


async def test_changes_200_count_to_the_limit_only_what_they_tell(county: County) -> None:
    """Whoever reaches little of a wide log reads it in few steps."""
    mirror = await follow(county, "members", reach="branch")
    for _ in range(3):
        await new_member(county, county.other_branch)
    made = [(await new_member(county, county.branch))["id"] for _ in range(2)]
    answer = await mirror.client.get("/changes", params={"after": mirror.cursor, "resource": "members", "limit": 2})
    assert [item["id"] for item in answer.json()["items"]] == made
    assert not answer.json()["more"]


async def test_changes_200_say_when_a_record_leaves_and_enters_reach(county: County) -> None:
    here, there = await follow(county, "members", reach="branch"), await follow(county, "members", reach="other_branch")
    made = await new_member(county, county.branch)
    assert [item["op"] for item in await here.once()] == ["upsert"]
    assert await there.once() == []
    await transfer(county, made, county.other_branch)
    assert [(item["op"], item["record"]) for item in await here.once()] == [("remove", None)]
    assert [item["op"] for item in await there.once()] == ["upsert"]
    assert ("members", made["id"]) not in here.kept
    assert there.kept["members", made["id"]]["organization_id"] == str(county.other_branch.id)


async def test_changes_200_tell_nothing_of_what_was_never_in_reach(county: County, other_county: County) -> None:
    mirror = await follow(county, reach="branch")
    made = await new_member(other_county, other_county.branch)
    await transfer(other_county, made, other_county.other_branch)
    elsewhere = await new_member(county, county.other_branch)
    assert elsewhere["id"] not in {item["id"] for item in await mirror.once()}
    assert made["id"] not in str(mirror.told)


async def test_changes_200_say_what_goes_along_with_an_organisation(county: County) -> None:
    """Also to who follows the members alone, and has no sight of organisations."""
    inside = await follow(county, "organizations", reach="village")
    members = await follow(county, "members", reach="village")
    outside = await follow(county, reach="office")
    admin = county.client("township_admin")
    body = {"parent_id": str(county.village.id), "kind": "party_branch", "name": "第八党支部"}
    answer = await admin.post("/organizations", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert [item["op"] for item in await inside.once()] == ["upsert"]
    member = await new_member(county, SimpleNamespace(id=made["id"]))
    assert [item["op"] for item in await members.once()] == ["upsert"]
    fresh = (await admin.get(f"/organizations/{made['id']}")).json()
    moved = await admin.post(
        f"/organizations/{made['id']}/move",
        json={"parent_id": str(county.township.id), "reason": "支部划归镇党委"},
        headers={"if-match": f'"{fresh["version"]}"'},
    )
    assert moved.is_success, moved.text
    for mirror in (inside, members):
        told = [item for item in await mirror.once() if item["id"] == made["id"]]
        resource = mirror.resources[0]
        assert ("remove", resource, True) in {(item["op"], item["resource"], item["below"]) for item in told}
    assert made["id"] not in {item["id"] for item in await outside.once()}
    assert (await members.client.get(f"/members/{member['id']}")).status_code == 404
    version = (await admin.get(f"/organizations/{made['id']}")).json()["version"]
    back = await admin.post(
        f"/organizations/{made['id']}/move",
        json={"parent_id": str(county.village.id), "reason": "支部划回村"},
        headers={"if-match": f'"{version}"'},
    )
    assert back.is_success, back.text
    told = await members.once()
    assert [(item["op"], item["id"], item["below"]) for item in told] == [("resync", made["id"], True)]


async def test_changes_200_tell_nobody_that_a_card_is_about_them(county: County) -> None:
    """Nothing was seen before, so nothing is said to be gone; who saw it before it was marked is told that it is."""
    async with county.app.state.database.transaction() as session:
        villager = await make_account(session, "secretary", county.village, "冷明德")
    accused = Mirror(county.client(villager), "feedback-cards")
    clerk = Mirror(county.client("clerk"), "feedback-cards")
    await accused.once()
    await clerk.once()
    accused.told.clear()
    case = await Case.sent(county, wish="complaint", about=about(county.village))
    await case.triage()
    assert case.id in {item["id"] for item in await clerk.once()}
    assert await accused.once() == []
    later = await Case.sent(county)
    await later.triage(handling_unit_id=str(county.office.id))
    await clerk.once()
    marked = await county.client("secretary").patch(
        later.path,
        json={"about": {"account_ids": [str(county.accounts["clerk"].id)]}},
        headers={"if-match": f'"{(await later.get("secretary"))["version"]}"'},
    )
    assert marked.is_success, marked.text
    assert [(item["op"], item["id"]) for item in await clerk.once()] == [("remove", later.id)]


async def test_changes_200_take_an_item_from_whoever_its_card_turns_out_to_be_about(county: County) -> None:
    """The unit had it and has it no longer; a client that reaches both keeps it, one of elsewhere hears nothing."""
    case, item = await converted(county)
    unit = await follow(county, "rectifications", reach="village")
    above = await follow(county, "rectifications")
    beside = await follow(county, "rectifications", reach="office")
    await marked(case, organization_ids=[str(county.village.id)])
    assert [(one["op"], one["id"], one["record"]) for one in await unit.once()] == [("remove", item["id"], None)]
    assert [(one["op"], one["id"]) for one in await above.once()] == [("upsert", item["id"])]
    assert above.kept["rectifications", item["id"]]["organization"]["id"] == str(county.township.id)
    assert await beside.once() == []
    # Nothing that happens to it afterwards is told to the unit.
    client = county.client("supervisor")
    seen = ok(await client.get(f"/rectifications/{item['id']}")).json()
    body = {"responsible_unit_id": str(county.office.id), "reason": "由本镇办公室办理"}
    headers = {"if-match": f'"{seen["version"]}"'}
    ok(await client.post(f"/rectifications/{item['id']}/transfer", json=body, headers=headers))
    assert await unit.once() == []
    # Read anew from the beginning, the feed still says only that it is gone.
    unit.cursor = None
    assert [one["op"] for one in await unit.once() if one["id"] == item["id"]] in ([], ["remove"])
    assert ("rectifications", item["id"]) not in unit.kept


async def test_wait_401_for_a_client_that_is_suspended_while_it_waits(county: County) -> None:
    partner = await Partner.start(county, scopes=SCOPES)
    mirror = Mirror(await partner.signed_in(" ".join(SCOPES)), "members")
    await mirror.once()
    asked = {"after": mirror.cursor, "wait": 25, "resource": "members"}
    waiting = asyncio.create_task(mirror.client.get("/changes", params=asked))
    await waiting_there(county, 1)
    await partner.done(
        await partner.keeper.post(f"{partner.path}/suspension", json={"reason": "对接暂停维护"}, headers=partner.match)
    )
    made = await new_member(county, county.branch)
    answer = await waiting
    assert answer.status_code == 401
    assert made["id"] not in answer.text


async def test_changes_200_tell_a_client_that_it_was_given_another_reach(county: County) -> None:
    partner = await Partner.start(county, scopes=SCOPES)
    mirror = Mirror(await partner.signed_in(" ".join(SCOPES)))
    await mirror.once()
    mirror.told.clear()
    await partner.give(["organization:read", "member:read"])
    told = await mirror.once()
    assert [(item["op"], item["resource"]) for item in told] == [("resync", None)]


async def test_no_committed_change_is_passed_over_while_an_older_one_is_in_flight(county: County) -> None:
    """The younger transaction commits first: it is told only when nothing can come before it."""
    mirror = await follow(county, "members")
    database = county.app.state.database
    async with database.transaction() as slow:
        slow_id = uuid4()
        slow.add(_event(slow_id, county))
        await slow.flush()
        quick = await new_member(county, county.branch)
        assert await mirror.once() == []
    told = [item["id"] for item in await mirror.once()]
    # The slow one is about no member that there is: nothing is said of it, and what came after it is.
    assert told == [quick["id"]]
    assert str(slow_id) not in str(mirror.told)


def _event(subject: UUID, county: County) -> Event:
    return Event(
        kind="member.changed",
        county_id=county.county.id,
        organization_id=county.branch.id,
        subject_kind="member",
        subject_id=subject,
        at=utc_now(),
    )


async def test_writers_of_every_length_and_a_reader_that_never_stops(county: County) -> None:
    """Eight writers hold their transactions for a random time; the reader is told of every one, once at the least."""
    mirror = await follow(county, "members")
    members = [await new_member(county, county.branch) for _ in range(8)]
    await mirror.once()
    mirror.told.clear()
    written: list[tuple[str, int]] = []
    stop = asyncio.Event()

    async def write(number: int) -> None:
        for turn in range(6):
            async with county.app.state.database.transaction() as session:
                record(
                    session,
                    county.actor("clerk"),
                    Moment(utc_now()),
                    "member.changed",
                    county_id=county.county.id,
                    organization_id=county.branch.id,
                    subject_id=UUID(members[number]["id"]),
                )
                await session.flush()
                await asyncio.sleep(((number * 7 + turn * 3) % 10) / 200)
            written.append((members[number]["id"], turn))

    seen: list[str] = []

    async def read() -> None:
        while not stop.is_set():
            seen.extend(item["id"] for item in await mirror.once(wait=1))

    reader = asyncio.create_task(read())
    await asyncio.gather(*(write(number) for number in range(8)))
    last = await new_member(county, county.branch)
    for _ in range(200):
        if last["id"] in seen:
            break
        await asyncio.sleep(0.05)
    stop.set()
    await reader
    assert len(written) == 48
    assert {key for key, _ in written} <= set(seen)
    assert seen[-1] == last["id"]


async def test_wait_200_as_soon_as_something_is_committed(county: County) -> None:
    mirror = await follow(county, "members")
    start = time.monotonic()
    waiting = asyncio.create_task(mirror.once(wait=20))
    await waiting_there(county, 1)
    made = await new_member(county, county.branch)
    assert [item["id"] for item in await waiting] == [made["id"]]
    assert time.monotonic() - start < 15


async def test_wait_200_with_nothing_when_nothing_comes(county: County) -> None:
    mirror = await follow(county, "members")
    start = time.monotonic()
    assert await mirror.once(wait=1) == []
    assert 0.9 <= time.monotonic() - start < 15
    assert county.app.state.change_hub.waiting == 0


@pytest.mark.slow
async def test_five_hundred_wait_on_one_process_and_the_others_do_not(county: County) -> None:
    mirror = await follow(county, "members")
    county.app.state.throttles.clear()
    mirrors = [Mirror(mirror.client, "members") for _ in range(500)]
    for each in mirrors:
        each.cursor = mirror.cursor
    waiting = []
    for each in mirrors:
        waiting.append(asyncio.create_task(each.until_told()))
        if len(waiting) % 20 == 0:
            # Hundreds come one after another; all in one instant they would queue for a sign-in to be looked up.
            await waiting_there(county, len(waiting))
    start = time.monotonic()
    assert (await county.client("clerk").get("/members", params={"limit": 1})).status_code == 200
    answered = time.monotonic() - start
    assert county.app.state.database.engine.pool.checkedout() <= 2, "nobody who waits holds a connection"
    made = await new_member(county, county.branch)
    start = time.monotonic()
    told = await asyncio.gather(*waiting)
    assert all([item["id"] for item in items] == [made["id"]] for items in told)
    assert answered < 2
    assert time.monotonic() - start < 100


async def test_changes_422_for_a_cursor_of_another_client_or_none(county: County) -> None:
    one, other = await follow(county, "members"), await follow(county, "members")
    for cursor in (other.cursor, "nonsense", f"{one.cursor}x"):
        answer = await one.client.get("/changes", params={"after": cursor})
        assert answer.status_code == 422, cursor
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/after", "cursor_invalid")]


async def test_changes_422_for_a_resource_that_the_cursor_was_not_read_with(county: County) -> None:
    """Of decisions it would tell what comes, and never what was before."""
    mirror = await follow(county, "members", "organizations")
    for resources in (["decisions"], ["members", "decisions"], []):
        answer = await mirror.client.get("/changes", params={"after": mirror.cursor, "resource": resources})
        assert answer.status_code == 422, resources
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/after", "cursor_invalid")]
    fewer = Mirror(mirror.client, "members")
    fewer.cursor = mirror.cursor
    made = await new_member(county, county.branch)
    assert [item["id"] for item in await fewer.once()] == [made["id"]]
    # What was left out on the way is not told any more.
    answer = await fewer.client.get("/changes", params={"after": fewer.cursor, "resource": ["organizations"]})
    assert answer.status_code == 422


async def test_changes_422_when_a_token_of_more_scopes_goes_on_with_the_cursor_of_fewer(county: County) -> None:
    partner = await Partner.start(county, scopes=SCOPES)
    one = Mirror(await partner.signed_in("member:read"))
    await one.once()
    all_of_it = await partner.signed_in(" ".join(SCOPES))
    assert (await all_of_it.get("/changes", params={"after": one.cursor})).status_code == 422
    assert (await all_of_it.get("/changes", params={"after": one.cursor, "resource": "members"})).status_code == 200


async def test_longest_cursor_200_is_taken(county: County) -> None:
    mirror = await follow(county)
    assert mirror.cursor is not None
    # Numbers of the log may grow to twenty digits each.
    assert len(mirror.cursor) + 40 * 4 / 3 < 400
    await mirror.once()


@pytest.mark.parametrize("params", [{"resource": "secrets"}, {"limit": 0}, {"limit": 201}, {"wait": 26}, {"wait": -1}])
async def test_changes_422_for_what_there_is_not(county: County, params: dict[str, Any]) -> None:
    mirror = await follow(county, "members")
    assert (await mirror.client.get("/changes", params=params)).status_code == 422


async def test_changes_403_for_a_resource_without_its_scope_and_200_for_the_rest(county: County) -> None:
    partner = await Partner.start(county, scopes=["organization:read"])
    client = await partner.signed_in("organization:read")
    answer = await client.get("/changes", params={"resource": "members"})
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
    await new_member(county, county.branch)
    body = (await client.get("/changes")).json()
    assert {item["resource"] for item in body["items"]} <= {"organizations", None}


async def test_changes_200_for_people_too(county: County) -> None:
    mirror = Mirror(county.client("clerk"), "members")
    await mirror.once()
    made = await new_member(county, county.branch)
    assert made["id"] in {item["id"] for item in await mirror.once()}
