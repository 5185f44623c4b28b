"""Waiting for the log to grow: many callers of one process wait for one question to the database."""

import asyncio
from collections.abc import Awaitable, Callable

from backend.db.change import last_settled
from backend.db.engine import Database
from backend.db.event import Position
from backend.domain.event import WITHOUT_TIME

INTERVAL = 0.25
"""Seconds between two looks at the log while anybody waits; nobody looks while nobody does."""
AT_ONCE = 6
"""Callers that read at one time: those who are woken together leave connections to everybody else."""


class ChangeHub:
    """Lets callers sleep until something was committed that they have not read.

    A NOTIFY with every commit would make all writers queue for one lock; one small question four times a second does
    not, and it is asked once for everybody.
    """

    def __init__(self, look: Callable[[], Awaitable[Position | None]]) -> None:
        self._look = look
        self._grown = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None
        self._newest: Position | None = None
        self.waiting = 0
        self._closed = False
        self.turn = asyncio.Semaphore(AT_ONCE)

    @classmethod
    def of(cls, database: Database) -> "ChangeHub":
        async def look() -> Position | None:
            async with database.reader() as reader:
                # Nobody learns from being woken that a sender has done something.
                return await last_settled(reader, but=WITHOUT_TIME)

        return cls(look)

    async def wait(self, seconds: float) -> None:
        """Return when the log has grown, at the latest after some seconds."""
        if self._closed:
            return
        self.waiting += 1
        grown = self._grown
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        try:
            async with asyncio.timeout(seconds):
                await grown.wait()
        except TimeoutError:
            pass
        finally:
            self.waiting -= 1

    async def _watch(self) -> None:
        try:
            self._newest = await self._look()
            while self.waiting:
                await asyncio.sleep(INTERVAL)
                newest = await self._look()
                if newest != self._newest:
                    self._newest = newest
                    self._wake()
        finally:
            # Whatever ended the watch, nobody sleeps on: they look for themselves.
            self._wake()

    def _wake(self) -> None:
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    async def close(self) -> None:
        """Send everybody home: the process stops."""
        self._closed = True
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        self._wake()
