"""Distributions of whole days: percentiles and the cumulative curve, from counts by value."""

from collections.abc import Mapping, Sequence
from math import ceil, floor
from typing import NamedTuple

PERCENTILES = (50, 75, 90, 99)


def percentile(counts: Mapping[int, int], percent: float) -> float | None:
    """The value below which `percent` of all lie, interpolated between neighbours; None for nothing counted.

    The same as `statistics.quantiles(..., method="inclusive")`, NumPy's default and PostgreSQL's `percentile_cont`.
    """
    values = sorted(value for value, count in counts.items() if count)
    n = sum(counts[value] for value in values)
    if n == 0:
        return None
    place = (n - 1) * percent / 100
    lower, upper = _at(counts, values, floor(place)), _at(counts, values, ceil(place))
    return lower + (upper - lower) * (place - floor(place))


def _at(counts: Mapping[int, int], values: Sequence[int], place: int) -> int:
    """The value at a place of the sorted row of all values."""
    for value in values:
        place -= counts[value]
        if place < 0:
            return value
    raise IndexError("no such place")


def tells(n: int, percent: int, fewest: int) -> bool:
    """Whether a percentile says more than the largest value does: at least one case lies beyond it."""
    return n >= fewest and n * (100 - percent) >= 100


class Point(NamedTuple):
    """So many have a value of `last` or less, but more than the point before."""

    first: int
    last: int
    cases: int
    total: int


def curve(groups: Sequence[tuple[int, int, int]]) -> list[Point]:
    """The cumulative curve over groups (first value, last value, count) in ascending order."""
    points: list[Point] = []
    total = 0
    for first, last, count in groups:
        total += count
        points.append(Point(first, last, count, total))
    return points
