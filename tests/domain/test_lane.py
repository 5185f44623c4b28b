"""Lanes: so many at once, so many waiting, a share for each caller, and refusals at a pace."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from backend.domain.errors import Busy
from backend.domain.lane import Lane


@asynccontextmanager
async def inside(lane: Lane, *callers: bytes) -> AsyncIterator[None]:
    """Callers who have entered the lane and stay until the block is left."""
    leave = asyncio.Event()

    async def stay(caller: bytes) -> None:
        async with lane.turn(caller):
            await leave.wait()

    staying = [asyncio.create_task(stay(caller)) for caller in callers]
    await asyncio.sleep(0)
    try:
        yield
    finally:
        leave.set()
        await asyncio.gather(*staying)


async def refused(lane: Lane, caller: bytes = b"") -> bool:
    try:
        async with lane.turn(caller):
            return False
    except Busy:
        return True


async def test_a_full_lane_refuses_and_one_that_was_left_does_not() -> None:
    lane = Lane(1, 1)
    async with inside(lane, b"a", b"b"):
        assert await refused(lane, b"c")
    assert not await refused(lane, b"c")


async def test_one_caller_leaves_room_for_others() -> None:
    lane = Lane(4, 0, share=2)
    async with inside(lane, b"a", b"a"):
        assert await refused(lane, b"a")
        assert not await refused(lane, b"b")


async def test_whoever_fails_inside_has_left() -> None:
    lane = Lane(1, 0)
    with pytest.raises(ZeroDivisionError):
        async with lane.turn():
            raise ZeroDivisionError
    assert not await refused(lane)


async def test_many_refusals_leave_one_after_another() -> None:
    lane = Lane(1, 0)
    async with inside(lane, b""):
        begun = time.perf_counter()
        assert await refused(lane), "the first at once"
        assert all(await asyncio.gather(*(refused(lane) for _ in range(30))))
        assert time.perf_counter() - begun > 0.25
