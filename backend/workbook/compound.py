"""Looks at the sector tables of an .xls before the reader does, which would follow a chain in a circle for ever.

Source: [MS-CFB], Compound File Binary File Format, 2.2 to 2.5.
"""

import struct
from collections.abc import Sequence

from backend.workbook.archive import UnreadableWorkbook

_HEADER = 512
_LAST_SECTOR = 0xFFFFFFFA
_IN_HEADER = 109


def check_compound(data: bytes) -> None:
    """Refuse a compound file whose tables lead in a circle or outside of the file, as `workbook_damaged`."""
    try:
        shift, table_count, small_start, lists_start = _header(data)
        # A file is never longer than its sectors; more of them than bytes is a lie.
        if shift not in (9, 12) or table_count > len(data) >> shift:
            raise UnreadableWorkbook("workbook_damaged")
        table = _table(data, shift, lists_start)
        _refuse_circles(table)
        chain = list(_chain(table, small_start))
        _refuse_circles([entry for sector in chain for entry in _sector(data, shift, sector)])
    except (struct.error, IndexError):
        raise UnreadableWorkbook("workbook_damaged") from None


def _header(data: bytes) -> tuple[int, int, int, int]:
    (shift,) = struct.unpack_from("<H", data, 30)
    (table_count,) = struct.unpack_from("<I", data, 44)
    (small_start,) = struct.unpack_from("<I", data, 60)
    (lists_start,) = struct.unpack_from("<I", data, 68)
    return shift, table_count, small_start, lists_start


def _sector(data: bytes, shift: int, number: int) -> Sequence[int]:
    """The 32-bit words of a sector; the last one of a file may be short."""
    start = (number + 1) << shift
    piece = data[start : start + (1 << shift)]
    if len(piece) < 4:
        raise IndexError(number)
    return struct.unpack(f"<{len(piece) // 4}I", piece[: len(piece) // 4 * 4])


def _table(data: bytes, shift: int, lists_start: int) -> list[int]:
    """The table in which every sector names the next one of its chain."""
    places = list(struct.unpack_from(f"<{_IN_HEADER}I", data, _HEADER - 4 * _IN_HEADER))
    seen: set[int] = set()
    following = lists_start
    while following < _LAST_SECTOR:
        if following in seen:
            raise UnreadableWorkbook("workbook_damaged")
        seen.add(following)
        *more, following = _sector(data, shift, following)
        places += more
    table: list[int] = []
    used: set[int] = set()
    for place in places:
        if place < _LAST_SECTOR:
            if place in used:
                raise UnreadableWorkbook("workbook_damaged")
            used.add(place)
            table += _sector(data, shift, place)
    return table


def _chain(table: Sequence[int], start: int) -> list[int]:
    chain = []
    while start < _LAST_SECTOR:
        chain.append(start)
        start = table[start]
    return chain


def _refuse_circles(table: Sequence[int]) -> None:
    """Every sector has one successor, so a walk that meets its own way goes in a circle."""
    walks = [0] * len(table)
    for first in range(len(table)):
        at = first
        while at < len(table) and not walks[at]:
            walks[at] = first + 1
            at = table[at]
        if at < len(table) and walks[at] == first + 1:
            raise UnreadableWorkbook("workbook_damaged")
