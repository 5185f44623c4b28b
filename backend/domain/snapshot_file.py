"""The files of snapshots: records of many people, so they lie encrypted and go when their time is over."""

import asyncio
import hashlib
import os
import secrets
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Self
from uuid import UUID

from backend.db.base import Session, utc_now
from backend.db.snapshot import known_snapshots, snapshots_to_erase
from backend.domain.access import Moment
from backend.domain.crypto import FieldCipher, Unreadable
from backend.domain.erasure import record_erasure
from backend.domain.retention import BY_KEY
from backend.domain.sealed_stream import Sealing, sealed, unsealed

PLACE = "snapshot.file"
_GZIP = 16 + zlib.MAX_WBITS
_ORPHAN_SECONDS = 3600


class SnapshotWriter:
    """Compresses and encrypts lines as they come; the file appears complete or not at all."""

    def __init__(self, folder: Path, cipher: FieldCipher, id: UUID) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path, self._draft = folder / str(id), folder / f".{id}.{secrets.token_hex(4)}"
        self._sealing = Sealing(cipher, PLACE, str(id))
        self._packing = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
        self._sent, self._content = hashlib.sha256(), hashlib.sha256()
        self.size = 0

    def __enter__(self) -> Self:
        self._file: BinaryIO = os.fdopen(os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._file.write(self._sealing.begin())
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._file.close()
        if kind is not None:
            self._draft.unlink(missing_ok=True)

    def write(self, lines: Iterable[str]) -> None:
        content = "".join(f"{line}\n" for line in lines).encode()
        self._content.update(content)
        self._pack(self._packing.compress(content))

    def finish(self) -> None:
        """Close the file and put it where it is found."""
        self._pack(self._packing.flush())
        self._file.write(self._sealing.end())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._draft.replace(self._path)

    def _pack(self, packed: bytes) -> None:
        self._sent.update(packed)
        self.size += len(packed)
        self._file.write(self._sealing.more(packed))

    @property
    def sha256(self) -> str:
        return self._sent.hexdigest()

    @property
    def content_sha256(self) -> str:
        return self._content.hexdigest()


def snapshot_pieces(folder: Path, cipher: FieldCipher, id: UUID) -> Iterator[bytes]:
    """The compressed file in pieces, each checked.  Raises FileNotFoundError, or Unreadable where it was altered."""
    with (folder / str(id)).open("rb") as file:
        yield from unsealed(cipher, PLACE, str(id), file)


def renew_snapshot(folder: Path, cipher: FieldCipher, _place: str, id: UUID) -> bool:
    """Encrypt a file under the newest key; False when it is gone meanwhile or cannot be read."""
    path, draft = folder / str(id), folder / f".{id}.{secrets.token_hex(4)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in sealed(cipher, PLACE, str(id), snapshot_pieces(folder, cipher, id)):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except (FileNotFoundError, Unreadable):
        draft.unlink(missing_ok=True)
        return False
    if not path.exists():
        # Erased meanwhile: what was erased does not come back.
        draft.unlink()
        return False
    draft.replace(path)
    return True


async def erase_snapshots(session: Session, moment: Moment, *, folder: Path) -> int:
    """Let go what has been kept long enough, with an event; returns how many snapshots it was.

    Files without a snapshot, left by a worker that was killed, go after an hour.
    """
    expired = await snapshots_to_erase(session, moment.now)
    for made in expired:
        (folder / str(made.id)).unlink(missing_ok=True)
        await session.delete(made)
    record_erasure(session, moment, BY_KEY["snapshot"], [made.county_id for made in expired])
    old = await asyncio.to_thread(_older_than, folder, utc_now().timestamp() - _ORPHAN_SECONDS)
    known = await known_snapshots(session, list(old)) if old else set()
    for key, path in old.items():
        if key not in known:
            path.unlink(missing_ok=True)
    return len(expired)


def _older_than(folder: Path, time: float) -> dict[UUID, Path]:
    found = {}
    for path in folder.glob("[!.]*") if folder.is_dir() else ():
        try:
            if path.stat().st_mtime < time:
                found[UUID(path.name)] = path
        except (FileNotFoundError, ValueError):
            continue
    return found
