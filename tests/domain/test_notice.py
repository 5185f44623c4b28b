"""The ladder of notices: the right rung, once, however long nobody looked."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.calendar import SHANGHAI, day_of, last_second_of, overdue, shipped_calendar
from backend.domain.notice.ladder import Opening, due_rungs, falls_on, is_quiet, next_at, tellings
from backend.domain.procedure.definition import Rung
from tests.domain.walking import at

CALENDAR = shipped_calendar()


def rung(key: str, **when: int) -> Rung:
    return Rung(rung=key, to=("holders",), **when)


DAYS = (-15, -7, -3, 1, 7, 15, 30)
LADDER = tuple(rung(f"t{days:+}", days=days) for days in DAYS)
SHARES = tuple(rung(f"{percent}%", percent=percent) for percent in (50, 80, 100))


def due(ladder: tuple[Rung, ...], one: Opening, now: datetime, sent: Collection[str] = ()) -> list[str]:
    return [step.rung.rung for step in due_rungs(ladder, one, now, CALENDAR, sent)]


def opening(opened: str, last: str) -> Opening:
    return Opening(at(f"{opened} 10:00"), last_second_of(date.fromisoformat(last)))


@pytest.mark.parametrize(
    ("days", "day"),
    [
        (-15, "2026-06-15"),
        (-7, "2026-06-23"),
        (-3, "2026-06-26"),  # a Saturday would be the 27th
        (0, "2026-06-30"),
        (1, "2026-07-01"),
        (4, "2026-07-06"),  # a Saturday would be the 4th
        (7, "2026-07-07"),
    ],
)
def test_a_rung_falls_on_a_working_day(days: int, day: str) -> None:
    assert falls_on(rung("x", days=days), opening("2026-06-01", "2026-06-30"), CALENDAR) == date.fromisoformat(day)


def test_a_share_of_the_time_counts_from_the_opening() -> None:
    days = [falls_on(share, opening("2026-06-01", "2026-06-30"), CALENDAR) for share in SHARES]
    assert days == [date(2026, 6, 16), date(2026, 6, 25), date(2026, 6, 30)]


def test_a_rung_across_a_holiday_comes_before_it() -> None:
    # 15 to 23 February 2026 are days off.
    assert falls_on(rung("x", days=-3), opening("2026-01-05", "2026-02-24"), CALENDAR) == date(2026, 2, 14)


def test_a_rung_before_the_opening_is_not_said_to_who_is_handed_the_matter_now() -> None:
    handed = opening("2026-06-25", "2026-06-30")
    assert falls_on(rung("x", days=-7), handed, CALENDAR) is None
    assert falls_on(rung("x", days=-5), handed, CALENDAR) is None
    assert falls_on(rung("x", days=-3), handed, CALENDAR) == date(2026, 6, 26)


def test_what_is_handed_over_on_a_friday_is_warned_of_after_the_week_end() -> None:
    handed = opening("2026-06-26", "2026-06-29")
    assert falls_on(rung("x", days=-1), handed, CALENDAR) == date(2026, 6, 29)


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-06-30 07:59", True),
        ("2026-06-30 08:00", False),
        ("2026-06-30 19:59", False),
        ("2026-06-30 20:00", True),
        ("2026-06-27 12:00", True),  # a Saturday
        ("2026-02-14 12:00", False),  # a Saturday that is worked
    ],
)
def test_notices_are_quiet_at_night_and_on_days_off(moment: str, quiet: bool) -> None:
    assert is_quiet(at(moment), CALENDAR) is quiet


def test_due_today_is_not_urged() -> None:
    one = opening("2026-06-01", "2026-06-30")
    keys = [step.rung for step in LADDER]
    assert due(LADDER, one, at("2026-06-30 19:00"), keys[:2]) == ["t-3"]
    assert due(LADDER, one, at("2026-07-01 08:00"), keys[:3]) == ["t+1"]
    assert overdue(one.limit_at, at("2026-07-01 08:00"))


def test_a_later_rung_that_was_sent_silences_the_earlier_ones() -> None:
    assert due(LADDER, opening("2026-06-01", "2026-06-30"), at("2026-07-02 09:00"), ["t+7"]) == []


@pytest.mark.parametrize("last", ["2026-02-14", "2026-02-15", "2026-02-16", "2026-02-17"])
def test_a_holiday_swallows_no_rung_after_the_limit(last: str) -> None:
    """15 to 23 February 2026 are days off: who is urged and who is to supervise hear of it on the 24th, both."""
    assert due(LADDER, opening("2026-01-05", last), at("2026-02-24 09:00"), ["t-3"]) == ["t+1", "t+7"]


def test_two_warnings_that_fall_on_one_day_both_come() -> None:
    assert due(LADDER, opening("2026-01-05", "2026-02-24"), at("2026-02-14 09:00"), ["t-15"]) == ["t-7", "t-3"]


def test_what_was_missed_is_made_up_for_by_the_nearest_rung_that_is_still_true() -> None:
    one = opening("2026-06-01", "2026-06-30")
    assert due(LADDER, one, at("2026-06-26 09:00")) == ["t-3"]
    assert due(LADDER, one, at("2026-06-30 19:00")) == ["t-3"]
    assert due(LADDER, one, at("2026-07-16 09:00")) == ["t+1", "t+7", "t+15"]


def test_a_holiday_makes_no_warning_of_a_limit_that_has_passed() -> None:
    """15 to 23 February 2026 are days off: on the 24th nothing is due within three days that was due on the 20th."""
    assert due(LADDER, opening("2026-02-14", "2026-02-20"), at("2026-02-24 09:00")) == ["t+1"]
    assert due((rung("t0", days=0),), opening("2026-06-01", "2026-06-30"), at("2026-07-01 09:00")) == []


PEOPLE = {"t-15": "ab", "t-7": "a", "t-3": "as", "t+1": "a", "t+7": "av", "t+15": "as", "t+30": "vc"}
"""Whom each rung names, a letter for a person."""


def heard(now: str, sent: Collection[str] = ()) -> dict[str, str]:
    found = due_rungs(LADDER, opening("2026-06-01", "2026-06-30"), at(now), CALENDAR, sent)
    told = tellings(found, lambda step: set(PEOPLE[step.rung]))
    return {step.rung: "".join(sorted(people)) for step, people in told}


def test_whoever_was_to_be_warned_while_nobody_looked_hears_of_it_once() -> None:
    assert heard("2026-06-26 09:00", ["t-15"]) == {"t-3": "as"}
    # Nobody looked from before T-15 on: who was to be warned hears what is true by now.
    assert heard("2026-06-29 09:00") == {"t-3": "abs"}
    assert heard("2026-07-02 09:00", ["t-7"]) == {"t+1": "as"}
    # Nobody is told twice of what was missed: each hears of the latest rung that names them.
    assert heard("2026-07-16 09:00", ["t-3"]) == {"t+1": "", "t+7": "v", "t+15": "as"}


MOMENTS = st.integers(0, 5 * 365 * 24 * 6)
FIRST = datetime(2024, 1, 1, tzinfo=SHANGHAI)


@st.composite
def openings(draw: st.DrawFn) -> Opening:
    opened = FIRST + timedelta(minutes=10 * draw(MOMENTS))
    return Opening(opened, last_second_of(day_of(opened) + timedelta(days=draw(st.integers(0, 200)))))


def reached(ladder: tuple[Rung, ...], one: Opening, day: date) -> Rung | None:
    """The latest rung by its plain day among those whose working day has come: told without the module's own order."""
    last = None
    for step in ladder:
        falls = falls_on(step, one, CALENDAR)
        if falls is not None and falls <= day:
            last = step
    return last


