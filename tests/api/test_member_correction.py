"""One's own record: masked, with its sources and who looked; calling it wrong; and settling that by somebody else."""

from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from backend.api.member_correction import FieldName
from backend.db.account import Account
from backend.db.member_correction import MemberCorrection
from backend.domain.calendar import day_of, last_second_of, shipped_calendar
from backend.domain.member_correction import FIELD_TITLES
from backend.domain.member_row import FIELDS
from tests.api.test_delegation import acting, lend, pair
from tests.api.test_ledger_undo import bring_in, codes
from tests.factories import County
from tests.people import citizen_number
from tests.rosters import person, workbook

PHONE = "13900001234"


def asked(**changes: Any) -> dict[str, Any]:
    return {"field": "education", "should": "大学本科", "evidence": "毕业证书", **changes}


async def registered(county: County, who: str | Account = "member", **changes: Any) -> dict[str, Any]:
    """A member of the branch, tied to an account."""
    body = {
        "organization_id": str(county.branch.id),
        "name": "查文敏",
        "id_number": citizen_number(),
        "phone": PHONE,
        "education": "大专",
        "joined_on": "2010-07-01",
        "confirmed_on": "2011-07-01",
        "status": "full",
        **changes,
    }
    answer = await county.client("clerk").post("/members", json=body)
    assert answer.status_code == 201, answer.text
    account = county.accounts[who] if isinstance(who, str) else who
    async with county.app.state.database.transaction() as session:
        await session.execute(
            sa.update(Account).where(Account.id == account.id).values(member_id=UUID(answer.json()["id"]))
        )
    return answer.json() | {"clear": body["id_number"]}


