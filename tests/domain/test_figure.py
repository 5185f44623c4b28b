"""Figures: the arithmetic against other arithmetic, and what may be said of few people against all that a reader can
work out."""

import itertools
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.calendar import shipped_calendar
from backend.domain.errors import Invalid
from backend.domain.figure.ageing import AGES, age_class
from backend.domain.figure.burn_down import burn_down
from backend.domain.figure.catalogue import FIGURES
from backend.domain.figure.definition import Drawn
from backend.domain.figure.feedback import by_channel, response_time, satisfaction, working_days
from backend.domain.figure.offered import neighbours, told_of
from backend.domain.figure.part import alone
from backend.domain.figure.percentile import percentile, tells
from backend.domain.figure.period import EARLIEST, LONGEST, Period, closed_period, period_of
from backend.domain.figure.proportion import FEWEST, band_of, wilson
from backend.domain.figure.rectification import Punctual, Unit, on_time
from backend.domain.figure.suppression import hidden
from backend.domain.figure.unit import units_without
from backend.domain.figure.words import titled

TODAY = date(2026, 6, 30)
LANGUAGES = {"zh-CN", "en"}
counts_of_days = st.lists(st.integers(0, 60), min_size=2, max_size=80)


@given(counts_of_days)
def test_percentiles_are_those_of_the_standard_library(days: list[int]) -> None:
    wanted = statistics.quantiles(days, n=100, method="inclusive")
    for percent in (1, 50, 75, 90, 99):
        assert percentile(Counter(days), percent) == pytest.approx(wanted[percent - 1])


def test_a_percentile_needs_somebody_beyond_it() -> None:
    assert percentile({}, 50) is None
    assert percentile({7: 1}, 99) == 7
    assert [tells(n, 99, FEWEST) for n in (9, 99, 100)] == [False, False, True]
    assert [tells(n, 50, FEWEST) for n in (9, 10)] == [False, True]


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_rate_and_narrows_with_the_number(case: tuple[int, int]) -> None:
    hits, n = case
    share = wilson(hits, n)
    assert 0 <= share.low <= share.rate <= share.high <= 1
    wider = wilson(hits * 4, n * 4)
    assert wider.high - wider.low < share.high - share.low


