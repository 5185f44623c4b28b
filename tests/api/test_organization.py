"""The tree over HTTP: what may be read, what may be changed, and what is refused."""

import asyncio
from typing import Any

import httpx
import pytest

from backend.api.organization_shapes import OrganizationDetail, OrganizationPage
from backend.db.account import RoleGrant
from backend.db.organization import Organization
from tests.api.decisions import started
from tests.factories import County, by_id, make_account
from tests.people import citizen_number

IF_1 = {"if-match": '"1"'}


def errors(answer: httpx.Response) -> set[tuple[str, str]]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    for error in body["errors"]:
        assert error["message"] != error["code"]
    return {(error["pointer"], error["code"]) for error in body["errors"]}


def code(answer: httpx.Response) -> str:
    assert answer.json()["detail"] != answer.json()["code"]
    return answer.json()["code"]


async def make(county: County, role: str = "township_admin", **values: Any) -> httpx.Response:
    body = {"parent_id": str(county.township.id), "kind": "village", "name": "麦场新村"} | values
    return await county.client(role).post("/organizations", json=body)


async def put(member_in: Organization, client: httpx.AsyncClient) -> httpx.Response:
    body = {
        "organization_id": str(member_in.id),
        "name": "查文敏",
        "id_number": citizen_number(),
        "status": "full",
        "joined_on": "2010-07-01",
    }
    answer = await client.post("/members", json=body)
    assert answer.status_code == 201, answer.text
    return answer


# Reading


async def test_list_200_begins_where_the_callers_tree_begins(county: County) -> None:
    for role, top in (("clerk", county.township), ("county_admin", county.county), ("member", county.branch)):
        answer = await county.client(role).get("/organizations")
        OrganizationPage.model_validate_json(answer.content)
        assert [item["id"] for item in answer.json()["items"]] == [str(top.id)]


async def test_list_200_shows_every_county_to_the_platform(county: County, other_county: County) -> None:
    answer = await county.client("platform_admin").get("/organizations", params={"limit": 200})
    assert {item["parent_id"] for item in answer.json()["items"]} == {None}


async def test_list_200_children_in_the_order_of_their_names(county: County) -> None:
    for name in ("第十新村", "第二新村", "查家沟村", "曾家庄村"):
        assert (await make(county, name=name)).status_code == 201
    params = {"parent_id": str(county.township.id), "kind": "village", "limit": 200}
    items = (await county.client("clerk").get("/organizations", params=params)).json()["items"]
    made = [item["name"] for item in items if item["pinyin"]]
    assert made == ["第二新村", "第十新村", "曾家庄村", "查家沟村"]


