"""The rosters over HTTP: what may be read and changed, and that no number is ever shown without being asked for."""

import asyncio
import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import openpyxl
import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from backend.api.member_shapes import BranchPage, ClearNumbers, MemberDetail, MemberPage
from backend.db.base import utc_now
from backend.db.event import Event
from backend.db.member import Member, MemberBranch
from backend.domain.calendar import day_of
from tests.api.clients import Partner
from tests.factories import County, named
from tests.people import citizen_number

IF_1 = {"if-match": '"1"'}
TODAY = day_of(utc_now())


def errors(answer: httpx.Response) -> set[tuple[str, str]]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    for error in answer.json()["errors"]:
        assert error["message"] != error["code"]
    return {(error["pointer"], error["code"]) for error in answer.json()["errors"]}


def code(answer: httpx.Response) -> str:
    assert answer.json()["detail"] != answer.json()["code"]
    return answer.json()["code"]


async def register(county: County, role: str = "clerk", **values: Any) -> httpx.Response:
    body = {
        "organization_id": str(county.branch.id),
        "name": "曾光耀",
        "id_number": citizen_number(),
        "phone": "19900002644",
        "status": "full",
        "joined_on": "2010-07-01",
        "confirmed_on": "2011-07-01",
    }
    return await county.client(role).post("/members", json=body | values)


async def registered(county: County, **values: Any) -> dict[str, Any]:
    answer = await register(county, **values)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def settle(county: County, id: str, since: date) -> None:
    """Let a member have come to the branch on an earlier day."""
    async with county.app.state.database.transaction() as session:
        await session.exec(
            sa.update(MemberBranch).where(col(MemberBranch.member_id) == UUID(id)).values(valid_from=since)
        )


async def names(county: County, role: str = "clerk", q: str = "", **params: Any) -> list[str]:
    answer = await county.client(role).get("/members", params={"limit": 200, **params}, headers=named(q))
    assert answer.status_code == 200, answer.text
    MemberPage.model_validate_json(answer.content)
    return [item["name"] for item in answer.json()["items"]]


# Registering


async def test_register_201_masked_spelt_counted_and_recorded(county: County) -> None:
    number = citizen_number(sex="female")
    spaced = f" {number[:6]} {number[6:14]} {number[14:].lower()} "
    answer = await register(county, id_number=spaced, phone="+86 199-0000-2644", name="曾 光耀")
    assert answer.status_code == 201
    MemberDetail.model_validate_json(answer.content)
    record = answer.json()
    assert record["id_number"] == number[:4] + "*" * 10 + number[-4:]
    assert record["phone"] == "199****2644"
    assert (record["name"], record["initials"], record["sex"]) == ("曾光耀", "zgy", "female")
    assert record["can"] == ["edit", "transfer", "unmask"]
    assert answer.headers["etag"] == '"1"'
    client = county.client("clerk")
    for above in (county.branch, county.township):
        assert (await client.get(f"/organizations/{above.id}")).json()["member_count"] == 1
    events = (await client.get(f"/members/{record['id']}/events")).json()["items"]
    assert [event["kind"] for event in events] == ["member.registered"]
    for secret in (number, "曾光耀", "2644\\b", number[6:14]):
        assert secret not in str(events)


async def test_register_201_keeps_no_number_in_clear_in_any_table(county: County) -> None:
    number = citizen_number()
    made = await registered(county, id_number=number, phone="13712345678")
    async with county.app.state.database.transaction() as session:
        for table, key in ((Member, Member.id), (MemberBranch, MemberBranch.member_id), (Event, Event.subject_id)):
            rows = (await session.exec(select(table).where(col(key) == UUID(made["id"])))).all()
            assert rows
            text = repr(rows)
            assert number not in text
            assert "13712345678" not in text


async def test_register_201_an_applicant_is_no_counted_member(county: County) -> None:
    await registered(county, status="applicant", joined_on=None, confirmed_on=None)
    client = county.client("clerk")
    assert (await client.get(f"/organizations/{county.branch.id}")).json()["member_count"] == 0


async def test_register_201_rare_and_foreign_names(county: County) -> None:
    for name in ("𠮷野", "阿卜杜拉·买买提", "㐂秀"):
        assert (await registered(county, name=name))["name"] == name
    assert (await registered(county, remark="😀"))["remark"] == "😀"