def test_an_interval_agrees_with_published_values() -> None:
    """Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for hits, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611)):
        assert wilson(hits, n)[1:] == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
    assert wilson(1, 29)[1:] == (pytest.approx(0.0061, abs=1e-4), pytest.approx(0.1718, abs=1e-4))
    with pytest.raises(ValueError, match="share"):
        wilson(1, 0)


def test_bands_begin_where_they_say() -> None:
    assert [band_of(rate).key for rate in (1, 0.9, 0.8999, 0.8, 0.6, 0.5999, 0)] == [
        "excellent",
        "excellent",
        "good",
        "good",
        "fair",
        "poor",
        "poor",
    ]


def test_ages_are_classes_without_gaps() -> None:
    assert [age_class(days).key for days in (-1, 0, 7, 8, 30, 31, 90, 91, 180, 181)] == [
        *["days_7"] * 3,
        *["days_30"] * 2,
        *["days_90"] * 2,
        *["days_180"] * 2,
        "days_more",
    ]
    assert AGES[-1].most is None


def nothing_gives_way(publish: Callable[[tuple[int, ...]], Hashable], tables: Iterable[tuple[int, ...]]) -> None:
    """Publish every table; of those that are published alike, no class of one to nine may be the same number in all:
    a reader who knows the rule and tries all tables would have found it out."""
    alike: dict[Hashable, list[tuple[int, ...]]] = defaultdict(list)
    for table in tables:
        alike[publish(table)].append(table)
    for same in alike.values():
        for values in (set(column) for column in zip(*same, strict=True)):
            assert len(values) > 1 or not 0 < min(values) < FEWEST, same


def tables_of(size: int, whole: int) -> Iterator[tuple[int, ...]]:
    """Every table of so many classes with no more than `whole` cases."""
    if size == 0:
        yield ()
        return
    for rest in tables_of(size - 1, whole):
        yield from ((*rest, count) for count in range(whole - sum(rest) + 1))


@pytest.mark.parametrize(("size", "whole"), [(1, 40), (2, 40), (3, 40), (4, 26), (5, 18)])
def test_no_table_of_merged_grades_gives_away_a_small_group(size: int, whole: int) -> None:
    def publish(table: tuple[int, ...]) -> Hashable:
        groups = told_of([table], neighbours).groups
        return tuple((group, sum(table[place] for place in group)) for group in groups)

    nothing_gives_way(publish, tables_of(size, whole))


@pytest.mark.parametrize(("size", "most"), [(1, 30), (2, 30), (3, 24), (4, 13)])
def test_no_table_of_hidden_cells_gives_away_a_small_group(size: int, most: int) -> None:
    def publish(table: tuple[int, ...]) -> Hashable:
        found = hidden(dict(enumerate(table)))
        return tuple(found.cells.values()), found.total

    nothing_gives_way(publish, itertools.product(range(most + 1), repeat=size))


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40))
def test_merged_groups_are_whole_and_never_small(counts: list[int]) -> None:
    groups = told_of([counts], neighbours).groups
    if not groups:
        assert 0 < sum(counts) < FEWEST
        return
    assert [place for group in groups for place in sorted(group)] == list(range(len(counts)))
    for group in groups:
        cases = sum(counts[place] for place in group)
        assert cases >= FEWEST or (cases == 0 and len(group) == 1)


def numbers(drawn: Drawn) -> list[Any]:
    """All that a reader of a figure sees."""
    rows = [tuple((key, str(value)) for key, value in row.items()) for row in drawn.rows]
    return [*rows, drawn.n, *((fact.key, fact.value, fact.low, fact.high) for fact in drawn.facts), drawn.hidden]


def test_no_satisfaction_figure_gives_away_a_small_group() -> None:
    def publish(table: tuple[int, ...]) -> Hashable:
        return repr(numbers(satisfaction(alone([dict(zip((5, 4, 3, 2, 1), table, strict=True))]), alone([{None: 0}]))))

    nothing_gives_way(publish, tables_of(5, 17))


@given(st.dictionaries(st.integers(1, 5), st.integers(0, 200)), st.integers(0, 40))
def test_satisfaction_is_a_distribution_and_says_nothing_of_few(counts: dict[int, int], unrated: int) -> None:
    drawn = satisfaction(alone([counts]), alone([{None: unrated}]))
    assert not any("mean" in fact.key or "average" in fact.key for fact in drawn.facts)
    assert all(row["count"] is None or not 0 < row["count"] < FEWEST for row in drawn.rows)
    if drawn.n is not None:
        rated = [row for row in drawn.rows if row["key"] != "unrated"]
        assert sum(row["count"] for row in rated) == drawn.n == sum(counts.values())


@given(
    st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), st.integers(0, 25)),
)
def test_a_row_with_a_hidden_cell_has_no_sum(counts: dict[tuple[str, str], int]) -> None:
    names = {key: titled(key, key) for key in "abcxyz"}
    drawn = by_channel(alone([counts]), {key: names[key] for key in "abc"}, {key: names[key] for key in "xyz"})
    for row in drawn.rows:
        cells = [row[column.key] for column in drawn.columns[1:-1]]
        assert all(cell is None or cell == 0 or cell >= FEWEST for cell in cells)
        assert (row["total"] is None) == (None in cells)
    assert drawn.hidden == sum(0 < count < FEWEST for count in counts.values())


@given(st.dictionaries(st.integers(0, 60), st.integers(0, 40)), st.integers(0, 30), st.integers(0, 30))
def test_every_stretch_of_the_curve_holds_ten(counts: dict[int, int], waiting: int, late: int) -> None:
    within = alone([{True: 0, False: sum(counts.values())}])
    drawn = response_time(alone([counts]), within, alone([{False: max(waiting - late, 0), True: late}]))
    n = sum(counts.values())
    if 0 < n < FEWEST:
        assert (drawn.rows, drawn.n) == ([], None)
        return
    assert all(row["count"] >= FEWEST for row in drawn.rows)
    assert [row["share"] for row in drawn.rows] == sorted(row["share"] for row in drawn.rows)
    assert not n or drawn.rows[-1]["share"] == 1
    for fact in drawn.facts:
        assert fact.kind != "count" or fact.value is None or not 0 < fact.value < FEWEST


def test_answers_are_counted_in_working_days() -> None:
    """30 April to 6 May 2026: the holiday of 1 to 5 May lies between."""
    later, same_day = (date(2026, 4, 30), date(2026, 5, 6)), (date(2026, 4, 30), date(2026, 4, 30))
    assert working_days([later, same_day], shipped_calendar()) == {later: 1, same_day: 0}


UNITS = [Unit("", "本级"), Unit("a", "甲镇"), Unit("b", "乙镇"), Unit("c", "丙镇")]


def test_no_total_gives_away_the_rate_of_a_small_unit() -> None:
    one_small = on_time(UNITS, {"a": Punctual(20, 15, 15), "b": Punctual(4, 0, 0)})
    assert [row["key"] for row in one_small.rows] == ["a"]
    assert (one_small.n, one_small.hidden) == (None, 1)
    two_small = on_time(UNITS, {"a": Punctual(20, 15, 15), "b": Punctual(4, 0, 0), "c": Punctual(6, 6, 6)})
    assert [row["key"] for row in two_small.rows] == ["total", "a", "few"]
    assert (two_small.n, two_small.rows[-1]["closed"]) == (30, 10)
    assert two_small.coverage is not None
    assert two_small.coverage.missing == 1
    assert on_time(UNITS, {}).n == 0


def test_units_stand_in_the_order_of_the_tree() -> None:
    drawn = on_time(UNITS, {"b": Punctual(20, 20, 20), "a": Punctual(20, 1, 1), "": Punctual(20, 9, 9)})
    assert [row["key"] for row in drawn.rows] == ["total", "own", "a", "b"]


def test_units_of_which_nothing_is_heard_are_a_number() -> None:
    drawn = units_without(UNITS, {"a": TODAY, "": TODAY}, {"a": 3, "b": 2}, {"": TODAY})
    facts = {fact.key: fact.value for fact in drawn.facts}
    assert facts == {"units": 4, "nothing_sent": 2, "nothing_answered": 2}
    assert drawn.coverage is not None
    assert drawn.coverage.missing == 3


@given(
    st.integers(1, 120),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=60),
)
def test_the_heap_of_every_day_is_what_came_less_what_went(length: int, lives: list[tuple[int, int]]) -> None:
    """Items that live from one day to another, counted one by one."""
    items = [(TODAY - timedelta(days=a), TODAY - timedelta(days=b)) for a, b in lives]
    items = [(min(pair), max(pair)) for pair in items]
    period = Period(TODAY - timedelta(days=length + 20), TODAY - timedelta(days=20))
    opened = Counter(day for day, _ in items if day >= period.first)
    closed = Counter(day for _, day in items if period.first <= day)
    for one in burn_down(period, 0, opened, closed):
        assert one.open == sum(came <= one.last < went for came, went in items)
        assert one.first >= period.first


def test_slices_cover_the_period_once() -> None:
    period = Period(date(2026, 1, 1), date(2026, 6, 30))
    slices = list(period.slices())
    assert slices[0].first == period.first
    assert slices[-1].last == period.last
    assert all(a.last + timedelta(days=1) == b.first for a, b in itertools.pairwise(slices))
    assert all(one.first.weekday() == 0 for one in slices[1:])
    assert len(list(Period(TODAY, TODAY).slices())) == 1


def test_a_period_ends_today_and_begins_before_it_ends() -> None:
    assert period_of(None, None, TODAY) == Period(date(2026, 1, 2), TODAY)
    assert period_of(date(2026, 6, 1), date(2030, 1, 1), TODAY).last == TODAY
    for first, last in ((None, date.min), (date.min, date(1, 1, 9)), (None, EARLIEST - timedelta(days=1))):
        with pytest.raises(Invalid):
            period_of(first, last, TODAY)
    early = period_of(None, EARLIEST, TODAY)
    assert (early.last, closed_period(early, TODAY).last < EARLIEST) == (EARLIEST, True)
    with pytest.raises(Invalid):
        period_of(date(2026, 7, 1), None, TODAY)
    with pytest.raises(Invalid):
        period_of(TODAY - timedelta(days=LONGEST), None, TODAY)


def test_every_figure_says_what_it_is_in_both_languages() -> None:
    assert len(FIGURES) == 10
    for figure in FIGURES.values():
        for words in (figure.title, figure.definition, figure.formula, figure.unit, figure.source):
            assert set(words) == LANGUAGES
            assert all(words.values())
