"""What auditors read of the log: all of it within reach, nothing beyond, and each event with its proof."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import openpyxl
import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.api.audit_shapes import AuditedEvent, AuditedPage, KindList, LogState, ProofOut, SealNote, SealPage
from backend.db.event import Event
from backend.domain.access import Moment
from backend.domain.audit.proof import check_proof
from backend.domain.audit.seal import seal_events
from backend.domain.audit.statement import read_note
from backend.domain.event import SENSITIVE_READS, WITHOUT_TIME
from backend.domain.signing import load_or_create_key
from tests.api.feedbacks import Case, about, new_card, ok
from tests.factories import County
from tests.people import citizen_number


async def renamed(county: County, name: str = "东沟") -> dict[str, Any]:
    """A village whose short name a clerk has changed, and its newest event as an auditor sees it."""
    clerk, at = county.client("clerk"), f"/organizations/{county.village.id}"
    version = (await clerk.get(at)).headers["etag"]
    ok(await clerk.patch(at, json={"short_name": name}, headers={"if-match": version}))
    return (await events(county, subject_kind="organization", subject_id=county.village.id))[0]


async def events(county: County, who: Any = "audit_admin", **query: Any) -> list[dict[str, Any]]:
    """Every event of a question, page by page."""
    client, found, cursor = county.client(who), [], None
    while True:
        asked = {name: value if isinstance(value, list) else str(value) for name, value in query.items()}
        answer = ok(await client.get("/events", params={**asked, "limit": 3, **({"cursor": cursor} if cursor else {})}))
        page = AuditedPage.model_validate_json(answer.content)
        found += answer.json()["items"]
        if (cursor := page.next_cursor) is None:
            return found


async def sealed(county: County) -> None:
    """Let the worker's round happen until nothing is left."""
    key = load_or_create_key(county.app.state.settings.data)
    while True:
        async with county.app.state.database.transaction() as session:
            if not await seal_events(session, Moment(datetime.now(UTC)), key=key):
                return


async def test_events_200_tell_who_where_from_and_what_changed(county: County) -> None:
    await renamed(county, "东沟")
    event = await renamed(county, "东沟村")
    assert (event["kind"], event["title"], event["sensitive"]) == ("organization.changed", "修改组织信息", False)
    assert event["actor"] == {"id": str(county.accounts["clerk"].id), "name": "clerk"}
    assert event["organization"] == {"id": str(county.village.id), "name": county.village.name}
    assert event["data"] == {"short_name": {"old": "东沟", "new": "东沟村"}}
    assert event["origin"] == "127.0.0.1"
    one = ok(await county.client("audit_admin", "en").get(f"/events/{event['id']}"))
    AuditedEvent.model_validate_json(one.content)
    assert one.json()["title"] == "Organisation changed"


async def test_events_200_name_what_was_done_to_as_far_as_an_auditor_may_know_it(county: County) -> None:
    assert (await renamed(county))["subject"] == county.village.name
    body = {"name": "陶满仓", "sex": "male", "status": "applicant", "organization_id": str(county.branch.id)}
    body["id_number"] = citizen_number()
    ok(await county.client("clerk").post("/members", json=body))
    assert [one["subject"] for one in await events(county, kind=["member.registered"])] == ["陶**"]
    case = await Case.sent(county)
    assert {one["subject"] for one in await events(county, subject_kind="feedback", subject_id=case.id)} == {None}


async def test_events_200_by_subject_person_organization_kind_time_and_address(county: County) -> None:
    await renamed(county)
    clerk, other = county.accounts["clerk"].id, county.accounts["secretary"].id
    ids = {event["id"] for event in await events(county, actor_id=clerk)}
    assert ids
    assert await events(county, actor_id=other) == []
    assert {one["id"] for one in await events(county, organization_id=county.township.id)} >= ids
    assert await events(county, organization_id=county.branch.id, actor_id=clerk) == []
    assert {one["id"] for one in await events(county, kind=["organization.changed"], actor_id=clerk)} == ids
    assert await events(county, kind=["organization.moved"], actor_id=clerk) == []
    assert {one["id"] for one in await events(county, origin="127.0.0.1", actor_id=clerk)} == ids
    hour = timedelta(hours=1)
    now = datetime.now(UTC)
    assert {one["id"] for one in await events(county, since=(now - hour).isoformat(), actor_id=clerk)} == ids
    assert await events(county, until=(now - hour).isoformat(), actor_id=clerk) == []


async def test_events_200_who_read_what(county: County) -> None:
    case = await Case.sent(county, contact={"name": "陶明", "phone": "19900001111"})
    await renamed(county)
    ok(await case.post("clerk", "contact", reason="核实满意度"))
    found = await events(county, sensitive=True, organization_id=county.county.id)
    assert [(one["kind"], one["reason"], one["sensitive"]) for one in found] == [
        ("feedback.contact_read", "核实满意度", True)
    ]
    assert await events(county, sensitive=True, kind=["organization.changed"]) == []


