"""Who needs two steps, when tries lock, and what is due first."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.db.session import Standing
from backend.domain.access import ROLE_PERMISSIONS
from backend.domain.second_step import STEP_SECONDS, matching_counter, new_recovery_codes
from backend.domain.session import device_in_words, is_over
from backend.domain.sign_in_key import SignInKey
from backend.domain.sign_in_rule import (
    ADMINISTRATORS,
    APPROVERS,
    SESSION_LENGTH,
    SignInRules,
    Tries,
    after_try,
    after_wrong_code,
    before_try,
    due,
    idle_minutes,
    is_reported,
    may_work_from,
    needs_second_step,
)

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_the_tables_name_roles_that_exist() -> None:
    assert set(ROLE_PERMISSIONS) >= ADMINISTRATORS | APPROVERS


@pytest.mark.parametrize(
    ("roles", "second_step", "idle"),
    [
        ({"clerk"}, False, 30),
        ({"member", "clerk"}, False, 30),
        ({"secretary"}, True, 30),
        ({"clerk", "township_admin"}, True, 10),
        ({"security_admin"}, True, 10),
        (set(), False, 30),
    ],
)
def test_administrators_and_approvers_need_two_steps(roles: set[str], second_step: bool, idle: int) -> None:
    assert needs_second_step(SignInRules(), roles) is second_step
    assert not needs_second_step(SignInRules(second_step=False), roles)
    assert idle_minutes(roles) == idle


@pytest.mark.parametrize(
    ("roles", "must_change", "age", "had", "expected"),
    [
        ({"clerk"}, False, 4000, False, None),
        ({"clerk"}, True, 0, True, "password"),
        ({"secretary"}, True, 0, False, "password"),
        ({"secretary"}, False, 4000, False, "second_step"),
        ({"secretary"}, False, 4000, True, None),
        ({"county_admin"}, False, 179, True, None),
        ({"county_admin"}, False, 180, True, "password"),
    ],
)
def test_what_is_due_first(roles: set[str], must_change: bool, age: int, had: bool, expected: str | None) -> None:
    set_at = NOW - timedelta(days=age)
    found = due(SignInRules(), roles, must_change=must_change, set_at=set_at, had_second_step=had, now=NOW)
    assert found == expected


@pytest.mark.parametrize(
    ("roles", "age", "expected"),
    [
        ({"clerk"}, 89, None),
        ({"clerk"}, 90, "password"),
        ({"county_admin"}, 59, None),
        ({"county_admin"}, 60, "password"),
    ],
)
def test_every_password_grows_old_where_that_is_set(roles: set[str], age: int, expected: str | None) -> None:
    rules = SignInRules(False, timedelta(days=60), timedelta(days=90))
    set_at = NOW - timedelta(days=age)
    assert due(rules, roles, must_change=False, set_at=set_at, had_second_step=True, now=NOW) == expected


@pytest.mark.parametrize(
    ("roles", "origin", "may"),
    [
        ({"clerk"}, "192.0.2.7", True),
        ({"system_admin"}, "10.20.3.4", True),
        ({"clerk", "township_admin"}, "192.0.2.7", False),
        ({"audit_admin"}, None, False),
        ({"audit_admin"}, "::1", False),
    ],
)
def test_administrators_work_from_where_they_may(roles: set[str], origin: str | None, may: bool) -> None:
    assert may_work_from(SignInRules(administrator_networks=("10.20.0.0/16",)), roles, origin) is may
    assert may_work_from(SignInRules(), roles, origin)


def locks(minutes_between: float, times: int, *, anywhere: bool = False) -> list[int]:
    """The minutes of every lock while somebody tries on and on, waiting only while locked."""
    tries, now, found = Tries(0, 0, NOW), NOW, []
    for _ in range(times):
        tries = after_try(tries, now, anywhere=anywhere)
        if tries.locked_until:
            found.append(round((tries.locked_until - now) / MINUTE))
            now = tries.locked_until
        now += MINUTE * minutes_between
    return found


def test_locks_grow_up_to_four_hours() -> None:
    assert locks(0, 35) == [15, 30, 60, 120, 240, 240, 240]


def test_guesses_from_everywhere_lock_after_sixty_in_an_hour_and_not_when_they_are_slow() -> None:
    assert locks(0, 120, anywhere=True) == [15, 30]
    assert locks(1.5, 300, anywhere=True) == []


def test_ten_wrong_codes_an_hour_lock_for_an_hour() -> None:
    tries, now, judged = Tries(0, 0, NOW), NOW, []
    for _ in range(40):
        tries = after_wrong_code(tries, now)
        judged.append(now)
        now = (tries.locked_until or now) + MINUTE
    assert all(sum(1 for at in judged if begin <= at < begin + 60 * MINUTE) <= 10 for begin in judged)


@settings(deadline=None)
@given(st.floats(min_value=0, max_value=120), st.integers(min_value=1, max_value=150))
def test_a_place_is_judged_fewer_than_a_hundred_times_an_hour(minutes_between: float, times: int) -> None:
    """ASVS 2.2.1, whatever the pace."""
    tries, now, judged = Tries(0, 0, NOW), NOW, []
    for _ in range(times):
        tries = after_try(tries, now)
        judged.append(now)
        now = (tries.locked_until or now) + MINUTE * minutes_between
    assert all(sum(1 for at in judged if begin <= at < begin + 60 * MINUTE) <= 100 for begin in judged)


@given(st.integers(min_value=0, max_value=30), st.booleans())
def test_a_try_that_is_taken_back_leaves_no_trace(before: int, anywhere: bool) -> None:
    tries = Tries(0, 0, NOW)
    for _ in range(before):
        tries = after_try(tries, NOW, anywhere=anywhere)
    if tries.locked_until is None:
        taken = before_try(after_try(tries, NOW, anywhere=anywhere), anywhere=anywhere)
        assert (taken.failures, taken.locks, taken.locked_until) == (tries.failures, tries.locks, None)


def test_a_day_of_quiet_is_forgiven() -> None:
    tries = Tries(4, 3, NOW)
    assert after_try(tries, NOW + timedelta(days=1)) == Tries(1, 0, NOW + timedelta(days=1))


def test_failures_are_told_once_an_hour_and_locks_every_five_minutes() -> None:
    assert is_reported(None, NOW, locked=False)
    assert not is_reported(NOW - 59 * MINUTE, NOW, locked=False)
    assert is_reported(NOW - 60 * MINUTE, NOW, locked=False)
    assert is_reported(NOW - 5 * MINUTE, NOW, locked=True)
    assert not is_reported(NOW - 4 * MINUTE, NOW, locked=True)


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238 appendix B, the last six of the eight digits, SHA-1."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        at = datetime.fromtimestamp(seconds, UTC)
        assert matching_counter(secret, code, at) == seconds // STEP_SECONDS
        assert matching_counter(secret, code, at + timedelta(seconds=90)) is None
        assert matching_counter(secret, "28708２", at) is None


def test_recovery_codes_are_many_and_readable() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert not set("".join(codes)) & set("ilo01")
    assert all(len(code) == 14 for code in codes)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, ""),
        ("\x00\ud800", ""),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/130 Safari/537 Edg/130", "Edge · Windows"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) Chrome/114 MicroMessenger/8.0", "微信 · 鸿蒙"),
        ("somebody's own program named 张三", ""),
    ],
)
def test_a_device_is_said_in_words_and_nothing_else_of_it_is_kept(said: str | None, expected: str) -> None:
    assert device_in_words(said) == expected


def test_an_address_is_another_place_every_day_and_a_network_of_version_6_is_one() -> None:
    key, today = SignInKey(b"k" * 32), NOW.date()
    assert key.address("192.0.2.1", today) != key.address("192.0.2.2", today)
    assert key.address("192.0.2.1", today) != key.address("192.0.2.1", today + timedelta(days=1))
    assert key.address("2001:db8::1", today) == key.address("2001:db8::ffff:2", today)
    assert key.address("2001:db8::1", today) != key.address("2001:db8:0:1::1", today)
    assert key.address("no address", today) != SignInKey(b"l" * 32).address("no address", today)


@pytest.mark.parametrize("cookie", [None, "", "a", "é", "A" * 44, "\x00", "=" * 40])
def test_a_device_cookie_that_was_made_up_is_none(cookie: str | None) -> None:
    key = SignInKey(b"k" * 32)
    assert key.device(cookie) is None
    assert key.device(key.new_device()) is not None
    assert SignInKey(b"l" * 32).device(key.new_device()) is None


@pytest.mark.parametrize("roles", [{"clerk"}, {"system_admin"}])
def test_a_session_is_over_at_its_limits_and_not_a_microsecond_before(roles: set[str]) -> None:
    begun, instant = NOW, timedelta(microseconds=1)
    idle = timedelta(minutes=idle_minutes(roles))

    def over(now: datetime, used_at: datetime) -> bool:
        ends_at = begun + SESSION_LENGTH
        return is_over(Standing(None, used_at, idle_minutes(roles), ends_at, True, False, None), now)

    assert (over(begun + idle - instant, begun), over(begun + idle, begun)) == (False, True)
    last = begun + SESSION_LENGTH
    # Used until the end: its length is a limit that no use moves.
    assert (over(last - instant, last - instant), over(last, last - instant)) == (False, True)
