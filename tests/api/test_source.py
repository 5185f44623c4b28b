"""What partners' programs bring under ids of their own: made once, changed where it may be, refused where it stands."""

import asyncio
import json
import os
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.db.event import Event
from backend.db.source import SourceRecord
from tests.api.clients import Partner, code
from tests.api.feedbacks import Case, codes, sender
from tests.api.rectifications import Walk
from tests.api.sources import CALL, WRITING, at, call, item, new_id, program, pushed
from tests.factories import County
from tests.people import citizen_number


@pytest.fixture
async def client(county: County) -> httpx.AsyncClient:
    return await program(county)


async def events(county: County) -> int:
    async with county.app.state.database.reader() as reader:
        return (await reader.execute(sa.select(sa.func.count()).select_from(Event))).scalar_one()


async def test_put_201_makes_the_record_by_the_same_verb_as_post(county: County, client: httpx.AsyncClient) -> None:
    made = await pushed(client, item(county))
    assert (made["result"], made["status"], made["version"], made["problem"]) == ("created", "registered", 1, None)
    assert made["number"].startswith("ZG-")
    assert made["record"]["problem"] == item(county)["problem"]
    told = await county.client("supervisor").get(f"/rectifications/{made['id']}/events")
    assert [event["kind"] for event in told.json()["items"]] == ["rectification.registered"]
    assert told.json()["items"][0]["actor"]["name"] == "县一体化平台"


async def test_put_200_the_same_again_writes_nothing(county: County, client: httpx.AsyncClient) -> None:
    made = await pushed(client, item(county))
    before = await events(county)
    # Another order, and a default that is said, are the same body.
    body = dict(reversed(item(county).items())) | {"severity": "general"}
    again = await client.put(at(made["source_id"]), json=body)
    assert (again.status_code, again.json()["result"], again.json()["id"]) == (200, "unchanged", made["id"])
    assert again.json()["version"] == made["version"]
    assert await events(county) == before


async def test_put_200_changes_what_may_change_and_appends_what_corrects_the_problem(
    county: County, client: httpx.AsyncClient
) -> None:
    made = await pushed(client, item(county))
    body = item(county, problem="排水沟两处堵塞，雨季积水", facts="10月8日现场查看。", reason="网格员复核")
    answer = await client.put(at(made["source_id"]), json=body)
    assert (answer.status_code, answer.json()["result"], answer.json()["version"]) == (200, "updated", 3), answer.text
    record = answer.json()["record"]
    assert record["problem"] == item(county)["problem"]
    assert record["facts"] == "10月8日现场查看。"
    (correction,) = record["corrections"]
    assert correction["text"] == "排水沟两处堵塞，雨季积水"
    assert correction["reason"] == f"来源系统grid更正（编号{made['source_id']}）：网格员复核"
    assert (await client.put(at(made["source_id"]), json=body)).json()["result"] == "unchanged"


async def test_put_200_does_not_undo_what_people_have_changed_since(county: County, client: httpx.AsyncClient) -> None:
    made = await pushed(client, item(county))
    people = county.client("supervisor")
    changed = await people.patch(
        f"/rectifications/{made['id']}", json={"category": "venue"}, headers={"if-match": '"1"'}
    )
    assert changed.status_code == 200, changed.text
    again = await client.put(at(made["source_id"]), json=item(county))
    assert (again.json()["result"], again.json()["record"]["category"]) == ("unchanged", "venue")
    other = await client.put(at(made["source_id"]), json=item(county, remark="跟踪"))
    assert (other.json()["record"]["category"], other.json()["record"]["remark"]) == ("venue", "跟踪")


