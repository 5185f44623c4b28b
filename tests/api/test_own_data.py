"""The copy of everything that is held about oneself, and the export of others' numbers in clear, which is marked."""

import io
import json
import zipfile
from typing import Any

import openpyxl
import sqlalchemy as sa

from backend.db.account import Account
from tests.api.test_member_correction import PHONE, asked, record, registered
from tests.factories import County


def opened(content: bytes) -> tuple[dict[str, Any], openpyxl.Workbook]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return json.loads(archive.read("copy.json")), openpyxl.load_workbook(io.BytesIO(archive.read("copy.xlsx")))


async def events(county: County, kind: str, actor: Account) -> list[Any]:
    question = sa.text("SELECT data, reason FROM event WHERE kind = :kind AND actor_id = :actor ORDER BY sequence")
    async with county.app.state.database.reader() as reader:
        return list(await reader.execute(question, {"kind": kind, "actor": actor.id}))


async def test_copy_200_holds_what_every_system_has_of_a_member(county: County) -> None:
    made = await registered(county)
    clerk, mine = county.client("clerk"), county.client("member")
    await clerk.post(f"/members/{made['id']}/unmask", json={"fields": ["phone"], "reason": "通知开会"})
    await mine.post("/me/record/corrections", json=asked(field="phone", should="13800005678"))
    answer = await mine.post("/me/copy")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"].startswith("attachment;")
    copy, book = opened(answer.content)
    parts = {part["key"]: part["rows"] for part in copy["parts"]}
    values = {row["field"]: row["value"] for row in parts["record"]}
    assert (values["公民身份号码"], values["联系电话"]) == (made["clear"], PHONE), "one's own numbers are in clear"
    assert [(row["deed"], row["by"], row["reason"]) for row in parts["looks"]] == [("shown", "clerk", "通知开会")]
    assert [(row["says"], row["should"]) for row in parts["corrections"]] == [("139****1234", "13800005678")]
    assert [row["organization_name"] for row in parts["branches"]] == [county.branch.name]
    assert [row["role"] for row in parts["grants"]] == ["member"]
    assert county.accounts["clerk"].username not in json.dumps(copy)
    assert len(book.worksheets) == len(copy["parts"]) >= 13
    for sheet in book.worksheets:
        assert county.accounts["member"].username in sheet.oddFooter.left.text
    ((data, _),) = await events(county, "account.copy_given", county.accounts["member"])
    assert data["parts"]["record"] == 14
    assert made["clear"] not in str(data)


async def test_copy_200_for_one_who_is_on_no_roster_and_shows_what_they_did(county: County) -> None:
    await registered(county)
    answer = await county.client("clerk", "en").post("/me/copy")
    copy, _ = opened(answer.content)
    parts = {part["key"]: part for part in copy["parts"]}
    assert "record" not in parts
    assert parts["account"]["rows"][0]["username"] == county.accounts["clerk"].username
    assert "Member registered" in {row["kind"] for row in parts["trace"]["rows"]}
    assert parts["grants"]["title"] == "Roles"


async def test_copy_401_anonymous(anonymous) -> None:
    assert (await anonymous.post("/api/v1/me/copy")).status_code == 401


async def test_own_record_200_says_who_exported_the_roster_and_by_which_role_then(county: County) -> None:
    made = await registered(county)
    clerk = county.client("clerk")
    assert (
        await clerk.get("/exports/member.xlsx", params={"organization_id": str(county.branch.id)})
    ).status_code == 200
    assert (await clerk.get("/exports/member.xlsx", params={"organization_id": str(county.other_branch.id)})).is_success
    body = {"organization_id": str(county.township.id), "reason": "上级核对"}
    assert (await clerk.post("/exports/member/in-clear", json=body)).status_code == 200
    async with county.app.state.database.transaction() as session:
        # The clerk became somebody else since: what counts is the role of then.
        end = sa.text("UPDATE role_grant SET ends_at = now() WHERE account_id = :id")
        await session.execute(end, {"id": county.accounts["clerk"].id})
    found = await record(county.client("member"))
    looks = [(look["deed"], look["by"], look["reason"]) for look in found["looks"]]
    assert looks == [("exported_in_clear", ["clerk"], "上级核对"), ("exported", ["clerk"], "")]
    assert made["clear"] not in str(found)


async def test_export_clear_200_bears_who_when_and_why_on_every_page_and_row(county: County) -> None:
    made = [await registered(county, county.accounts[who]) for who in ("member", "inspector")]
    clerk = county.accounts["clerk"]
    body = {"organization_id": str(county.branch.id), "reason": "核对张三 13912345678 的信息"}
    answer = await county.client("clerk").post("/exports/member/in-clear", json=body)
    assert answer.status_code == 200, answer.text
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    number, phone, mark = (rows[2].index(title) for title in ("公民身份号码", "联系电话", "导出标识"))
    assert {row[number] for row in rows[3:5]} == {one["clear"] for one in made}
    assert {row[phone] for row in rows[3:5]} == {PHONE}
    ((data, reason),) = await events(county, "ledger.exported_in_clear", clerk)
    assert (data["count"], data["fields"]) == (2, ["birth_date", "id_number", "native_place", "phone"])
    assert reason == "核对张三 139****5678 的信息"
    assert all(made[0]["clear"] not in str(part) for part in (data, reason))
    for row in rows[3:5]:
        assert row[mark].startswith(clerk.name)
    for text in (rows[1][0], sheet.oddHeader.center.text, sheet.oddFooter.left.text):
        assert clerk.username in text
        assert "核对张三 139****5678 的信息" in text


async def test_export_200_is_masked_and_tells_the_number_of_rows(county: County) -> None:
    made = await registered(county)
    answer = await county.client("clerk").get("/exports/member.xlsx", params={"organization_id": str(county.branch.id)})
    text = str([list(row) for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.values])
    assert made["clear"] not in text
    assert PHONE not in text
    ((data, _),) = await events(county, "ledger.exported", county.accounts["clerk"])
    assert data["count"] == 1


async def test_export_clear_403_404_422(county: County, other_county: County) -> None:
    body = {"organization_id": str(county.branch.id), "reason": "核对名册"}
    for who in ("secretary", "supervisor", "inspector", "member"):
        assert (await county.client(who).post("/exports/member/in-clear", json=body)).status_code == 403, who
    assert (await other_county.client("clerk").post("/exports/member/in-clear", json=body)).status_code == 404
    assert (await county.client("clerk").post("/exports/organization/in-clear", json=body)).status_code == 404
    bare = await county.client("clerk").post("/exports/member/in-clear", json=body | {"reason": " "})
    assert bare.status_code == 422


async def test_a_disputed_record_is_marked_in_the_export(county: County) -> None:
    await registered(county)
    await county.client("member").post("/me/record/corrections", json=asked())
    answer = await county.client("clerk").get("/exports/member.xlsx", params={"organization_id": str(county.branch.id)})
    text = str([list(row) for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.values])
    assert "有争议" in text
