"""Slowing down who asks too often, without keeping who that was.

An address becomes a keyed hash under a key that lives as long as the count does; both are forgotten together, in this
process's memory, and neither is stored nor logged.  Each process counts for itself.
"""

import hmac
import math
import secrets
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import Depends, Request

# A flood from more addresses than this shares one count rather than this process's memory.
_MOST_CALLERS = 20_000
_OTHERS = b""


class TooOften(Exception):
    """The caller has used up its share; `wait` seconds and it has a new one."""

    def __init__(self, wait: int) -> None:
        super().__init__("too_often")
        self.wait = wait


class Throttle:
    """At most `times` calls of one caller in each span of `seconds`."""

    def __init__(self, times: int, seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.times, self._seconds, self._clock = times, seconds, clock
        self._forget()

    def count(self, address: str) -> None:
        """Count one call; raises TooOften when it is one too many."""
        caller = self._caller(address)
        self._calls[caller] += 1
        self._judge(self._calls[caller] > self.times)

    def check(self, address: str) -> None:
        """Raise TooOften when the share is used up, without counting: for what counts failures only."""
        self._judge(self._calls[self._caller(address)] >= self.times)

    def note(self, address: str) -> None:
        """Count one call that is refused already."""
        self._calls[self._caller(address)] += 1

    def _judge(self, too_often: bool) -> None:
        if too_often:
            raise TooOften(max(1, math.ceil(self._ends - self._clock())))

    def _caller(self, address: str) -> bytes:
        if self._clock() >= self._ends:
            self._forget()
        caller = hmac.digest(self._key, address.encode(), "sha256")[:8]
        return _OTHERS if caller not in self._calls and len(self._calls) >= _MOST_CALLERS else caller

    def _forget(self) -> None:
        self._key = secrets.token_bytes(16)
        self._calls: Counter[bytes] = Counter()
        self._ends = self._clock() + self._seconds


def at_most(times: int, seconds: int) -> Any:
    """The dependency that lets one address call the routes sharing it at most `times` in `seconds`.

    A village may share one address, so give what a crowd needs and a machine does not.
    """
    name = f"throttle {times} {seconds} {secrets.token_hex(4)}"

    async def counted(request: Request) -> None:
        # Each application counts for itself, so that tests beside one another do not.
        throttles: dict[str, Throttle] = request.app.state.throttles
        throttle = throttles.setdefault(name, Throttle(times, seconds))
        throttle.count(request.client.host if request.client else "")

    return Depends(counted)


def count_account(request: Request, account_id: UUID, times: int) -> None:
    """Count one request of an account, which may make `times` in a minute, 0 for any number. Raises TooOften."""
    if times:
        throttles: dict[str, Throttle] = request.app.state.throttles
        throttles.setdefault("account", Throttle(times, 60)).count(str(account_id))
