"""Passwords known from breaches, looked up on this machine: nothing is asked of anybody.

A list of the 43,940 commonest ones that are long enough for the rule is shipped and always asked, whatever letters are
capitals (`scripts/breached.py` made it); a larger collection can be named beside it.
"""

import hashlib
import os
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

SHIPPED = Path(__file__).with_name("breached.bin")
_KEPT = 5
"""Bytes of each hash: a password that is not on the list is taken for one that is once in twenty million times."""
_LINE = 128


def known_hash(password: str) -> bytes:
    """What is kept of a password: the same for capitals and small letters, and however it is composed."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    return hashlib.sha1(plain.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()[:_KEPT]


def is_widely_known(password: str) -> bool:
    """Whether a password is on the list that is shipped."""
    listed, wanted = _shipped(), known_hash(password)
    place = bisect_left(range(len(listed) // _KEPT), wanted, key=lambda at: listed[at * _KEPT : (at + 1) * _KEPT])
    return listed[place * _KEPT : (place + 1) * _KEPT] == wanted


@cache
def _shipped() -> bytes:
    return SHIPPED.read_bytes()


@dataclass(frozen=True, slots=True)
class Breached:
    """A file of SHA-1 hashes in hexadecimal, one a line in rising order; whatever follows the 40 digits is ignored.

    That is how the public collections of breached passwords are handed out ("ordered by hash").  A lookup reads some
    thirty places of the file, however large it is.
    """

    path: Path

    def __contains__(self, password: str) -> bool:
        wanted = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper()
        with self.path.open("rb") as file:
            low, high = 0, file.seek(0, os.SEEK_END)
            # The first line whose hash is not below the wanted one begins in (low, high].
            while low < high:
                middle = (low + high) // 2
                if _hash_after(file, middle) < wanted:
                    low = middle + 1
                else:
                    high = middle
            return _hash_after(file, low) == wanted


def _hash_after(file: BinaryIO, place: int) -> str:
    """The hash of the first line that begins at `place` or after it; beyond every hash at the end of the file."""
    file.seek(max(place - 1, 0))
    if place:
        file.readline(_LINE)
    return file.readline(_LINE)[:40].decode("ascii", "replace").upper() or "~"
