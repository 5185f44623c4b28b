"""Waiting for the log to grow: many callers of one process wait for one question to the database."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from backend.db.change import last_settled
from backend.db.engine import Database
from backend.db.event import Position
from backend.domain.errors import Conflict
from backend.domain.event import WITHOUT_TIME

INTERVAL = 0.25
"""Seconds between two looks at the log while anybody waits; nobody looks while nobody does."""
AT_ONCE = 6
"""Callers that read at one time: those who are woken together leave connections to everybody else."""
NOTED_EVERY = 10.0
"""Seconds between two notes of how far one client has read."""
MOST_STREAMS, MOST_OF_ONE = 1_000, 20
"""Streams that one process keeps open, and those of them that one caller may have: windows, not people."""


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
        self._lowest: Position | None = None
        self.waiting = 0
        self.closed = False
        self.turn = asyncio.Semaphore(AT_ONCE)
        self.streams: Counter[UUID] = Counter()
        self.most_of_one = MOST_OF_ONE
        self._noted: dict[UUID, float] = {}

    @classmethod
    def of(cls, database: Database) -> "ChangeHub":
        async def look() -> Position | None:
            async with database.reader() as reader:
                # Nobody learns from being woken that a sender has done something.
                return await last_settled(reader, but=WITHOUT_TIME)

        return cls(look)

    async def wait(self, seconds: float, beyond: Position | None = None) -> None:
        """Return when the log has grown, at the latest after some seconds; at once when it has grown `beyond` what the
        caller has read, which somebody else may have been woken for already."""
        if self.closed or self._has_grown(beyond):
            return
        self.waiting += 1
        grown = self._grown
        if beyond is not None:
            self._lowest = beyond if self._lowest is None else min(self._lowest, beyond)
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        try:
            async with asyncio.timeout(seconds):
                await grown.wait()
        except TimeoutError:
            pass
        finally:
            self.waiting -= 1

    def _has_grown(self, beyond: Position | None) -> bool:
        return beyond is not None and self._newest is not None and self._newest > beyond

    def is_to_note(self, client_id: UUID) -> bool:
        """Whether it is time again to write down how far a client has read; then it counts as done."""
        now = time.monotonic()
        if now - self._noted.get(client_id, -NOTED_EVERY) < NOTED_EVERY:
            return False
        self._noted[client_id] = now
        return True

    def check_streams(self, caller_id: UUID) -> None:
        """Raise Conflict `streams_enough` where another stream would be one too many."""
        if self.streams[caller_id] >= self.most_of_one or self.streams.total() >= MOST_STREAMS:
            raise Conflict("streams_enough", most=self.most_of_one)

    @contextmanager
    def streaming(self, caller_id: UUID) -> Iterator[None]:
        """Count a stream while it is open."""
        self.check_streams(caller_id)
        self.streams[caller_id] += 1
        try:
            yield
        finally:
            self.streams[caller_id] -= 1
            if not self.streams[caller_id]:
                del self.streams[caller_id]

    async def _watch(self) -> None:
        try:
            self._newest = await self._look()
            if self._has_grown(self._lowest):
                # Whoever came before this look had read less than it sees.
                self._wake()
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
        grown, self._grown, self._lowest = self._grown, asyncio.Event(), None
        grown.set()

    async def close(self) -> None:
        """Send everybody home: the process stops."""
        self.closed = True
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        self._wake()
