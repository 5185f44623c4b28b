"""Opens a workbook by its content, whatever its name says: .xlsx, .xls, or CSV in UTF-8, UTF-16 or GB 18030."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum
from python_calamine import SheetVisibleEnum as Visible

from backend.workbook.archive import Limits, UnreadableWorkbook, check_archive, check_extent
from backend.workbook.cells import Cell
from backend.workbook.compound import check_compound
from backend.workbook.records import check_records

Source = bytes | Path
Merge = tuple[int, int, int, int]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_CONTROL = frozenset(map(chr, (*range(9), *range(14, 32))))


class Sheet(Protocol):
    """One sheet. `merges` are first row, first column, last row, last column from 0, or None where the format
    loses them; `height` counts rows; `rows()` may be called again."""

    name: str
    hidden: bool
    height: int
    merges: list[Merge] | None

    def rows(self) -> Iterator[list[Cell]]: ...


def open_sheets(source: Source, limits: Limits | None = None) -> list[Sheet]:
    """The sheets of a workbook in their order.

    Raises UnreadableWorkbook: `workbook_empty`, `workbook_too_large`, `workbook_format` (anything else than the three
    kinds), `workbook_is_html`, `workbook_encrypted`, `workbook_encoding`, `workbook_damaged`, `sheet_too_long`,
    `sheet_too_wide`, `sheet_too_large`.
    """
    limits = limits or Limits()
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if size > limits.file_bytes:
        raise UnreadableWorkbook("workbook_too_large", limit=limits.file_bytes >> 20)
    data = source.read_bytes() if isinstance(source, Path) else source
    if not data.strip():
        raise UnreadableWorkbook("workbook_empty")
    if data.startswith(_ZIP):
        check_archive(data, limits)
        return _spreadsheet(data, limits)
    if data.startswith(OLE):
        check_compound(data)
        check_records(data, limits)
        return _spreadsheet(data, limits)
    return [_separated(data, limits)]


@dataclass
class _CalamineSheet:
    name: str
    hidden: bool
    height: int
    merges: list[Merge] | None
    sheet: CalamineSheet
    indent: int

    def rows(self) -> Iterator[list[Cell]]:
        # The reader gives the empty rows above the first cell but not the empty columns left of it.
        left: list[Cell] = [None] * self.indent
        for row in self.sheet.iter_rows():
            yield [*left, *row]


@dataclass
class _CsvSheet:
    name: str
    text: str
    delimiter: str
    height: int
    hidden: bool = False
    merges: list[Merge] | None = None

    def rows(self) -> Iterator[list[Cell]]:
        for row in csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter):
            yield list(row)


def _spreadsheet(data: bytes, limits: Limits) -> list[Sheet]:
    sheets: list[Sheet] = []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for index, about in enumerate(book.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_index(index)
            height, width = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
            check_extent(height, width, limits)
            merges = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
            indent = sheet.start[1] if sheet.start else 0
            sheets.append(_CalamineSheet(about.name, about.visible != Visible.Visible, height, merges, sheet, indent))
    except PasswordError:
        raise UnreadableWorkbook("workbook_encrypted") from None
    except (CalamineError, OSError, ValueError, IndexError, OverflowError):
        raise UnreadableWorkbook("workbook_damaged") from None
    except BaseException as failure:
        # A panic of the Rust reader is a BaseException of its own that no module exports.
        if type(failure).__name__ != "PanicException":
            raise
        raise UnreadableWorkbook("workbook_damaged") from None
    return sheets


def _separated(data: bytes, limits: Limits) -> Sheet:
    text = _decoded(data)
    if not text.strip():
        raise UnreadableWorkbook("workbook_empty")
    if text.lstrip()[:1] == "<":
        raise UnreadableWorkbook("workbook_is_html")
    if text.startswith(("%PDF", "{\\rtf")) or not _CONTROL.isdisjoint(text):
        raise UnreadableWorkbook("workbook_format")
    head = text[:20_000]
    delimiter = max(",\t;", key=head.count)
    height, width = 0, 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            height, width = height + 1, max(width, len(row))
    except csv.Error:
        raise UnreadableWorkbook("workbook_damaged") from None
    check_extent(height, width, limits)
    return _CsvSheet("CSV", text, delimiter, height)


def _decoded(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return _decode(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # GB 18030 contains GBK and GB 2312, and all three are what Excel in China saves as "CSV".
        return _decode(data, "gb18030")


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableWorkbook("workbook_encoding" if b"\x00" not in data else "workbook_format") from None
