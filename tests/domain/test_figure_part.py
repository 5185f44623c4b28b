"""Of a total and the parts that the same reader may ask for, no difference tells of one to nine."""

import itertools
from collections.abc import Iterator, Sequence
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.domain.figure.offered import Grouping, apart, is_enough, neighbours, told_of
from backend.domain.figure.part import Held, told_of_part, told_of_parts
from backend.domain.figure.proportion import FEWEST

CLASSES = 3
ROOT = "c/"
PLACES = [ROOT, "c/a/", "c/a/1/", "c/a/2/", "c/b/", "c/b/1/", "c/d/"]
Cells = int
"""A set of places, months and classes, one bit each: thousands of them are compared for every year."""

Year = dict[str, list[list[int]]]
MONTH = st.lists(
    st.one_of(st.just(0), st.integers(0, 6), st.integers(0, 14), st.integers(0, 60)),
    min_size=CLASSES,
    max_size=CLASSES,
)
ONE = st.integers(0, 40)
YEAR = st.fixed_dictionaries({place: st.lists(MONTH, min_size=12, max_size=12) for place in PLACES})
CELLS = list(itertools.product(PLACES, range(12), range(CLASSES)))
BIT = {cell: 1 << number for number, cell in enumerate(CELLS)}


def whole(year: Year, span: range) -> list[list[int]]:
    return [[sum(year[place][month][one] for place in PLACES) for one in range(CLASSES)] for month in span]


def boxes(place: str, span: range, groups: Sequence[frozenset[int]]) -> Iterator[Cells]:
    inside = [one for one in PLACES if one.startswith(place)]
    for group in groups:
        yield sum(BIT[cell] for cell in itertools.product(inside, span, group))


def offered(year: Year, grouping: Grouping) -> Iterator[Cells]:
    """Everything that one reader may ask for of a year: the uppermost place's months, and all quarters and years."""
    for length in (1, 3, 12):
        for first in range(0, 12, length):
            span = range(first, first + length)
            yield from boxes(ROOT, span, told_of(whole(year, span), grouping).groups)
            if length > 1:
                own = {place: [months[month] for month in span] for place, months in year.items()}
                for place in PLACES[1:]:
                    yield from boxes(place, span, told_of_part(own, ROOT, place, whole(year, span), grouping))


def held(year: Year, cells: Cells) -> int:
    return sum(year[place][month][one] for number, (place, month, one) in enumerate(CELLS) if cells >> number & 1)


@pytest.mark.parametrize("grouping", [neighbours, apart])
@given(year=YEAR)
@settings(max_examples=30, deadline=None)
def test_no_difference_of_what_is_offered_tells_of_few(grouping: Grouping, year: Year) -> None:
    told = {cells: held(year, cells) for cells in offered(year, grouping)}
    assert all(is_enough(cases) for cases in told.values())
    for one, other in itertools.permutations(told, 2):
        if other & one == other:
            assert is_enough(told[one] - told[other]), (bin(one), bin(other))


@pytest.mark.parametrize("grouping", [neighbours, apart])
@given(year=YEAR, seed=st.integers(0, 1 << 32))
@settings(max_examples=30, deadline=None)
def test_neither_do_sums_less_everything_inside(grouping: Grouping, year: Year, seed: int) -> None:
    """Any groups of a place together, less its parts, their parts and its months, in any order and number."""
    # Thousands of choices: drawn one by one they would be most of what is generated.
    chance = Random(seed)
    told = sorted(set(offered(year, grouping)))
    for _ in range(20):
        start = chance.choice(told) if told else 0
        joined: Cells = start
        for cells in chance.sample(told, len(told)):
            if not cells & joined and chance.random() < 0.4:
                joined |= cells
        left = joined
        for cells in chance.sample(told, len(told)):
            if cells & left == cells and chance.random() < 0.9:
                left &= ~cells
        assert is_enough(held(year, left))


def test_the_smallest_further_part_is_hidden_beside_one_of_few() -> None:
    one = [frozenset({0})]
    told = told_of_parts(one, [60], {"a": [4], "b": [12], "d": [20], "e": [24]}, neighbours)
    assert told == {"a": [], "b": [], "d": one, "e": one}


@example([4], [[30], [26]])
@example([0], [[30], [5], [6]])
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=1), st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=1))
)
def test_no_more_is_hidden_than_it_takes(own: list[int], parts: list[list[int]]) -> None:
    """With one class: either every part of enough is told, or telling the largest hidden one as well would tell."""
    total = sum(own) + sum(cases for (cases,) in parts)
    if not is_enough(total):
        return
    named = {str(place): cases for place, cases in enumerate(parts)}
    told = told_of_parts([frozenset({0})], [total], named, neighbours)
    assert all(is_enough(named[key][0]) for key, groups in told.items() if groups)
    hidden = [named[key][0] for key, groups in told.items() if not groups]
    left = sum(own) + sum(hidden)
    assert is_enough(left)
    # As soon as what is left is enough, no further one is hidden: without the last one it was not.
    further = [cases for cases in hidden if cases >= FEWEST]
    assert not further or not is_enough(left - max(further))


def test_nothing_is_told_below_a_part_that_is_hidden() -> None:
    year = {"c/": [[0]] * 3, "c/a/": [[4], [0], [0]], "c/b/": [[0]] * 3, "c/b/1/": [[12], [0], [0]], "c/d/": [[30]] * 3}
    total = [[46], [30], [30]]
    assert told_of_part(year, ROOT, "c/b/", total, neighbours) == []
    assert told_of_part(year, ROOT, "c/b/1/", total, neighbours) == []
    assert told_of_part(year, ROOT, "c/d/", total, neighbours) == [frozenset({0})]


def test_a_year_of_a_part_is_told_where_its_quarters_are() -> None:
    quarter = [{"x": 12}, {}, {}]
    own = {"c/": [{"x": 40}] * 12, "c/a/": quarter * 4}
    assert Held(ROOT, "c/a/", own).groups(["x"], neighbours) == [["x"]]
    own["c/a/"] = [*quarter * 3, {"x": 3}, {}, {}]
    assert Held(ROOT, "c/a/", own).groups(["x"], neighbours) == []


def test_a_place_without_cases_says_so() -> None:
    own = {"c/": [{"x": 40}] * 3, "c/a/": [{"x": 12}] * 3}
    assert Held(ROOT, "c/b/", own).groups(["x"], neighbours) == [["x"]]
    assert Held(ROOT, "c/b/", own).counts == {}