async def test_put_409_at_each_field_that_stands_with_the_version(county: County, client: httpx.AsyncClient) -> None:
    made = await pushed(client, item(county))
    before = await events(county)
    body = item(county, source="audit", responsible_person="曾立德", remark="跟踪")
    refused = await client.put(at(made["source_id"]), json=body)
    assert (refused.status_code, code(refused), refused.headers["etag"]) == (409, "source_differs", '"1"')
    assert codes(refused) == [("/responsible_person", "source_field_fixed"), ("/source", "source_field_fixed")]
    assert "第1版" in refused.json()["errors"][0]["message"]
    assert await events(county) == before, "nothing of it was done"
    english = await client.put(at(made["source_id"]), json=body, headers={"accept-language": "en"})
    assert "version 1" in english.json()["detail"]


async def test_put_422_lowering_the_severity_without_a_reason(county: County, client: httpx.AsyncClient) -> None:
    made = await pushed(client, item(county, severity="major"))
    refused = await client.put(at(made["source_id"]), json=item(county))
    assert codes(refused) == [("/reason", "milder_needs_reason")]
    assert (await client.put(at(made["source_id"]), json=item(county, reason="复核后降级"))).status_code == 200


async def test_put_409_what_is_closed_and_200_the_same_again(county: County, client: httpx.AsyncClient) -> None:
    made = await pushed(client, item(county))
    walk = Walk(county, made["record"])
    await walk.add_people()
    withdrawn = await walk.act("supervisor", "withdrawn", reason="重复登记")
    assert withdrawn.status_code == 200, withdrawn.text
    refused = await client.put(at(made["source_id"]), json=item(county, remark="跟踪"))
    assert (refused.status_code, code(refused)) == (409, "source_record_over")
    again = await client.put(at(made["source_id"]), json=item(county))
    assert (again.json()["result"], again.json()["status"]) == ("unchanged", "withdrawn")


async def test_put_409_a_deleted_record_updated(county: County, client: httpx.AsyncClient) -> None:
    made = await pushed(client, item(county))
    async with county.app.state.database.transaction() as session:
        # As far as this row tells, the undoing of an import has taken the record.
        await session.execute(
            sa.update(SourceRecord)
            .where(col(SourceRecord.source_id) == made["source_id"])
            .values(record_id=county.village.id)
        )
    refused = await client.put(at(made["source_id"]), json=item(county, remark="跟踪"))
    assert (refused.status_code, code(refused)) == (409, "source_record_gone")
    seen = await client.get(at(made["source_id"]))
    assert (seen.status_code, seen.json()["record"], seen.json()["number"]) == (200, None, None)


