"""Slowing down: counted in memory, forgotten with its key."""

import pytest

from backend.api.throttle import Throttle, TooOften


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_address_has_its_share_and_another_one_has_its_own() -> None:
    throttle = Throttle(2, 60, Clock())
    for _ in range(2):
        throttle.count("192.0.2.1")
    with pytest.raises(TooOften) as refused:
        throttle.count("192.0.2.1")
    assert refused.value.wait == 60
    throttle.count("192.0.2.2")


def test_the_share_is_new_when_the_time_is_over() -> None:
    clock = Clock()
    throttle = Throttle(1, 60, clock)
    throttle.count("192.0.2.1")
    clock.now = 45.5
    with pytest.raises(TooOften) as refused:
        throttle.count("192.0.2.1")
    assert refused.value.wait == 15
    clock.now = 60
    throttle.count("192.0.2.1")


def test_no_address_is_kept() -> None:
    throttle = Throttle(5, 60, Clock())
    throttle.count("192.0.2.77")
    kept = repr(vars(throttle))
    assert "192.0.2.77" not in kept
    key = throttle._key
    throttle._forget()
    assert throttle._key != key
    assert not throttle._calls


def test_a_flood_of_addresses_costs_no_more_memory() -> None:
    throttle = Throttle(10, 60, Clock())
    for number in range(20_010):
        throttle.count(f"2001:db8::{number:x}")
    with pytest.raises(TooOften):
        throttle.count("2001:db8:1::")
    assert len(throttle._calls) <= 20_001