async def record(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/me/record")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def settled(county: County, correction: dict[str, Any], who: str | Account = "clerk", **body: Any):
    return await county.client(who).post(
        f"/member-corrections/{correction['id']}/settlement",
        json={"outcome": "corrected", **body},
        headers={"if-match": f'"{correction["version"]}"'},
    )


def value(found: dict[str, Any], field: str) -> dict[str, Any]:
    return next(one for one in found["fields"] if one["field"] == field)


def test_every_field_of_a_member_may_be_called_wrong() -> None:
    assert set(FIELD_TITLES) == set(FIELDS) == set(get_args(FieldName))


async def test_own_record_200_is_masked_and_says_where_it_comes_from(county: County) -> None:
    made = await registered(county)
    mine = county.client("member")
    found = await record(mine)
    assert (found["id"], found["disputed"], found["corrections"], found["looks"]) == (made["id"], False, [], [])
    number, phone, school = (value(found, field) for field in ("id_number", "phone", "education"))
    assert made["clear"] not in str(found)
    assert PHONE not in str(found)
    assert (number["value"], phone["value"]) == (made["id_number"], "139****1234")
    assert (school["value"], school["source"], school["by"]) == ("大专", "entry", ["clerk"])
    assert (value(found, "is_mobile")["value"], value(found, "remark")["value"]) == ("false", None)


async def test_own_record_200_says_who_looked_by_category_and_who_changed(county: County) -> None:
    made = await registered(county)
    clerk = county.client("clerk")
    await clerk.post(f"/members/{made['id']}/unmask", json={"fields": ["phone"], "reason": "通知开会"})
    await clerk.patch(f"/members/{made['id']}", json={"native_place": "榆桥镇"}, headers={"if-match": '"1"'})
    found = await record(county.client("member"))
    (look,) = found["looks"]
    assert (look["by"], look["fields"], look["reason"]) == (["clerk"], ["phone"], "通知开会")
    assert value(found, "native_place")["source"] == "change"
    assert county.accounts["clerk"].username not in str(found)


async def test_own_record_404_for_an_account_that_is_nobody_on_a_roster(county: County, anonymous) -> None:
    answer = await county.client("inspector").get("/me/record")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_own_record")
    assert (await county.client("inspector").post("/me/record/corrections", json=asked())).status_code == 404
    assert (await anonymous.get("/api/v1/me/record")).status_code == 401


async def test_ask_201_marks_the_record_for_everybody_until_it_is_settled(county: County) -> None:
    made = await registered(county)
    mine, inspector = county.client("member"), county.client("inspector")
    answer = await mine.post("/me/record/corrections", json=asked(says="大专"))
    assert answer.status_code == 201, answer.text
    correction = answer.json()
    due = last_second_of(shipped_calendar().limit(day_of(datetime.fromisoformat(correction["asked_at"])), 5, "working"))
    assert datetime.fromisoformat(correction["due_at"]) == due
    assert (correction["says"], correction["should"], correction["overdue"]) == ("大专", "大学本科", False)
    assert (await record(mine))["disputed"] is True
    assert (await inspector.get(f"/members/{made['id']}")).json()["disputed"] is True
    (listed,) = (await inspector.get("/member-corrections", params={"state": "open"})).json()["items"]
    assert (listed["id"], listed["member"]["name"], listed["title"]) == (correction["id"], "查文敏", "学历")
    answer = await settled(county, correction, reason="与毕业证书一致")
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json()["state"] == "corrected"
    found = await record(mine)
    assert (found["disputed"], value(found, "education")["value"]) == (False, "大学本科")
    assert (value(found, "education")["source"], found["corrections"][0]["reason"]) == ("correction", "与毕业证书一致")
    assert (await inspector.get("/member-corrections", params={"state": "open"})).json()["items"] == []
    events = (await county.client("clerk").get(f"/members/{made['id']}/events")).json()["items"]
    assert [event["kind"] for event in events] == [
        "member.correction_settled",
        "member.disputed",
        "member.registered",
    ]
    assert events[0]["data"]["education"] == {"old": "大专", "new": "大学本科"}


async def test_a_number_stays_masked_and_is_right_in_the_end(county: County) -> None:
    made = await registered(county)
    mine, number = county.client("member"), "13800005678"
    correction = (
        await mine.post("/me/record/corrections", json=asked(field="phone", should=number, evidence="新号码"))
    ).json()
    assert (correction["says"], correction["should"]) == ("139****1234", "138****5678")
    async with county.app.state.database.transaction() as session:
        kept = await session.get_one(MemberCorrection, UUID(correction["id"]))
        assert number.encode() not in kept.should
    listed = (await county.client("clerk").get("/member-corrections")).text
    assert number not in listed
    assert (await settled(county, correction)).status_code == 200
    clear = await county.client("clerk").post(
        f"/members/{made['id']}/unmask", json={"fields": ["phone"], "reason": "核对档案"}
    )
    assert clear.json()["phone"] == number


async def test_list_200_shows_no_birth_date_or_village_and_unmask_200_what_is_asked_for(county: County) -> None:
    made = await registered(county, native_place="云川县榆桥镇画眉岭村")
    mine, clerk = county.client("member"), county.client("clerk")
    should = "云川县榆桥镇石桥村"
    own = (await mine.post("/me/record/corrections", json=asked(field="native_place", should=should))).json()
    assert (own["says"], own["should"]) == ("云川县榆桥镇画眉岭村", should), "its own person reads it"
    async with county.app.state.database.transaction() as session:
        kept = await session.get_one(MemberCorrection, UUID(own["id"]))
        day = MemberCorrection(
            member_id=kept.member_id, county_id=kept.county_id, field="birth_date", says="1963-05-16", should=b"",
            evidence="户口本", asked_by=kept.asked_by, asked_at=kept.asked_at, due_at=kept.due_at,
        )  # fmt: skip
        day.should = county.app.state.cipher.encrypt("1963-06-15", "member_correction.should", day.id)
        session.add(day)
    for who in ("clerk", "inspector"):
        answer = await county.client(who).get("/member-corrections")
        shown = {one["field"]: (one["says"], one["should"]) for one in answer.json()["items"]}
        assert shown == {"native_place": ("云川县***", "云川县***"), "birth_date": ("1963-**-**", "1963-**-**")}
    body = {"fields": ["native_place"], "reason": "核对更正材料"}
    clear = (await clerk.post(f"/members/{made['id']}/unmask", json=body)).json()
    assert clear["proposed"] == {"id_number": None, "phone": None, "birth_date": None, "native_place": should}
    assert (await settled(county, own)).status_code == 200
    assert "石桥村" not in (await clerk.get("/member-corrections")).text


async def test_not_corrected_200_needs_a_reason_and_changes_nothing(county: County) -> None:
    await registered(county)
    mine = county.client("member")
    correction = (await mine.post("/me/record/corrections", json=asked())).json()
    bare = await settled(county, correction, outcome="not_corrected")
    assert [problem["pointer"] for problem in bare.json()["errors"]] == ["/reason"]
    answer = await settled(county, correction, outcome="not_corrected", reason="学信网查无此学历")
    assert (answer.status_code, answer.json()["state"]) == (200, "not_corrected")
    found = await record(mine)
    assert (found["disputed"], value(found, "education")["value"]) == (False, "大专")
    again = await settled(county, answer.json())
    assert (again.status_code, again.json()["code"]) == (409, "correction_over")
    # Who has another paper may ask again.
    assert (await mine.post("/me/record/corrections", json=asked(evidence="学位证书"))).status_code == 201


async def test_the_record_is_disputed_until_the_last_field_is_settled(county: County) -> None:
    made = await registered(county)
    mine = county.client("member")
    first = (await mine.post("/me/record/corrections", json=asked())).json()
    second = (await mine.post("/me/record/corrections", json=asked(field="native_place", should="榆桥镇"))).json()
    twice = await mine.post("/me/record/corrections", json=asked())
    assert (twice.status_code, twice.json()["code"]) == (409, "correction_open")
    await settled(county, first)
    assert (await record(mine))["disputed"] is True
    await settled(county, second)
    assert (await county.client("clerk").get(f"/members/{made['id']}")).json()["disputed"] is False


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"should": "大专"}, "/should", "same_as_now"),
        ({"field": "joined_on", "should": "2010年7月"}, "/should", "field_invalid"),
        ({"field": "joined_on", "should": "2090-07-01"}, "/should", "date_in_future"),
        ({"field": "phone", "should": "没有电话"}, "/should", "invalid_phone"),
        ({"field": "id_number", "should": "999901198005200012"}, "/should", None),
        ({"field": "is_mobile", "should": "perhaps"}, "/should", "field_invalid"),
        ({"field": "education", "should": "长" * 60}, "/should", "field_string_too_long"),
        ({"field": "organization_id", "should": "x"}, "/field", None),
        ({"evidence": " "}, "/evidence", None),
    ],
)
async def test_ask_422(county: County, changes: dict[str, Any], pointer: str, code: str | None) -> None:
    await registered(county)
    answer = await county.client("member").post("/me/record/corrections", json=asked(**changes))
    assert answer.status_code == 422, answer.text
    (problem,) = answer.json()["errors"]
    assert problem["pointer"] == pointer
    assert code in (None, problem["code"])


