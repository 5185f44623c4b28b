"""Who read what: one question, asked by auditors, by exports of the log and by whoever was read of."""

import csv
import io
from datetime import timedelta
from typing import Any

from backend.db.base import utc_now
from backend.domain.calendar import day_of
from tests.api.feedbacks import Case, ok
from tests.api.rectifications import ahead
from tests.api.test_audit import events
from tests.api.test_ledger import send
from tests.api.test_member import settle
from tests.api.test_member_correction import record, registered
from tests.api.test_own_data import opened
from tests.factories import County
from tests.people import citizen_number
from tests.rosters import person, workbook

TAKEN = ["ledger.result_taken", "ledger.exported_in_clear", "ledger.exported", "member.unmasked"]
SHOWN = ["result_taken", "exported_in_clear", "exported", "shown"]


async def read(county: County) -> dict[str, Any]:
    """A member whose numbers were shown, who stood in rosters that were taken, and in another branch's none."""
    made = await registered(county)
    clerk, place = county.client("clerk"), {"organization_id": str(county.branch.id)}
    ok(await clerk.post(f"/members/{made['id']}/unmask", json={"fields": ["phone"], "reason": "通知开会"}))
    ok(await clerk.get("/exports/member.xlsx", params=place))
    ok(await clerk.get("/exports/member.xlsx", params={"organization_id": str(county.other_branch.id)}))
    ok(await clerk.get("/exports/organization.xlsx", params=place))
    ok(await clerk.post("/exports/member/in-clear", json=place | {"reason": "上级核对"}))
    uploaded = await send(clerk, workbook([person(7, county.branch.name, 公民身份号码=citizen_number())]))
    ok(await clerk.get(f"/imports/{uploaded.json()['id']}/result.xlsx"))
    return made


async def test_one_answer_for_the_auditor_the_export_and_the_person(county: County) -> None:
    made = await read(county)
    question: dict[str, Any] = {"sensitive": True, "subject_kind": "member", "subject_id": made["id"]}
    assert [one["kind"] for one in await events(county, **question)] == TAKEN
    mine = county.client("member")
    assert [one["deed"] for one in (await record(mine))["looks"]] == SHOWN
    copy, _ = opened(ok(await mine.post("/me/copy")).content)
    looks = next(part["rows"] for part in copy["parts"] if part["key"] == "looks")
    assert [row["deed"] for row in looks] == SHOWN
    body = {**question, "format": "csv", "reason": "核对查阅情况"}
    file = ok(await county.client("audit_admin").post("/events/exports", json=body)).content.decode("utf-8-sig")
    titles = [row[1] for row in csv.reader(io.StringIO(file)) if len(row) > 3][1:]
    assert len(titles) == len(TAKEN), file


async def test_of_a_person_only_what_was_read_of_that_person(county: County) -> None:
    made, other = await read(county), await registered(county, "inspector", id_number=citizen_number())
    await settle(county, other["id"], day_of(utc_now()) - timedelta(days=400))
    ok(
        await county.client("clerk").post(
            f"/members/{other['id']}/transfer",
            json={"organization_id": str(county.other_branch.id), "on": ahead(-2), "reason": "工作调动"},
            headers={"if-match": '"1"'},
        )
    )
    second = county.client(await county.account("clerk", county.township))
    ok(await second.get("/exports/member.xlsx", params={"organization_id": str(county.branch.id)}))
    question: dict[str, Any] = {"sensitive": True, "subject_kind": "member"}
    assert await events(county, **question, subject_id=other["id"]) == [], "nothing before, nothing of a former branch"
    assert len(await events(county, **question, subject_id=made["id"])) == len(TAKEN) + 1
    assert len(await events(county, **question, subject_id=made["id"], kind=["member.unmasked"])) == 1


async def test_by_a_reader_everything_that_was_read(county: County) -> None:
    await read(county)
    second = await county.account("clerk", county.township)
    case = await Case.sent(county, contact={"name": "陶明", "phone": "19900001111"})
    ok(await case.post(second, "contact", reason="核实满意度"))
    by_clerk = await events(county, sensitive=True, actor_id=county.accounts["clerk"].id)
    assert sorted(one["kind"] for one in by_clerk) == sorted([*TAKEN, "ledger.exported", "ledger.exported"])
    assert [one["kind"] for one in await events(county, sensitive=True, actor_id=second.id)] == [
        "feedback.contact_read"
    ]