async def test_put_201_once_for_two_at_once(county: County, client: httpx.AsyncClient) -> None:
    called = new_id()
    answers = await asyncio.gather(*(client.put(at(called), json=item(county)) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_put_201_the_same_id_of_another_client_or_system_is_another_record(
    county: County, client: httpx.AsyncClient
) -> None:
    made = await pushed(client, item(county))
    other = await program(county)
    assert (await other.get(at(made["source_id"]))).status_code == 404
    elsewhere = await other.put(at(made["source_id"]), json=item(county))
    assert (elsewhere.status_code, elsewhere.json()["id"] != made["id"]) == (201, True)
    path = f"/rectifications/by-source/petitions/{made['source_id']}"
    assert (await client.put(path, json=item(county))).status_code == 201


async def test_put_403_people_and_programs_without_the_scope(county: County) -> None:
    for who in ("clerk", "county_admin", "supervisor"):
        refused = await county.client(who).put(at(new_id()), json=item(county))
        assert (refused.status_code, code(refused)) == (403, "clients_only")
    reading = await program(county, "rectification:read", "organization:read")
    refused = await reading.put(at(new_id()), json=item(county))
    assert (refused.status_code, code(refused)) == (403, "permission_missing")


async def test_put_404_a_place_of_another_county(client: httpx.AsyncClient, other_county: County) -> None:
    refused = await client.put(at(new_id()), json=item(other_county))
    assert (refused.status_code, code(refused)) == (404, "not_found")


@pytest.mark.parametrize(
    ("system", "id", "problem"),
    [
        ("Grid", "1", ("/system", "source_system_malformed")),
        ("grid", "1%232", ("/id", "source_id_malformed")),
        ("grid", "工单 1", ("/id", "source_id_malformed")),
        ("grid", "GD19900003355", ("/id", "source_id_personal")),
        ("grid", "工单19900003355", ("", "number_in_address")),
    ],
)
async def test_put_422_what_nothing_may_be_called(
    county: County, client: httpx.AsyncClient, system: str, id: str, problem: tuple[str, str]
) -> None:
    refused = await client.put(f"/rectifications/by-source/{system}/{id}", json=item(county))
    assert (refused.status_code, codes(refused)) == (422, [problem])


async def test_put_422_a_citizen_number_as_an_id(county: County, client: httpx.AsyncClient) -> None:
    number = citizen_number()
    refused = await client.put(at(number), json=item(county))
    assert codes(refused) == [("", "number_in_address")]
    assert number not in refused.text
    assert (await client.put(at("2026111900012345"), json=item(county))).status_code == 201, "a long number of an order"


# Cards


async def test_put_201_a_call_goes_the_way_of_the_desk(county: County, client: httpx.AsyncClient) -> None:
    body = call(county, contact={"name": "陶秀英", "phone": "19900003355"})
    made = await pushed(client, body, "feedback-cards")
    assert made["record"]["channel"] == "hotline"
    assert made["record"]["anonymity"] == "contact"
    assert "19900003355" not in str(made)
    case = await Case(county, {"number": made["number"], **made["receipt"]}).found()
    read = await case.post("clerk", "contact", reason="回访核实")
    assert read.json() == {"name": "陶秀英", "phone": "19900003355"}
    assert (await case.get())["calls"][0]["operator"] == "县一体化平台"
    async with sender(county.app) as nobody:
        assert (await nobody.get("/feedback-cards/track", headers=case.key)).status_code == 200
    again = await client.put(at(made["source_id"], "feedback-cards"), json=body)
    assert (again.json()["result"], again.json()["receipt"]) == ("unchanged", made["receipt"])


async def test_put_201_keeps_no_moment_of_an_anonymous_call(county: County, client: httpx.AsyncClient) -> None:
    made = await pushed(client, call(county), "feedback-cards")
    async with county.app.state.database.reader() as reader:
        table = SourceRecord.__table__
        (row,) = (await reader.execute(sa.select(table).where(table.c.source_id == made["source_id"]))).all()
    # Midnight in Shanghai, under an id that does not begin with the time.
    assert {(row.created_at.hour, row.created_at.minute, row.created_at.second)} == {(16, 0, 0)}
    assert row.created_at == row.updated_at
    assert row.id.version == 4


async def test_put_200_adds_whom_a_card_is_about_and_409_its_words(county: County, client: httpx.AsyncClient) -> None:
    body = call(county, wish="complaint")
    made = await pushed(client, body, "feedback-cards")
    path = at(made["source_id"], "feedback-cards")
    refused = await client.put(path, json={**body, "content": "另一件事。"})
    assert (refused.status_code, codes(refused)) == (409, [("/content", "source_field_fixed")])
    about = {**body, "urgency": "urgent", "about": {"organization_ids": [str(county.village.id)]}}
    changed = await client.put(path, json=about)
    assert (changed.status_code, changed.json()["record"]["urgency"]) == (200, "urgent"), changed.text
    village = await county.account("clerk", county.village, "解小满")
    assert (await county.client(village).get(f"/feedback-cards/{made['id']}")).status_code == 404


async def test_put_201_a_report_of_misconduct_is_sealed_from_who_brought_it(
    county: County, client: httpx.AsyncClient
) -> None:
    body = call(county, wish="misconduct", content="会计把补贴款转到自己账户。")
    made = await pushed(client, body, "feedback-cards")
    assert (made["record"], made["status"], made["number"]) == (None, None, None)
    assert made["receipt"]["code"]
    path = at(made["source_id"], "feedback-cards")
    assert (await client.put(path, json=body)).json()["result"] == "unchanged"
    refused = await client.put(path, json={**body, "urgency": "urgent"})
    assert (refused.status_code, code(refused)) == (409, "source_record_gone")
    assert (await client.get(f"/feedback-cards/{made['id']}")).status_code == 404


# What machines get wrong


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"call": {**CALL, "ended_at": "2026-11-19T24:00:00+08:00"}},
            ("/call/ended_at", "field_datetime_from_date_parsing"),
        ),
        ({"call": {**CALL, "started_at": "2026-11-19T09:10:00"}}, ("/call/started_at", "field_timezone_aware")),
        ({"call": {**CALL, "ended_at": "2099-11-19T01:14:00Z"}}, ("/call/ended_at", "call_times_wrong")),
        ({"opinion": "1,000"}, ("/opinion", "field_int_parsing")),
        ({"received_on": "2026-11-31"}, ("/received_on", "field_date_from_datetime_parsing")),
        ({"submission_id": str(uuid4())}, ("/submission_id", "field_extra_forbidden")),
        ({"content": "停电\x00了"}, ("/content", "field_text_unstorable")),
    ],
)
async def test_put_422_at_the_field(
    county: County, client: httpx.AsyncClient, changes: dict[str, Any], problem: tuple[str, str]
) -> None:
    body = {**call(county), **changes}
    refused = await client.put(at(new_id(), "feedback-cards"), json=body)
    assert (refused.status_code, codes(refused)) == (422, [problem])
    path, code_said = problem
    (brought,) = (await bring(client, {"source_id": new_id(), "record": body}, resource="feedback-cards")).json()[
        "items"
    ]
    told = [(error["pointer"], error["code"]) for error in brought["problem"]["errors"]]
    assert told == [(f"/record{path}", code_said)]


