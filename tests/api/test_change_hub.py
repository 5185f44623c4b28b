"""Waiting for the log to grow: one look for all who wait, and nobody left asleep."""

import asyncio

from backend.api.change_hub import ChangeHub
from backend.db.event import Position


class Log:
    """A log that grows when told to, and counts who looked."""

    def __init__(self) -> None:
        self.newest, self.looks, self.broken = Position(1, 1), 0, False

    async def look(self) -> Position:
        self.looks += 1
        if self.broken:
            raise ConnectionError
        return self.newest


async def asleep(hub: ChangeHub, sleepers: int) -> None:
    for _ in range(1000):
        if hub.waiting == sleepers:
            return
        await asyncio.sleep(0)
    raise AssertionError(f"{hub.waiting} wait")


async def test_all_who_wait_are_woken_by_one_look() -> None:
    log = Log()
    hub = ChangeHub(log.look)
    waiting = [asyncio.create_task(hub.wait(20)) for _ in range(300)]
    await asleep(hub, 300)
    # The watch has looked once before it sleeps.
    await asyncio.sleep(0.01)
    assert log.looks == 1
    log.newest = Position(2, 1)
    await asyncio.wait_for(asyncio.gather(*waiting), 10)
    assert log.looks <= 4
    assert hub.waiting == 0


async def test_what_came_between_reading_and_waiting_is_not_slept_through() -> None:
    log = Log()
    hub = ChangeHub(log.look)
    read = log.newest
    log.newest = Position(2, 1)
    # Before anybody looks: the first look is beyond what was read.
    await asyncio.wait_for(hub.wait(20, read), 5)
    # While others watch: somebody was woken for it already.
    other = asyncio.create_task(hub.wait(20, log.newest))
    await asleep(hub, 1)
    await asyncio.sleep(0.01)
    await asyncio.wait_for(hub.wait(20, read), 5)
    assert not other.done()
    log.newest = Position(3, 1)
    await asyncio.wait_for(other, 5)


async def test_nobody_waits_longer_than_asked() -> None:
    hub = ChangeHub(Log().look)
    await asyncio.wait_for(hub.wait(0.05), 5)
    assert hub.waiting == 0


async def test_a_log_that_cannot_be_read_wakes_everybody() -> None:
    log = Log()
    hub = ChangeHub(log.look)
    log.broken = True
    await asyncio.wait_for(asyncio.gather(hub.wait(20), hub.wait(20)), 5)
    log.broken = False
    await asyncio.wait_for(hub.wait(0.05), 5)


async def test_whoever_waits_goes_home_when_the_process_stops() -> None:
    hub = ChangeHub(Log().look)
    waiting = asyncio.create_task(hub.wait(20))
    await asleep(hub, 1)
    await hub.close()
    await asyncio.wait_for(waiting, 5)
    await asyncio.wait_for(hub.wait(20), 5)
