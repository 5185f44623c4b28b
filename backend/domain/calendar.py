"""Days as Chinese offices count them: Asia/Shanghai days, official rest days and make-up workdays.

Rules: the first day is not counted, a period ends at 24:00 of its last day, and a limit whose last day is a rest day
moves to the next working day (Civil Code articles 200 to 204). Nothing here reads a clock.
"""

import calendar as months
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
YELLOW_DAYS = 7
"""A light turns yellow when this many days or fewer are left."""

Unit = Literal["natural", "working"]
Light = Literal["green", "yellow", "red", "blue", "grey"]


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The official exceptions to Monday-to-Friday, as the State Council publishes them year by year.

    `days` holds only exceptions. A year outside `published_years` falls back to Monday to Friday and whatever is
    computed in it is provisional: it may move when the notice of that year comes out.
    """

    days: Mapping[date, Literal["off", "work"]] = field(default_factory=dict)
    published_years: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        named = self.days.get(day)
        return named == "work" if named else day.weekday() < 5

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether a period touches a year whose calendar is not out yet."""
        return any(year not in self.published_years for year in range(first.year, last.year + 1))

    def next_working(self, day: date) -> date:
        """The day itself when it is worked, otherwise the first worked day after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def add(self, day: date, days: int, unit: Unit) -> date:
        """The last day of a period of so many days that starts on `day`, which is not counted."""
        if days < 0:
            raise ValueError("a period has no negative length")
        if unit == "natural":
            return day + timedelta(days=days)
        while days:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day

    def limit(self, day: date, days: int, unit: Unit) -> date:
        """The last day of a time limit: like `add`, moved off a rest day."""
        return self.next_working(self.add(day, days, unit))

    def days_between(self, first: date, last: date, unit: Unit) -> int:
        """Days after `first` up to and including `last`; negative when `last` is the earlier one."""
        if last < first:
            return -self.days_between(last, first, unit)
        span = (last - first).days
        if unit == "natural":
            return span
        # Whole weeks and the published exceptions, not day by day: a date typed as year 1 must not cost a second.
        weeks, rest = divmod(span, 7)
        plain = weeks * 5 + sum((first + timedelta(days=n)).weekday() < 5 for n in range(1, rest + 1))
        for day, kind in self.days.items():
            if first < day <= last:
                plain += (kind == "work") - (day.weekday() < 5)
        return plain


def add_months(day: date, count: int) -> date:
    """The matching day `count` months on, or the month's last day where there is none: 31 January + 1 = 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def day_of(at: datetime) -> date:
    """The day in Shanghai on which the aware moment `at` falls."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """0:00 in Shanghai, as UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """24:00 in Shanghai, as UTC: the first moment that no longer belongs to `day`."""
    return start_of(day + timedelta(days=1))


def last_day_before(end: datetime) -> date:
    """The day that ends at `end`: what to show people for a moment made by `end_of`."""
    return day_of(end - timedelta(microseconds=1))


def last_second_of(day: date) -> datetime:
    """23:59:59 in Shanghai, as UTC: how a limit is kept and told, so that everyone who shows it shows that day."""
    return end_of(day) - SECOND


def overdue(due_at: datetime | None, now: datetime) -> bool:
    """Whether a limit has passed: the only function that says so.

    `due_at` is made by `last_second_of`, so what is due today is not overdue until the day is over.
    """
    return due_at is not None and now >= due_at + SECOND


def light(due_at: datetime | None, now: datetime, *, closed: bool = False, checking: bool = False) -> Light:
    """Red when overdue, blue while somebody verifies, yellow when `YELLOW_DAYS` or fewer are left.

    Grey when closed or without a limit.
    """
    if closed:
        return "grey"
    if overdue(due_at, now):
        return "red"
    if checking:
        return "blue"
    if due_at is None:
        return "grey"
    return "yellow" if (day_of(due_at) - day_of(now)).days <= YELLOW_DAYS else "green"


def load_calendar(years: list[dict[str, Any]]) -> WorkCalendar:
    """Build a calendar from entries like `{"year": 2026, "source": "...", "off": ["2026-01-01", ...], "work": [...]}`.

    Raises ValueError for a malformed date or a day that is named both ways.
    """
    days: dict[date, Literal["off", "work"]] = {}
    for entry in years:
        named: list[tuple[str, Literal["off", "work"]]] = [(text, "off") for text in entry["off"]]
        named += [(text, "work") for text in entry["work"]]
        for text, kind in named:
            day = date.fromisoformat(text)
            if days.setdefault(day, kind) != kind:
                raise ValueError(f"{text} is named both off and work")
    return WorkCalendar(days, frozenset(int(entry["year"]) for entry in years))


@cache
def shipped_calendar() -> WorkCalendar:
    """The published years that came with this version of the program."""
    return load_calendar(json.loads(Path(__file__).with_name("calendar.json").read_text("utf-8")))