async def test_events_200_nothing_beyond_reach(county: County, other_county: County) -> None:
    event = await renamed(county)
    stranger = other_county.client("audit_admin")
    assert event["id"] not in {one["id"] for one in await events(other_county)}
    assert (await stranger.get(f"/events/{event['id']}")).status_code == 404
    assert (await stranger.get(f"/events/{event['id']}/proof")).status_code == 404
    assert (await stranger.get("/events", params={"organization_id": str(county.village.id)})).status_code == 404
    below = await county.account("audit_admin", county.branch)
    assert event["id"] not in {one["id"] for one in await events(county, below)}
    assert (await county.client(below).get(f"/events/{event['id']}")).status_code == 404


@pytest.mark.parametrize("role", ["clerk", "county_admin", "secretary", "security_admin", "system_admin", "member"])
@pytest.mark.parametrize("path", ["/events", "/event-kinds", "/seals", "/seals/latest", "/seals/state"])
async def test_the_log_403_for_others_than_auditors(county: County, role: str, path: str) -> None:
    assert (await county.client(role).get(path)).status_code == 403


async def test_events_404_of_cards_about_the_auditor_s_own(county: County) -> None:
    """Whoever is complained about learns nothing, whatever office they hold."""
    case = await Case.sent(county, about=about(county.village))
    ok(await case.post("clerk", "split", parts=[{"content": "公开栏没有上半年的账。", "category": "fund_disclosure"}]))
    theirs = await county.account("audit_admin", county.village)
    ours = await events(county, subject_kind="feedback", subject_id=case.id)
    assert ours
    assert await events(county, theirs, subject_kind="feedback") == []
    for event in ours:
        assert (await county.client(theirs).get(f"/events/{event['id']}")).status_code == 404
    async with county.app.state.database.transaction() as session:
        kept = (await session.execute(sa.select(col(Event.id)).where(col(Event.subject_id) == UUID(case.id)))).scalars()
        assert {event["id"] for event in ours} == {str(key) for key in kept}


async def test_events_200_readings_of_a_sealed_report_are_audited_and_say_nothing_of_it(county: County) -> None:
    body = new_card(county, wish="misconduct", about=about(county.village), content="会计把钱借给了亲戚。")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(county.app), base_url="http://test/api/v1") as client:
        receipt = ok(await client.post("/feedback-cards", json=body)).json()
    officer = county.client("discipline_officer")
    rows = ok(await officer.get("/sealed-reports")).json()["items"]
    report = next(row for row in rows if row["number"] == receipt["number"])
    ok(await officer.post(f"/sealed-reports/{report['id']}/reading", json={"reason": "线索初核"}))
    found = await events(county, subject_kind="feedback", subject_id=report["id"])
    assert [one["kind"] for one in found if one["sensitive"]] == ["feedback.sealed_read"]
    assert "亲戚" not in json.dumps(found, ensure_ascii=False)


async def test_events_of_one_day_stand_in_an_order_that_tells_no_sender_s_hour(county: County) -> None:
    before = await renamed(county, "一")
    case = await Case.sent(county)
    after = await renamed(county, "二")
    order = [one["id"] for one in await events(county, organization_id=county.county.id)]
    (received,) = await events(county, kind=["feedback.received"], subject_id=case.id)
    assert order.index(received["id"]) > max(order.index(before["id"]), order.index(after["id"]))
    assert not {"sequence", "transaction_id", "created_at"} & received.keys()


async def test_proof_200_is_checked_without_the_database(county: County) -> None:
    event = await renamed(county)
    client = county.client("audit_admin")
    waiting = await client.get(f"/events/{event['id']}/proof")
    assert (waiting.status_code, waiting.json()["code"]) == (409, "event_not_sealed")
    await sealed(county)
    later = await renamed(county, "后来")
    await sealed(county)
    note = ok(await client.get("/seals/latest"))
    SealNote.model_validate_json(note.content)
    for one in (event, later):
        answer = ok(await client.get(f"/events/{one['id']}/proof"))
        ProofOut.model_validate_json(answer.content)
        key = load_or_create_key(county.app.state.settings.data).fingerprint
        proved = check_proof(answer.content, keys=[key], noted=[read_note(note.json())])
        assert proved.findings == ()
        assert proved.event is not None
        assert (proved.event["id"], proved.event["kind"]) == (one["id"], "organization.changed")
        assert proved.event["origin"] == "127.0.0.1"


async def test_proof_409_of_what_a_sender_did(county: County) -> None:
    case = await Case.sent(county)
    await sealed(county)
    (received,) = await events(county, kind=["feedback.received"], subject_id=case.id)
    answer = await county.client("audit_admin").get(f"/events/{received['id']}/proof")
    assert (answer.status_code, answer.json()["code"]) == (409, "proof_withheld")
    assert {"feedback.received", "feedback.rated"} <= WITHOUT_TIME


