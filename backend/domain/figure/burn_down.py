"""How the heap shrinks or grows: open at the end of each day or week, opened and closed within it."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from backend.domain.figure.period import Period


class Slice(NamedTuple):
    first: date
    last: date
    opened: int
    closed: int
    open: int


def burn_down(period: Period, open_now: int, opened: Mapping[date, int], closed: Mapping[date, int]) -> list[Slice]:
    """Walk back from what is open now: `opened` and `closed` hold counts by day, from the period's first day up to
    today, whatever its last day is."""
    at_start = open_now - sum(opened.values()) + sum(closed.values())
    slices: list[Slice] = []
    for part in period.slices():
        came = sum(count for day, count in opened.items() if part.first <= day <= part.last)
        went = sum(count for day, count in closed.items() if part.first <= day <= part.last)
        at_start += came - went
        slices.append(Slice(part.first, part.last, came, went, at_start))
    return slices
