"""POST with an `Idempotency-Key`: done once, answered alike, and never the answer of another request."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.api.repeat import KEYED
from backend.api.source_table import LINES
from backend.app import create_app
from backend.db.account import RoleGrant
from backend.db.base import utc_now
from backend.domain.access import Moment
from backend.domain.erasure import erase_due
from tests.api.clients import Partner
from tests.api.feedbacks import Case
from tests.api.test_delegation import lend, pair
from tests.factories import County
from tests.house.test_house import PUBLIC, all_routes
from tests.people import citizen_number


def key() -> dict[str, str]:
    return {"idempotency-key": f"{uuid4()}"}


def item(county: County, **changes: Any) -> dict[str, Any]:
    # A name in characters, so that no other test's organisation is like it.
    name = "".join(chr(0x4E00 + int(part, 16)) for part in re.findall("...", uuid4().hex[:9]))
    return {"parent_id": str(county.township.id), "kind": "village", "name": f"{name}村"} | changes


async def count(county: County, table: str) -> int:
    async with county.app.state.database.reader() as reader:
        return (await reader.execute(sa.select(sa.func.count()).select_from(sa.table(table)))).scalar_one()


async def counts(county: County) -> tuple[int, int]:
    return await count(county, "organization"), await count(county, "event")


async def test_post_201_is_done_once_and_answered_alike(county: County) -> None:
    client, body, headers = county.client("township_admin"), item(county), key()
    first = await client.post("/organizations", json=body, headers=headers)
    assert first.status_code == 201, first.text
    assert "idempotency-replayed" not in first.headers
    before = await counts(county)
    again = await client.post("/organizations", json=body, headers=headers)
    assert (again.status_code, again.content, again.headers["etag"]) == (201, first.content, first.headers["etag"])
    assert again.headers["idempotency-replayed"] == "true"
    assert await counts(county) == before
    quoted = {"idempotency-key": f'"{headers["idempotency-key"]}"'}
    assert (await client.post("/organizations", json=body, headers=quoted)).content == first.content


async def test_post_201_survives_a_restart_and_reaches_another_process(county: County) -> None:
    client, body, headers = county.client("township_admin"), item(county), key()
    first = await client.post("/organizations", json=body, headers=headers)
    settings = county.app.state.settings
    other = create_app(settings, dsn=county.app.state.database.engine.url.render_as_string(hide_password=False))
    async with other.router.lifespan_context(other):
        elsewhere = httpx.AsyncClient(
            transport=httpx.ASGITransport(other), base_url=client.base_url, headers=client.headers
        )
        again = await elsewhere.post("/organizations", json=body, headers=headers)
        await elsewhere.aclose()
    assert (again.status_code, again.content) == (201, first.content)


@pytest.mark.parametrize("changed", ["body", "path", "query"])
async def test_post_422_for_a_key_of_another_request(county: County, changed: str) -> None:
    client, body, headers = county.client("township_admin"), item(county), key()
    made = (await client.post("/organizations", json=body, headers=headers)).json()
    path = f"/organizations/{made['id']}/dissolve" if changed == "path" else "/organizations"
    answer = await client.post(
        path + ("?x=1" if changed == "query" else ""),
        json=item(county) if changed == "body" else body,
        headers=headers,
    )
    if changed == "path":
        # What cannot be right for the other address is said first; nothing of the first answer is told.
        assert answer.status_code in (422, 428)
        return
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/idempotency-key", "idempotency_key_used")
    ]


async def test_post_409_while_the_first_is_under_way(county: County) -> None:
    """Eight at once: one is done, the others are told to wait or are answered alike."""
    client, body, headers = county.client("township_admin"), item(county), key()
    before = await count(county, "organization")
    answers = await asyncio.gather(*(client.post("/organizations", json=body, headers=headers) for _ in range(8)))
    assert await count(county, "organization") == before + 1
    done = {answer.content for answer in answers if answer.status_code == 201}
    waiting = [answer.json()["code"] for answer in answers if answer.status_code != 201]
    assert len(done) == 1
    assert set(waiting) <= {"idempotency_key_in_use"}
    assert len(waiting) + sum(answer.status_code == 201 for answer in answers) == 8


async def test_a_refusal_is_judged_anew(county: County) -> None:
    client, headers = county.client("township_admin"), key()
    body = item(county, parent_id=str(uuid4()))
    for _ in range(2):
        assert (await client.post("/organizations", json=body, headers=headers)).status_code == 404
    assert (await client.post("/organizations", json=item(county), headers=headers)).status_code == 201


async def test_a_key_belongs_to_its_account_and_to_whom_it_acts_for(county: County) -> None:
    body, headers = item(county), key()
    assert (await county.client("township_admin").post("/organizations", json=body, headers=headers)).status_code == 201
    other = await county.client("county_admin").post("/organizations", json=body, headers=headers)
    # The other account's request is a new one: the name is taken by now.
    assert other.json()["code"] != "idempotency_key_used"
    assert "idempotency-replayed" not in other.headers


async def test_post_403_for_who_may_no_longer_ask(county: County) -> None:
    client, body, headers = county.client("township_admin"), item(county), key()
    assert (await client.post("/organizations", json=body, headers=headers)).status_code == 201
    account = county.accounts["township_admin"]
    async with county.app.state.database.transaction() as session:
        await session.execute(sa.update(RoleGrant).where(col(RoleGrant.account_id) == account.id).values(role="member"))
    again = await client.post("/organizations", json=body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (403, "permission_missing")


async def test_post_404_for_an_answer_about_what_went_out_of_sight(county: County) -> None:
    """The card turned out to be about the clerk who sorted it: what the clerk was answered is not told again."""
    case = await Case.sent(county)
    headers = key() | {"if-match": f'"{case.version}"'}
    record = {"outcome": "accept", "kind": "request", "handling_unit_id": str(county.office.id)}
    body = {"step": "triage", "outcome": "done", "record": record}
    client = county.client("clerk")
    first = await client.post(f"{case.path}/acts", json=body, headers=headers)
    assert first.status_code == 200, first.text
    assert (await client.post(f"{case.path}/acts", json=body, headers=headers)).content == first.content
    marked = await county.client("secretary").patch(
        case.path,
        json={"about": {"account_ids": [str(county.accounts["clerk"].id)]}},
        headers={"if-match": f'"{(await case.get("secretary"))["version"]}"'},
    )
    assert marked.is_success, marked.text
    again = await client.post(f"{case.path}/acts", json=body, headers=headers)
    assert again.status_code == 404
    assert "content" not in again.json()
    assert await kept_about(county, case.id) == [None], "what was answered does not lie there either"


async def kept_about(county: County, id: str) -> list[bytes | None]:
    question = sa.text("SELECT answer FROM kept_answer WHERE subject_id = :id")
    async with county.app.state.database.reader() as reader:
        return list((await reader.execute(question, {"id": id})).scalars())


async def test_answers_about_a_card_go_when_it_is_sealed_and_nothing_is_done_twice(county: County) -> None:
    case = await Case.sent(county)
    client, headers = county.client("clerk"), key() | {"if-match": f'"{case.version}"'}
    body = {"desk_id": str(county.township.id), "reason": "由镇里分办"}
    moved = await client.post(f"{case.path}/desk", json=body, headers=headers)
    assert moved.status_code == 200, moved.text
    assert None not in await kept_about(county, case.id)
    await case.get()
    sealed = await case.triage(outcome="seal")
    assert sealed.is_success, sealed.text
    assert await kept_about(county, case.id) == [None]
    again = await client.post(f"{case.path}/desk", json=body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_unmask_409_a_second_time_since_numbers_are_told_once(county: County) -> None:
    client, number = county.client("clerk"), citizen_number()
    body = {"organization_id": str(county.branch.id), "name": "查文敏", "id_number": number, "status": "full"}
    made = (await client.post("/members", json=body | {"joined_on": "2010-07-01"})).json()
    headers, asked = key(), {"fields": ["id_number"], "reason": "核实转接组织关系材料"}
    first = await client.post(f"/members/{made['id']}/unmask", json=asked, headers=headers)
    assert first.json()["id_number"] == number
    again = await client.post(f"/members/{made['id']}/unmask", json=asked, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "answer_told_once")


async def test_an_upload_is_known_by_its_content(county: County) -> None:
    client, headers = county.client("clerk"), key()
    sent = {"file": ("说明.txt", "第一份材料".encode(), "text/plain")}
    place = {"organization_id": str(county.township.id)}
    first = await client.post("/attachments", files=sent, data=place, headers=headers)
    assert first.status_code == 201, first.text
    again = await client.post("/attachments", files=sent, data=place, headers=headers)
    assert again.content == first.content
    changed = {"file": ("说明.txt", "第二份材料".encode(), "text/plain")}
    assert (await client.post("/attachments", files=changed, data=place, headers=headers)).status_code == 422


@pytest.mark.parametrize("value", ["short", "x" * 201, "with blank in it"])
async def test_post_422_for_a_key_that_is_none(county: County, value: str) -> None:
    answer = await county.client("township_admin").post(
        "/organizations", json=item(county), headers={"idempotency-key": value}
    )
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/idempotency-key"]


async def test_an_answer_is_kept_encrypted_for_seven_days(county: County) -> None:
    client, body, headers = county.client("township_admin"), item(county), key()
    await client.post("/organizations", json=body, headers=headers)
    async with county.app.state.database.reader() as reader:
        text = (
            await reader.execute(sa.text("SELECT string_agg(to_jsonb(kept_answer)::text, '') FROM kept_answer"))
        ).scalar_one()
    assert body["name"] not in text
    assert headers["idempotency-key"] not in text
    for days, left in ((6, True), (8, False)):
        moment = Moment(utc_now() + timedelta(days=days))
        async with county.app.state.database.transaction() as session:
            await erase_due(session, moment, cipher=county.app.state.cipher)
        again = await client.post("/organizations", json=body, headers=headers)
        assert ("idempotency-replayed" in again.headers) is left


def test_every_post_of_who_is_signed_in_takes_a_key(county: County) -> None:
    """But for one's own secrets, whose answers are told to nobody again, and batches, whose records have ids."""
    without = {
        route.path
        for route in all_routes(county.app)
        if "POST" in route.methods and route.path not in PUBLIC and KEYED not in route.dependencies
    }
    own = {"password", "second-step", "second-step/confirmation", "second-step/recovery-codes", "second-step/removal"}
    # Each record of a batch is committed by itself; brought again, it is what it was.
    batches = {f"/api/v1/{line.name}/batches" for line in LINES}
    assert without == {f"/api/v1/me/{name}" for name in own} | batches