async def test_list_200_pages_show_everything_once(county: County) -> None:
    for number in range(7):
        await make(county, name=f"第{number + 1}新村")
    client, params = county.client("clerk"), {"parent_id": str(county.township.id), "limit": 3}
    seen, cursor = [], None
    while True:
        page = (await client.get("/organizations", params=params | ({"cursor": cursor} if cursor else {}))).json()
        seen += [item["id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    whole = await client.get("/organizations", params=params | {"limit": 200})
    assert seen == [item["id"] for item in whole.json()["items"]]
    assert len(seen) == len(set(seen)) == 11


@pytest.mark.parametrize("q", ["家庄", "庄村党", "曾 家", "zengjia", "zjz", "ZJZ"])
async def test_list_200_finds_by_name_pinyin_and_initials(county: County, q: str) -> None:
    made = await make(county, name="曾家庄村党支部", kind="party_branch")
    found = (await county.client("clerk").get("/organizations", params={"q": q})).json()["items"]
    assert made.json()["id"] in {item["id"] for item in found}


@pytest.mark.parametrize("q", ["庄曾", "ceng", "曾庄", "%", "_"])
async def test_list_200_finds_nothing_that_is_not_there(county: County, q: str) -> None:
    made = await make(county, name="曾家庄村党支部", kind="party_branch")
    found = (await county.client("clerk").get("/organizations", params={"q": q})).json()["items"]
    assert made.json()["id"] not in {item["id"] for item in found}


async def test_list_200_search_stays_within_reach(county: County, other_county: County) -> None:
    await make(other_county, name="曾家庄村")
    found = (await county.client("clerk").get("/organizations", params={"q": "曾家庄"})).json()["items"]
    assert {item["county_id"] for item in found} <= {str(county.county.id)}


async def test_list_401_anonymous(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/api/v1/organizations")).status_code == 401


async def test_list_403_without_any_role(county: County) -> None:
    client = county.client(await county.account(None, county.township))
    answer = await client.get("/organizations")
    assert answer.status_code == 403
    assert "items" not in answer.json()


async def test_list_404_below_an_organisation_out_of_sight(county: County, other_county: County) -> None:
    params = {"parent_id": str(other_county.township.id)}
    assert (await county.client("clerk").get("/organizations", params=params)).status_code == 404


@pytest.mark.parametrize("limit", ["0", "201", "100000", "-1", "x"])
async def test_list_422_limit(county: County, limit: str) -> None:
    answer = await county.client("clerk").get("/organizations", params={"limit": limit})
    assert answer.status_code == 422
    assert {pointer for pointer, _ in errors(answer)} == {"/limit"}


async def test_list_422_cursor_of_another_question_or_another_caller(county: County) -> None:
    params = {"parent_id": str(county.township.id), "limit": 1}
    cursor = (await county.client("clerk").get("/organizations", params=params)).json()["next_cursor"]
    assert cursor
    tries = [
        ("clerk", {**params, "kind": "village", "cursor": cursor}),
        ("inspector", {**params, "cursor": cursor}),
        ("clerk", {**params, "cursor": cursor[:-2] + ("AA" if not cursor.endswith("AA") else "BB")}),
        ("clerk", {**params, "cursor": "x"}),
    ]
    for role, tampered in tries:
        answer = await county.client(role).get("/organizations", params=tampered)
        assert (answer.status_code, errors(answer)) == (422, {("/cursor", "cursor_invalid")})


async def test_list_422_nul_in_a_search(county: County) -> None:
    answer = await county.client("clerk").get("/organizations?q=%00")
    assert answer.status_code in {200, 422}
    assert (await county.client("clerk").get("/organizations?q=a%00b")).status_code == 422


async def test_get_200_with_ancestors_names_and_what_may_be_done(county: County) -> None:
    answer = await county.client("township_admin").get(f"/organizations/{county.village.id}")
    OrganizationDetail.model_validate_json(answer.content)
    record = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert [above["id"] for above in record["ancestors"]] == [str(county.county.id), str(county.township.id)]
    assert [name["name"] for name in record["names"]] == [county.village.name]
    assert record["can"] == ["create", "edit", "register", "move", "merge", "dissolve"]


async def test_get_200_reader_may_do_nothing(county: County) -> None:
    answer = await county.client("inspector").get(f"/organizations/{county.village.id}")
    assert answer.json()["can"] == []


async def test_get_404_out_of_sight(county: County, other_county: County) -> None:
    for hidden in (other_county.village, county.county):
        answer = await county.client("clerk").get(f"/organizations/{hidden.id}")
        assert (answer.status_code, code(answer)) == (404, "not_found")


async def test_get_422_no_id(county: County) -> None:
    assert (await county.client("clerk").get("/organizations/1")).status_code == 422


# Creating


async def test_create_201_with_spelling_place_and_event(county: County) -> None:
    answer = await make(county, name="查家沟村😀", founded_on="1986-07-01", region_code="990200100201")
    assert answer.status_code == 201
    OrganizationDetail.model_validate_json(answer.content)
    record = answer.json()
    assert (record["initials"], record["valid_from"], record["version"]) == ("zjgc", "1986-07-01", 1)
    assert record["path"].startswith(county.township.path)
    events = (await county.client("clerk").get(f"/organizations/{record['id']}/events")).json()["items"]
    assert [event["kind"] for event in events] == ["organization.created"]
    assert events[0]["data"]["name"] == {"old": None, "new": "查家沟村😀"}
    assert events[0]["title"] == "新建组织"


async def test_create_201_county_by_the_platform(county: County) -> None:
    name = f"云川县{county.county.name}"
    answer = await make(county, "platform_admin", parent_id=None, kind="county_committee", name=name)
    assert answer.status_code == 201
    record = answer.json()
    assert record["county_id"] == record["id"]
    assert record["path"].count("/") == 1
    assert "move" not in record["can"]
    again = await make(county, "platform_admin", parent_id=None, kind="county_committee", name=name)
    assert errors(again) == {("/name", "name_taken")}


async def test_create_401_anonymous(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.post("/api/v1/organizations", json={})).status_code == 401


async def test_create_403_county_by_anyone_else(county: County) -> None:
    answer = await make(county, "county_admin", parent_id=None, kind="county_committee", name="又一县委")
    assert (answer.status_code, code(answer)) == (403, "permission_missing")


async def test_create_403_for_one_who_only_reads(county: County) -> None:
    assert (await make(county, "inspector")).status_code == 403


async def test_create_403_where_the_caller_only_reads(county: County) -> None:
    """The secretary of a village writes nowhere, the clerk below the township only."""
    async with county.app.state.database.transaction() as session:
        clerk = await make_account(session, "clerk", county.village)
        session.add(RoleGrant(account_id=clerk.id, role="inspector", organization_id=county.township.id))
    body = {"parent_id": str(county.township.id), "kind": "village", "name": "新村"}
    answer = await county.client(clerk).post("/organizations", json=body)
    assert (answer.status_code, code(answer)) == (403, "not_yours_to_change")


async def test_create_404_below_another_county(county: County, other_county: County) -> None:
    assert (await make(county, parent_id=str(other_county.township.id))).status_code == 404


@pytest.mark.parametrize(
    ("values", "pointer", "said"),
    [
        ({"name": "  "}, "/name", "field_string_too_short"),
        ({"name": "村" * 101}, "/name", "field_string_too_long"),
        ({"name": "123"}, "/name", "organization_name_invalid"),
        ({"name": "村\x00"}, "/name", "field_text_unstorable"),
        ({"kind": "castle"}, "/kind", "unknown_kind"),
        ({"kind": "township_committee"}, "/parent_id", "wrong_parent_kind"),
        ({"kind": "county_committee"}, "/parent_id", "wrong_parent_kind"),
        ({"founded_on": "2999-01-01"}, "/founded_on", "date_in_future"),
        ({"founded_on": "1986-13-01"}, "/founded_on", "field_date_from_datetime_parsing"),
        ({"term_starts_on": "2026-01-02", "term_ends_on": "2026-01-01"}, "/term_ends_on", "term_ends_too_early"),
        ({"region_code": "990199100201"}, "/region_code", "region_other_county"),
        ({"credit_code": "91999901MA00000AB2"}, "/credit_code", "credit_code_checksum"),
        ({"path": "1/"}, "/path", "field_extra_forbidden"),
        ({"county_id": "1"}, "/county_id", "field_extra_forbidden"),
    ],
)
async def test_create_422_at_the_field(county: County, values: dict[str, Any], pointer: str, said: str) -> None:
    answer = await make(county, **values)
    assert (answer.status_code, errors(answer)) == (422, {(pointer, said)})


async def test_create_422_lone_surrogate(county: County) -> None:
    body = f'{{"parent_id": "{county.township.id}", "kind": "village", "name": "\\ud800村"}}'
    answer = await county.client("clerk").post(
        "/organizations", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code in {400, 422}


async def test_create_422_name_of_a_sibling(county: County) -> None:
    assert (await make(county)).status_code == 201
    assert errors(await make(county)) == {("/name", "name_taken")}


async def test_create_422_code_of_another_of_its_kind(county: County) -> None:
    assert (await make(county, region_code="990200100201")).status_code == 201
    again = await make(county, name="另一村", region_code="990200100201")
    assert errors(again) == {("/region_code", "code_taken")}
    branch = await make(county, name="新村党支部", kind="party_branch", region_code="990200100201")
    assert branch.status_code == 201


async def test_create_one_of_two_at_once(county: County) -> None:
    answers = await asyncio.gather(*(make(county, name="同名村") for _ in range(4)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 201
    assert set(statuses[1:]) <= {409, 422}
    params = {"parent_id": str(county.township.id), "q": "同名村"}
    assert len((await county.client("clerk").get("/organizations", params=params)).json()["items"]) == 1


# Changing and renaming


async def test_change_200_renames_and_keeps_the_old_name(county: County) -> None:
    client, old = county.client("township_admin"), county.village.name
    answer = await client.patch(f"/organizations/{county.village.id}", json={"name": "曾家庄村"}, headers=IF_1)
    assert answer.status_code == 200
    record = answer.json()
    assert (answer.headers["etag"], record["initials"]) == ('"2"', "zjzc")
    assert [(name["name"], name["valid_to"] is None) for name in record["names"]] == [("曾家庄村", True), (old, False)]
    events = (await client.get(f"/organizations/{record['id']}/events")).json()["items"]
    assert events[0]["kind"] == "organization.renamed"
    assert events[0]["data"] == {"name": {"old": old, "new": "曾家庄村"}}
    again = await client.patch(f"/organizations/{record['id']}", json={"name": "曾庄村"}, headers={"if-match": '"2"'})
    assert [name["name"] for name in again.json()["names"]] == ["曾庄村", old], "no day has two names"


async def test_change_200_empties_with_null_and_is_silent_when_nothing_differs(county: County) -> None:
    client, at = county.client("clerk"), f"/organizations/{county.village.id}"
    await client.patch(at, json={"short_name": "东沟", "term_ends_on": "2031-01-10"}, headers=IF_1)
    same = await client.patch(at, json={"short_name": "东沟"}, headers={"if-match": '"2"'})
    assert same.headers["etag"] == '"2"'
    emptied = await client.patch(at, json={"short_name": None}, headers={"if-match": '"2"'})
    assert (emptied.json()["short_name"], emptied.json()["term_ends_on"]) == (None, "2031-01-10")
    events = (await client.get(f"{at}/events")).json()["items"]
    assert [event["data"] for event in events] == [
        {"short_name": {"old": "东沟", "new": None}},
        {"short_name": {"old": None, "new": "东沟"}, "term_ends_on": {"old": None, "new": "2031-01-10"}},
    ]


async def test_change_403_for_one_who_only_reads(county: County) -> None:
    answer = await county.client("inspector").patch(f"/organizations/{county.village.id}", json={}, headers=IF_1)
    assert answer.status_code == 403


async def test_change_404_out_of_sight(county: County, other_county: County) -> None:
    at = f"/organizations/{other_county.village.id}"
    assert (await county.client("clerk").patch(at, json={}, headers=IF_1)).status_code == 404


async def test_change_401_anonymous(anonymous: httpx.AsyncClient, county: County) -> None:
    at = f"/api/v1/organizations/{county.village.id}"
    assert (await anonymous.patch(at, json={}, headers=IF_1)).status_code == 401


@pytest.mark.parametrize("tag", ['"2"', '"0"', "x", '""', '"99999999999999999999"'])
async def test_change_412_stale(county: County, tag: str) -> None:
    at = f"/organizations/{county.village.id}"
    answer = await county.client("clerk").patch(at, json={"short_name": "甲"}, headers={"if-match": tag})
    assert (answer.status_code, code(answer)) == (412, "stale")


async def test_change_428_without_if_match(county: County) -> None:
    answer = await county.client("clerk").patch(f"/organizations/{county.village.id}", json={"short_name": "甲"})
    assert (answer.status_code, code(answer)) == (428, "if_match_required")


@pytest.mark.parametrize(
    ("values", "pointer", "said"),
    [
        ({"name": None}, "/name", "organization_name_invalid"),
        ({"kind": "office"}, "/kind", "field_extra_forbidden"),
        ({"status": "merged"}, "/status", "field_extra_forbidden"),
        ({"short_name": 5}, "/short_name", "field_string_type"),
        ({"founded_on": "2999-01-01"}, "/founded_on", "date_in_future"),
    ],
)
async def test_change_422_at_the_field(county: County, values: dict[str, Any], pointer: str, said: str) -> None:
    answer = await county.client("clerk").patch(f"/organizations/{county.village.id}", json=values, headers=IF_1)
    assert (answer.status_code, errors(answer)) == (422, {(pointer, said)})


async def test_change_422_name_of_a_sibling(county: County) -> None:
    at = f"/organizations/{county.village.id}"
    answer = await county.client("clerk").patch(at, json={"name": county.office.name}, headers=IF_1)
    assert errors(answer) == {("/name", "name_taken")}


async def test_change_one_of_two_at_once(county: County) -> None:
    client, at = county.client("clerk"), f"/organizations/{county.village.id}"
    answers = await asyncio.gather(*(client.patch(at, json={"short_name": f"第{n}"}, headers=IF_1) for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


# Moving


async def arrange(county: County, deed: str, id: Any, body: dict[str, Any], **more: Any) -> httpx.Response:
    role, headers = more.get("role", "county_admin"), more.get("headers", IF_1)
    return await county.client(role).post(
        f"/organizations/{id}/{deed}", json={"reason": "区划调整"} | body, headers=headers
    )


async def test_move_200_takes_the_whole_subtree_along(county: County) -> None:
    district = (await make(county, kind="management_district", name="东片管理区")).json()
    branch = (await make(county, parent_id=str(county.village.id), kind="party_branch", name="村党支部")).json()
    answer = await arrange(county, "move", county.village.id, {"parent_id": district["id"]})
    assert answer.status_code == 200
    record = answer.json()
    assert (record["parent_id"], record["version"]) == (district["id"], 2)
    assert record["path"].startswith(district["path"])
    below = (await county.client("clerk").get(f"/organizations/{branch['id']}")).json()
    assert below["path"].startswith(record["path"])
    assert [above["name"] for above in below["ancestors"]][-2:] == ["东片管理区", county.village.name]
    event = (await county.client("clerk").get(f"/organizations/{record['id']}/events")).json()["items"][0]
    assert event["kind"] == "organization.moved"
    assert event["data"]["parent_id"] == {"old": str(county.township.id), "new": district["id"]}
    assert event["reason"] == "区划调整"


async def test_move_200_the_tree_of_a_day_before_is_the_old_one(county: County) -> None:
    district = (await make(county, kind="management_district", name="东片管理区", founded_on="2021-01-01")).json()
    await arrange(county, "move", county.village.id, {"parent_id": district["id"]})
    client = county.client("clerk")
    at = f"/organizations/{county.village.id}"
    renamed = await client.patch(at, json={"name": "新东沟村"}, headers={"if-match": '"2"'})
    assert renamed.status_code == 200
    then = {"parent_id": str(county.township.id), "at": "2024-01-01", "limit": 200}
    answer = await client.get("/organizations", params=then)
    OrganizationPage.model_validate_json(answer.content)
    found = by_id(answer.json()["items"], county.village.id)
    assert (found["name"], found["parent_id"]) == (county.village.name, str(county.township.id))
    assert by_id(answer.json()["items"], district["id"])["child_count"] == 0
    earlier = await client.get("/organizations", params=then | {"at": "2020-06-01"})
    assert district["id"] not in {item["id"] for item in earlier.json()["items"]}
    now = (await client.get("/organizations", params={"parent_id": district["id"]})).json()["items"]
    assert [item["name"] for item in now] == ["新东沟村"]


async def test_move_422_cycle(county: County) -> None:
    office = (await make(county, parent_id=str(county.office.id), kind="office", name="综合科")).json()
    for target in (str(county.office.id), office["id"]):
        answer = await arrange(county, "move", county.office.id, {"parent_id": target})
        assert errors(answer) == {("/parent_id", "cycle")}


async def test_move_422_wrong_parent_kind(county: County) -> None:
    answer = await arrange(county, "move", county.village.id, {"parent_id": str(county.branch.id)})
    assert errors(answer) == {("/parent_id", "wrong_parent_kind")}


async def test_move_422_to_another_county(county: County, other_county: County) -> None:
    async with county.app.state.database.transaction() as session:
        both = await make_account(session, "county_admin", county.county)
        session.add(RoleGrant(account_id=both.id, role="county_admin", organization_id=other_county.county.id))
    answer = await county.client(both).post(
        f"/organizations/{county.village.id}/move",
        json={"parent_id": str(other_county.township.id), "reason": "x"},
        headers=IF_1,
    )
    assert errors(answer) == {("/parent_id", "other_county")}


async def test_move_422_where_the_name_stands_already(county: County) -> None:
    district = (await make(county, kind="management_district", name="东片管理区")).json()
    await make(county, parent_id=district["id"], name=county.village.name)
    answer = await arrange(county, "move", county.village.id, {"parent_id": district["id"]})
    assert errors(answer) == {("/parent_id", "name_taken")}


async def test_move_409_where_it_is_already_and_of_the_county(county: County) -> None:
    answer = await arrange(county, "move", county.village.id, {"parent_id": str(county.township.id)})
    assert (answer.status_code, code(answer)) == (409, "already_there")
    answer = await arrange(county, "move", county.county.id, {"parent_id": str(county.township.id)})
    assert (answer.status_code, code(answer)) == (409, "county_root_stays")


async def test_move_403_to_where_the_caller_only_reads(county: County) -> None:
    for role in ("clerk", "inspector"):
        answer = await arrange(county, "move", county.village.id, {"parent_id": str(county.office.id)}, role=role)
        assert answer.status_code == 403


async def test_move_404_412_428_and_401(county: County, other_county: County, anonymous: httpx.AsyncClient) -> None:
    body = {"parent_id": str(county.office.id)}
    assert (await arrange(county, "move", other_county.village.id, body)).status_code == 404
    hidden = {"parent_id": str(other_county.township.id)}
    assert (await arrange(county, "move", county.village.id, hidden)).status_code == 404
    stale = await arrange(county, "move", county.village.id, body, headers={"if-match": '"9"'})
    assert stale.status_code == 412
    assert (await arrange(county, "move", county.village.id, body, headers={})).status_code == 428
    at = f"/api/v1/organizations/{county.village.id}/move"
    assert (await anonymous.post(at, json=body, headers=IF_1)).status_code == 401


async def test_move_opposite_ways_at_once_makes_no_cycle(county: County) -> None:
    one = (await make(county, kind="office", name="甲办")).json()
    two = (await make(county, kind="office", name="乙办")).json()
    answers = await asyncio.gather(
        arrange(county, "move", one["id"], {"parent_id": two["id"]}),
        arrange(county, "move", two["id"], {"parent_id": one["id"]}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]


# Merging


async def test_merge_200_hands_members_and_children_over(county: County) -> None:
    client = county.client("clerk")
    member = (await put(county.branch, client)).json()
    group = (await make(county, parent_id=str(county.branch.id), kind="party_group", name="第一党小组")).json()
    answer = await arrange(county, "merge", county.branch.id, {"into_id": str(county.other_branch.id)})
    assert answer.status_code == 200
    ended = answer.json()
    assert (ended["status"], ended["merged_into_id"]) == ("merged", str(county.other_branch.id))
    assert (ended["member_count"], ended["child_count"], ended["can"]) == (0, 0, [])
    target = (await client.get(f"/organizations/{county.other_branch.id}")).json()
    assert (target["member_count"], target["child_count"]) == (1, 1)
    moved = (await client.get(f"/members/{member['id']}")).json()
    assert (moved["organization_id"], moved["version"]) == (str(county.other_branch.id), 2)
    stays = (await client.get(f"/members/{member['id']}/branches")).json()["items"]
    assert [stay["to_on"] is None for stay in stays] == [True, False]
    below = (await client.get(f"/organizations/{group['id']}")).json()
    assert below["parent_id"] == str(county.other_branch.id)
    assert below["path"].startswith(target["path"])
    event = (await client.get(f"/organizations/{ended['id']}/events")).json()["items"][0]
    assert event["kind"] == "organization.merged"
    assert event["data"]["handed_over"]["member"] == {"full": 1}
    listed = (await client.get("/organizations", params={"parent_id": str(county.township.id)})).json()["items"]
    assert ended["id"] not in {item["id"] for item in listed}


async def test_merge_200_hands_open_decisions_over_and_leaves_those_that_are_over(county: County) -> None:
    new = (
        await make(county, "county_admin", kind="township_committee", name="新镇党委", parent_id=str(county.county.id))
    ).json()
    target_office = (await make(county, "county_admin", parent_id=new["id"], kind="office", name="新镇办公室")).json()
    open_one, over = await started(county), await started(county)
    secretary = county.client("secretary")
    withdrawn = await secretary.post(
        f"/decisions/{over['id']}/acts",
        json={"step": "intention_solicitation", "outcome": "withdrawn", "reason": "不再需要"},
        headers={"if-match": f'"{over["version"]}"'},
    )
    assert withdrawn.status_code == 200, withdrawn.text
    offices = await arrange(county, "merge", county.office.id, {"into_id": target_office["id"]})
    assert offices.json()["status"] == "merged", offices.text
    towns = await arrange(county, "merge", county.township.id, {"into_id": new["id"]})
    assert towns.json()["status"] == "merged", towns.text
    client = county.client("county_admin")
    moved = (await client.get(f"/decisions/{open_one['id']}")).json()
    assert (moved["organization_id"], moved["sponsor_unit"]["id"]) == (new["id"], target_office["id"])
    assert moved["procedure"]["step"] == "intention_solicitation"
    listed = (await client.get("/decisions", params={"organization_id": new["id"]})).json()["items"]
    assert [item["id"] for item in listed] == [open_one["id"]]
    kept = (await client.get(f"/decisions/{over['id']}")).json()
    assert (kept["organization_id"], kept["sponsor_unit"]["id"]) == (str(county.township.id), str(county.office.id))


@pytest.mark.parametrize("target", ["branch", "office"])
async def test_merge_422_into_itself_or_another_kind(county: County, target: str) -> None:
    answer = await arrange(county, "merge", county.branch.id, {"into_id": str(getattr(county, target).id)})
    said = "merge_into_itself" if target == "branch" else "kinds_differ"
    assert errors(answer) == {("/into_id", said)}


async def test_merge_422_into_one_below_itself(county: County) -> None:
    below = (await make(county, parent_id=str(county.office.id), kind="office", name="综合科")).json()
    answer = await arrange(county, "merge", county.office.id, {"into_id": below["id"]})
    assert errors(answer) == {("/into_id", "merge_into_itself")}


async def test_merge_409_twice_and_into_one_that_ended(county: County) -> None:
    body = {"into_id": str(county.other_branch.id)}
    assert (await arrange(county, "merge", county.branch.id, body)).status_code == 200
    again = await arrange(county, "merge", county.branch.id, body, headers={"if-match": '"2"'})
    assert (again.status_code, code(again)) == (409, "organization_not_active")
    back = await arrange(county, "merge", county.other_branch.id, {"into_id": str(county.branch.id)})
    assert (back.status_code, code(back)) == (409, "target_not_active")


async def test_merge_409_when_children_bear_the_same_name(county: County) -> None:
    for branch in (county.branch, county.other_branch):
        await make(county, parent_id=str(branch.id), kind="party_group", name="第一党小组")
    answer = await arrange(county, "merge", county.branch.id, {"into_id": str(county.other_branch.id)})
    assert (answer.status_code, code(answer)) == (409, "child_name_taken")


async def test_merge_403_404_412_and_428(county: County, other_county: County) -> None:
    body = {"into_id": str(county.other_branch.id)}
    assert (await arrange(county, "merge", county.branch.id, body, role="clerk")).status_code == 403
    assert (await arrange(county, "merge", other_county.branch.id, body)).status_code == 404
    stale = await arrange(county, "merge", county.branch.id, body, headers={"if-match": '"3"'})
    assert stale.status_code == 412
    assert (await arrange(county, "merge", county.branch.id, body, headers={})).status_code == 428


# Dissolving


async def test_dissolve_200_ends_and_stays_readable(county: County) -> None:
    answer = await arrange(county, "dissolve", county.office.id, {})
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["can"]) == ("dissolved", [])
    client = county.client("clerk")
    assert (await client.get(f"/organizations/{county.office.id}")).status_code == 200
    gone = (await client.get("/organizations", params={"kind": "office", "status": "dissolved"})).json()["items"]
    assert [item["id"] for item in gone] == [str(county.office.id)]
    then = {"parent_id": str(county.township.id), "at": "2024-01-01"}
    assert str(county.office.id) in {
        item["id"] for item in (await client.get("/organizations", params=then)).json()["items"]
    }
    again = await make(county, parent_id=str(county.office.id), kind="office", name="综合科")
    assert errors(again) == {("/parent_id", "parent_not_active")}
    renewed = await make(county, kind="office", name=county.office.name)
    assert renewed.status_code == 201, "the name is free again"


async def test_dissolve_409_with_active_members(county: County) -> None:
    await put(county.branch, county.client("clerk"))
    answer = await arrange(county, "dissolve", county.branch.id, {})
    assert (answer.status_code, code(answer)) == (409, "has_active_members")


async def test_dissolve_409_with_an_open_decision(county: County) -> None:
    await started(county)
    answer = await arrange(county, "dissolve", county.office.id, {})
    assert (answer.status_code, code(answer)) == (409, "has_open_items")


async def test_dissolve_409_with_active_children(county: County) -> None:
    answer = await arrange(county, "dissolve", county.township.id, {})
    assert (answer.status_code, code(answer)) == (409, "has_active_children")


async def test_dissolve_409_twice(county: County) -> None:
    await arrange(county, "dissolve", county.office.id, {})
    answer = await arrange(county, "dissolve", county.office.id, {}, headers={"if-match": '"2"'})
    assert (answer.status_code, code(answer)) == (409, "organization_not_active")


async def test_dissolve_422_without_a_reason(county: County) -> None:
    answer = await arrange(county, "dissolve", county.office.id, {"reason": " "})
    assert errors(answer) == {("/reason", "field_string_too_short")}


async def test_dissolve_403_404_412_428_and_405(county: County, other_county: County) -> None:
    assert (await arrange(county, "dissolve", county.office.id, {}, role="clerk")).status_code == 403
    assert (await arrange(county, "dissolve", other_county.office.id, {})).status_code == 404
    stale = await arrange(county, "dissolve", county.office.id, {}, headers={"if-match": '"3"'})
    assert stale.status_code == 412
    assert (await arrange(county, "dissolve", county.office.id, {}, headers={})).status_code == 428
    assert (await county.client("county_admin").delete(f"/organizations/{county.office.id}")).status_code == 405


async def test_dissolve_and_register_at_once_leaves_nobody_in_a_dissolved_branch(county: County) -> None:
    body = {
        "organization_id": str(county.branch.id),
        "name": "查文敏",
        "id_number": citizen_number(),
        "status": "full",
        "joined_on": "2010-07-01",
    }
    registered, dissolved = await asyncio.gather(
        county.client("clerk").post("/members", json=body), arrange(county, "dissolve", county.branch.id, {})
    )
    assert {registered.status_code, dissolved.status_code} in ({201, 409}, {422, 200})


# The timeline


async def test_events_200_in_english_and_404_out_of_sight(county: County, other_county: County) -> None:
    made = (await make(county)).json()
    english = county.client("clerk", "en")
    events = (await english.get(f"/organizations/{made['id']}/events")).json()["items"]
    assert events[0]["title"] == "Organisation created"
    assert events[0]["actor"]["name"] == "township_admin"
    hidden = await english.get(f"/organizations/{other_county.village.id}/events")
    assert hidden.status_code == 404


async def test_events_403_without_the_permission_and_401(county: County, anonymous: httpx.AsyncClient) -> None:
    at = f"/organizations/{county.branch.id}/events"
    assert (await county.client("member").get(at)).status_code == 403
    assert (await anonymous.get(f"/api/v1{at}")).status_code == 401
