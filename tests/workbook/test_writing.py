"""Templates, exports and results, read back by another library and by our own importer."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from backend.workbook.archive import UnreadableWorkbook
from backend.workbook.export import write_csv, write_export
from backend.workbook.ledger import Ledger
from backend.workbook.ledgers import LEDGERS
from backend.workbook.member import MEMBER
from backend.workbook.organization import ORGANIZATION
from backend.workbook.reading import read_workbook
from backend.workbook.result import ERROR_TITLE, write_result
from backend.workbook.stamp import STAMP_SHEET
from backend.workbook.template import write_template
from tests.workbook.books import KNOWN, TITLES, member, xlsx

EVIL = '=HYPERLINK("http://evil","x")'


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def grid(sheet: Worksheet) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def restamped(data: bytes, ledger: str, version: Any) -> bytes:
    book = opened(data)
    book[STAMP_SHEET]["A1"], book[STAMP_SHEET]["B1"] = ledger, version
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("ledger", LEDGERS.values(), ids=list(LEDGERS))
def test_an_empty_template_is_read_as_no_rows_without_problems(ledger: Ledger) -> None:
    reading = read_workbook(write_template(ledger), ledger, KNOWN)
    assert list(reading) == []
    assert reading.problems == []
    assert reading.sheets[0].skipped["sample"] == 1
    assert reading.sheets[0].ignored == ()


def test_a_template_has_text_columns_drop_downs_instructions_and_a_hidden_stamp() -> None:
    book = opened(write_template(MEMBER))
    sheet = book["党员花名册"]
    assert sheet.freeze_panes == "C3"
    titles = {cell.value: cell.column_letter for cell in sheet[2]}
    assert sheet.column_dimensions[titles["公民身份号码"]].number_format == "@"
    ruled = {str(rule.sqref).split(":")[0] for rule in sheet.data_validations.dataValidation}
    assert {f"{titles[title]}3" for title in ("性别", "学历", "党员类别", "是否流动党员")} == ruled
    assert "公民身份号码" in {row[0] for row in grid(book["填写说明"])}
    assert book[STAMP_SHEET].sheet_state == "veryHidden"
    assert grid(book[STAMP_SHEET]) == [["member", "1"]]


@pytest.mark.parametrize(
    ("ledger", "version", "code"),
    [
        ("organization", "1", "template_other_ledger"),
        ("member", "2", "template_version"),
        ("member", "x", "template_version"),
    ],
)
def test_refuses_a_template_of_another_ledger_or_version(ledger: str, version: str, code: str) -> None:
    with pytest.raises(UnreadableWorkbook) as refused:
        read_workbook(restamped(write_template(MEMBER), ledger, version), MEMBER, KNOWN)
    assert refused.value.code == code


def test_an_export_is_text_ready_for_printing_and_runs_no_formula() -> None:
    records = [
        {
            "name": EVIL,
            "id_number": "9999**********0023",
            "joined_on": date(2020, 6, 1),
            "is_mobile": False,
            "status": "full",
        },
        {"name": "张三", "phone": "+86", "remark": "@x", "status": "deceased", "sex": "female", "joined_on": None},
    ]
    target = io.BytesIO()
    assert write_export(MEMBER, records, target, title="云川县党员花名册", subtitle="填报单位：和井镇") == 2
    sheet = opened(target.getvalue())["党员花名册"]
    rows = grid(sheet)
    assert (rows[0][0], rows[1][0], rows[-1][0][:4]) == ("云川县党员花名册", "填报单位：和井镇", "填表人：")
    first, second = (dict(zip(rows[2], row, strict=True)) for row in rows[3:5])
    assert first["姓名"] == f"'{EVIL}"
    assert (first["公民身份号码"], first["入党时间"], first["是否流动党员"]) == (
        "9999**********0023",
        "2020-06-01",
        "否",
    )
    assert (second["联系电话"], second["备注"], second["党员类别"], second["性别"]) == ("'+86", "'@x", "已去世", "女")
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$3:$3", "C4")


def test_an_export_can_be_imported_again() -> None:
    reading = read_workbook(xlsx([TITLES, member(1), member(2, 联系电话="0538-1234567")]), MEMBER, KNOWN)
    records = [row.values | {"organization_id": row.cells["所在党支部"]} for row in reading]
    target = io.BytesIO()
    write_export(MEMBER, records, target)
    again = read_workbook(target.getvalue(), MEMBER, KNOWN)
    back = [row.values for row in again]
    assert again.counts.refused == 0
    for row, copy in zip(reading, back, strict=True):
        assert {key: copy[key] for key in row.values} == row.values


def test_csv_exports_carry_the_mark_and_escape_formulas() -> None:
    data = b"".join(write_csv(ORGANIZATION, [{"name": EVIL, "kind": "party_branch"}]))
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig").splitlines()[1].startswith("\"'=HYPERLINK")


def test_a_result_keeps_the_rows_and_says_and_shows_what_is_wrong() -> None:
    rows = [["花名册"], TITLES, member(1), [], member(2, 姓名=EVIL, 联系电话="1"), ["合计", 2]]
    data = xlsx(rows)
    remarks = {("表1", 5): [("姓名", "姓名中有符号"), ("联系电话", "不是电话号码")]}
    target = io.BytesIO()
    write_result(data, MEMBER, remarks, target)
    sheet = opened(target.getvalue())["表1"]
    written = grid(sheet)
    assert [row[0] for row in written] == ["花名册", "序号", "1", None, "2", "合计"]
    assert [row[9] for row in written] == [
        None,
        ERROR_TITLE,
        None,
        None,
        "姓名：姓名中有符号；联系电话：不是电话号码",
        None,
    ]
    coloured = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "FFFFD6D6"}
    assert coloured == {"B5", "I5"}
    assert written[4][1] == f"'{EVIL}"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    again = read_workbook(target.getvalue(), MEMBER, KNOWN)
    assert [(row.row, row.accepted) for row in again] == [(3, True), (5, False)]