async def test_register_401_anonymous(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.post("/api/v1/members", json={})).status_code == 401


@pytest.mark.parametrize("role", ["inspector", "legal_reviewer", "member"])
async def test_register_403_for_one_who_does_not_keep_rosters(county: County, role: str) -> None:
    assert (await register(county, role)).status_code == 403


async def test_register_404_in_another_county(county: County, other_county: County) -> None:
    assert (await register(county, organization_id=str(other_county.branch.id))).status_code == 404


@pytest.mark.parametrize(
    ("values", "pointer", "said"),
    [
        ({"name": ""}, "/name", "field_string_too_short"),
        ({"name": "张😀"}, "/name", "name_characters"),
        ({"name": "张\x00"}, "/name", "field_text_unstorable"),
        ({"id_number": "999901199001010011"}, "/id_number", "id_number_checksum"),
        ({"id_number": "123"}, "/id_number", "id_number_length"),
        ({"id_number": 999901199001010010}, "/id_number", "field_string_type"),
        ({"birth_date": "1980-05-19"}, "/birth_date", "birth_date_mismatch"),
        ({"sex": "female"}, "/sex", "sex_mismatch"),
        ({"sex": "other"}, "/sex", "field_enum"),
        ({"phone": "12"}, "/phone", "invalid_phone"),
        ({"joined_on": None, "confirmed_on": None}, "/joined_on", "required"),
        ({"joined_on": "1997-07-01"}, "/joined_on", "joined_under_age"),
        ({"confirmed_on": "2011-06-30"}, "/confirmed_on", "confirmed_too_early"),
        ({"confirmed_on": "2999-01-01"}, "/confirmed_on", "date_in_future"),
        ({"status": "deceased"}, "/status", "status_not_registrable"),
        ({"status": "king"}, "/status", "field_enum"),
        ({"version": 7}, "/version", "field_extra_forbidden"),
        ({"county_id": "x"}, "/county_id", "field_extra_forbidden"),
        ({"remark": "长" * 501}, "/remark", "field_string_too_long"),
    ],
)
async def test_register_422_at_the_field(county: County, values: dict[str, Any], pointer: str, said: str) -> None:
    answer = await register(county, **values)
    assert answer.status_code == 422
    assert (pointer, said) in errors(answer)


async def test_register_422_in_no_branch(county: County) -> None:
    answer = await register(county, organization_id=str(county.village.id))
    assert errors(answer) == {("/organization_id", "not_a_branch")}


async def test_register_422_the_same_person_twice(county: County, other_county: County) -> None:
    number = citizen_number()
    made = await registered(county, id_number=number)
    again = await register(county, id_number=number, organization_id=str(county.other_branch.id))
    assert errors(again) == {("/id_number", "id_number_taken")}
    assert (await register(other_county, id_number=number)).status_code == 201, "another county knows nothing of it"
    at = f"/members/{made['id']}"
    await county.client("clerk").patch(at, json={"status": "withdrawn"}, headers=IF_1)
    assert (await register(county, id_number=number)).status_code == 201, "who has left may come back"


