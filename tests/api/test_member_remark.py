"""A remark holds no number of a person: none comes in, and what an older one holds is masked wherever it is read."""

import io
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import sqlalchemy as sa
from sqlmodel import col

from backend.db.member import Member
from backend.domain.identity import mask_numbers
from tests.api.feedbacks import codes
from tests.factories import County
from tests.people import citizen_number
from tests.rosters import MEMBER_TITLES, person, workbook

PHONE = "19923456782"


async def registered(county: County, **values: Any) -> dict[str, Any]:
    body = {"organization_id": str(county.branch.id), "name": "查文敏", "id_number": citizen_number()}
    body |= {"status": "full", "joined_on": "2010-07-01"} | values
    answer = await county.client("clerk").post("/members", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def write_down(county: County, id: str, remark: str) -> None:
    """As remarks were stored before they were judged."""
    async with county.app.state.database.transaction() as session:
        await session.exec(sa.update(Member).where(col(Member.id) == UUID(id)).values(remark=remark))


@pytest.mark.parametrize(
    "remark",
    [
        f"家属电话{PHONE}",
        "家属电话１９９２３４５６７８２",
        "家属电话199-2345-6782",
        "身份证999901198005200012",
        "老证999901800520001",
        "卡号6222020200112233445",
    ],
)
async def test_register_and_change_422_a_number_in_the_remark(county: County, remark: str) -> None:
    client, made = county.client("clerk"), await registered(county, remark="1998.10-2003.12任支部书记，文号2026-0123")
    changed = await client.patch(f"/members/{made['id']}", json={"remark": remark}, headers={"if-match": '"1"'})
    assert (changed.status_code, codes(changed)) == (422, [("/remark", "number_in_remark")])
    body = {"organization_id": str(county.branch.id), "name": "查文敏", "id_number": citizen_number()}
    body |= {"status": "full", "joined_on": "2010-07-01", "remark": remark}
    new = await client.post("/members", json=body)
    assert (new.status_code, codes(new)) == (422, [("/remark", "number_in_remark")])
    assert remark not in changed.text + new.text


async def test_members_200_mask_the_numbers_of_an_older_remark_on_every_face(county: County) -> None:
    made = await registered(county)
    numbers = [PHONE, "999901198005200012", "99990119800520001X", "999901800520001", "6222020200112233", "6222" * 5]
    remark = "；".join(f"家属{number}" for number in numbers)
    await write_down(county, made["id"], remark)
    client, shown = county.client("clerk"), mask_numbers(remark)
    one = (await client.get(f"/members/{made['id']}")).json()
    listed = next(row for row in (await client.get("/members")).json()["items"] if row["id"] == made["id"])
    assert one["remark"] == listed["remark"] == shown
    feed = await county.client("county_admin").get("/changes", params={"resource": "members"})
    assert PHONE not in feed.text
    export = await client.get("/exports/member.xlsx", params={"organization_id": str(county.branch.id)})
    sheet = openpyxl.load_workbook(io.BytesIO(export.content)).active
    titles = [cell.value for cell in sheet[3]]
    assert sheet.cell(4, titles.index("备注") + 1).value == shown
    # Whatever else is wrong with an old record, its other fields can be changed.
    changed = await client.patch(f"/members/{made['id']}", json={"education": "大专"}, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.json()["remark"]) == (200, shown)


async def test_import_201_refuses_the_row_with_a_number_in_its_remark_and_takes_the_others(county: County) -> None:
    branch = county.branch.name
    rows = [person(801, branch, 备注=f"家属{PHONE}"), person(802, branch, 备注="党小组长")]
    titles = [*MEMBER_TITLES, *(["备注"] if "备注" not in MEMBER_TITLES else [])]

    async def send(rows: list[dict[str, Any]]) -> dict[str, Any]:
        files = {"file": ("m.xlsx", workbook(rows, titles))}
        sent = await county.client("clerk").post("/imports", params={"ledger": "member", "dry_run": False}, files=files)
        assert sent.status_code == 201, sent.text
        assert PHONE not in sent.text
        return dict(sent.json())

    body = await send(rows)
    assert [(one["column"], one["code"]) for one in body["refused"]] == [("备注", "number_in_remark")]
    assert body["rows"]["created"] == 1
    # A number that is on record is no fault of a row that says nothing of it.
    async with county.app.state.database.transaction() as session:
        question = sa.update(Member).where(
            col(Member.remark) == "党小组长", col(Member.organization_id) == county.branch.id
        )
        await session.exec(question.values(remark=f"家属{PHONE}"))
    again = await send([person(802, branch, 备注="", 学历="大学")])
    assert (again["refused"], again["rows"]["updated"]) == ([], 1)
