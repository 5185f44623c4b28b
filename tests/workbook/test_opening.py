"""Files that are no workbooks, lie about what they are, or are made to do harm."""

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from backend.workbook.archive import Limits, UnreadableWorkbook
from backend.workbook.opening import open_sheets
from tests.workbook.books import TITLES, member, xls, xlsx

HTML = "<html><body><table><tr><td>姓名</td></tr></table></body></html>"


def code(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(UnreadableWorkbook) as refused:
        open_sheets(data, limits)
    return refused.value.code


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return target.getvalue()


def with_sheet(sheet: bytes) -> bytes:
    """A right .xlsx whose first sheet is replaced by the given XML."""
    source = zipfile.ZipFile(io.BytesIO(xlsx([TITLES])))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else source.read(name))
    return target.getvalue()


def sheet_of(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "workbook_empty"),
        (b" \r\n ", "workbook_empty"),
        (HTML.encode(), "workbook_is_html"),
        (b"\xef\xbb\xbf  " + HTML.encode(), "workbook_is_html"),
        (b'<?xml version="1.0"?><Workbook/>', "workbook_is_html"),
        (b"%PDF-1.7 ...", "workbook_format"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "workbook_format"),
        ("姓名\x00,1".encode(), "workbook_format"),
        (b"\xff\xff\xff\xff,1", "workbook_encoding"),
        (zipped(a_xml=b"<a/>"), "workbook_format"),
        (xlsx([TITLES])[:2000], "workbook_damaged"),
        (xls([TITLES])[:700], "workbook_damaged"),
        (b"PK\x03\x04" + b"\x00" * 100, "workbook_damaged"),
        (with_sheet(b"<worksheet><sheetData><row r="), "workbook_damaged"),
    ],
)
def test_refuses_what_is_no_workbook(data: bytes, expected: str) -> None:
    assert code(data) == expected


def test_reads_a_path_as_well(tmp_path: Path) -> None:
    path = tmp_path / "名单.xls"
    path.write_bytes(xlsx([TITLES, member()]))
    (sheet,) = open_sheets(path)
    assert (sheet.height, sheet.hidden) == (2, False)


@pytest.mark.parametrize("name", ["XFD1048576", "A1048576", "XFD1"])
def test_refuses_a_far_away_cell_before_memory_is_spent_on_it(name: str) -> None:
    rows = f'<row><c r="A1"><v>1</v></c></row><row><c s="0" r="{name}"><v>1</v></c></row>'
    tracemalloc.start()
    assert code(with_sheet(sheet_of(rows))) in {"sheet_too_wide", "sheet_too_long"}
    assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    tracemalloc.stop()


def test_refuses_a_wide_and_long_sheet_whose_cells_have_no_address() -> None:
    limits = Limits(columns=50, cells=1000)
    wide = "<row>" + "<c><v>1</v></c>" * 51 + "</row>"
    assert code(with_sheet(sheet_of(wide)), limits) == "sheet_too_wide"
    large = "<row>" + "<c><v>1</v></c>" * 40 + "</row>" + "<row><c><v>1</v></c></row>" * 40
    assert code(with_sheet(sheet_of(large)), limits) == "sheet_too_large"


def test_refuses_a_bomb_by_what_it_unpacks_to_even_when_it_lies_about_that() -> None:
    limits = Limits(unpacked_bytes=2**20)
    bomb = zipped(xl__workbook_xml=b"<w/>", xl__big_xml=b"0" * 2**22)
    assert code(bomb, limits) == "workbook_too_large"
    lying = bomb.replace(struct.pack("<I", 2**22), struct.pack("<I", 10))
    assert code(lying, limits) == "workbook_too_large"


def test_refuses_files_and_tables_over_the_limits() -> None:
    assert code(b"a,b\n" * 100, Limits(file_bytes=100)) == "workbook_too_large"
    assert code(b"a,b\n" * 100, Limits(rows=99)) == "sheet_too_long"
    assert code(b"a," * 300, Limits()) == "sheet_too_wide"
    assert code(xlsx([TITLES] * 20), Limits(rows=19)) == "sheet_too_long"
    assert code(xls([TITLES] * 20), Limits(rows=19)) == "sheet_too_long"
