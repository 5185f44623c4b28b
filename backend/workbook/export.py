"""Writes records out as the ledger that clerks know: title, units, numbered rows, sign-off line, ready for A4."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from backend.workbook.ledger import Column, Ledger
from backend.workbook.watermark import Watermark
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

MARK_COLUMN = "导出标识"
SIGN_OFF = "填表人：           审核人：           联系电话："


def write_export(
    ledger: Ledger,
    records: Iterable[Mapping[str, Any]],
    target: io.BytesIO | str,
    *,
    title: str = "",
    subtitle: str = "",
    footer: str = SIGN_OFF,
    watermark: Watermark | None = None,
) -> int:
    """Write `records` (values by column key) to `target`, a buffer or a path; answer how many there were.

    Personal data comes in already masked, or else with a `watermark`, which stands in every row and on every page. A
    value is shown by its column's `show`; references to organisations are given by name. One row is in memory at a
    time, whatever the number of records.
    """
    book = new_workbook(target)
    sheet = book.add_worksheet(ledger.title)
    text, header = cell_style(book), header_style(book)
    note = book.add_format({"font_size": 10, "valign": "vcenter"})
    width = len(ledger.written)
    sheet.set_column(0, 0, 6)
    for index, column in enumerate(ledger.written, start=1):
        sheet.set_column(index, index, column.width)
    sheet.merge_range(0, 0, 0, width, escaped(title or ledger.title), title_style(book))
    write_text(sheet, 1, 0, f"{subtitle}　{watermark.line}" if watermark else subtitle, note)
    write_text(sheet, 2, 0, "序号", header)
    for index, column in enumerate(ledger.written, start=1):
        write_text(sheet, 2, index, column.title, header)
    extra = _extra(ledger, watermark)
    for index, (heading, _) in enumerate(extra, start=width + 1):
        sheet.set_column(index, index, 34 if watermark else 22)
        write_text(sheet, 2, index, heading, header)
    row = 2
    for row, record in enumerate(records, start=3):
        write_text(sheet, row, 0, str(row - 2), text)
        for index, column in enumerate(ledger.written, start=1):
            write_text(sheet, row, index, _shown(column, record), text)
        for index, (_, said) in enumerate(extra, start=width + 1):
            write_text(sheet, row, index, said(record), text)
    if footer:
        write_text(sheet, row + 1, 0, footer, note)
    sheet.freeze_panes(3, 2)
    print_on_a4(sheet, 2)
    if watermark:
        watermark.put(book, sheet)
    book.close()
    return row - 2


def write_csv(ledger: Ledger, records: Iterable[Mapping[str, Any]]) -> Iterable[bytes]:
    """The same as CSV in pieces, one per row, with the mark by which Excel knows UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    extra = _extra(ledger, None)
    writer.writerow([*(column.title for column in ledger.written), *(heading for heading, _ in extra)])
    yield b"\xef\xbb\xbf" + buffer.getvalue().encode()
    for record in records:
        buffer.seek(0)
        buffer.truncate()
        shown = [*(_shown(column, record) for column in ledger.written), *(said(record) for _, said in extra)]
        writer.writerow([escaped(text) for text in shown])
        yield buffer.getvalue().encode()


def _shown(column: Column, record: Mapping[str, Any]) -> str:
    value = record.get(column.key)
    if value is None:
        return ""
    return column.show(value) if column.show else shown(value)


def _extra(ledger: Ledger, watermark: Watermark | None) -> list[tuple[str, Callable[[Mapping[str, Any]], str]]]:
    """The columns that only exports have: whether a record is disputed, and the mark of whoever took it."""
    found: list[tuple[str, Callable[[Mapping[str, Any]], str]]] = []
    if flag := ledger.flag:
        found.append((flag.title, lambda record: flag.word if record.get(flag.key) else ""))
    if watermark:
        found.append((MARK_COLUMN, lambda _: watermark.code))
    return found
