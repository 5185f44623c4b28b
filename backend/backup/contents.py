"""The inner part of a backup: a tar stream that any `tar` reads, written and read front to back.

backup.json          what made it, before anything else is read
database/000001 ...  pg_dump's custom format, in pieces, since its size is not known beforehand
files/<path>         keys, attachments, photos, uploads: everything below the data folder but the server's own
manifest.json        the hash and size of everything, and how many rows each table had
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from backend.backup import BackupError, Damaged

PIECE = 4 * 1024 * 1024
ABOUT, MANIFEST, DATABASE, FILES = "backup.json", "manifest.json", "database/", "files/"
_READ = 1024 * 1024
_LARGEST_NOTE = 64 * 1024 * 1024


@dataclass
class Digest:
    """Size and SHA-256 of what went through."""

    size: int = 0
    _sum: Any = field(default_factory=hashlib.sha256, repr=False)

    def see(self, piece: bytes) -> bytes:
        self.size += len(piece)
        self._sum.update(piece)
        return piece

    def note(self) -> dict[str, Any]:
        return {"size": self.size, "sha256": self._sum.hexdigest()}


@dataclass
class Packing:
    """Makes the stream. `small` was read before; `vanished` was erased, as rules ask, between being listed and read."""

    small: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    vanished: list[str] = field(default_factory=list)
    database: Digest = field(default_factory=Digest)
    manifest: dict[str, Any] = field(default_factory=dict)

    def note(self, name: str, content: dict[str, Any]) -> Iterator[bytes]:
        body = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()
        yield _head(name, len(body))
        yield body
        yield _padding(len(body))

    def dump(self, source: IO[bytes]) -> Iterator[bytes]:
        number = 0
        while piece := source.read(PIECE):
            number += 1
            yield _head(f"{DATABASE}{number:06}", len(piece))
            yield self.database.see(piece)
            yield _padding(len(piece))

    def file(self, folder: Path, name: str) -> Iterator[bytes]:
        """One file below `folder`, as large as when it is opened. Raises BackupError when it shrinks meanwhile."""
        try:
            opened = (folder / name).open("rb")
        except FileNotFoundError:
            self.vanished.append(name)
            return
        digest = Digest()
        with opened:
            size = opened.seek(0, io.SEEK_END)
            opened.seek(0)
            yield _head(FILES + name, size)
            while digest.size < size:
                piece = opened.read(min(_READ, size - digest.size))
                if not piece:
                    raise BackupError(f"{name} was cut off while it was read")
                yield digest.see(piece)
        yield _padding(size)
        self.files[name] = digest.note()

    def kept(self, name: str, content: bytes) -> Iterator[bytes]:
        digest = Digest()
        yield _head(FILES + name, len(content))
        yield digest.see(content)
        yield _padding(len(content))
        self.files[name] = digest.note()

    def end(self) -> Iterator[bytes]:
        yield bytes(2 * tarfile.BLOCKSIZE)


@dataclass(frozen=True)
class Entry:
    """One entry of the stream; `body` is to be read, as far as it interests, before the next entry."""

    name: str
    size: int
    body: IO[bytes]

    def note(self) -> dict[str, Any]:
        if self.size > _LARGEST_NOTE:
            raise Damaged(f"{self.name} is too large")
        content = json.loads(self.body.read())
        assert isinstance(content, dict)
        return content

    def pieces(self) -> Iterator[bytes]:
        while piece := self.body.read(_READ):
            yield piece


def entries(stream: IO[bytes]) -> Iterator[Entry]:
    """The entries in their order; Damaged names the last one that could be read before the stream broke."""
    last = "its beginning"
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                body = archive.extractfile(member)
                if not member.isreg() or body is None or not is_plain(member.name):
                    raise Damaged(f"{member.name!r} is nothing that a backup holds")
                yield Entry(member.name, member.size, body)
                last = member.name
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise Damaged(f"the backup cannot be read after {last}") from error


def is_plain(name: str) -> bool:
    """Whether a name stays below the folder it is for."""
    return not name.startswith("/") and not {"", ".", ".."} & set(name.split("/")) and "\0" not in name


def _head(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)