async def test_put_400_gbk_that_calls_itself_utf_8(county: County, client: httpx.AsyncClient) -> None:
    body = json.dumps(item(county), ensure_ascii=False).encode("gbk")
    for kind in ("application/json", "application/json; charset=utf-8"):
        refused = await client.put(at(new_id()), content=body, headers={"content-type": kind})
        assert (refused.status_code, code(refused)) == (400, "body_not_utf8")
    refused = await client.post("/rectifications/batches", content=body, headers={"content-type": "application/json"})
    assert (refused.status_code, code(refused)) == (400, "body_not_utf8")


async def test_put_422_a_citizen_number_in_the_query(county: County, client: httpx.AsyncClient) -> None:
    refused = await client.put(at(new_id()), json=item(county), params={"id_number": citizen_number()})
    assert codes(refused) == [("", "number_in_address")]


# Batches


async def bring(client: httpx.AsyncClient, *items: Any, resource: str = "rectifications") -> httpx.Response:
    return await client.post(f"/{resource}/batches", json={"source_system": "grid", "items": list(items)})


async def test_bring_200_answers_each_in_order_and_one_bad_one_spoils_no_other(
    county: County, client: httpx.AsyncClient
) -> None:
    known = await pushed(client, item(county))
    bad = [
        {"source_id": known["source_id"], "record": item(county, source="audit")},
        {"source_id": new_id(), "record": item(county, category="nonsense")},
        {"source_id": new_id(), "record": item(county, organization_id=str(known["id"]))},
        {"source_id": "1 2", "record": item(county)},
        {"source_id": new_id()},
        {"source_id": new_id(), "record": item(county), "more": 1},
        {"source_id": new_id(), "record": item(county, reason=7)},
        "nonsense",
    ]
    good = {"source_id": new_id(), "record": item(county)}
    changed = {"source_id": known["source_id"], "record": item(county, remark="跟踪")}
    answer = await bring(client, *bad, good, good, changed)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [one["result"] for one in items] == ["refused"] * 8 + ["created", "unchanged", "updated"]
    assert answer.json()["results"] == {"refused": 8, "created": 1, "unchanged": 1, "updated": 1}
    problems = [one["problem"] for one in items[:8]]
    assert [problem["status"] for problem in problems] == [409, 422, 404, 422, 422, 422, 422, 422]
    assert [[(error["pointer"], error["code"]) for error in problem["errors"]] for problem in problems] == [
        [("/record/source", "source_field_fixed")],
        [("/record/category", "field_enum")],
        [],
        [("/source_id", "source_id_malformed")],
        [("/record", "field_missing")],
        [("/more", "field_extra_forbidden")],
        [("/record/reason", "field_string_type")],
        [("", "field_dict_type")],
    ]
    assert (items[0]["version"], items[0]["source"]["id"]) == (1, known["source_id"])
    again = await bring(client, *bad, good, good, changed)
    assert [one["result"] for one in again.json()["items"]] == ["refused"] * 8 + ["unchanged"] * 3


