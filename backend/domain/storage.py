"""Where the bytes of uploads lie: encrypted, under their own hash, complete or not at all.

A file is written before its row is committed and has no row when the commit fails; `stray_files` finds those, and the
worker removes them after a day.  Files of installations from before the encryption lie in clear under the bare hash:
they are read as they are, and a change of keys encrypts them.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from backend.domain.crypto import HEAD, FieldCipher, Unreadable
from backend.domain.sealed_stream import PIECE, sealed, unsealed

PLACE = "attachment.file"
SEALED = ".sealed"
_NAME = re.compile(r"([0-9a-f]{64})(?:\.sealed)?")


class Lost(Exception):
    """The file is gone, or is no longer what was stored."""


def digest_of(data: bytes) -> str:
    """The SHA-256 under which the bytes lie, in hex."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Storage:
    """The files of an installation; a copy of it is as good as another one."""

    folder: Path
    cipher: FieldCipher

    def keep(self, data: bytes) -> str:
        """Keep the bytes under their SHA-256 and return it in hex; the file appears complete or not at all.

        What is there already is written anew: whoever is about to remove it as a stray sees that it is young.
        """
        digest = digest_of(data)
        self._write(digest, [data]).replace(self._path(digest))
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes, of which no bit is another one than was stored.  Raises Lost."""
        return b"".join(self.pieces(digest))

    def pieces(self, digest: str) -> Iterator[bytes]:
        """The bytes in pieces.  The whole is checked before the first one is given.  Raises Lost."""
        with self._open(digest) as file:
            for _ in self._checked(digest, file):
                pass
            file.seek(0)
            yield from self._checked(digest, file)

    def under_others(self) -> Iterator[str]:
        """The files that are in clear or not under the newest key."""
        head = self.cipher.head
        for path in self.files():
            try:
                with path.open("rb") as file:
                    if not path.name.endswith(SEALED) or file.read(HEAD) != head:
                        yield path.name.removesuffix(SEALED)
            except FileNotFoundError:
                continue

    def renew(self, digest: str) -> bool:
        """Encrypt a file under the newest key; False when it is gone meanwhile or cannot be read."""
        path, clear = self._path(digest), self._path(digest).with_suffix("")
        try:
            with self._open(digest) as file:
                draft = self._write(digest, self._checked(digest, file))
        except Lost:
            return False
        if not (path.exists() or clear.exists()):
            # Removed meanwhile: what was removed does not come back.
            draft.unlink()
            return False
        draft.replace(path)
        clear.unlink(missing_ok=True)
        return True

    def files(self) -> Iterator[Path]:
        """Every file that is there as a whole."""
        for path in sorted(self.folder.glob("??/*")) if self.folder.is_dir() else ():
            if _NAME.fullmatch(path.name):
                yield path

    def is_there(self, digest: str) -> bool:
        return self._path(digest).exists() or self._path(digest).with_suffix("").exists()

    def older_than(self, time: float) -> dict[str, list[Path]]:
        """The files that were written before a time, by their hashes."""
        found: dict[str, list[Path]] = {}
        for path in self.files():
            try:
                if path.stat().st_mtime < time:
                    found.setdefault(path.name.removesuffix(SEALED), []).append(path)
            except FileNotFoundError:
                continue
        return found

    def _open(self, digest: str) -> BinaryIO:
        # A change of keys may turn a file in clear into one that is not, between two looks.
        for path in (self._path(digest), self._path(digest).with_suffix(""), self._path(digest)):
            try:
                return path.open("rb")
            except FileNotFoundError:
                continue
        raise Lost(digest)

    def _checked(self, digest: str, file: BinaryIO) -> Iterator[bytes]:
        whole = hashlib.sha256()
        is_sealed = str(file.name).endswith(SEALED)
        pieces = unsealed(self.cipher, PLACE, digest, file) if is_sealed else iter(lambda: file.read(PIECE), b"")
        try:
            for piece in pieces:
                whole.update(piece)
                yield piece
        except Unreadable:
            raise Lost(digest) from None
        if whole.hexdigest() != digest:
            raise Lost(digest)

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / f"{digest}{SEALED}"

    def _write(self, digest: str, data: Iterable[bytes]) -> Path:
        folder = self._path(digest).parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{digest}.{secrets.token_hex(4)}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for piece in sealed(self.cipher, PLACE, digest, data):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return draft


def remove_stray(path: Path, before: float) -> bool:
    """Remove a file that no row names, unless somebody is just bringing the same bytes again."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.rename(aside)
        if aside.stat().st_mtime >= before:
            # It was written anew between the look and this moment; a newer one in its place is as good.
            if not path.exists():
                aside.rename(path)
            else:
                aside.unlink()
            return False
        aside.unlink()
    except FileNotFoundError:
        return False
    return True