async def moved_away(county: County, other: County, table: str, id: str) -> None:
    """Put a record where its keeper sees nothing, as moves and mergers of organisations do."""
    statement = sa.text(f"UPDATE {table} SET organization_id = :there WHERE id = :id")  # noqa: S608 - names of ours
    async with county.app.state.database.transaction() as session:
        await session.execute(statement, {"there": other.township.id, "id": id})


@pytest.mark.parametrize("kind", ["account", "client", "attachment"])
async def test_post_404_for_an_answer_about_any_kind_that_went_out_of_sight(
    county: County, other_county: County, kind: str
) -> None:
    sent: dict[str, Any] = {"json": {"reason": "长期外出学习"}}
    match = {"if-match": '"1"'}
    if kind == "account":
        table, about = "account", str(county.accounts["clerk"].id)
        client, path = county.client("township_admin"), f"/accounts/{about}/suspension"
    elif kind == "client":
        partner = await Partner.start(county)
        table, about, match = "client", partner.body["id"], partner.match
        client, path = partner.keeper, f"{partner.path}/suspension"
    else:
        sent = {
            "files": {"file": ("依据.txt", "会议记录\n".encode())},
            "data": {"organization_id": str(county.township.id)},
        }
        table, about, match, client, path = "attachment", "", {}, county.client("clerk"), "/attachments"
    headers = key() | match
    first = await client.post(path, headers=headers, **sent)
    assert first.is_success, first.text
    assert (await client.post(path, headers=headers, **sent)).content == first.content
    await moved_away(county, other_county, table, about or first.json()["id"])
    again = await client.post(path, headers=headers, **sent)
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_end_delegation_200_again_for_who_gives_the_roles_back(county: County) -> None:
    """The answer is about whoever lent them, whose account the deputy may not read."""
    people = await pair(county)
    made = (await lend(county, *people)).json()["items"][0]
    headers = key() | {"if-match": '"1"'}
    client, path, body = county.client(people[1]), f"/me/delegations/{made['id']}/end", {"reason": "提前返回"}
    first = await client.post(path, json=body, headers=headers)
    assert first.status_code == 200, first.text
    again = await client.post(path, json=body, headers=headers)
    assert (again.status_code, again.content) == (200, first.content)
