"""A ZIP of one canonical shape: the same entries give the same bytes, and any other bytes are noticed.

Entries are stored uncompressed, one after another without a gap, with UTF-8 names and one date for all. So nothing can
be hidden between them, nothing can blow up when it is read, and every ZIP program opens it all the same.
"""

import re
import struct
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

MAX_ENTRIES = 20_000
MAX_BYTES = 2 * 1024**3

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION, _MADE_ON_UNIX, _UTF8_NAMES, _STORED = 20, 3 << 8, 0x800, 0
_ORDINARY_FILE = 0o100644 << 16
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the archive."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with the shape of an archive; `path` is empty when it concerns no single file."""

    code: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What could be read. Without damage the bytes are exactly those that `write_archive` makes of these entries."""

    entries: tuple[Entry, ...]
    damages: tuple[Damage, ...]
    comment: bytes = b""


def write_archive(entries: Sequence[Entry], made_at: datetime, comment_size: int) -> bytes:
    """The archive up to its comment, which the caller appends and which has to be `comment_size` bytes long.

    `made_at` becomes the date of every entry as it is (a ZIP knows no time zone; years 1980 to 2107, two seconds).
    Raises ValueError for an unsafe or repeated path and for more than 2 GiB or 20,000 entries.
    """
    paths = [entry.path for entry in entries]
    unsafe = next((path for path in paths if not is_safe(path)), None)
    if unsafe is not None or len(set(paths)) < len(paths):
        raise ValueError(f"path is unsafe or repeated: {unsafe}")
    if len(entries) > MAX_ENTRIES or sum(len(entry.content) for entry in entries) > MAX_BYTES:
        raise ValueError("too large for one archive")
    return _archive(entries, _stamp(made_at), comment_size)


def read_archive(data: bytes) -> Contents:
    """The entries of an archive and everything about its shape that is not canonical. Never raises."""
    end = _find_end(data)
    if end is None:
        entries, stamp = _entries_in_sequence(data)
        return Contents(entries, (Damage("archive_end_missing"),)) if entries else Contents((), (Damage("not_a_zip"),))
    comment = data[end + _END.size :]
    listed, stamp, damages = _entries_listed(data, end)
    if damages:
        scanned, scanned_stamp = _entries_in_sequence(data[:end])
        # The list at the end is broken: the files themselves may still be told apart by their own heads.
        if len(scanned) > len(listed):
            listed, stamp = scanned, scanned_stamp
    shape = _damages_of_names(listed)
    if not damages and not shape:
        expected = _archive(listed, stamp, len(comment))
        if expected != data[: end + _END.size]:
            shape = [Damage("archive_shape_altered")]
    return Contents(listed, (*damages, *shape), comment)


def is_safe(path: str) -> bool:
    """Whether the path stays inside the folder that the archive is unpacked into, on any system."""
    parts = path.split("/")
    return (
        0 < len(path.encode("utf-8", "surrogatepass")) <= 400
        and not _UNSAFE.search(path)
        and unicodedata.is_normalized("NFC", path)
        and all(part not in ("", ".", "..") and part == part.strip(" .") for part in parts)
    )


def safe_name(name: str) -> str:
    """The last part of a user's file name as a harmless part of a path; never empty, at most 80 characters."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    plain = "".join(char for char in plain if char.isprintable() and not "\ud800" <= char <= "\udfff")
    stem, dot, ending = _UNSAFE.sub("_", plain).strip(" .").rpartition(".")
    if not stem:
        stem, dot, ending = ending, "", ""
    return (stem[:60] + dot + ending[:16]).strip(" .") or "file"


def _stamp(made_at: datetime) -> tuple[int, int]:
    day = (min(max(made_at.year, 1980), 2107) - 1980) << 9 | made_at.month << 5 | made_at.day
    return made_at.hour << 11 | made_at.minute << 5 | made_at.second // 2, day