async def test_settle_403_of_what_one_asked_for_oneself_or_only_reads(county: County, other_county: County) -> None:
    await registered(county, "clerk")
    mine = county.client("clerk")
    correction = (await mine.post("/me/record/corrections", json=asked())).json()
    own = await settled(county, correction)
    assert (own.status_code, own.json()["code"]) == (403, "own_correction")
    assert (await settled(county, correction, "inspector")).status_code == 403
    assert (await settled(other_county, correction)).status_code == 404
    assert (await other_county.client("clerk").get("/member-corrections")).json()["items"] == []
    stale = await settled(county, correction | {"version": 7}, "secretary")
    assert stale.status_code == 412
    assert (await settled(county, correction, "secretary")).status_code == 200


async def test_list_200_overdue_only_when_the_last_day_is_over(demo: County) -> None:
    await registered(demo)
    answer = await demo.client("member").post("/me/record/corrections", json=asked())
    due = datetime.fromisoformat(answer.json()["due_at"])
    clerk = demo.client("clerk")

    async def overdue() -> list[bool]:
        late = (await clerk.get("/member-corrections", params={"overdue": True})).json()["items"]
        every = (await clerk.get("/member-corrections", params={"organization_id": str(demo.branch.id)})).json()
        assert len(late) == sum(one["overdue"] for one in every["items"])
        return [one["overdue"] for one in every["items"]]

    now = datetime.fromisoformat((await clerk.get("/me")).json()["now"])
    until = (day_of(due) - day_of(now)).days
    await clerk.post("/demo/clock", json={"days": until})
    assert await overdue() == [False]
    await clerk.post("/demo/clock", json={"days": 1})
    assert await overdue() == [True]