@given(openings(), st.sampled_from([LADDER, SHARES]), st.lists(st.integers(1, 60 * 24 * 6), max_size=60))
def test_whoever_looks_however_seldom_sends_the_right_rung_once(
    one: Opening, ladder: tuple[Rung, ...], pauses: list[int]
) -> None:
    """The server is down for as long as it likes, up to sixty days at a time; the moments fall anywhere."""
    now, sent = one.opened_at, []
    for pause in pauses:
        now += timedelta(minutes=10 * pause)
        found = due(ladder, one, now, sent)
        expected = reached(ladder, one, day_of(now))
        if is_quiet(now, CALENDAR):
            assert found == []
        elif not found:
            assert expected is None or expected.rung in sent
        else:
            assert expected is not None
            assert found[-1] == expected.rung
            sent += found
            assert due(ladder, one, now, sent) == []
    assert len(sent) == len(set(sent))
    order = [step.rung for step in ladder]
    assert sent == sorted(sent, key=order.index)


@given(openings(), st.sampled_from([LADDER, SHARES]))
def test_who_looks_every_day_misses_no_rung(one: Opening, ladder: tuple[Rung, ...]) -> None:
    """Looking at ten each morning, every rung is sent on the day that it falls on."""
    sent: dict[str, date] = {}
    first = day_of(one.opened_at)
    for number in range((day_of(one.limit_at) - first).days + 50):
        day = first + timedelta(days=number)
        now = datetime.combine(day, time(10), SHANGHAI)
        if now > one.opened_at:
            sent |= dict.fromkeys(due(ladder, one, now, sent), day)
    falling = {step: falls_on(step, one, CALENDAR) for step in ladder}
    # A warning that days off would carry beyond the limit is none any more.
    past = {step for step, day in falling.items() if day and day > day_of(one.limit_at) and (step.days or 1) <= 0}
    assert sent == {step.rung: day for step, day in falling.items() if day is not None and step not in past}


