"""Dates as clerks write them, read without guessing.

Read: 2020.6, 2020.06, 2020年6月, 2020年6月1日, 20200601, 202006, 2020-6-1, 2020/6/1, with full-width digits and blanks,
Excel serial numbers and real dates. Refused: years of two digits, years alone, Chinese numerals, words.
"""

import re
from datetime import date, datetime, timedelta

from backend.domain.identity import compact
from backend.workbook.cells import Cell, PartialDate, Unacceptable, text_of

_DAY = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})[日号]?")
_MONTH = re.compile(r"(\d{4})(?:年|[./-])(\d{1,2})(?:月份?)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_SERIAL = re.compile(r"\d{5}")
_TIME = re.compile(r"[\sT]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_STROKES = str.maketrans({"。": ".", "、": ".", "—": "-", "–": "-", "−": "-", "‐": "-", "\\": "/"})

# Serial 60 is a 29 February 1900 that never was, hence the odd epoch for every later day.
_EPOCH = date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1850, 2199
# Below this a number is a year, not a serial (3000 is a day in 1908); text of four digits always is one.
_FIRST_SERIAL, _LAST_SERIAL = 3000, 109_574


def read_date(cell: Cell) -> PartialDate:
    """The date in a cell, as precisely as it is written.

    Raises Unacceptable `invalid_date`, or `ambiguous_date` for the number 2020.1, which a spreadsheet also makes of
    2020.10.
    """
    if isinstance(cell, bool):
        raise Unacceptable("invalid_date", value=text_of(cell))
    if isinstance(cell, datetime):
        return _typed(cell.date())
    if isinstance(cell, date):
        return _typed(cell)
    if isinstance(cell, float | int):
        return _of_number(float(cell))
    if not isinstance(cell, str):
        raise Unacceptable("invalid_date", value=text_of(cell))
    return _of_text(cell)


def _typed(day: date) -> PartialDate:
    """A real date cell. Who types 1977年8月 into a spreadsheet gets a real date on the first of August, and nothing in
    the value tells the two apart, so that a first of the month is taken as a month."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise Unacceptable("invalid_date", value=day.isoformat())
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
        raise Unacceptable("invalid_date", value=text.strip())
    year, month, *day = (int(part) for part in found.groups() if part)
    try:
        return _written(year, month, day)
    except ValueError:
        raise Unacceptable("invalid_date", value=text.strip()) from None


def _written(year: int, month: int, day: list[int]) -> PartialDate:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(year)
    if day:
        return PartialDate(date(year, month, day[0]), date(year, month, day[0]))
    return PartialDate.month(year, month)
