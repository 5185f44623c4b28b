"""Files that lie encrypted beside the database, each under the id of its row."""

import base64
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from backend.domain.crypto import HEAD, FieldCipher, Unreadable


def keep_sealed(
    folder: Path, cipher: FieldCipher, place: str, id: UUID, data: bytes, *, dateless: bool = False
) -> None:
    """Keep `data` encrypted; the file appears complete or not at all.  `dateless`: its time tells nothing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(folder, id, cipher.encrypt(base64.b64encode(data).decode(), place, id), dateless)


def kept_sealed(folder: Path, cipher: FieldCipher, place: str, id: UUID) -> bytes:
    """Open a kept file.  Raises FileNotFoundError when it is gone, Unreadable when it was altered."""
    return base64.b64decode(cipher.decrypt((folder / str(id)).read_bytes(), place, id))


def files_under_others(folder: Path, head: bytes) -> Iterator[UUID]:
    """The files that begin otherwise than what is encrypted now."""
    for path in sorted(folder.glob("[!.]*")) if folder.is_dir() else ():
        try:
            with path.open("rb") as file:
                if file.read(HEAD) != head:
                    yield UUID(path.name)
        except (FileNotFoundError, ValueError):
            continue


def renew_sealed(folder: Path, cipher: FieldCipher, place: str, id: UUID) -> bool:
    """Encrypt a file anew; False when it is gone meanwhile or cannot be read."""
    path = folder / str(id)
    try:
        dateless = path.stat().st_mtime == 0
        text = cipher.decrypt(path.read_bytes(), place, id)
    except (FileNotFoundError, Unreadable):
        return False
    draft = _drafted(folder, id, cipher.encrypt(text, place, id), dateless)
    if not path.exists():
        # Erased meanwhile: what was erased does not come back.
        draft.unlink()
        return False
    draft.replace(path)
    return True


def _write(folder: Path, id: UUID, sealed: bytes, dateless: bool) -> None:
    _drafted(folder, id, sealed, dateless).replace(folder / str(id))


def _drafted(folder: Path, id: UUID, sealed: bytes, dateless: bool) -> Path:
    draft = folder / f".{id}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    if dateless:
        os.utime(draft, (0, 0))
    return draft
