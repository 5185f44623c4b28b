"""Workbooks built for tests: a county with few branches, rows that are right, and files in the kinds that occur."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import openpyxl
import xlwt

from backend.domain.identity import id_number_check
from backend.workbook.ledger import Known, KnownOrganization

TODAY = date(2026, 11, 22)
KNOWN = Known.of(
    TODAY,
    [
        KnownOrganization("t1", "和井镇党委", "township_committee", "云川县委"),
        KnownOrganization("v1", "东沟村", "village", "和井镇党委"),
        KnownOrganization("b1", "东沟村党支部", "party_branch", "和井镇党委"),
        KnownOrganization("b2", "西沟村党支部", "party_branch", "和井镇党委"),
        KnownOrganization("b3", "上坡村党支部", "party_branch", "和井镇党委"),
        KnownOrganization("b4", "上坡村党支部", "party_branch", "桑溪镇党委"),
    ],
)
TITLES = ["序号", "姓名", "性别", "公民身份号码", "出生日期", "入党时间", "所在党支部", "党员类别", "联系电话"]


def id_number(born: str = "19900101", order: int = 1) -> str:
    body = f"999901{born}{order:03d}"
    return body + id_number_check(body)


def member(order: int = 1, **changes: Any) -> list[Any]:
    """A right row under TITLES, with the cells named by title changed."""
    cells: dict[str, Any] = {
        "序号": order,
        "姓名": "张三",
        "性别": "男" if order % 2 else "女",
        "公民身份号码": id_number(order=order),
        "出生日期": "1990.01",
        "入党时间": "2015年7月1日",
        "所在党支部": "东沟村党支部",
        "党员类别": "正式党员",
        "联系电话": "19900812644",
    }
    return list((cells | changes).values())


def xlsx(*sheets: Sequence[Sequence[Any]], hidden: tuple[int, ...] = (), merges: tuple[str, ...] = ()) -> bytes:
    """An .xlsx of the given sheets; strings stay strings, whatever they begin with. `merges` are of the first sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for index, rows in enumerate(sheets):
        sheet = book.create_sheet(f"表{index + 1}")
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    cell = sheet.cell(number, column, value)
                    if isinstance(value, str):
                        cell.data_type = "s"
        if index in hidden:
            sheet.sheet_state = "hidden"
    for merge in merges:
        book.worksheets[0].merge_cells(merge)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xls(rows: Sequence[Sequence[Any]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("花名册")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
