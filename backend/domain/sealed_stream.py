"""Bytes of any length under the keys of fields, in pieces: no file is ever in memory as a whole.

Layout: scheme and key number (3 bytes, as every ciphertext begins), the file's random number (7), then pieces of one
MiB, each with its tag (16).  A piece's nonce is the file's number, the piece's place (4) and whether it is the last
one (1): pieces can be neither moved, left out, nor cut off at the end (STREAM: Hoang, Reyhanitabar, Rogaway, Vizár,
2015).  What is sealed is bound to its place and its name, as a field is to its column and row.
"""

import secrets
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag

from backend.domain.crypto import HEAD, FieldCipher, Unreadable

PIECE = 1 << 20
_NUMBER = 7
_TAG = 16


class Sealing:
    """Encrypts a stream that comes piece by piece, under the newest key: what each call returns is written in turn."""

    def __init__(self, cipher: FieldCipher, place: str, name: str) -> None:
        head = cipher.head
        self._aead, self._number, self._bound = (
            cipher.aead(head),
            secrets.token_bytes(_NUMBER),
            _bound(head, place, name),
        )
        self._head, self._waiting, self._place = head, b"", 0

    def begin(self) -> bytes:
        return self._head + self._number

    def more(self, piece: bytes) -> bytes:
        self._waiting += piece
        done = []
        # The last piece is never an empty one that follows a full one, so one is held back.
        while len(self._waiting) > PIECE:
            done.append(self._encrypted(self._waiting[:PIECE], last=False))
            self._waiting, self._place = self._waiting[PIECE:], self._place + 1
        return b"".join(done)

    def end(self) -> bytes:
        return self._encrypted(self._waiting, last=True)

    def _encrypted(self, piece: bytes, *, last: bool) -> bytes:
        return self._aead.encrypt(_nonce(self._number, self._place, last=last), piece, self._bound)


def sealed(cipher: FieldCipher, place: str, name: str, data: Iterable[bytes]) -> Iterator[bytes]:
    """Encrypt a stream, under the newest key."""
    sealing = Sealing(cipher, place, name)
    yield sealing.begin()
    for piece in data:
        if done := sealing.more(piece):
            yield done
    yield sealing.end()


def unsealed(cipher: FieldCipher, place: str, name: str, file: BinaryIO) -> Iterator[bytes]:
    """Decrypt a stream, piece by piece.  Raises Unreadable where it was altered, cut off, or lies under no key here:
    whoever must not let a part out reads it to the end first."""
    head, number = file.read(HEAD), file.read(_NUMBER)
    if len(number) < _NUMBER:
        raise Unreadable(place)
    aead, bound, place_of = cipher.aead(head), _bound(head, place, name), 0
    piece = file.read(PIECE + _TAG)
    while True:
        following = file.read(PIECE + _TAG)
        try:
            yield aead.decrypt(_nonce(number, place_of, last=not following), piece, bound)
        except (InvalidTag, ValueError, OverflowError) as error:
            raise Unreadable(place) from error
        if not following:
            return
        piece, place_of = following, place_of + 1


def _nonce(number: bytes, place: int, *, last: bool) -> bytes:
    return number + place.to_bytes(4) + bytes([last])


def _bound(head: bytes, place: str, name: str) -> bytes:
    return head + place.encode() + b"\0" + name.encode()
