"""Dates as clerks write them, read without guessing.

Read: 2020.6, 2020.06, 2020年6月, 2020年6月1日, 20200601, 202006, 2020-6-1, 2020/6/1, with full-width digits and blanks,
Excel serial numbers and real dates. Refused: years of two digits, years alone, Chinese numerals, words.
"""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta

from backend.domain.identity import compact
from backend.workbook.cells import Cell, PartialDate, Unacceptable, text_of
from backend.workbook.messages import messages

_DAY = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})[日号]?")
_MONTH = re.compile(r"(\d{4})(?:年|[./-])(\d{1,2})(?:月份?)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_SERIAL = re.compile(r"\d{5}")
_YEAR = re.compile(r"\d{4}年?")
_SHORT_YEAR = re.compile(r"\d{2}[年./-]\d{1,2}(?:月份?|[月./-]\d{1,2}[日号]?)?")
_TIME = re.compile(r"[\sT]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_STROKES = str.maketrans({"。": ".", "、": ".", "—": "-", "–": "-", "−": "-", "‐": "-", "\\": "/"})

# Serial 60 is a 29 February 1900 that never was, hence the odd epoch for every later day.
_EPOCH = date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1850, 2199
# Below this a number is a year, not a serial (3000 is a day in 1908); text of four digits always is one.
_FIRST_SERIAL, _LAST_SERIAL = 3000, 109_574


def read_date(cell: Cell) -> PartialDate:
    """The date in a cell, as precisely as it is written.

    Raises Unacceptable `invalid_date`, whose `fault` says in words which part is wrong, since what was typed may be
    masked; or `ambiguous_date` for the number 2020.1, which a spreadsheet also makes of 2020.10.
    """
    if isinstance(cell, bool):
        raise _no_date(text_of(cell), "date_unreadable")
    if isinstance(cell, datetime):
        return _typed(cell.date())
    if isinstance(cell, date):
        return _typed(cell)
    if isinstance(cell, float | int):
        return _of_number(float(cell))
    if not isinstance(cell, str):
        raise _no_date(text_of(cell), "date_unreadable")
    return _of_text(cell)


def _no_date(value: str, fault: str) -> Unacceptable:
    return Unacceptable("invalid_date", value=value, fault=messages()[fault])


def _typed(day: date) -> PartialDate:
    """A real date cell. Who types 1977年8月 into a spreadsheet gets a real date on the first of August, and nothing in
    the value tells the two apart, so that a first of the month is taken as a month."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise _no_date(day.isoformat(), "date_year_far")
    return PartialDate.month(day.year, day.month) if day.day == 1 else PartialDate(day, day)


def _of_number(number: float) -> PartialDate:
    if not number.is_integer() and _FIRST_YEAR <= number < _LAST_YEAR:
        text = repr(number)
        if text.endswith(".1"):
            raise Unacceptable("ambiguous_date", value=text)
        return _of_text(text)
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return _typed(_EPOCH + timedelta(days=int(number)))
    return _of_text(text_of(number))


def _of_text(text: str) -> PartialDate:
    written = compact(_TIME.sub("", text.strip().lstrip("'"))).translate(_STROKES).rstrip(".")
    if not written.isascii() or not written.isdigit():
        found = _DAY.fullmatch(written) or _MONTH.fullmatch(written)
    elif _SERIAL.fullmatch(written):
        return _of_number(float(written))
    else:
        found = _DIGITS.fullmatch(written)
    if not found:
        raise _no_date(text.strip(), _form_fault(written))
    year, month, *days = (int(part) for part in found.groups() if part)
    if fault := _part_fault(year, month, days):
        raise _no_date(text.strip(), fault)
    if days:
        return PartialDate(date(year, month, days[0]), date(year, month, days[0]))
    return PartialDate.month(year, month)


def _form_fault(written: str) -> str:
    if not any(char in "0123456789" for char in written):
        return "date_in_words"
    if _YEAR.fullmatch(written):
        return "date_year_alone"
    return "date_year_short" if _SHORT_YEAR.fullmatch(written) else "date_unreadable"


def _part_fault(year: int, month: int, days: list[int]) -> str | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return "date_year_far"
    if not 1 <= month <= 12:
        return "date_month_wrong"
    return "date_day_wrong" if days and not 1 <= days[0] <= monthrange(year, month)[1] else None