async def linked(account: Account, county: County, member_id: str) -> None:
    async with county.app.state.database.transaction() as session:
        await session.execute(sa.update(Account).where(Account.id == account.id).values(member_id=UUID(member_id)))


async def changed(client: httpx.AsyncClient, made: dict[str, Any], **body: Any) -> httpx.Response:
    seen = (await client.get(f"/members/{made['id']}")).json()
    return await client.patch(
        f"/members/{made['id']}", json=body or {"education": "大学本科"}, headers={"if-match": f'"{seen["version"]}"'}
    )


async def test_change_and_transfer_403_of_the_own_record_disputed_or_not(county: County) -> None:
    made = await registered(county, "clerk")
    mine = county.client("clerk")
    assert (await mine.get(f"/members/{made['id']}")).json()["can"] == ["unmask"]
    for _ in range(2):
        answer = await changed(mine, made)
        assert (answer.status_code, answer.json()["code"]) == (403, "own_record")
        await mine.post("/me/record/corrections", json=asked())
    moved = await mine.post(
        f"/members/{made['id']}/transfer",
        json={"organization_id": str(county.other_branch.id), "on": "2026-06-01", "reason": "居住地变动"},
        headers={"if-match": '"2"'},
    )
    assert (moved.status_code, moved.json()["code"]) == (403, "own_record")
    assert (await changed(county.client("secretary"), made)).status_code == 200


async def test_change_and_settle_403_for_who_stands_in_and_of_who_stands_in(county: County) -> None:
    """The deputy is not the absent one's other person, nor the absent one's roles a way to the own record."""
    absent, deputy = await pair(county)
    assert (await lend(county, absent, deputy)).status_code == 201
    theirs = await registered(county, absent)
    own = await registered(county, deputy)
    correction = (await county.client(absent).post("/me/record/corrections", json=asked())).json()
    standing_in = acting(county, deputy, absent)
    for made in (theirs, own):
        answer = await changed(standing_in, made)
        assert (answer.status_code, answer.json()["code"]) == (403, "own_record")
    answer = await standing_in.post(
        f"/member-corrections/{correction['id']}/settlement",
        json={"outcome": "corrected"},
        headers={"if-match": f'"{correction["version"]}"'},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "own_correction")
    assert (await settled(county, correction, "clerk")).status_code == 200


async def test_settle_403_of_what_is_about_oneself_by_whatever_account_it_was_asked(county: County) -> None:
    made = await registered(county, "member")
    correction = (await county.client("member").post("/me/record/corrections", json=asked())).json()
    async with county.app.state.database.transaction() as session:
        await session.execute(sa.update(Account).where(Account.member_id == UUID(made["id"])).values(member_id=None))
    await linked(county.accounts["clerk"], county, made["id"])
    answer = await settled(county, correction)
    assert (answer.status_code, answer.json()["code"]) == (403, "own_correction")


async def test_import_201_refuses_the_own_row_that_would_change_and_takes_the_others(county: County) -> None:
    clerk = county.client("clerk")
    rows = [person(one, county.branch.name) for one in (1, 2)]
    assert (await bring_in(clerk, rows))["rows"]["created"] == 2
    items = (await clerk.get("/members", params={"organization_id": str(county.branch.id)})).json()["items"]
    mine = next(one for one in items if one["name"] == rows[0]["姓名"])
    await linked(county.accounts["clerk"], county, mine["id"])
    assert (await bring_in(clerk, rows))["rows"]["unchanged"] == 2
    answer = await clerk.post(
        "/imports",
        params={"ledger": "member", "dry_run": False},
        files={"file": ("m.xlsx", workbook([row | {"学历": "研究生"} for row in rows]))},
    )
    body = answer.json()
    assert (body["rows"]["refused"], body["rows"]["updated"]) == (1, 1), body
    assert codes(body) == [("学历", "own_record")]
    assert (await clerk.get(f"/members/{mine['id']}")).json()["education"] == "大专"
