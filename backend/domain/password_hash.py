"""Passwords at rest: Argon2id, a bounded number at once, and never on the event loop."""

import asyncio
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.domain.lane import Lane

NO_PASSWORD = "-"  # noqa: S105 - the absence of one
"""What stands where no password was ever set: nothing that is typed matches it."""

_AT_ONCE = 2
_MOST_WAITING = 12
# RFC 9106's second choice but for its four threads: eight of them would crowd out the one thread that answers.
_argon2 = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)


class Hasher:
    """Argon2 takes some 0.2 s of a processor and 64 MiB a time: `at_once` run, `waiting` stand in the queue.

    Whoever comes then is told to come again, so that a flood neither fills the memory nor makes everybody wait.
    """

    def __init__(self, at_once: int = _AT_ONCE, waiting: int = _MOST_WAITING) -> None:
        self._lane = Lane(at_once, waiting)

    async def hash(self, password: str) -> str:
        """The hash to keep; raises Busy when too many wait already."""
        async with self._lane.turn():
            return await asyncio.to_thread(_argon2.hash, composed(password))

    async def matches(self, kept: str, password: str) -> bool:
        """Whether `password` is the one that `kept` was made of; raises Busy when too many wait already."""
        async with self._lane.turn():
            try:
                return await asyncio.to_thread(_argon2.verify, kept, composed(password))
            except (VerificationError, InvalidHashError):
                return False


def composed(password: str) -> str:
    """The password as it is hashed: the same whichever way a keyboard composes its characters (NFKC)."""
    return unicodedata.normalize("NFKC", password)


_hasher = Hasher()
# Verified against when the user name is unknown, so that the answer takes as long as for a known one.
_NOBODY = _argon2.hash(secrets.token_urlsafe(16))


async def hash_password(password: str) -> str:
    return await _hasher.hash(password)


async def password_matches(kept: str | None, password: str) -> bool:
    """Whether the password is right; for `kept` None or without a password it takes as long and is never right."""
    known = kept is not None and kept != NO_PASSWORD
    return await _hasher.matches(kept if known and kept else _NOBODY, password) and known