async def test_seals_200_and_the_state_of_the_log(county: County) -> None:
    await renamed(county)
    client = county.client("audit_admin")
    waiting = ok(await client.get("/seals/state"))
    LogState.model_validate_json(waiting.content)
    assert waiting.json()["unsealed"] > 0
    await sealed(county)
    state = ok(await client.get("/seals/state")).json()
    assert (state["unsealed"], state["waiting_since"]) == (0, None)
    seals = ok(await client.get("/seals", params={"limit": 1}))
    SealPage.model_validate_json(seals.content)
    (newest,) = seals.json()["items"]
    assert (newest["number"], newest["hash"]) == (state["seals"], state["head"]["hash"])
    assert sum(day["events"] for day in state["days"]) == state["sealed"]
    # To the hour: the moment of a batch would tell when a sender came, by what else is in it.
    assert datetime.fromisoformat(newest["sealed_at"]).minute == 0


async def test_seals_state_200_counts_of_what_waits_neither_other_counties_nor_senders(
    county: County, other_county: County
) -> None:
    """Whoever asks again and again would see when a sender came, and how much is done elsewhere."""
    await sealed(county)
    await Case.sent(county)
    await renamed(other_county)
    waiting = ok(await county.client("audit_admin").get("/seals/state")).json()
    assert (waiting["unsealed"], waiting["waiting_since"]) == (0, None)
    assert ok(await other_county.client("audit_admin").get("/seals/state")).json()["unsealed"] == 1
    await renamed(county)
    assert ok(await county.client("audit_admin").get("/seals/state")).json()["unsealed"] == 1


async def test_seals_state_200_while_the_reading_of_a_sealed_report_waits_for_its_seal(county: County) -> None:
    """Whether the auditor sees that event is a question to the sealed reports, which lie behind a lock."""
    await sealed(county)
    body = new_card(county, wish="misconduct", about=about(county.village), content="会计把钱借给了亲戚。")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(county.app), base_url="http://test/api/v1") as client:
        receipt = ok(await client.post("/feedback-cards", json=body)).json()
    officer = county.client("discipline_officer")
    report = next(
        row for row in ok(await officer.get("/sealed-reports")).json()["items"] if row["number"] == receipt["number"]
    )
    ok(await officer.post(f"/sealed-reports/{report['id']}/reading", json={"reason": "线索初核"}))
    assert ok(await county.client("audit_admin").get("/seals/state")).json()["unsealed"] > 0


async def exported(county: County, form: str, **query: Any) -> httpx.Response:
    body = {"format": form, "reason": "年度审计", "kinds": ["organization.changed"], **query}
    return ok(await county.client("audit_admin").post("/events/exports", json=body))


async def test_export_200_in_every_form_with_the_seal_and_as_an_event(county: County) -> None:
    event = await renamed(county, "=1+1")
    await sealed(county)
    head = ok(await county.client("audit_admin").get("/seals/latest")).json()
    place = {"organization_id": str(county.village.id)}

    lines = (await exported(county, "ndjson", **place)).text.splitlines()
    assert json.loads(lines[0])["data"] == event["data"]
    assert json.loads(lines[-1])["seal"] == head

    rows = list(csv.reader(io.StringIO((await exported(county, "csv", **place)).content.decode("utf-8-sig"))))
    assert rows[1][1] == "修改组织信息"
    assert rows[1][10] == "short_name：（空） → =1+1"
    assert rows[-1][0] == "封存"

    book = openpyxl.load_workbook(io.BytesIO((await exported(county, "xlsx", **place)).content))
    assert book["审计记录"]["L2"].value == event["id"]
    assert json.loads(book["封存"]["A2"].value) == head

    found = await events(county, kind=["audit.exported"], organization_id=county.county.id)
    assert [(one["data"]["format"], one["data"]["events"], one["reason"]) for one in found] == [
        ("xlsx", 1, "年度审计"),
        ("csv", 1, "年度审计"),
        ("ndjson", 1, "年度审计"),
    ]
    assert found[0]["data"]["filters"] == {
        "organization_id": str(county.village.id),
        "kinds": ["organization.changed"],
    }


async def test_export_422_without_a_reason(county: County) -> None:
    answer = await county.client("audit_admin").post("/events/exports", json={"format": "csv"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/reason"


async def test_export_404_of_another_county(county: County, other_county: County) -> None:
    body = {"format": "csv", "reason": "年度审计", "organization_id": str(other_county.village.id)}
    assert (await county.client("audit_admin").post("/events/exports", json=body)).status_code == 404


async def test_kinds_200_name_every_sensitive_reading(county: County) -> None:
    answer = ok(await county.client("audit_admin").get("/event-kinds"))
    KindList.model_validate_json(answer.content)
    assert {one["kind"] for one in answer.json()["items"] if one["sensitive"]} == SENSITIVE_READS
