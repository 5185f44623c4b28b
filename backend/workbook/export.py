"""Writes records out as the ledger that clerks know: title, units, numbered rows, sign-off line, ready for A4."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from backend.workbook.ledger import Column, Ledger
from backend.workbook.writing import (
    cell_style,
    escaped,
    header_style,
    new_workbook,
    print_on_a4,
    shown,
    title_style,
    write_text,
)

SIGN_OFF = "填表人：           审核人：           联系电话："


def write_export(
    ledger: Ledger,
    records: Iterable[Mapping[str, Any]],
    target: io.BytesIO | str,
    *,
    title: str = "",
    subtitle: str = "",
    footer: str = SIGN_OFF,
) -> int:
    """Write `records` (values by column key) to `target`, a buffer or a path; answer how many there were.

    Personal data comes in already masked. A value is shown by its column's `show`; references to organisations are
    given by name. One row is in memory at a time, whatever the number of records.
    """
    book = new_workbook(target)
    sheet = book.add_worksheet(ledger.title)
    text, header = cell_style(book), header_style(book)
    note = book.add_format({"font_size": 10, "valign": "vcenter"})
    width = len(ledger.columns)
    sheet.set_column(0, 0, 6)
    for index, column in enumerate(ledger.columns, start=1):
        sheet.set_column(index, index, column.width)
    sheet.merge_range(0, 0, 0, width, escaped(title or ledger.title), title_style(book))
    write_text(sheet, 1, 0, subtitle, note)
    write_text(sheet, 2, 0, "序号", header)
    for index, column in enumerate(ledger.columns, start=1):
        write_text(sheet, 2, index, column.title, header)
    row = 2
    for row, record in enumerate(records, start=3):
        write_text(sheet, row, 0, str(row - 2), text)
        for index, column in enumerate(ledger.columns, start=1):
            write_text(sheet, row, index, _shown(column, record), text)
    if footer:
        write_text(sheet, row + 1, 0, footer, note)
    sheet.freeze_panes(3, 2)
    print_on_a4(sheet, 2)
    book.close()
    return row - 2


def write_csv(ledger: Ledger, records: Iterable[Mapping[str, Any]]) -> Iterable[bytes]:
    """The same as CSV in pieces, one per row, with the mark by which Excel knows UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.title for column in ledger.columns])
    yield b"\xef\xbb\xbf" + buffer.getvalue().encode()
    for record in records:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([escaped(_shown(column, record)) for column in ledger.columns])
        yield buffer.getvalue().encode()


def _shown(column: Column, record: Mapping[str, Any]) -> str:
    value = record.get(column.key)
    if value is None:
        return ""
    return column.show(value) if column.show else shown(value)
