"""How every workbook that leaves the house is written: texts stay texts, and nothing in them is ever a formula."""

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from backend.workbook.cells import RUNNABLE

_CELL_LIMIT = 32_767
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(13, 32)))


def new_workbook(target: io.BytesIO | str) -> Workbook:
    """A workbook that keeps one row in memory at a time and takes no string for a formula, a link or a number."""
    return xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )


def escaped(text: str) -> str:
    """`text` with an apostrophe before anything that a spreadsheet would run when the file is saved as CSV and opened
    again. XML cannot hold control characters; they go."""
    clean = text.translate(_CONTROL)[: _CELL_LIMIT - 1]
    return f"'{clean}" if RUNNABLE.match(clean) else clean


def shown(value: Any) -> str:
    """A plain value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value)


def write_text(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    """Write a cell of text, or a blank one with its style."""
    if text:
        sheet.write_string(row, column, escaped(text), style)
    else:
        sheet.write_blank(row, column, None, style)


def cell_style(book: Workbook, **changes: Any) -> Format:
    """The style of data cells: bordered, wrapped, of text format so that long numbers keep their digits."""
    return book.add_format(
        {"num_format": "@", "border": 1, "valign": "vcenter", "text_wrap": True, "font_size": 10} | changes
    )


def title_style(book: Workbook) -> Format:
    return book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})


def header_style(book: Workbook) -> Format:
    return cell_style(book, bold=True, align="center", bg_color="#E8EEF4")


def print_on_a4(sheet: Worksheet, header_row: int) -> None:
    """A4 landscape, one page wide, the header repeated on every page, page numbers below."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(header_row)
    sheet.set_footer("&C第 &P 页，共 &N 页")
