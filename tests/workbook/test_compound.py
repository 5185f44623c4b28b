"""Old workbooks whose tables lie: refused before the reader follows them."""

import struct
from pathlib import Path

import pytest

from backend.apart import WorkFailed, apart
from backend.workbook.archive import Limits, UnreadableWorkbook
from backend.workbook.compound import check_compound
from backend.workbook.opening import open_sheets
from backend.workbook.records import check_records

SAMPLE = (Path(__file__).parents[1] / "samples" / "rectifications.xls").read_bytes()
FIRST_TABLE, SMALL_START, LISTS_START = 76, 60, 68


def table_at(data: bytes) -> int:
    return (struct.unpack_from("<I", data, FIRST_TABLE)[0] + 1) << 9


def changed(at: int, value: int) -> bytes:
    data = bytearray(SAMPLE)
    struct.pack_into("<I", data, at, value)
    return bytes(data)


def directory_entry() -> int:
    """Where the table says what follows the directory's first sector."""
    (start,) = struct.unpack_from("<I", SAMPLE, 48)
    return table_at(SAMPLE) + 4 * start


@pytest.mark.parametrize(
    "data",
    [
        changed(directory_entry(), struct.unpack_from("<I", SAMPLE, 48)[0]),
        changed(table_at(SAMPLE), 0),
        changed(LISTS_START, 0),
        changed(LISTS_START, 0)[:515],
        changed(LISTS_START, 0x00FFFFFF),
        changed(SMALL_START, 0x00FFFFFF),
        changed(FIRST_TABLE + 4, struct.unpack_from("<I", SAMPLE, FIRST_TABLE)[0]),
        changed(44, 0x7FFFFFFF),
        SAMPLE[:30] + b"\x1f\x00" + SAMPLE[32:],
        SAMPLE[:100],
        SAMPLE[:600],
    ],
)
def test_refuses_circles_and_places_outside_of_the_file(data: bytes) -> None:
    with pytest.raises(UnreadableWorkbook) as refused:
        open_sheets(data)
    assert refused.value.code == "workbook_damaged"


def test_takes_what_offices_have() -> None:
    check_compound(SAMPLE)
    assert open_sheets(SAMPLE)


def cell_at(row: int, column: int, kind: int = 0x00FD) -> bytes:
    """The sample with its last cell of a kind somewhere else."""
    stream = SAMPLE.rfind(struct.pack("<HHHH", kind, 10, 4, 0)[:4])
    data = bytearray(SAMPLE)
    struct.pack_into("<HH", data, stream + 4, row, column)
    return bytes(data)


@pytest.mark.parametrize(
    ("row", "column", "code"), [(0xFFFF, 0xFFFF, "sheet_too_wide"), (0xFFFF, 150, "sheet_too_large"), (3, 3, None)]
)
def test_refuses_a_far_away_cell_before_memory_is_spent_on_it(row: int, column: int, code: str | None) -> None:
    limits = Limits(cells=1_000_000)
    if code is None:
        assert open_sheets(cell_at(row, column), limits)
        return
    with pytest.raises(UnreadableWorkbook) as refused:
        check_records(cell_at(row, column), limits)
    assert refused.value.code == code


def test_refuses_dimensions_that_no_sheet_has() -> None:
    at = SAMPLE.find(struct.pack("<HH", 0x0200, 14))
    assert at > 0
    with pytest.raises(UnreadableWorkbook) as refused:
        open_sheets(SAMPLE[: at + 8] + struct.pack("<I", 0x7FFFFFFF) + SAMPLE[at + 12 :])
    assert refused.value.code == "workbook_damaged"


async def test_work_that_wants_all_memory_fails_alone() -> None:
    with pytest.raises(WorkFailed):
        await apart(bytearray, 8 * 1024**3)
