"""The hidden sheet by which a downloaded template says which ledger and which version it is."""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from backend.workbook.cells import text_of
from backend.workbook.opening import Sheet

STAMP_SHEET = "_guanbiao"


class Stamp(NamedTuple):
    ledger: str
    version: int


def read_stamp(sheets: Sequence[Sheet]) -> Stamp | None:
    """The stamp of a template, None for a workbook that is none; an unreadable version counts as 0."""
    for sheet in sheets:
        if sheet.name == STAMP_SHEET and sheet.hidden:
            cells = [text_of(cell) for row in islice(sheet.rows(), 1) for cell in row]
            if cells:
                version = cells[1] if len(cells) > 1 else ""
                return Stamp(cells[0], int(version) if version.isascii() and version.isdigit() else 0)
    return None