async def test_bring_422_more_than_a_thousand_and_413_more_than_four_mebibytes(
    county: County, client: httpx.AsyncClient
) -> None:
    many = [{"source_id": str(number), "record": item(county)} for number in range(1001)]
    refused = await bring(client, *many)
    assert (refused.status_code, codes(refused)) == (422, [("/items", "batch_too_large")])
    large = item(county, facts="沟" * 9000)
    assert (await bring(client, *({"source_id": f"L{n}", "record": large} for n in range(60)))).status_code == 200
    assert (await bring(client, *({"source_id": f"L{n}", "record": large} for n in range(160)))).status_code == 413
    assert (await bring(client)).status_code == 422


async def test_bring_200_cards_with_their_receipts(county: County, client: httpx.AsyncClient) -> None:
    answer = await bring(
        client,
        {"source_id": new_id(), "record": call(county)},
        {"source_id": new_id(), "record": call(county, contact={"phone": "12"})},
        resource="feedback-cards",
    )
    first, second = answer.json()["items"]
    assert (first["result"], bool(first["receipt"]["pin"])) == ("created", True)
    assert [error["pointer"] for error in second["problem"]["errors"]] == ["/record/contact/phone"]


async def test_bring_401_after_the_scope_was_taken(county: County) -> None:
    partner = await Partner.start(county, list(WRITING))
    client = await partner.signed_in(" ".join(WRITING))
    await partner.give(["rectification:read"])
    assert (await bring(client, {"source_id": new_id(), "record": item(county)})).status_code == 403


@pytest.mark.slow
async def test_bring_200_many_while_others_register(
    county: County, client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody who registers meanwhile waits for the end of a batch; with BATCH=1000 it says what a whole one takes."""
    many = int(os.environ.get("BATCH", "100"))
    items = [{"source_id": new_id(), "record": item(county, problem=f"第{n}处排水沟堵塞")} for n in range(many)]
    begun = time.perf_counter()
    batch = asyncio.create_task(client.post("/rectifications/batches", json={"source_system": "grid", "items": items}))
    people, waits = county.client("supervisor"), []
    while not batch.done():
        asked = time.perf_counter()
        assert (await people.post("/rectifications", json=item(county))).status_code == 201
        waits.append(time.perf_counter() - asked)
    answer = await batch
    seconds = time.perf_counter() - begun
    assert answer.json()["results"] == {"created": many}
    begun = time.perf_counter()
    again = await client.post("/rectifications/batches", json={"source_system": "grid", "items": items})
    assert again.json()["results"] == {"unchanged": many}
    same = time.perf_counter() - begun
    with capsys.disabled():
        print(  # noqa: T201 - figures for the note
            f"\n{many:,} rectifications in {seconds:.1f} s, the same again in {same:.1f} s; "
            f"{len(waits)} others registered meanwhile, each in {max(waits):.2f} s at the most"
        )
    assert max(waits) < seconds / 5
