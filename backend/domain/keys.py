"""The keys of an installation as files: made at the first start, changed while everything runs, retired when unused.

`field-<n>.key` encrypts fields, `search.key` (later `search-<n>.key`) makes the hashes by which they are found.
`<name>.retired` is a key that nothing lies under any more; it is kept for backups made before.
"""

import contextlib
import re
import secrets
import threading
import time
from datetime import timedelta
from pathlib import Path

from backend.domain.crypto import FieldCipher, KeyRing, Scheme
from backend.keys import load_or_create

ANNOUNCED = timedelta(seconds=10)
"""How long a new key is only known before anything is encrypted with it: every process has it by then."""
_LOOK_AGAIN = 1.0
"""Seconds for which a process believes what it saw of the folder."""

_FIELD = re.compile(r"field-([1-9][0-9]{0,4})\.key")
_SEARCH = re.compile(r"search(?:-([1-9][0-9]{0,4}))?\.key")
_RETIRED = ".retired"


class KeyFolder:
    """The key files of one data folder, looked at again whenever they may have changed."""

    def __init__(self, folder: Path, announced: timedelta = ANNOUNCED) -> None:
        self._folder = folder
        self._announced = announced.total_seconds()
        self._lock = threading.Lock()
        self._ring: KeyRing | None = None
        self._seen: frozenset[tuple[str, float]] = frozenset()
        self._look_at = 0.0
        if not self._files(_FIELD) and not any(folder.glob(f"field-*{_RETIRED}")):
            load_or_create(folder / "field-1.key", _random_key)
        if not self._files(_SEARCH):
            load_or_create(folder / "search.key", _random_key)

    def ring(self, anew: bool = False) -> KeyRing:
        """The keys as they are now; `anew` looks at the folder whatever was seen just now."""
        now = time.monotonic()
        if self._ring is not None and now < self._look_at and not anew:
            return self._ring
        with self._lock:
            self._ring = self._read()
            self._look_at = now + _LOOK_AGAIN
            return self._ring

    def _read(self) -> KeyRing:
        fields, searches = self._files(_FIELD), self._files(_SEARCH)
        old = time.time() - self._announced
        known = [number for number, path in fields.items() if path.stat().st_mtime <= old]
        current = max(known, default=min(fields))
        seen = frozenset((path.name, path.stat().st_mtime) for path in (*fields.values(), *searches.values()))
        if self._ring is not None and seen == self._seen and self._ring.current == current:
            return self._ring
        self._seen = seen
        return KeyRing(
            {number: load_or_create(path, _random_key) for number, path in fields.items()},
            {number: load_or_create(path, _random_key) for number, path in searches.items()},
            current,
        )

    def _files(self, pattern: re.Pattern[str]) -> dict[int, Path]:
        if not self._folder.is_dir():
            return {}
        found = {path: pattern.fullmatch(path.name) for path in self._folder.iterdir()}
        return {int(match[1] or 1): path for path, match in found.items() if match}

    def make_next(self) -> int:
        """Make the next pair of keys and return its number.  The hash key comes first: whoever sees the field key
        sees the other one too."""
        number = max(self._numbers_ever()) + 1
        load_or_create(self._folder / f"search-{number}.key", _random_key)
        load_or_create(self._folder / f"field-{number}.key", _random_key)
        self.ring(anew=True)
        return number

    def _numbers_ever(self) -> set[int]:
        names = [path.name.removesuffix(_RETIRED) for path in self._folder.glob("field-*")]
        return {int(match[1]) for name in names if (match := _FIELD.fullmatch(name))}

    def retire_before(self, number: int) -> list[str]:
        """Put away every key older than `number`; returns the names.  Nothing may lie under them any more."""
        gone = []
        for pattern in (_FIELD, _SEARCH):
            for old, path in sorted(self._files(pattern).items()):
                if old < number:
                    # Somebody who runs the same command may have been quicker.
                    with contextlib.suppress(FileNotFoundError):
                        path.rename(path.with_name(path.name + _RETIRED))
                        gone.append(path.name)
        self.ring(anew=True)
        return gone


def load_cipher(folder: Path, scheme: Scheme = "aes", announced: timedelta = ANNOUNCED) -> FieldCipher:
    """The cipher of an installation, with keys that are made at the first start and read again when they change."""
    keys = KeyFolder(folder, announced)
    ring = keys.ring()
    return FieldCipher(ring.fields, ring.search_keys[0], scheme, keys.ring)


def _random_key() -> bytes:
    return secrets.token_bytes(32)