@given(openings(), st.lists(st.integers(1, 60 * 24 * 6), min_size=1, max_size=60))
def test_after_any_silence_everybody_who_was_missed_hears_once_and_of_nothing_untrue(
    one: Opening, pauses: list[int]
) -> None:
    """Whoever a rung names that was reached since the last look is told at this one; what its day has gone by, once."""
    now, sent, known = one.opened_at, [], set[str]()
    for pause in pauses:
        now += timedelta(minutes=10 * pause)
        found = due_rungs(LADDER, one, now, CALENDAR, sent)
        told = tellings(found, lambda step: set(PEOPLE[step.rung]))
        if is_quiet(now, CALENDAR):
            assert told == []
            continue
        if overdue(one.limit_at, now):
            assert all((step.days or 0) > 0 for step, _ in told)
        days = {step.rung: falls_on(step, one, CALENDAR) for step in LADDER}
        reached_now = {key for key, day in days.items() if day is not None and day <= day_of(now)} - known
        assert {who for _, people in told for who in people} == {who for key in reached_now for who in PEOPLE[key]}
        latest = max((days[key] for key in reached_now), default=None)
        for who in "absvc":
            assert sum(who in people for step, people in told if days[step.rung] != latest) <= 1
            hears_latest = any(who in people for step, people in told if days[step.rung] == latest)
            assert not hears_latest or not any(who in people for step, people in told if days[step.rung] != latest)
        known |= reached_now
        sent += [step.rung for step, _ in told]
    assert len(sent) == len(set(sent))


@given(openings(), st.sampled_from([LADDER, SHARES]), MOMENTS)
def test_nothing_falls_due_before_the_moment_that_is_told(one: Opening, ladder: tuple[Rung, ...], ticks: int) -> None:
    """The clock of a run may sleep until `next_at`: every moment before it finds what was found already."""
    now = one.opened_at
    seen = reached(ladder, one, day_of(now))
    until = next_at(ladder, one, now, CALENDAR)
    if until is None:
        assert reached(ladder, one, day_of(now) + timedelta(days=400)) == seen
        return
    between = now + (until - now) * (ticks / (5 * 365 * 24 * 6))
    if between < until:
        assert due(ladder, one, between, {seen.rung} if seen else set()) == []
    assert due(ladder, one, until, {seen.rung} if seen else set())
