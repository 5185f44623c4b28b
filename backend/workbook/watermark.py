"""The mark of a workbook that holds personal numbers in clear: who took it, when and why, wherever it goes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_LONGEST_FOOTER = 200
"""Excel takes 255 characters in a header or footer."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """`event_id` leads to the event that tells of the export."""

    name: str
    username: str
    at: datetime
    reason: str
    event_id: UUID

    @property
    def code(self) -> str:
        """What stands in every row: short enough for a cell, and enough to find the event by."""
        return f"{self.name} {self.at.astimezone(_SHANGHAI):%Y-%m-%d %H:%M} {self.event_id.hex[-8:].upper()}"

    @property
    def line(self) -> str:
        """What stands above the table, and above and below every printed page."""
        return f"含未遮盖个人信息，禁止转发 · {self.username} {self.code} · 用途：{self.reason}"

    def put(self, book: Workbook, sheet: Worksheet) -> None:
        """Write it into the pages and the properties of the file; the rows are written by whoever writes them."""
        printed = self.line.replace("&", "&&")[:_LONGEST_FOOTER]
        sheet.set_header(f"&C&9{printed}")
        sheet.set_footer(f"&L&9{printed}&R第 &P 页，共 &N 页")
        book.set_properties({"comments": self.line, "author": self.name})