def _archive(entries: Sequence[Entry], stamp: tuple[int, int], comment_size: int) -> bytes:
    files, listing, offset = [], [], 0
    for entry in entries:
        name, size = entry.path.encode(), len(entry.content)
        common = (_VERSION, _UTF8_NAMES, _STORED, *stamp, zlib.crc32(entry.content), size, size, len(name), 0)
        head = _LOCAL.pack(_LOCAL_MARK, *common) + name
        files += [head, entry.content]
        listing.append(
            _CENTRAL.pack(_CENTRAL_MARK, _MADE_ON_UNIX | _VERSION, *common, 0, 0, 0, _ORDINARY_FILE, offset) + name
        )
        offset += len(head) + size
    listed = b"".join(listing)
    end = _END.pack(_END_MARK, 0, 0, len(entries), len(entries), len(listed), offset, comment_size)
    return b"".join([*files, listed, end])


def _find_end(data: bytes) -> int | None:
    """The end record is the last one whose comment ends exactly where the file ends."""
    start = max(0, len(data) - _END.size - 0xFFFF)
    at = data.rfind(_END_MARK, start)
    while at >= 0:
        if at + _END.size <= len(data) and _END.unpack_from(data, at)[7] == len(data) - at - _END.size:
            return at
        at = data.rfind(_END_MARK, start, at) if at > start else -1
    return None


def _entries_listed(data: bytes, end: int) -> tuple[tuple[Entry, ...], tuple[int, int], list[Damage]]:
    _, _, _, _, count, listed_size, listed_at, _ = _END.unpack_from(data, end)
    entries: list[Entry] = []
    stamp = (0, 0)
    at, expected_offset = listed_at, 0
    broken = [Damage("archive_list_broken")]
    if count > MAX_ENTRIES or listed_at + listed_size != end:
        return (), stamp, broken
    for place in range(count):
        if at + _CENTRAL.size > end:
            return tuple(entries), stamp, broken
        fields = _CENTRAL.unpack_from(data, at)
        method, size, stored, name_length, offset = fields[4], fields[9], fields[8], fields[10], fields[16]
        name = _name(data[at + _CENTRAL.size : at + _CENTRAL.size + name_length])
        content_at = offset + _LOCAL.size + name_length
        if fields[0] == _CENTRAL_MARK and name is not None and (method != _STORED or stored != size):
            return tuple(entries), stamp, [Damage("entry_compressed", name)]
        # Each entry has to begin where the one before it ended, so reading all of them reads the file once.
        if fields[0] != _CENTRAL_MARK or name is None or offset != expected_offset or content_at + size > listed_at:
            return tuple(entries), stamp, broken
        stamp = (fields[5], fields[6]) if place == 0 else stamp
        entries.append(Entry(name, data[content_at : content_at + size]))
        at += _CENTRAL.size + name_length
        expected_offset = content_at + size
    return tuple(entries), stamp, [] if at == end and expected_offset == listed_at else broken


def _entries_in_sequence(data: bytes) -> tuple[tuple[Entry, ...], tuple[int, int]]:
    entries: list[Entry] = []
    stamp = (0, 0)
    at = 0
    while at + _LOCAL.size <= len(data) and len(entries) < MAX_ENTRIES:
        fields = _LOCAL.unpack_from(data, at)
        size, name_length = fields[8], fields[9]
        content_at = at + _LOCAL.size + name_length
        name = _name(data[at + _LOCAL.size : content_at])
        if fields[0] != _LOCAL_MARK or name is None or content_at + size > len(data):
            break
        stamp = (fields[4], fields[5]) if not entries else stamp
        entries.append(Entry(name, data[content_at : content_at + size]))
        at = content_at + size
    return tuple(entries), stamp


def _name(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _damages_of_names(entries: Sequence[Entry]) -> list[Damage]:
    seen: set[str] = set()
    damages = []
    for entry in entries:
        if not is_safe(entry.path):
            damages.append(Damage("entry_unsafe", entry.path))
        if entry.path in seen:
            damages.append(Damage("entry_repeated", entry.path))
        seen.add(entry.path)
    return damages
