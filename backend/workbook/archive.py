"""Looks into an .xlsx before it is opened: how large it would unpack, and how wide and long its sheets are.

The reader lays a sheet out as a full rectangle, so that one cell in XFD1048576 would cost hundreds of gigabytes; and a
zip may say less than it unpacks to. Both are therefore measured here, by unpacking in pieces that are thrown away.
"""

import io
import re
import zipfile
from typing import NamedTuple

from backend.domain.content.archive import Damaged, unpacked


class Limits(NamedTuple):
    """The largest workbook that is taken: bytes of the file, bytes unpacked, and rows, columns and cells (rows times
    columns) of one sheet."""

    file_bytes: int = 64 * 2**20
    unpacked_bytes: int = 640 * 2**20
    rows: int = 220_000
    columns: int = 200
    cells: int = 6_000_000


class UnreadableWorkbook(Exception):
    """A file that cannot be read at all; `code` and `params` find the message in messages.json."""

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


_NO_SHEETS = frozenset({"xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml"})
_CELL = re.compile(rb"\sr=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_CELL_TAGS = (b"<c ", b"<c>", b":c ", b":c>")
_TAG = re.compile(rb"<(?:\w+:)?(row|c)[\s>/]")


def check_archive(data: bytes, limits: Limits) -> None:
    """Refuse an .xlsx that is no workbook, is damaged or is too large; UnreadableWorkbook says which."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise UnreadableWorkbook("workbook_damaged") from None
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        raise UnreadableWorkbook("workbook_format")
    left = limits.unpacked_bytes
    for member in members:
        if member.flag_bits & 1:
            raise UnreadableWorkbook("workbook_encrypted")
        # A sheet may lie under any name that the workbook's relations give it; only the known other parts are left out.
        is_sheet = member.filename.endswith(".xml") and member.filename not in _NO_SHEETS
        extent = _Extent(limits)
        try:
            for piece in unpacked(data, member):
                left -= len(piece)
                if left < 0:
                    raise UnreadableWorkbook("workbook_too_large", limit=limits.unpacked_bytes >> 20)
                if is_sheet:
                    extent.see(piece)
        except Damaged:
            raise UnreadableWorkbook("workbook_damaged") from None


def check_extent(rows: int, columns: int, limits: Limits) -> None:
    """Refuse a sheet of more rows, columns or cells than the limits allow."""
    if rows > limits.rows:
        raise UnreadableWorkbook("sheet_too_long", rows=rows, limit=limits.rows)
    if columns > limits.columns:
        raise UnreadableWorkbook("sheet_too_wide", columns=columns, limit=limits.columns)
    if rows * columns > limits.cells:
        raise UnreadableWorkbook("sheet_too_large", cells=rows * columns, limit=limits.cells)


class _Extent:
    """The size of a sheet, seen piece by piece."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rest = b""
        self.rows = 0
        self.columns = 0
        self.unnamed = 0

    def see(self, piece: bytes) -> None:
        text = self.rest + piece
        # What follows the last tag's end may be half a tag; it is looked at with the next piece.
        end = text.rfind(b">") + 1
        text, self.rest = text[:end], text[end:][-4096:]
        found = _CELL.findall(text)
        self.rows = max([self.rows, *map(int, {row for _, row in found})])
        self.columns = max([self.columns, *map(_column, {letters for letters, _ in found})])
        if sum(map(text.count, _CELL_TAGS)) > len(found):
            self._count(text)
        check_extent(self.rows, self.columns, self.limits)

    def _count(self, text: bytes) -> None:
        """Cells without an address follow one another, so their tags are counted, row by row."""
        for tag in _TAG.finditer(text):
            if tag[1] == b"row":
                self.rows += 1
                self.unnamed = 0
            else:
                self.unnamed += 1
                self.columns = max(self.columns, self.unnamed)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
