"""Secrets of one installation: made at the first start, kept in files that only their owner may read."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


class ExposedKey(Exception):
    """A secret's file may be read by others than its owner, so it can no longer be called secret."""


def load_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """Read the secret at `path`; when there is none, keep what `make` returns there with mode 0600.

    Processes that start at the same time all get the same secret: the file appears complete or not at all,
    and only one of them can make it appear.

    Raises ExposedKey when group or others may read the file, OSError when the folder cannot be used.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(make())
                file.flush()
                os.fsync(file.fileno())
            # Unlike a rename, a link never replaces: whoever comes second takes the first one's secret.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    # Windows has no such bits; there the folder's own access list is what guards.
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise ExposedKey(f"{path} may be read by others; make it private again: chmod 600 {path}")
    return path.read_bytes()


def random_token(length: int = 32) -> bytes:
    """`length` random bytes as URL-safe text, for passwords that a program or a person types."""
    return secrets.token_urlsafe(length).encode()
