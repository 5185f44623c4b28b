"""Of two things that are told of people, one taken from the other tells of none or of ten."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.figure.offered import Grouping, apart, is_enough, neighbours, told_of
from backend.domain.figure.period import Period, closed_period

Cells = frozenset[tuple[int, int]]
"""Months and classes."""

CLASSES = 4
YEAR = st.lists(
    st.lists(st.one_of(st.just(0), st.integers(0, 14), st.integers(0, 60)), min_size=CLASSES, max_size=CLASSES),
    min_size=12,
    max_size=12,
)


def offered(year: Sequence[Sequence[int]], grouping: Grouping) -> Iterator[Cells]:
    """Everything that somebody may ask for of a year: its months, its quarters, itself, each group of each."""
    for length in (1, 3, 12):
        for first in range(0, 12, length):
            span = range(first, first + length)
            for group in told_of([year[month] for month in span], grouping).groups:
                yield frozenset(itertools.product(span, group))


def held(year: Sequence[Sequence[int]], cells: Cells) -> int:
    return sum(year[month][one] for month, one in cells)


@pytest.mark.parametrize("grouping", [neighbours, apart])
@given(year=YEAR)
@settings(max_examples=300)
def test_no_difference_of_what_is_offered_tells_of_few(grouping: Grouping, year: list[list[int]]) -> None:
    told = set(offered(year, grouping))
    assert all(is_enough(held(year, cells)) for cells in told)
    for one, other in itertools.permutations(told, 2):
        if other < one:
            assert is_enough(held(year, one - other)), (sorted(one), sorted(other))


@pytest.mark.parametrize("grouping", [neighbours, apart])
@given(year=YEAR)
@settings(max_examples=300)
def test_neither_does_taking_away_everything_inside(grouping: Grouping, year: list[list[int]]) -> None:
    """A quarter less its months, a year less its quarters and the months of others: any number of them at once."""
    told = set(offered(year, grouping))
    for whole in told:
        inside = sorted((cells for cells in told if cells < whole), key=len, reverse=True)
        for kept in (inside, inside[::-1], inside[::2], inside[1::2]):
            left = whole
            for cells in kept:
                if cells <= left:
                    left -= cells
            assert is_enough(held(year, left)), sorted(whole)


@given(year=YEAR, later=YEAR)
def test_what_a_month_tells_does_not_depend_on_a_later_one(year: list[list[int]], later: list[list[int]]) -> None:
    """Nothing has to be taken back when a quarter ends."""
    changed = [*year[:6], *later[6:]]
    for first, length in ((0, 1), (5, 1), (0, 3), (3, 3)):
        span = slice(first, first + length)
        assert told_of(year[span], neighbours) == told_of(changed[span], neighbours)


def test_a_quarter_waits_for_a_year_whose_months_would_give_it_away() -> None:
    months = [[12], [15], [3]]
    assert told_of(months, neighbours).groups == []
    assert told_of([*months, [9], [0], [0], *[[0]] * 6], neighbours).groups == [frozenset({0})]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-01-01", "2026-12-31", ("2026-07-01", "2026-09-30")),
        ("2025-01-01", "2026-11-20", ("2025-01-01", "2025-12-31")),
        ("2026-05-25", "2026-11-20", ("2026-07-01", "2026-09-30")),
        ("2026-10-02", "2026-11-20", ("2026-10-01", "2026-10-31")),
        ("2026-09-15", "2026-11-20", ("2026-10-01", "2026-10-31")),
        ("2026-03-05", "2026-03-20", ("2026-02-01", "2026-02-28")),
        ("2026-02-01", "2026-02-28", ("2026-02-01", "2026-02-28")),
        ("2025-12-01", "2026-01-31", ("2026-01-01", "2026-01-31")),
    ],
)
def test_the_period_that_is_told_is_over_and_whole(first: str, last: str, expected: tuple[str, str]) -> None:
    asked = Period(date.fromisoformat(first), date.fromisoformat(last))
    found = closed_period(asked, date(2026, 11, 20))
    assert (found.first.isoformat(), found.last.isoformat()) == expected


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 1000), st.integers(0, 400))
def test_no_period_that_is_told_goes_on(first: date, days: int, since: int) -> None:
    last = date.fromordinal(first.toordinal() + days)
    today = date.fromordinal(last.toordinal() + since)
    found = closed_period(Period(first, last), today)
    assert found.last < today
    assert len(found.months) in (1, 3, 12)
