"""Cells as a spreadsheet or a CSV gives them, and the text that a person sees in them."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from backend.domain.identity import compact

Cell = str | int | float | bool | date | datetime | time | timedelta | None

RUNNABLE = re.compile(r"'*\s*[=+\-@]")
"""What our exports put an apostrophe before: the start of a formula, and what looks as if it had been guarded."""

_GUARDED = re.compile(r"'+\s*[=+\-@]")

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\x00"))
_NOTHING = frozenset({"无", "/", "\\", "-", "--", "—", "——", "暂无", "没有", "无。", "空", "N/A", "n/a", "#N/A"})


class Unacceptable(Exception):
    """A cell that cannot be read as what its column holds; `code` and `params` find the message."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class PartialDate(NamedTuple):
    """A date as precisely as it was written: `first` and `last` are the same day, or the ends of a month."""

    first: date
    last: date

    @classmethod
    def month(cls, year: int, month: int) -> "PartialDate":
        return cls(date(year, month, 1), date(year, month, monthrange(year, month)[1]))

    def may_be(self, day: date) -> bool:
        return self.first <= day <= self.last


def text_of(cell: Cell) -> str:
    """The text of a cell without the white space around it. Whole numbers come without `.0`; a number of more than
    15 digits keeps its exponent, because the digits behind it are not what was typed."""
    if isinstance(cell, str):
        text = cell.translate(_INVISIBLE).strip()
        # The apostrophe that our own exports put before a formula-like text is not part of the text.
        return text[1:].strip() if _GUARDED.match(text) else text
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return str(cell)


def means_nothing(text: str) -> bool:
    """Whether a text only says that there is nothing: blank, 无, a stroke."""
    return not text or text in _NOTHING


def compare_key(text: str) -> str:
    """`text` as names of organisations and titles are compared: NFKC, no white space, lower case."""
    return compact(text).casefold()


def plain(value: Any) -> Any:
    """The value that is stored: of a date known to the month, its first day."""
    return value.first if isinstance(value, PartialDate) else value
