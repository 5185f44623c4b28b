"""Days as offices count them."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.calendar import (
    WorkCalendar,
    add_months,
    day_of,
    end_of,
    last_day_before,
    last_second_of,
    light,
    load_calendar,
    overdue,
    shipped_calendar,
    start_of,
)
from tests.domain.walking import at

CALENDAR = shipped_calendar()
DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-01-04", True),  # a Sunday that makes up for New Year
        ("2026-02-14", True),
        ("2026-02-16", False),  # a Monday in the Spring Festival
        ("2026-05-09", True),
        ("2026-09-20", True),
        ("2026-10-10", True),
        ("2026-10-08", True),
        ("2026-10-07", False),
        ("2026-08-01", False),  # a plain Saturday
    ],
)
def test_the_calendar_of_2026_is_the_published_one(day: str, worked: bool) -> None:
    assert CALENDAR.is_working(date.fromisoformat(day)) is worked


def test_the_first_day_is_not_counted() -> None:
    assert CALENDAR.add(date(2026, 6, 1), 30, "natural") == date(2026, 7, 1)
    assert end_of(date(2026, 7, 1)) == at("2026-07-02 00:00")


def test_a_limit_moves_off_a_rest_day_and_not_off_a_make_up_workday() -> None:
    assert CALENDAR.limit(date(2026, 9, 1), 30, "natural") == date(2026, 10, 8)
    assert CALENDAR.limit(date(2026, 4, 9), 30, "natural") == date(2026, 5, 9)  # a Saturday that is worked
    assert CALENDAR.limit(date(2026, 7, 2), 30, "natural") == date(2026, 8, 3)  # a Saturday that is not


def test_working_days_jump_a_holiday_and_count_its_make_up_days() -> None:
    # Opened on the Wednesday before the Spring Festival: Thu 12, Fri 13, Sat 14 (made up), then Tue 24.
    assert CALENDAR.add(date(2026, 2, 11), 4, "working") == date(2026, 2, 24)


def test_a_year_without_a_published_calendar_is_provisional() -> None:
    assert not CALENDAR.is_provisional(date(2026, 1, 1), date(2026, 12, 31))
    assert CALENDAR.is_provisional(date(2026, 12, 20), date(2027, 1, 5))
    assert CALENDAR.is_working(date(2027, 1, 1))  # Monday to Friday, until the notice is out


@given(DAYS, DAYS)
def test_days_between_agrees_with_counting_one_by_one(first: date, last: date) -> None:
    span = sorted((first, last))
    counted = sum(CALENDAR.is_working(span[0] + timedelta(days=n)) for n in range(1, (span[1] - span[0]).days + 1))
    assert CALENDAR.days_between(*span, "working") == counted
    assert CALENDAR.days_between(first, last, "natural") == (last - first).days


@given(DAYS, st.integers(1, 60))
def test_so_many_working_days_lie_between_a_day_and_the_end_of_its_period(day: date, count: int) -> None:
    end = CALENDAR.add(day, count, "working")
    assert CALENDAR.days_between(day, end, "working") == count
    assert CALENDAR.is_working(end)


@given(DAYS, st.integers(0, 120))
def test_a_limit_never_ends_on_a_rest_day_nor_before_its_days_are_over(day: date, count: int) -> None:
    limit = CALENDAR.limit(day, count, "natural")
    assert CALENDAR.is_working(limit)
    assert limit >= day + timedelta(days=count)


def test_a_far_day_is_counted_at_once() -> None:
    assert CALENDAR.days_between(date(1, 1, 1), date(9999, 12, 31), "working") > 2_600_000


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-31", -1, "2026-02-28"),
    ],
)
def test_a_month_ends_on_the_matching_day_or_the_last_one(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@given(DAYS)
def test_a_day_ends_where_the_next_begins(day: date) -> None:
    assert end_of(day) == start_of(day + timedelta(days=1))
    assert day_of(start_of(day)) == day == last_day_before(end_of(day))


def test_what_is_due_today_is_not_overdue() -> None:
    due = last_second_of(date(2026, 8, 3))
    assert not overdue(due, at("2026-08-03 23:59"))
    assert overdue(due, at("2026-08-04 00:00"))
    assert not overdue(None, at("2026-08-04 00:00"))


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2026-07-26 23:00", "green"),
        ("2026-07-27 00:00", "yellow"),
        ("2026-08-03 23:59", "yellow"),
        ("2026-08-04 00:00", "red"),
    ],
)
def test_the_light_turns_yellow_a_week_ahead_and_red_when_the_day_is_over(now: str, shown: str) -> None:
    due = last_second_of(date(2026, 8, 3))
    assert light(due, at(now)) == shown
    assert light(due, at(now), closed=True) == light(None, at(now)) == "grey"


def test_the_light_is_blue_while_somebody_verifies_and_red_when_that_takes_too_long() -> None:
    due = last_second_of(date(2026, 8, 3))
    assert light(due, at("2026-08-03 23:59"), checking=True) == "blue"
    assert light(None, at("2026-08-03 23:59"), checking=True) == "blue"
    assert light(due, at("2026-08-04 00:00"), checking=True) == "red"
    assert light(due, at("2026-08-04 00:00"), checking=True, closed=True) == "grey"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        day_of(datetime(2026, 1, 1))  # noqa: DTZ001  # the mistake that is refused


def test_a_negative_period_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        WorkCalendar().add(date(2026, 1, 1), -1, "natural")


def test_a_day_named_off_and_work_is_refused() -> None:
    with pytest.raises(ValueError, match="both"):
        load_calendar([{"year": 2026, "off": ["2026-01-01"], "work": ["2026-01-01"]}])
