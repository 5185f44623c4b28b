"""Archives unpacked in pieces and within limits, whatever sizes they declare for themselves."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from backend.domain.errors import invalid

MOST_ENTRIES = 10_000
MOST_BYTES = 400 * 1024 * 1024
MOST_TIMES = 200
"""An archive that unpacks to more than so many times its size is a bomb: office papers stay below 50."""
_HARMLESS = 20 * 1024 * 1024
_PIECE = 1 << 20


class Damaged(Exception):
    """No archive, or one that does not unpack."""


@dataclass(slots=True)
class Allowance:
    """What an archive and those inside it may still unpack to, together."""

    packed: int
    left: int = MOST_BYTES

    def take(self, size: int) -> None:
        """Raises Invalid `file_unpacks_too_large`."""
        self.left -= size
        unpacked = MOST_BYTES - self.left
        if self.left < 0 or (unpacked > _HARMLESS and unpacked > MOST_TIMES * self.packed):
            raise invalid("/file", "file_unpacks_too_large", limit=f"{MOST_BYTES >> 20} MiB")


def entries_of(data: bytes) -> list[zipfile.ZipInfo]:
    """The entries of a zip.  Raises Damaged, and Invalid for too many, encrypted ones, or names that are none
    or lead outside."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        raise Damaged from None
    if len(entries) > MOST_ENTRIES:
        raise invalid("/file", "file_unpacks_too_large", limit=f"{MOST_ENTRIES}")
    if any(entry.flag_bits & 1 for entry in entries):
        raise invalid("/file", "file_encrypted")
    if any(not entry.filename or _leads_outside(entry.filename) for entry in entries):
        raise invalid("/file", "file_damaged")
    return entries


def _leads_outside(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ":" in plain or ".." in plain.split("/")


def unpacked(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of an entry in pieces, whatever size the archive declares for it.  Raises Damaged."""
    start = entry.header_offset
    try:
        name_length, extra_length = struct.unpack_from("<HH", data, start + 26)
    except struct.error:
        raise Damaged from None
    start += 30 + name_length + extra_length
    packed = memoryview(data)[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise Damaged
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    rest = bytes(packed)
    try:
        while rest and not inflate.eof:
            yield inflate.decompress(rest, _PIECE)
            rest = inflate.unconsumed_tail
    except zlib.error:
        raise Damaged from None
