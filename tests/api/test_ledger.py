"""Workbooks over HTTP: the samples as they are, and what must not come in."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
import sqlalchemy as sa
import xlwt
from sqlmodel import SQLModel

from backend.db.ledger import LedgerImportRow
from backend.db.roles import Addresses
from tests.factories import County, named
from tests.rosters import (
    MEMBER_TITLES,
    ORGANIZATION_TITLES,
    SAMPLES,
    Installation,
    installation,
    opened,
    person,
    workbook,
)

EXPECTED = json.loads((SAMPLES / "expected.json").read_text("utf-8"))


@pytest.fixture(scope="module")
async def bare(server: Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """An installation into which the samples are imported as they are, in the order of the tests."""
    async with installation(server, tmp_path_factory.mktemp("bare")) as made:
        yield made


async def counts(made: Installation, *left_out: str) -> dict[str, int]:
    async with made.app.state.database.reader() as reader:
        return {
            name: (await reader.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
            for name, table in SQLModel.metadata.tables.items()
            if name not in left_out
        }


def refused(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [{key: each[key] for key in ("row", "column", "code")} for each in body["refused"]]


async def test_check_201_says_of_both_samples_what_is_expected_and_changes_nothing(bare: Installation) -> None:
    before = await counts(bare, "ledger_import", "ledger_import_row", "event")
    answer = await bare.upload("organizations.xlsx", "organization")
    body = answer.json()
    assert answer.status_code == 201
    assert (body["state"], body["rows"]["acceptable"], refused(body)) == ("checked", 235, [])
    assert await counts(bare, "ledger_import", "ledger_import_row", "event") == before
    page = (await bare.client.get(f"/imports/{body['id']}/preview", params={"limit": 1})).json()
    assert page["items"][0]["cells"]["组织名称"] == "云川县委"
    assert page["items"][0]["action"] == "create"
    assert page["next_cursor"]


async def test_commit_201_brings_the_counties_organisations_in_as_a_county_of_their_own(bare: Installation) -> None:
    checked = (await bare.client.get("/imports")).json()["items"][0]
    answer = await bare.client.post(f"/imports/{checked['id']}/commit", json={})
    assert answer.status_code == 201
    assert answer.json()["state"] == "committed"
    assert answer.json()["rows"]["created"] == 235
    tops = (await bare.client.get("/organizations")).json()["items"]
    assert [top["name"] for top in tops] == ["云川县委"]
    again = await bare.client.post(f"/imports/{checked['id']}/commit", json={})
    assert (again.status_code, again.json()["code"]) == (409, "import_not_checked")


@pytest.mark.parametrize("name", ["members.xlsx", "members-gbk.csv"])
async def test_check_201_names_exactly_the_expected_rows_of_members(bare: Installation, name: str) -> None:
    expected = EXPECTED["members.xlsx"]
    body = (await bare.upload(name, "member")).json()
    assert body["rows"]["total"] == expected["data_rows"]
    assert body["rows"]["acceptable"] == expected["acceptable"]
    assert refused(body) == expected["refused"]
    assert all(each["message"] and each["message"] != each["code"] for each in body["refused"])


async def test_commit_201_at_once_and_a_second_time_nothing_changes(bare: Installation) -> None:
    first = (await bare.upload("members.xlsx", "member", dry_run=False)).json()
    assert first["state"] == "committed"
    assert first["rows"]["created"] == EXPECTED["members.xlsx"]["acceptable"]
    assert refused(first) == EXPECTED["members.xlsx"]["refused"]
    own = ("ledger_import", "ledger_import_row", "event")
    before = await counts(bare, *own)
    events = await member_events(bare)
    for name in ("members.xlsx", "members-gbk.csv"):
        again = (await bare.upload(name, "member", dry_run=False)).json()
        assert again["rows"]["unchanged"] == first["rows"]["created"]
        assert again["rows"]["created"] == again["rows"]["updated"] == 0
    assert await counts(bare, *own) == before
    assert await member_events(bare) == events == first["rows"]["created"]


async def member_events(made: Installation) -> int:
    async with made.app.state.database.reader() as reader:
        return (await reader.execute(sa.text("SELECT count(*) FROM event WHERE subject_kind = 'member'"))).scalar_one()


async def test_members_are_read_as_the_sample_means_them(bare: Installation) -> None:
    for expected in EXPECTED["members.xlsx"]["first_rows"]:
        found = (await bare.client.get("/members", headers=named(expected["name"]))).json()["items"]
        member = next(each for each in found if each["organization_name"] == expected["organization"])
        assert member["joined_on"] == expected["joined_on"]
        assert "*" in member["id_number"]


async def test_nothing_stored_shows_an_id_number_or_a_phone(bare: Installation) -> None:
    numbers: list[str] = []
    for row in openpyxl.load_workbook(SAMPLES / "members.xlsx").worksheets[0].iter_rows(values_only=True):
        numbers += [str(cell) for cell in row if str(cell).isascii() and len(str(cell)) in (11, 18)]
    assert len(numbers) > 2000
    async with bare.app.state.database.reader() as reader:
        rows = await reader.execute(
            sa.select(sa.cast(sa.func.row_to_json(sa.text("r")), sa.Text)).select_from(
                sa.select(LedgerImportRow.__table__).subquery("r")
            )
        )
        stored = " ".join(text for (text,) in rows)
        events = await reader.execute(sa.text("SELECT string_agg(data::text, ' ') FROM event"))
        stored += events.scalar_one()
    assert [number for number in numbers if number in stored] == []
    for kept in bare.settings.imports.iterdir():
        assert not any(number.encode() in kept.read_bytes() for number in numbers[:20])
        assert kept.stat().st_mode & 0o077 == 0


async def test_result_200_holds_the_rows_in_order_with_a_column_of_errors(bare: Installation) -> None:
    body = (await bare.upload("members.xlsx", "member")).json()
    answer = await bare.client.get(f"/imports/{body['id']}/result.xlsx")
    assert answer.status_code == 200
    given = openpyxl.load_workbook(SAMPLES / "members.xlsx").worksheets[0]
    result = opened(answer.content).worksheets[0]
    assert "错误说明" in [cell.value for cell in result[4]]
    last = [cell.value for cell in result[4]].index("错误说明")
    wrong = {row[0].row for row in result.iter_rows(min_row=5) if len(row) > last and row[last].value}
    assert wrong == {each["row"] for each in EXPECTED["members.xlsx"]["refused"]}
    assert result.cell(100, 2).value == given.cell(100, 2).value
    fixed = await bare.upload("result.xlsx", "member", answer.content)
    assert fixed.json()["rows"] == body["rows"]


async def test_messages_are_said_in_the_callers_language(bare: Installation) -> None:
    key = (await bare.upload("members.xlsx", "member")).json()["id"]
    english = (await bare.client.get(f"/imports/{key}", headers={"accept-language": "en"})).json()
    assert english["refused"][1]["message"] == "Required"


async def test_template_200_can_be_uploaded_as_it_is(bare: Installation) -> None:
    for ledger in ("member", "organization"):
        content = (await bare.client.get(f"/templates/{ledger}.xlsx")).content
        assert opened(content).worksheets
        assert (await bare.upload("t.xlsx", ledger, content)).json()["rows"]["total"] == 0
        other = "member" if ledger == "organization" else "organization"
        answer = await bare.upload("t.xlsx", other, content)
        assert (answer.status_code, answer.json()["code"]) == (422, "template_other_ledger")
    assert (await bare.client.get("/templates/cat.xlsx")).status_code == 404


async def test_export_200_is_masked_within_reach_recorded_and_comes_in_unchanged(bare: Installation) -> None:
    answer = await bare.client.get("/exports/member.xlsx")
    sheet = opened(answer.content).worksheets[0]
    titles = [cell.value for cell in sheet[3]]
    numbers = [sheet.cell(row, titles.index("公民身份号码") + 1).value for row in range(4, sheet.max_row)]
    assert len(numbers) == EXPECTED["members.xlsx"]["acceptable"]
    assert all("*" in number for number in numbers)
    async with bare.app.state.database.reader() as reader:
        kinds = await reader.execute(sa.text("SELECT count(*) FROM event WHERE kind = 'ledger.exported'"))
        assert kinds.scalar_one() == 1
    organizations = (await bare.client.get("/exports/organization.xlsx")).content
    again = (await bare.upload("o.xlsx", "organization", organizations)).json()["rows"]
    assert (again["total"], again["unchanged"]) == (235, 235)


async def test_import_201_of_a_second_county_leaves_the_first_alone_and_members_find_theirs(bare: Installation) -> None:
    rows = [
        {"组织名称": "远山县委", "组织类别": "县委"},
        {"组织名称": "远山镇党委", "组织类别": "镇党委", "上级组织": "远山县委"},
        {"组织名称": "远山村党支部", "组织类别": "党支部", "上级组织": "远山镇党委"},
        # The sample's county has a branch of this name too.
        {"组织名称": "兴石村党支部", "组织类别": "党支部", "上级组织": "远山镇党委"},
    ]
    made = await bare.upload("o.xlsx", "organization", workbook(rows, ORGANIZATION_TITLES), dry_run=False)
    assert made.json()["rows"]["created"] == 4
    two = workbook([person(1, "远山村党支部"), person(2, "兴石村党支部")])
    body = (await bare.upload("m.xlsx", "member", two)).json()
    assert (body["rows"]["created"], body["refused"]) == (2, [])
    tie = await bare.upload("m.xlsx", "member", workbook([person(1, "兴石村党支部")]))
    assert (tie.status_code, tie.json()["code"]) == (422, "county_unclear")
    assert tie.json()["errors"][0]["pointer"] == "/organization_id"
    county = next(
        each["id"] for each in (await bare.client.get("/organizations")).json()["items"] if each["name"] == "远山县委"
    )
    named = await bare.upload("m.xlsx", "member", workbook([person(1, "兴石村党支部")]), organization_id=county)
    assert named.json()["rows"]["created"] == 1


async def send(client: httpx.AsyncClient, content: bytes, name: str = "m.xlsx", **query: Any) -> httpx.Response:
    return await client.post("/imports", params={"ledger": "member", **query}, files={"file": (name, content)})


async def test_upload_403_for_an_inspector_and_401_for_nobody(county: County, anonymous: httpx.AsyncClient) -> None:
    content = workbook([person(1, county.branch.name)])
    assert (await send(county.client("inspector"), content)).status_code == 403
    answer = await anonymous.post("/api/v1/imports?ledger=member", files={"file": ("m.xlsx", content)})
    assert answer.status_code == 401
    for path in ("/api/v1/imports", "/api/v1/templates/member.xlsx", "/api/v1/exports/member.xlsx"):
        assert (await anonymous.get(path)).status_code == 401
    assert (await county.client("inspector").get("/exports/member.xlsx")).status_code == 403
    assert (await county.client("inspector").get("/imports")).status_code == 200


async def test_imports_of_others_404_out_of_reach_and_results_403(county: County, other_county: County) -> None:
    clerk = county.client("clerk")
    key = (await send(clerk, workbook([person(1, county.branch.name)]))).json()["id"]
    stranger = other_county.client("county_admin")
    for path in ("", "/preview", "/result.xlsx"):
        assert (await stranger.get(f"/imports/{key}{path}")).status_code == 404
    for deed in ("commit", "undo"):
        assert (await stranger.post(f"/imports/{key}/{deed}")).status_code == 404
    assert (await stranger.get("/imports")).json()["items"] == []
    chief = county.client("county_admin")
    assert [each["id"] for each in (await chief.get("/imports")).json()["items"]] == [key]
    answer = await chief.get(f"/imports/{key}/result.xlsx")
    assert (answer.status_code, answer.json()["code"]) == (403, "result_for_uploader")


async def test_check_201_refuses_a_branch_of_another_county_as_unknown(county: County, other_county: County) -> None:
    content = workbook([person(1, other_county.branch.name), person(2, county.branch.name)])
    body = (await send(county.client("county_admin"), content)).json()
    assert refused(body) == [{"row": 2, "column": "所在党支部", "code": "unknown_organization"}]
    stranger = other_county.county.id
    answer = await send(county.client("county_admin"), content, organization_id=str(stranger))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook_empty"),
        (b"just some words\nand more of them\n", "header_not_found"),
        (b"<html><table><tr><td>x</td></tr></table>", "workbook_is_html"),
        (b"%PDF-1.7 nothing", "workbook_format"),
        (b"PK\x03\x04 torn", "workbook_damaged"),
    ],
)
async def test_upload_422_for_what_is_no_workbook(county: County, content: bytes, code: str) -> None:
    answer = await send(county.client("clerk"), content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["pointer"] == "/file"
    assert (await county.client("clerk").get("/imports")).json()["items"] == []


async def test_upload_422_for_a_ledger_that_there_is_not(county: County) -> None:
    answer = await send(county.client("clerk"), workbook([]), ledger="cat")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/ledger")


async def test_check_201_reads_an_xls_that_is_named_xlsx(county: County, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("花名册")
    for number, row in enumerate([dict(zip(MEMBER_TITLES, MEMBER_TITLES, strict=True)), person(1, county.branch.name)]):
        for column, title in enumerate(MEMBER_TITLES):
            sheet.write(number, column, row[title])
    book.save(str(tmp_path / "m.xls"))
    body = (await send(county.client("clerk"), (tmp_path / "m.xls").read_bytes())).json()
    assert (body["rows"]["created"], body["refused"]) == (1, [])


async def test_check_201_leaves_hidden_sheets_out_and_takes_the_result_of_a_formula(
    county: County, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    shown, hidden = book.worksheets[0], book.create_sheet("旧名单")
    hidden.sheet_state = "hidden"
    for sheet, number in ((shown, 1), (hidden, 2)):
        sheet.append(MEMBER_TITLES)
        sheet.append(list(person(number, county.branch.name).values()))
    # Written without a computed result, as a program does; it must neither run nor be taken for a name.
    shown["A2"] = '=HYPERLINK("http://example.invalid","王建国")'
    book.save(tmp_path / "m.xlsx")
    body = (await send(county.client("clerk"), (tmp_path / "m.xlsx").read_bytes())).json()
    assert body["rows"]["total"] == 1
    assert refused(body) == [{"row": 2, "column": "姓名", "code": "required"}]


async def test_check_201_says_which_column_a_sheet_lacks(county: County) -> None:
    titles = tuple(title for title in MEMBER_TITLES if title != "公民身份号码")
    body = (await send(county.client("clerk"), workbook([person(1, county.branch.name)], titles))).json()
    assert [(each["code"], each["row"], each["column"]) for each in body["refused"]] == [
        ("missing_column", 1, "公民身份号码")
    ]
    assert body["rows"]["total"] == 0


async def test_check_201_says_which_column_is_lacking_to_one_who_reaches_several_counties(
    county: County, other_county: County
) -> None:
    """No row could be read, so which county is meant does not matter yet."""
    del other_county
    titles = tuple(title for title in MEMBER_TITLES if title != "公民身份号码")
    answer = await send(county.client("platform_admin"), workbook([person(1, county.branch.name)], titles))
    assert [one["code"] for one in answer.json()["refused"]] == ["missing_column"]


async def test_preview_200_masks_numbers_wherever_they_stand(county: County) -> None:
    row = person(7, county.branch.name, 备注=f"电话19912345678，证号{person(8, '')['公民身份号码']}")
    row["联系电话"] = "1991234567"
    body = (await send(county.client("clerk"), workbook([row]))).json()
    text = (await county.client("clerk").get(f"/imports/{body['id']}/preview?action=refused")).text
    for number in (row["公民身份号码"], "19912345678", person(8, "")["公民身份号码"], "1991234567"):
        assert number not in text + str(body)
    errors = json.loads(text)["items"][0]["errors"]
    assert errors["联系电话"]["code"] == "invalid_phone"
