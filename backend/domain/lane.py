"""A lane of its own for work that is dear: so many at once, so many waiting, and whoever comes then is told at once.

What anybody may ask for without signing in must not take what everybody else works with: threads, connections, time.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.domain.errors import Busy

_RETRY_SECONDS = 3
_REFUSALS_EACH_SECOND = 100
_LONGEST_REFUSAL = 2.0
"""Seconds. Whoever asks in a closed loop and is refused at once comes back at once, and refusing takes time too."""


class Lane:
    """`at_once` run and `waiting` stand behind them, of one caller at most `share` in all (None: as many as there is
    room for).  One too many is refused: at once, unless refusals are so many that they leave at a measured pace."""

    def __init__(self, at_once: int, waiting: int, *, share: int | None = None) -> None:
        self._running = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._share = share or self._most
        self._inside: Counter[bytes] = Counter()
        self._next_refusal = 0.0

    @asynccontextmanager
    async def turn(self, caller: bytes = b"") -> AsyncIterator[None]:
        """Run the block when it is one's turn; raises Busy when the lane, or the caller's share of it, is full."""
        if self._inside.total() >= self._most or self._inside[caller] >= self._share:
            await self._at_a_pace()
            raise Busy("sign_in_busy", seconds=_RETRY_SECONDS)
        self._inside[caller] += 1
        try:
            async with self._running:
                yield
        finally:
            self._inside[caller] -= 1
            if not self._inside[caller]:
                del self._inside[caller]

    async def _at_a_pace(self) -> None:
        now = asyncio.get_running_loop().time()
        wait = min(max(self._next_refusal - now, 0.0), _LONGEST_REFUSAL)
        self._next_refusal = now + wait + 1 / _REFUSALS_EACH_SECOND
        if wait:
            await asyncio.sleep(wait)
