"""Beginning, reading and changing decisions."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from backend.db.account import RoleGrant
from backend.db.event import Event
from backend.domain.calendar import day_of
from tests.api.decisions import GOAL, Walk, codes, goal, new_decision, started

SURROGATE = b"\\ud800"


async def events_of(database, id: str) -> list[str]:
    async with database.reader() as reader:
        rows = await reader.execute(sa.select(Event.kind).where(Event.subject_id == id).order_by(Event.sequence))
        return [kind for (kind,) in rows]


async def test_start_201_opens_the_first_step_and_records_one_event(county, database) -> None:
    made = await started(county)
    assert made["number"] == f"JC-{day_of(datetime.now(UTC)).year}-0001"
    assert (made["status"], made["version"], made["text"]["version"]) == ("running", 1, 1)
    assert made["procedure"]["step"] == "intention_solicitation"
    assert made["five_w_one_h"] == GOAL
    assert made["sponsor_unit"] == {"id": str(county.office.id), "name": county.office.name}
    assert await events_of(database, made["id"]) == ["decision.started"]


async def test_start_201_answers_what_is_read_afterwards(county) -> None:
    client = county.client("clerk")
    answer = await client.post("/decisions", json=new_decision(county))
    read = await client.get(f"/decisions/{answer.json()['id']}")
    assert read.json() == answer.json()
    assert read.headers["etag"] == answer.headers["etag"] == '"1"'


EMPTY = [
    ("/what", "   ", "field_string_too_short"),
    ("/why", None, "field_missing"),
    ("/when/start_on", None, "field_missing"),
    ("/when/due_on", "soon", "field_date_from_datetime_parsing"),
    ("/where", "", "field_string_too_short"),
    ("/who/owner", "　", "field_string_too_short"),
    ("/how_far/measure", "", "field_string_too_short"),
    ("/how_far/baseline", None, "field_missing"),
    ("/how_far/target", "", "field_string_too_short"),
    ("/why", "\u200b", "field_string_too_short"),
    ("/how_far/unit", None, "field_missing"),
    ("/when", None, "field_missing"),
    ("/who", None, "field_missing"),
    ("/how_far", None, "field_missing"),
]


@pytest.mark.parametrize(("path", "value", "code"), EMPTY)
async def test_start_422_with_one_of_the_six_empty(county, path: str, value: str | None, code: str) -> None:
    answer = await county.client("clerk").post("/decisions", json=new_decision(county, five_w_one_h=goal(path, value)))
    assert answer.status_code == 422
    assert codes(answer) == [(f"/five_w_one_h{path}", code)]


async def test_start_422_due_before_it_starts_and_due_in_the_past(county) -> None:
    client = county.client("clerk")
    backwards = {**GOAL, "when": {"start_on": "2090-03-02", "due_on": "2090-03-01"}}
    answer = await client.post("/decisions", json=new_decision(county, five_w_one_h=backwards))
    assert codes(answer) == [("/five_w_one_h/when/due_on", "due_before_start")]
    yesterday = (day_of(datetime.now(UTC)) - timedelta(days=1)).isoformat()
    past = {**GOAL, "when": {"start_on": yesterday, "due_on": yesterday}}
    answer = await client.post("/decisions", json=new_decision(county, five_w_one_h=past))
    assert codes(answer) == [("/five_w_one_h/when/due_on", "due_in_past")]


async def test_start_201_with_figures_sent_as_numbers(county) -> None:
    made = await started(county, five_w_one_h=goal("/how_far/target", 1.2))
    assert made["five_w_one_h"]["how_far"]["target"] == "1.2"


async def test_start_422_for_fields_that_are_not_offered(county) -> None:
    answer = await county.client("clerk").post("/decisions", json=new_decision(county, status="adopted"))
    assert codes(answer) == [("/status", "field_extra_forbidden")]


async def test_start_422_for_a_sponsor_unit_out_of_sight(county, other_county) -> None:
    body = new_decision(county, sponsor_unit_id=str(other_county.office.id))
    assert codes(await county.client("clerk").post("/decisions", json=body)) == [
        ("/sponsor_unit_id", "sponsor_not_found")
    ]


async def test_start_409_in_an_organisation_that_is_dissolved(county) -> None:
    gone = await county.organization("撤销的村", "village", status="dissolved")
    body = new_decision(county, organization_id=str(gone.id))
    answer = await county.client("clerk").post("/decisions", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "organization_over")
    body = new_decision(county, sponsor_unit_id=str(gone.id))
    assert codes(await county.client("clerk").post("/decisions", json=body)) == [
        ("/sponsor_unit_id", "organization_over")
    ]


@pytest.mark.parametrize("who", ["inspector", "member", "legal_reviewer", "platform_admin"])
async def test_start_403_for_those_who_do_not_work_on_decisions(county, who: str) -> None:
    assert (await county.client(who).post("/decisions", json=new_decision(county))).status_code == 403


async def test_start_403_where_one_may_only_look(county) -> None:
    account = await county.account("inspector", county.county)
    async with county.app.state.database.transaction() as session:
        session.add(RoleGrant(account_id=account.id, role="clerk", organization_id=county.village.id))
    answer = await county.client(account).post("/decisions", json=new_decision(county))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_change")


async def test_start_401_anonymous(anonymous, county) -> None:
    assert (await anonymous.post("/api/v1/decisions", json=new_decision(county))).status_code == 401


async def test_start_404_outside_reach(county, other_county) -> None:
    body = new_decision(county, organization_id=str(other_county.township.id))
    assert (await county.client("clerk").post("/decisions", json=body)).status_code == 404


async def test_start_422_for_characters_that_no_text_may_hold(county) -> None:
    client = county.client("clerk")
    nul = await client.post("/decisions", json=new_decision(county, title="a\x00b"))
    assert codes(nul) == [("/title", "field_text_unstorable")]
    body = b'{"title": "' + SURROGATE + b'"}'
    answer = await client.post("/decisions", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert ("/title", "field_invalid") in codes(answer)


async def test_start_400_for_json_nested_too_deep(county) -> None:
    body = b'{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    answer = await county.client("clerk").post("/decisions", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)


async def test_start_201_keeps_emoji_and_rare_characters(county) -> None:
    made = await started(county, title="😀䶮𬭎 方案", proposer="买买提·艾山")
    assert (made["title"], made["proposer"]) == ("😀䶮𬭎 方案", "买买提·艾山")


async def test_start_201_numbers_stay_unique_when_many_begin_at_once(county) -> None:
    clients = [county.client("clerk") for _ in range(8)]
    answers = await asyncio.gather(*(client.post("/decisions", json=new_decision(county)) for client in clients))
    numbers = sorted(answer.json()["number"] for answer in answers)
    assert [number[-4:] for number in numbers] == [f"{n:04}" for n in range(1, 9)]


async def test_start_201_a_failed_one_leaves_no_gap(county) -> None:
    first = await started(county)
    refused = await county.client("clerk").post("/decisions", json=new_decision(county, sponsor_unit_id=first["id"]))
    assert refused.status_code == 422
    assert (await started(county))["number"].endswith("-0002")


async def test_get_404_outside_reach_like_missing(county, other_county) -> None:
    made = await started(county)
    client = other_county.client("clerk")
    outside = await client.get(f"/decisions/{made['id']}")
    missing = await client.get("/decisions/01a2048c-ac42-7cb1-a666-e47c24805b2d")
    assert outside.status_code == missing.status_code == 404
    assert {**outside.json(), "request_id": ""} == {**missing.json(), "request_id": ""}


async def test_get_leaves_everything_as_it_is(county, database) -> None:
    made = await started(county)
    client = county.client("inspector")
    for path in ("", "/events", "/opinions", "/resolution.docx"):
        assert (await client.get(f"/decisions/{made['id']}{path}")).status_code == 200
    assert await events_of(database, made["id"]) == ["decision.started"]


async def test_list_200_filters_by_place_status_step_and_words(county) -> None:
    road = await started(county, title="镇区主干道路面改造方案")
    village = await started(county, title="农田灌溉用水分配办法", organization_id=str(county.village.id))
    client = county.client("clerk")

    async def found(**query) -> list[str]:
        answer = await client.get("/decisions", params=query)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert await found() == [village["id"], road["id"]]
    assert await found(organization_id=str(county.village.id)) == [village["id"]]
    assert await found(organization_id=str(county.township.id)) == [village["id"], road["id"]]
    assert await found(q="路面 改造") == [road["id"]]
    assert await found(q="面路") == []
    assert await found(q=road["number"].lower()) == [road["id"]]
    assert await found(q="灌") == [village["id"]]
    assert await found(status="running", step="intention_solicitation") == [village["id"], road["id"]]
    assert await found(step="investigation") == []
    assert await found(status="closed") == []
    assert await found(overdue="true") == []
    assert await found(overdue="false") == [village["id"], road["id"]]


async def test_list_200_shows_where_each_stands_and_who_holds_it(county) -> None:
    made = await started(county)
    (item,) = (await county.client("inspector", "en").get("/decisions")).json()["items"]
    assert item["step_title"] == "Intention solicitation"
    assert item["light"] == "green"
    assert datetime.fromisoformat(item["due_at"]) == datetime.fromisoformat(made["procedure"]["due_at"])
    holders = {county.accounts["clerk"].name, county.accounts["township_admin"].name}
    assert {holder["name"] for holder in item["holders"]} == holders


async def test_list_200_pages_by_cursor_and_refuses_a_stray_one(county, other_county) -> None:
    ids = [(await started(county, title=f"事项{n}"))["id"] for n in range(3)]
    client = county.client("clerk")
    first = (await client.get("/decisions", params={"limit": 2})).json()
    second = (await client.get("/decisions", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in [*first["items"], *second["items"]]] == ids[::-1]
    assert second["next_cursor"] is None
    for who, query in (
        (client, {"cursor": first["next_cursor"], "status": "running"}),
        (other_county.client("clerk"), {"cursor": first["next_cursor"]}),
        (client, {"cursor": first["next_cursor"][:-2] + "AA"}),
    ):
        assert codes(await who.get("/decisions", params=query)) == [("/cursor", "cursor_invalid")]


async def test_list_200_is_empty_without_a_role_at_all_403_and_shows_no_other_county(county, other_county) -> None:
    await started(other_county)
    assert (await county.client("county_admin").get("/decisions")).json()["items"] == []
    nobody = await county.account(None, county.township)
    assert (await county.client(nobody).get("/decisions")).status_code == 403


async def test_list_404_below_an_organisation_out_of_reach(county, other_county) -> None:
    answer = await county.client("clerk").get("/decisions", params={"organization_id": str(other_county.township.id)})
    assert answer.status_code == 404


async def test_list_422_for_a_page_of_100000_and_an_unknown_status(county) -> None:
    client = county.client("clerk")
    assert codes(await client.get("/decisions", params={"limit": 100_000}))[0][0] == "/limit"
    assert codes(await client.get("/decisions", params={"status": "x"}))[0][0] == "/status"
    assert (await client.get("/decisions", params={"q": "a\x00"})).status_code == 422


async def patch(walk: Walk, who: str = "clerk", version: str | None = None, **body):
    headers = {"if-match": version or f'"{walk.decision["version"]}"'}
    answer = await walk.client(who).patch(walk.path, json=body, headers=headers)
    if answer.status_code == 200:
        walk.decision = answer.json()
    return answer


async def test_change_200_is_one_event_with_old_and_new(county) -> None:
    walk = await Walk.start(county)
    answer = await patch(walk, background="群众多次反映")
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    events = (await walk.client("clerk").get(f"{walk.path}/events")).json()["items"]
    assert [event["kind"] for event in events] == ["decision.changed", "decision.started"]
    assert events[0]["data"] == {"background": {"old": "", "new": "群众多次反映"}}
    assert events[0]["title"] == "修改决策信息"
    assert events[0]["actor"]["name"] == county.accounts["clerk"].name


async def test_change_422_for_what_a_decision_began_with(county) -> None:
    walk = await Walk.start(county)
    for field, value in (("five_w_one_h", GOAL), ("sponsor_unit_id", str(county.village.id)), ("status", "adopted")):
        assert codes(await patch(walk, **{field: value})) == [(f"/{field}", "field_extra_forbidden")]
    assert codes(await patch(walk)) == [("", "nothing_to_change")]


async def test_change_428_without_and_412_with_a_stale_version(county) -> None:
    walk = await Walk.start(county)
    bare = await walk.client("clerk").patch(walk.path, json={"background": "x"})
    assert (bare.status_code, bare.json()["code"]) == (428, "if_match_required")
    assert (await patch(walk, version='"7"', background="x")).status_code == 412
    assert (await patch(walk, version="nonsense", background="x")).status_code == 412


async def test_change_403_in_sight_and_404_out_of_sight(county, other_county) -> None:
    walk = await Walk.start(county)
    assert (await patch(walk, "inspector", background="x")).status_code == 403
    outside = await other_county.client("clerk").patch(walk.path, json={"background": "x"}, headers={"if-match": '"1"'})
    assert outside.status_code == 404


async def test_amend_200_keeps_every_version(county) -> None:
    walk = await Walk.start(county)
    old = walk.decision["text"]
    answer = await patch(walk, text={"title": "新标题", "body": "新文本"})
    assert (answer.json()["text"]["version"], answer.json()["text"]["body"]) == (2, "新文本")
    assert answer.json()["text"]["sha256"] != old["sha256"]
    assert walk.step == "intention_solicitation"
    event = (await walk.client("clerk").get(f"{walk.path}/events")).json()["items"][0]
    assert event["kind"] == "decision.amended"
    assert event["data"]["text"]["old"] == {"version": 1, "sha256": old["sha256"]}


async def test_amend_422_with_the_text_that_is_there(county) -> None:
    walk = await Walk.start(county)
    text = {name: walk.decision["text"][name] for name in ("title", "body")}
    assert codes(await patch(walk, text=text)) == [("/text", "text_unchanged")]


async def test_amend_403_for_those_who_write_no_text(county) -> None:
    walk = await Walk.start(county)
    answer = await patch(walk, "secretary", text={"title": "a", "body": "b"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_change")


async def test_amend_409_after_it_is_withdrawn(county) -> None:
    walk = await Walk.start(county)
    assert (await walk.act("secretary", "withdrawn", reason="条件不具备")).status_code == 200
    assert walk.decision["status"] == "withdrawn"
    for body in ({"background": "x"}, {"text": {"title": "a", "body": "b"}}):
        answer = await patch(walk, **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "run_over")