async def test_register_one_of_two_at_once(county: County) -> None:
    number = citizen_number()
    answers = await asyncio.gather(*(register(county, id_number=number) for _ in range(4)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 201
    assert set(statuses[1:]) <= {409, 422}
    branch = await county.client("clerk").get(f"/organizations/{county.branch.id}")
    assert branch.json()["member_count"] == 1


# Reading and searching


async def test_list_200_in_the_order_of_surnames_read_right(county: County) -> None:
    for name in ("张三", "曾光耀", "单雄信", "查文敏", "阿卜", "解珍"):
        await registered(county, name=name)
    assert await names(county) == ["阿卜", "单雄信", "解珍", "曾光耀", "查文敏", "张三"]


async def test_list_200_pages_show_everybody_once(county: County) -> None:
    for _ in range(5):
        await registered(county, name="同名")
    client, seen, cursor = county.client("clerk"), [], None
    while True:
        page = (await client.get("/members", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [item["id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("q", ["光耀", "曾", "曾光耀", "zengg", "zgy", "ZGY", "曾 光"])
async def test_list_200_finds_by_name_pinyin_and_initials(county: County, q: str) -> None:
    await registered(county, name="曾光耀")
    await registered(county, name="张三丰")
    assert await names(county, q=q) == ["曾光耀"]


async def test_list_200_finds_names_whose_dot_is_left_out(county: County) -> None:
    await registered(county, name="阿卜杜拉·买买提")
    assert await names(county, q="杜拉买买") == ["阿卜杜拉·买买提"]


@pytest.mark.parametrize("q", ["耀光", "ceng", "光曾耀", "%", "_", "' or 1=1", "\\"])
async def test_list_200_finds_nobody_who_is_not_meant(county: County, q: str) -> None:
    await registered(county, name="曾光耀")
    assert await names(county, q=q) == []


async def test_list_200_filters_and_does_so_together(county: County) -> None:
    await registered(county, name="甲", status="probationary", confirmed_on=None, is_mobile=True)
    await registered(county, name="乙", organization_id=str(county.other_branch.id))
    await registered(county, name="丙", id_number=citizen_number(sex="female"))
    assert await names(county, status="probationary") == ["甲"]
    assert sorted(await names(county, status=["probationary", "full"])) == sorted(["甲", "乙", "丙"])
    assert await names(county, is_mobile="true") == ["甲"]
    assert await names(county, sex="female") == ["丙"]
    assert await names(county, organization_id=str(county.other_branch.id)) == ["乙"]
    assert len(await names(county, organization_id=str(county.township.id))) == 3
    assert await names(county, organization_id=str(county.branch.id), sex="female", is_mobile="true") == []


async def test_list_200_shows_no_other_county(county: County, other_county: County) -> None:
    await registered(county, name="甲")
    await registered(other_county, name="乙")
    assert await names(county) == ["甲"]
    assert await names(county, "county_admin") == ["甲"]


async def test_list_401_anonymous_and_403_without_permission(county: County, anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/api/v1/members")).status_code == 401
    for client in (county.client("member"), county.client(await county.account(None, county.township))):
        answer = await client.get("/members")
        assert answer.status_code == 403
        assert "items" not in answer.json()


async def test_list_404_of_an_organisation_out_of_sight(county: County, other_county: County) -> None:
    answer = await county.client("clerk").get("/members", params={"organization_id": str(other_county.branch.id)})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("q", "refusal"),
    [
        ("999901199001010010", ("", "number_in_address")),
        ("9999 0119 9001", ("/q", "search_in_body")),
        ("19900002644", ("", "number_in_address")),
        ("199-0000-2644", ("", "number_in_address")),
        ("１９９００００２６４４", ("", "number_in_address")),
    ],
)
async def test_list_422_a_number_does_not_belong_in_an_address(
    county: County, q: str, refusal: tuple[str, str]
) -> None:
    answer = await county.client("clerk").get("/members", params={"q": q})
    assert errors(answer) == {refusal}


@pytest.mark.parametrize("params", [{"limit": "100000"}, {"limit": "0"}, {"status": "king"}, {"sex": "x"}])
async def test_list_422_filter(county: County, params: dict[str, str]) -> None:
    answer = await county.client("clerk").get("/members", params=params)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/" + next(iter(params)))


async def test_list_422_cursor_of_another_filter(county: County) -> None:
    for _ in range(2):
        await registered(county)
    client = county.client("clerk")
    cursor = (await client.get("/members", params={"limit": 1})).json()["next_cursor"]
    answer = await client.get("/members", params={"limit": 1, "sex": "male", "cursor": cursor})
    assert errors(answer) == {("/cursor", "cursor_invalid")}


async def test_search_200_by_number_or_phone_as_people_type_them(county: County) -> None:
    number = citizen_number()
    made = await registered(county, id_number=number, phone="13700001111")
    client = county.client("clerk")
    for body in ({"id_number": f" {number} "}, {"phone": "137-0000-1111"}):
        answer = await client.post("/members/search", json=body)
        MemberPage.model_validate_json(answer.content)
        assert [item["id"] for item in answer.json()["items"]] == [made["id"]]
    nobody = await client.post("/members/search", json={"id_number": citizen_number()})
    assert nobody.json() == {"items": [], "next_cursor": None}


async def test_search_200_stays_within_reach(county: County, other_county: County) -> None:
    number = citizen_number()
    await registered(other_county, id_number=number)
    answer = await county.client("clerk").post("/members/search", json={"id_number": number})
    assert answer.json()["items"] == []


@pytest.mark.parametrize("body", [{}, {"id_number": "1", "phone": "2"}, {"id_number": None}])
async def test_search_422_by_none_or_both(county: County, body: dict[str, Any]) -> None:
    answer = await county.client("clerk").post("/members/search", json=body)
    assert errors(answer) == {("", "search_by_one")}


async def test_search_401_and_403(county: County, anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.post("/api/v1/members/search", json={})).status_code == 401
    assert (await county.client("member").post("/members/search", json={"phone": "1"})).status_code == 403


async def test_search_403_for_those_who_may_not_see_the_number(county: County) -> None:
    """With the year, the county and the last four digits shown, some thirty numbers were left to ask for."""
    number = citizen_number()
    await registered(county, id_number=number)
    partner = await Partner.start(county, scopes=["member:read"])
    program = await partner.signed_in("member:read")
    for client in (*map(county.client, ("secretary", "supervisor", "inspector", "platform_admin")), program):
        assert (await client.get("/members")).status_code == 200
        answer = await client.post("/members/search", json={"id_number": number})
        assert (answer.status_code, code(answer)) == (403, "permission_missing")


async def test_get_200_masked_with_what_may_be_done(county: County) -> None:
    made = await registered(county)
    for role, can in (
        ("clerk", ["edit", "transfer", "unmask"]),
        ("inspector", []),
        ("secretary", ["edit", "transfer"]),
    ):
        answer = await county.client(role).get(f"/members/{made['id']}")
        MemberDetail.model_validate_json(answer.content)
        assert answer.json()["can"] == can
        assert "path" not in answer.json()


async def test_get_404_out_of_sight_and_401(county: County, other_county: County, anonymous: httpx.AsyncClient) -> None:
    made = await registered(other_county)
    for part in ("", "/branches", "/events"):
        assert (await county.client("clerk").get(f"/members/{made['id']}{part}")).status_code == 404
        assert (await anonymous.get(f"/api/v1/members/{made['id']}{part}")).status_code == 401
        assert (await county.client("member").get(f"/members/{made['id']}{part}")).status_code == 403


# Changing


async def test_change_200_only_what_is_sent(county: County) -> None:
    made = await registered(county)
    client, at = county.client("clerk"), f"/members/{made['id']}"
    answer = await client.patch(at, json={"education": "大专", "phone": None}, headers=IF_1)
    record = answer.json()
    assert (record["education"], record["phone"], record["name"]) == ("大专", None, "曾光耀")
    assert answer.headers["etag"] == '"2"'
    event = (await client.get(f"{at}/events")).json()["items"][0]
    assert event["kind"] == "member.changed"
    assert event["data"] == {
        "education": {"old": None, "new": "大专"},
        "phone": {"old": "199****2644", "new": None},
    }
    same = await client.patch(at, json={"education": "大专"}, headers={"if-match": '"2"'})
    assert same.headers["etag"] == '"2"', "nothing differs, so nothing is recorded"


async def test_change_200_birth_date_and_sex_follow_a_corrected_number(county: County) -> None:
    made = await registered(county)
    number = citizen_number(date(1975, 3, 1), "female")
    body = {"id_number": number}
    answer = await county.client("clerk").patch(f"/members/{made['id']}", json=body, headers=IF_1)
    assert answer.json()["birth_date"] == "1975-**-**"
    assert answer.json()["sex"] == "female"
    found = await county.client("clerk").post("/members/search", json=body)
    assert [item["id"] for item in found.json()["items"]] == [made["id"]]


async def test_change_200_a_new_name_is_spelt_and_found(county: County) -> None:
    made = await registered(county)
    await county.client("clerk").patch(f"/members/{made['id']}", json={"name": "单雄信"}, headers=IF_1)
    assert await names(county, q="sxx") == ["单雄信"]
    assert await names(county, q="曾") == []


async def test_change_200_an_end_takes_the_member_out_of_branch_and_counts(county: County) -> None:
    made = await registered(county)
    client, at = county.client("clerk"), f"/members/{made['id']}"
    answer = await client.patch(at, json={"status": "deceased"}, headers=IF_1)
    assert answer.json()["can"] == ["edit", "unmask"]
    assert (await client.get(f"/organizations/{county.branch.id}")).json()["member_count"] == 0
    stays = (await client.get(f"{at}/branches")).json()["items"]
    assert [stay["to_on"] for stay in stays] == [TODAY.isoformat()]
    again = await client.patch(at, json={"status": "full"}, headers={"if-match": '"2"'})
    assert errors(again) == {("/status", "status_change_refused")}
    moved = await client.post(
        f"{at}/transfer",
        json={"organization_id": str(county.other_branch.id), "on": TODAY.isoformat(), "reason": "x"},
        headers={"if-match": '"2"'},
    )
    assert (moved.status_code, code(moved)) == (409, "member_ended")


async def test_change_200_an_old_fault_does_not_stop_another_correction(county: County) -> None:
    made = await registered(county)
    async with county.app.state.database.transaction() as session:
        await session.exec(
            sa.update(Member).where(col(Member.id) == UUID(made["id"])).values(confirmed_on=date(2010, 8, 1))
        )
    client, at = county.client("clerk"), f"/members/{made['id']}"
    assert (await client.patch(at, json={"education": "大专"}, headers=IF_1)).status_code == 200
    answer = await client.patch(at, json={"confirmed_on": "2010-09-01"}, headers={"if-match": '"2"'})
    assert errors(answer) == {("/confirmed_on", "confirmed_too_early")}


@pytest.mark.parametrize(
    ("values", "pointer", "said"),
    [
        ({"name": None}, "/name", "required"),
        ({"id_number": None}, "/id_number", "required"),
        ({"status": None}, "/status", "required"),
        ({"status": "applicant"}, "/status", "status_change_refused"),
        ({"sex": "female"}, "/sex", "sex_mismatch"),
        ({"birth_date": "1980-01-01"}, "/birth_date", "birth_date_follows_number"),
        ({"joined_on": None}, "/joined_on", "required"),
        ({"confirmed_on": "2010-08-01"}, "/confirmed_on", "confirmed_too_early"),
        ({"organization_id": "x"}, "/organization_id", "field_extra_forbidden"),
        ({"pinyin": "x"}, "/pinyin", "field_extra_forbidden"),
    ],
)
async def test_change_422_at_the_field(county: County, values: dict[str, Any], pointer: str, said: str) -> None:
    made = await registered(county)
    answer = await county.client("clerk").patch(f"/members/{made['id']}", json=values, headers=IF_1)
    assert (answer.status_code, errors(answer)) == (422, {(pointer, said)})


async def test_change_422_tells_the_birth_date_to_those_alone_who_brought_the_number(county: County) -> None:
    """Only its year is shown, and a secretary may not unmask: a right date is answered like a wrong one."""
    number = citizen_number()
    made = await registered(county, id_number=number, birth_date=None)
    day = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    wrong = f"{int(day[:4]) - 1}-01-01"
    at = f"/members/{made['id']}"
    for role in ("secretary", "clerk"):
        told = [await county.client(role).patch(at, json={"birth_date": one}, headers=IF_1) for one in (wrong, day)]
        for answer in told:
            assert errors(answer) == {("/birth_date", "birth_date_follows_number")}
            assert day not in answer.text
    assert (await county.client("clerk").get(at)).json()["version"] == 1
    body = {"birth_date": wrong, "id_number": number}
    answer = await county.client("secretary").patch(at, json=body, headers=IF_1)
    assert errors(answer) == {("/birth_date", "birth_date_mismatch")}
    assert day in answer.text


async def test_change_422_a_day_of_joining_tells_no_birthday_to_who_did_not_bring_the_number(county: County) -> None:
    """Every day of the year in which somebody turned eighteen is answered alike; other years need no birthday."""
    number = citizen_number()
    adult = date(int(number[6:10]) + 18, int(number[10:12]), int(number[12:14]))
    before, after = ((adult + timedelta(days=days)).isoformat() for days in (-1, 1))
    made = await registered(county, id_number=number, birth_date=None, joined_on="2003-07-01", confirmed_on=None)
    at, clerk = f"/members/{made['id']}", county.client("clerk")
    for day in (f"{adult.year}-01-01", before, adult.isoformat(), after, f"{adult.year}-12-31"):
        answer = await clerk.patch(at, json={"joined_on": day}, headers=IF_1)
        assert errors(answer) == {("/joined_on", "joined_on_needs_number")}, day
    early = await clerk.patch(at, json={"joined_on": f"{adult.year - 1}-12-31"}, headers=IF_1)
    assert errors(early) == {("/joined_on", "joined_under_age")}
    assert (await clerk.get(at)).json()["version"] == 1
    early = await clerk.patch(at, json={"joined_on": before, "id_number": number}, headers=IF_1)
    assert errors(early) == {("/joined_on", "joined_under_age")}
    right = await clerk.patch(at, json={"joined_on": after, "id_number": number}, headers=IF_1)
    assert right.status_code == 200, right.text
    same = await clerk.patch(at, json={"joined_on": after, "remark": "外出务工"}, headers={"if-match": '"2"'})
    assert same.status_code == 200, same.text


async def test_change_422_number_of_somebody_else(county: County) -> None:
    number = citizen_number()
    await registered(county, id_number=number)
    made = await registered(county)
    body = {"id_number": number}
    answer = await county.client("clerk").patch(f"/members/{made['id']}", json=body, headers=IF_1)
    assert errors(answer) == {("/id_number", "id_number_taken")}


async def test_change_401_403_404_412_and_428(
    county: County, other_county: County, anonymous: httpx.AsyncClient
) -> None:
    made, theirs = await registered(county), await registered(other_county)
    client, at, body = county.client("clerk"), f"/members/{made['id']}", {"education": "大专"}
    assert (await anonymous.patch(f"/api/v1{at}", json=body, headers=IF_1)).status_code == 401
    assert (await county.client("inspector").patch(at, json=body, headers=IF_1)).status_code == 403
    assert (await client.patch(f"/members/{theirs['id']}", json=body, headers=IF_1)).status_code == 404
    assert (await client.patch(at, json=body, headers={"if-match": '"2"'})).status_code == 412
    assert (await client.patch(at, json=body)).status_code == 428


# Transferring


async def transfer(county: County, id: str, role: str = "clerk", tag: str = '"1"', **values: Any) -> httpx.Response:
    body = {"organization_id": str(county.other_branch.id), "on": TODAY.isoformat(), "reason": "居住地变动"}
    return await county.client(role).post(f"/members/{id}/transfer", json=body | values, headers={"if-match": tag})


async def test_transfer_200_with_history_counts_and_event(county: County) -> None:
    made = await registered(county)
    since, on = TODAY - timedelta(days=400), TODAY - timedelta(days=30)
    await settle(county, made["id"], since)
    answer = await transfer(county, made["id"], on=on.isoformat())
    assert answer.status_code == 200
    MemberDetail.model_validate_json(answer.content)
    assert answer.json()["organization_name"] == county.other_branch.name
    client, at = county.client("clerk"), f"/members/{made['id']}"
    stays = await client.get(f"{at}/branches")
    BranchPage.model_validate_json(stays.content)
    assert [(stay["organization_id"], stay["from_on"], stay["to_on"]) for stay in stays.json()["items"]] == [
        (str(county.other_branch.id), on.isoformat(), None),
        (str(county.branch.id), since.isoformat(), on.isoformat()),
    ]
    for branch, count in ((county.branch, 0), (county.other_branch, 1), (county.township, 1)):
        assert (await client.get(f"/organizations/{branch.id}")).json()["member_count"] == count
    event = (await client.get(f"{at}/events")).json()["items"][0]
    assert event["kind"] == "member.transferred"
    assert event["data"]["organization"] == {"old": county.branch.name, "new": county.other_branch.name}


async def test_transfer_one_of_two_at_once(county: County) -> None:
    made = await registered(county)
    third = await county.organization("第三党支部", "party_branch")
    answers = await asyncio.gather(
        transfer(county, made["id"]), transfer(county, made["id"], organization_id=str(third.id))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    async with county.app.state.database.transaction() as session:
        question = select(MemberBranch).where(
            MemberBranch.member_id == UUID(made["id"]), col(MemberBranch.valid_to).is_(None)
        )
        assert len((await session.exec(question)).all()) == 1


async def test_transfer_crosswise_at_once_keeps_the_counts(county: County) -> None:
    here = [await registered(county) for _ in range(4)]
    there = [await registered(county, organization_id=str(county.other_branch.id)) for _ in range(4)]
    answers = await asyncio.gather(
        *(transfer(county, member["id"]) for member in here),
        *(transfer(county, member["id"], organization_id=str(county.branch.id)) for member in there),
    )
    assert {answer.status_code for answer in answers} == {200}
    client = county.client("clerk")
    for branch in (county.branch, county.other_branch):
        assert (await client.get(f"/organizations/{branch.id}")).json()["member_count"] == 4


async def test_transfer_422_refusals_at_their_fields(county: County, other_county: County) -> None:
    made = await registered(county)
    early, late = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    for values, said in (
        ({"organization_id": str(county.branch.id)}, ("/organization_id", "already_in_branch")),
        ({"organization_id": str(county.village.id)}, ("/organization_id", "not_a_branch")),
        ({"on": early.isoformat()}, ("/on", "transfer_too_early")),
        ({"on": late.isoformat()}, ("/on", "date_in_future")),
        ({"reason": ""}, ("/reason", "field_string_too_short")),
    ):
        assert errors(await transfer(county, made["id"], **values)) == {said}
    dissolved = await county.organization("已撤党支部", "party_branch", status="dissolved")
    answer = await transfer(county, made["id"], organization_id=str(dissolved.id))
    assert errors(answer) == {("/organization_id", "organization_not_active")}


async def test_transfer_403_to_a_branch_of_others(county: County) -> None:
    """A township's clerk who may only look at the neighbours does not transfer into them."""
    neighbour = await county.organization("邻镇党委", "township_committee", county.county)
    branch = await county.organization("邻镇党支部", "party_branch", neighbour)
    made = await registered(county)
    hidden = await transfer(county, made["id"], organization_id=str(branch.id))
    assert hidden.status_code == 404
    assert (await transfer(county, made["id"], role="inspector")).status_code == 403
    assert (await transfer(county, made["id"], "county_admin", organization_id=str(branch.id))).status_code == 200


async def test_transfer_401_404_412_and_428(county: County, other_county: County, anonymous: httpx.AsyncClient) -> None:
    made, theirs = await registered(county), await registered(other_county)
    assert (await transfer(county, theirs["id"])).status_code == 404
    assert (await transfer(county, made["id"], tag='"2"')).status_code == 412
    at, body = f"/members/{made['id']}/transfer", {"organization_id": made["organization_id"], "on": "2026-01-01"}
    assert (await county.client("clerk").post(at, json=body | {"reason": "x"})).status_code == 428
    assert (await anonymous.post(f"/api/v1{at}", json=body, headers=IF_1)).status_code == 401


# Unmasking


async def test_unmask_200_shows_what_is_asked_for_and_records_no_value(county: County) -> None:
    number = citizen_number()
    made = await registered(county, id_number=number)
    client, at = county.client("clerk"), f"/members/{made['id']}"
    answer = await client.post(f"{at}/unmask", json={"fields": ["id_number"], "reason": "核对档案"})
    ClearNumbers.model_validate_json(answer.content)
    nothing = dict.fromkeys(("id_number", "phone", "birth_date", "native_place"))
    nothing["proposed"] = nothing.copy()
    assert answer.json() == nothing | {"id_number": number}
    assert answer.headers["cache-control"] == "no-store"
    both = await client.post(f"{at}/unmask", json={"fields": ["phone", "id_number"], "reason": "核对档案"})
    assert both.json() == nothing | {"id_number": number, "phone": "19900002644"}
    events = (await client.get(f"{at}/events")).json()["items"]
    assert [event["kind"] for event in events[:2]] == ["member.unmasked"] * 2
    assert (events[1]["data"], events[1]["reason"]) == ({"fields": ["id_number"]}, "核对档案")
    assert number not in str(events)


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("云川县榆桥镇画眉岭村", "云川县***"),
        ("云川县", "云川县"),
        ("山东省济南市历下区", "山东省济南市***"),
        ("湖南省凤凰山", "湖南省***"),
        ("画眉岭村", "***"),
        (None, None),
    ],
)
async def test_birth_and_native_place_are_masked_wherever_the_number_is(
    county: County, place: str | None, shown: str | None
) -> None:
    """The days of a year and the county's digits are what the stars of the number hide."""
    born = date(1963, 5, 16)
    made = await registered(county, id_number=citizen_number(born), native_place=place)
    assert (made["birth_date"], made["native_place"]) == ("1963-**-**", shown)
    client = county.client("clerk")
    listed = (await client.get("/members", params={"organization_id": str(county.branch.id)})).json()["items"]
    found = (await client.post("/members/search", json={"phone": "19900002644"})).json()["items"]
    for rows in (listed, found):
        one = next(row for row in rows if row["id"] == made["id"])
        assert (one["birth_date"], one["native_place"]) == ("1963-**-**", shown)
    export = await client.get("/exports/member.xlsx", params={"organization_id": str(county.branch.id)})
    sheet = openpyxl.load_workbook(io.BytesIO(export.content)).active
    titles = [cell.value for cell in sheet[3]]
    line = {title: sheet.cell(4, place_of + 1).value for place_of, title in enumerate(titles)}
    assert (line["出生日期"], line["籍贯"] or None) == ("1963-**-**", shown)
    asked = {"fields": ["birth_date", "native_place"], "reason": "核对档案"}
    clear = (await client.post(f"/members/{made['id']}/unmask", json=asked)).json()
    assert clear["birth_date"].startswith("1963-05"), clear
    assert clear["native_place"] == place


async def test_stars_never_come_back_as_the_truth(county: County) -> None:
    number = citizen_number()
    made = await registered(county, id_number=number, native_place="云川县榆桥镇")
    client = county.client("clerk")
    answer = await client.patch(f"/members/{made['id']}", json={"native_place": made["native_place"]}, headers=IF_1)
    assert errors(answer) == {("/native_place", "masked_value")}
    export = await client.get("/exports/member.xlsx", params={"organization_id": str(county.branch.id)})
    book = openpyxl.load_workbook(io.BytesIO(export.content))
    sheet = book.active
    titles = [cell.value for cell in sheet[3]]

    async def bring_back(**cells: str) -> dict[str, Any]:
        for title, text in cells.items():
            sheet.cell(4, titles.index(title) + 1).value = text
        target = io.BytesIO()
        book.save(target)
        files = {"file": ("m.xlsx", target.getvalue())}
        sent = await client.post("/imports", params={"ledger": "member", "dry_run": False}, files=files)
        assert sent.status_code == 201, sent.text
        return dict(sent.json())

    # As it is; then with everything put right but the birth date; then all but the native place.
    for cells in ({}, {"公民身份号码": number, "联系电话": ""}, {"出生日期": ""}):
        body = await bring_back(**cells)
        assert (body["rows"]["refused"], body["rows"]["total"]) == (1, 1), body["rows"]
    assert ("籍贯", "masked_value") in {(one["column"], one["code"]) for one in body["refused"]}
    asked = {"fields": ["birth_date", "native_place"], "reason": "核对档案"}
    clear = (await client.post(f"/members/{made['id']}/unmask", json=asked)).json()
    assert clear["native_place"] == "云川县榆桥镇"


async def test_unmask_403_without_the_permission(county: County) -> None:
    made = await registered(county)
    body = {"fields": ["phone"], "reason": "好奇"}
    for role in ("secretary", "inspector", "platform_admin", "member"):
        answer = await county.client(role).post(f"/members/{made['id']}/unmask", json=body)
        assert answer.status_code == 403
        assert "2644" not in answer.text
    events = (await county.client("clerk").get(f"/members/{made['id']}/events")).json()["items"]
    assert [event["kind"] for event in events] == ["member.registered"]


async def test_unmask_401_404_and_422(county: County, other_county: County, anonymous: httpx.AsyncClient) -> None:
    made, theirs = await registered(county), await registered(other_county)
    client, body = county.client("clerk"), {"fields": ["phone"], "reason": "核对档案"}
    assert (await anonymous.post(f"/api/v1/members/{made['id']}/unmask", json=body)).status_code == 401
    assert (await client.post(f"/members/{theirs['id']}/unmask", json=body)).status_code == 404
    for values, pointer in (
        ({"fields": []}, "/fields"),
        ({"fields": ["bank"]}, "/fields/0"),
        ({"reason": " "}, "/reason"),
        ({"reason": "x"}, "/reason"),
        ({"reason": "。。。。核 对"}, "/reason"),
    ):
        answer = await client.post(f"/members/{made['id']}/unmask", json=body | values)
        assert {at for at, _ in errors(answer)} == {pointer}
