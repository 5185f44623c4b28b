"""The days that a figure is about, and how they are cut."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.domain.errors import invalid

LONGEST = 3 * 366
USUAL = 180
EARLIEST = date(1950, 1, 1)
"""Nothing is told of days before, and the calendar has room for the years that are reckoned back from them."""
BY_DAY = 62
"""A period of more days is shown week by week."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def by_week(self) -> bool:
        return self.days > BY_DAY

    @property
    def months(self) -> list[date]:
        """The first days of the months that it touches."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        return [_first_of_month(self.first, ahead) for ahead in range(count + 1)]

    def slices(self) -> Iterator["Period"]:
        """Its days, or its weeks from Monday to Sunday, the first and the last as much of them as it holds."""
        first = self.first
        while first <= self.last:
            last = first + timedelta(days=6 - first.weekday()) if self.by_week else first
            yield Period(first, min(last, self.last))
            first = last + DAY


def period_of(first: date | None, last: date | None, today: date) -> Period:
    """The period asked for: without a last day up to today, without a first one the 180 days before.

    What lies ahead is left out.  Raises Invalid when it begins after its end or today, is longer than three years, or
    lies before anything that could be told of.
    """
    last = min(last or today, today)
    if min(last, first or last) < EARLIEST:
        raise invalid("/from" if first else "/to", "figure_period_early", earliest=EARLIEST.isoformat())
    first = first or last - timedelta(days=USUAL - 1)
    if first > last:
        raise invalid("/from", "figure_period_order", last=last.isoformat())
    if (last - first).days >= LONGEST:
        raise invalid("/from", "figure_period_long", days=LONGEST)
    return Period(first, last)


def closed_period(asked: Period, today: date, lengths: Sequence[int] = (12, 3, 1)) -> Period:
    """The calendar period that figures of people are told of: the longest one that is over and lies in the period asked
    for (a year, a quarter, a month), of several the latest; where there is none, the last of the shortest that was over
    by then. `lengths` are the months of those that may be told, the longest first.
    """
    last = min(asked.last, today - DAY)
    for length in lengths:
        # The beginning of the period of this length that the day after the last one lies in: what is before is over.
        after = last + DAY
        end = date(after.year, (after.month - 1) // length * length + 1, 1)
        found = Period(_first_of_month(end, -length), end - DAY)
        if found.first >= asked.first or length == lengths[-1]:
            return found
    raise AssertionError("the shortest is always found")


def _first_of_month(day: date, ahead: int) -> date:
    """The first day of the month so many months after that of `day`."""
    months = day.year * 12 + day.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)
