"""Merkle trees as RFC 6962 (certificate transparency) has them: SHA-256, leaves and nodes told apart by a byte."""

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32
_sha256 = hashlib.sha256
_EMPTY = _sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    return _sha256(b"\x00" + content).digest()


def leaf_hashes(texts: Sequence[str]) -> list[bytes]:
    return [_sha256(b"\x00" + text.encode()).digest() for text in texts]


def node_hash(left: bytes, right: bytes) -> bytes:
    return _sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over hashes of leaves, in their order."""
    if not leaves:
        return _EMPTY
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def _above(level: list[bytes]) -> list[bytes]:
    """The next level; a last one without a sibling goes up as it is."""
    above = [_sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    if len(level) % 2:
        above.append(level[-1])
    return above


def path_of(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """The hashes with which anybody computes the root from the leaf at `place`, the lowest first."""
    path, level = [], list(leaves)
    while len(level) > 1:
        sibling = place ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level, place = _above(level), place // 2
    return path


def root_from_path(leaf: bytes, place: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root of a tree of `size` leaves in which `leaf` stands at `place`; None for a path that fits no such tree."""
    if not 0 <= place < size:
        return None
    found, last, rest = leaf, size - 1, list(path)
    while last > 0:
        if place % 2:
            if not rest:
                return None
            found = node_hash(rest.pop(0), found)
        elif place < last:
            if not rest:
                return None
            found = node_hash(found, rest.pop(0))
        place, last = place // 2, last // 2
    return None if rest else found


class Tree:
    """A tree that grows at its right edge and keeps nothing but that edge: one hash for every bit of its size."""

    def __init__(self, size: int = 0, edge: bytes = b"") -> None:
        """`edge` is what `edge()` gave for a tree of `size`. Raises ValueError when the two do not fit."""
        peaks = [edge[start : start + HASH_BYTES] for start in range(0, len(edge), HASH_BYTES)]
        if len(edge) != size.bit_count() * HASH_BYTES:
            raise ValueError("no edge of a tree of this size")
        self.size = size
        self._peaks = peaks

    def add(self, leaf: bytes) -> None:
        self._peaks.append(leaf)
        self.size += 1
        # As many peaks are joined as the new size ends in zeros.
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self._peaks.pop()
            self._peaks.append(node_hash(self._peaks.pop(), right))

    def root(self) -> bytes:
        if not self._peaks:
            return _EMPTY
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found

    def edge(self) -> bytes:
        return b"".join(self._peaks)
