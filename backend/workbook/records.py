"""Looks at where the cells of an .xls lie before the reader does, which makes room for everything between them.

Source: [MS-XLS] 2.1.4 and 2.4: a stream of records, each a type, a length and so many bytes; a sheet begins where a
BoundSheet8 says and ends with an EOF.
"""

import io
import struct
from collections.abc import Iterator

import olefile

from backend.workbook.archive import Limits, UnreadableWorkbook, check_extent

_STREAMS = ("Workbook", "Book")
_END, _SHEET, _DIMENSIONS, _MANY = 0x000A, 0x0085, 0x0200, 0x00BD
_CELLS = frozenset({0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x0206, 0x027E, 0x0406, _MANY})
_ROWS, _COLUMNS = 65_536, 256
_MOST_SHEETS = 200


def check_records(data: bytes, limits: Limits) -> None:
    """Refuse an .xls with a cell further away than `limits` allow, as what a sheet of that size is refused as, and one
    that speaks of more rows, columns or sheets than there can be as `workbook_damaged`."""
    stream = _stream(data)
    starts = {0} | {struct.unpack_from("<I", body)[0] for kind, body in _records(stream, 0) if _is_start(kind, body)}
    if len(starts) > _MOST_SHEETS:
        raise UnreadableWorkbook("workbook_damaged")
    for start in starts:
        height = width = 0
        for kind, body in _records(stream, start):
            if kind == _DIMENSIONS:
                _check_dimensions(body)
            elif kind in _CELLS and len(body) >= 4:
                row, column = struct.unpack_from("<HH", body)
                last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MANY else column
                height, width = max(height, row + 1), max(width, column + 1, last + 1)
        check_extent(height, width, limits)


def _stream(data: bytes) -> bytes:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as paper:
            name = next((name for name in _STREAMS if paper.exists(name)), None)
            return paper.openstream(name).read() if name else b""
    except Exception:  # noqa: BLE001 - whatever the library trips over, it is no workbook
        raise UnreadableWorkbook("workbook_damaged") from None


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """From `at` to the end of the part; what is cut off ends it too."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        if kind == _END:
            return
        at += 4 + length


def _is_start(kind: int, body: bytes) -> bool:
    return kind == _SHEET and len(body) >= 4


def _check_dimensions(body: bytes) -> None:
    if len(body) >= 12:
        first_row, last_row, first_column, last_column = struct.unpack_from("<IIHH", body)
    elif len(body) >= 8:
        first_row, last_row, first_column, last_column = struct.unpack_from("<HHHH", body)
    else:
        return
    if max(first_row, last_row) > _ROWS or max(first_column, last_column) > _COLUMNS:
        raise UnreadableWorkbook("workbook_damaged")
