"""Gives a workbook back with what is wrong in it: its rows, a column that says why, and the wrong cells coloured."""

import io
import itertools
from collections.abc import Iterable, Mapping

from backend.workbook.archive import Limits
from backend.workbook.cells import text_of
from backend.workbook.layout import HEADER_SEARCH, find_header
from backend.workbook.ledger import Ledger
from backend.workbook.opening import Sheet, Source, open_sheets
from backend.workbook.watermark import Watermark
from backend.workbook.writing import cell_style, header_style, new_workbook, write_text

ERROR_TITLE = "错误说明"

Remark = tuple[str, str]
"""A column's title as the refusal names it, and the message."""


def write_result(
    source: Source,
    ledger: Ledger,
    remarks: Mapping[tuple[str, int], Iterable[Remark]],
    target: io.BytesIO | str,
    *,
    limits: Limits | None = None,
    watermark: Watermark | None = None,
) -> None:
    """Write the visible sheets of `source` with their rows in order and `remarks`, by (sheet, row from 1), beside them.

    The result can be put right and uploaded again: its extra column is one that the importer passes over.
    Raises UnreadableWorkbook as reading does.
    """
    book = new_workbook(target)
    styles = cell_style(book), cell_style(book, bg_color="#FFD6D6"), cell_style(book, font_color="#B00020")
    header = header_style(book)
    names: set[str] = set()
    for sheet in open_sheets(source, limits):
        if sheet.hidden:
            continue
        found = find_header(list(itertools.islice(sheet.rows(), HEADER_SEARCH)), sheet.merges, ledger)
        written = book.add_worksheet(_sheet_name(sheet, names))
        titles = found.titles if found else ()
        last = max(len(titles), 1)
        for number, cells in enumerate(sheet.rows()):
            said = list(remarks.get((sheet.name, number + 1), ()))
            wrong = {title for title, _ in said}
            for column, cell in enumerate(cells):
                title = titles[column] if column < len(titles) else ""
                is_header = found is not None and number == found.row
                style = header if is_header else styles[1] if title and title in wrong else styles[0]
                write_text(written, number, column, text_of(cell), style)
            if found is not None and number == found.row:
                write_text(written, number, last, ERROR_TITLE, header)
            elif said:
                text = "；".join(f"{title}：{message}" if title else message for title, message in said)
                write_text(written, number, last, text, styles[2])
        written.set_column(0, last - 1, 16)
        written.set_column(last, last, 60)
        if watermark:
            watermark.put(book, written)
        if found:
            written.freeze_panes(found.row + 1, 0)
    if not names:
        book.add_worksheet()
    book.close()


def _sheet_name(sheet: Sheet, names: set[str]) -> str:
    """A name that a workbook may have: 31 characters, none of []:*?/\\, and no two alike."""
    clean = "".join("_" if char in "[]:*?/\\" else char for char in sheet.name).strip("'")[:31] or "Sheet"
    name, count = clean, 1
    while name.casefold() in names:
        count += 1
        name = f"{clean[:27]}({count})"
    names.add(name.casefold())
    return name
