"""The outer coat of a backup: who can open it, and a stream in which every altered or missing byte is found.

The stream is one of age (age-encryption.org/v1): a backup that was made for a recipient is opened by anybody's `age`
tool too.  With a passphrase, the stream is for a key made for this one file, and the passphrase seals that key, so that
neither the whole of a county nor any part of it has to be held in memory or on a disk in clear.

    guanbiao-backup 1
    passphrase <that key, sealed, in base64>      or: recipient
    <SHA-256 of the two lines above, in hex>
    <the age stream>
"""

import base64
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, cast

import pyrage
from pyrage import x25519

from backend.backup import BackupError, Damaged, WrongSecret

MAGIC = b"guanbiao-backup 1\n"
SHORTEST_PASSPHRASE = 12
_LONGEST_LINE = 4096
_BROKEN = "the backup was altered or cut off"


@dataclass(frozen=True)
class Secret:
    """What closes and opens backups: a passphrase, or the two halves of an age key, of which closing needs only one."""

    passphrase: str | None = field(default=None, repr=False)
    recipient: str | None = None
    identity: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.passphrase is not None and len(self.passphrase) < SHORTEST_PASSPHRASE:
            raise BackupError(f"the passphrase must have at least {SHORTEST_PASSPHRASE} characters")


def seal(secret: Secret, pieces: Iterator[bytes], file: IO[bytes]) -> x25519.Identity | None:
    """Write the header and everything that `pieces` gives; returns the key that opens the file, if this process has it.

    Raises BackupError for a recipient that is none; what `pieces` raises comes through.
    """
    opener = None
    if secret.passphrase is not None:
        opener = x25519.Identity.generate()
        recipient = opener.to_public()
        sealed = pyrage.passphrase.encrypt(str(opener).encode(), secret.passphrase)
        second = b"passphrase " + base64.b64encode(sealed) + b"\n"
    else:
        try:
            recipient = x25519.Recipient.from_str(secret.recipient or "")
        except pyrage.RecipientError as error:
            raise BackupError("the recipient is no age public key (age1...)") from error
        second = b"recipient\n"
    head = MAGIC + second
    file.write(head + hashlib.sha256(head).hexdigest().encode() + b"\n")
    source = _Pieces(pieces)
    try:
        pyrage.encrypt_io(cast("IO[bytes]", source), file, [recipient])
    except pyrage.EncryptError:
        # The library tells in words alone what the source raised.
        if source.failure is not None:
            raise source.failure from None
        raise
    return opener


@contextmanager
def unsealed(secret: Secret, file: IO[bytes], opener: x25519.Identity | None = None) -> Iterator[IO[bytes]]:
    """The content as a stream that is checked while it is read; whatever is wrong is raised at the latest at its end.

    Raises Damaged or WrongSecret.
    """
    header = _header(file)
    identity = opener or _opener(secret, header)
    inlet, outlet = os.pipe()
    failure: list[Exception] = []

    def decrypt() -> None:
        with os.fdopen(outlet, "wb") as target:
            try:
                pyrage.decrypt_io(file, target, [identity])
            except pyrage.DecryptError as error:
                # The library tells in words alone whether the key is another one or the stream's head is broken.
                is_other = "No matching keys" in str(error) and secret.identity is not None
                failure.append(WrongSecret("the identity is another one's") if is_other else Damaged(_BROKEN))
            except BrokenPipeError:
                # Whoever read had enough.
                pass
            except OSError:
                failure.append(Damaged(_BROKEN))

    worker = threading.Thread(target=decrypt, name="unsealing", daemon=True)
    worker.start()
    try:
        with os.fdopen(inlet, "rb") as source:
            yield source
            # An altered last byte must be found even if nobody needed it.
            while source.read(1 << 20):
                pass
    except Exception:
        worker.join()
        if failure:
            raise failure[0] from None
        raise
    worker.join()
    if failure:
        raise failure[0]


def _header(file: IO[bytes]) -> bytes:
    first, second, third = (file.readline(_LONGEST_LINE) for _ in range(3))
    if first != MAGIC:
        raise Damaged("this is no backup of Guanbiao, or one of a newer version")
    if third != hashlib.sha256(first + second).hexdigest().encode() + b"\n":
        raise Damaged("the backup's header was altered")
    return second


def _opener(secret: Secret, header: bytes) -> x25519.Identity:
    kind, _, sealed = header.strip().partition(b" ")
    if kind == b"recipient":
        if secret.identity is None:
            raise WrongSecret("this backup was made for a recipient and is opened with --identity")
        try:
            return x25519.Identity.from_str(secret.identity)
        except pyrage.IdentityError as error:
            raise WrongSecret("the identity is no age key (AGE-SECRET-KEY-1...)") from error
    if secret.passphrase is None:
        raise WrongSecret("this backup is opened with a passphrase")
    try:
        return x25519.Identity.from_str(pyrage.passphrase.decrypt(base64.b64decode(sealed), secret.passphrase).decode())
    except pyrage.DecryptError as error:
        raise WrongSecret("the passphrase is not the one that this backup was made with") from error


class _Pieces:
    """An iterator of bytes as a file to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""
        self.failure: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._left:
                self._left = next(self._pieces)
        except StopIteration:
            return b""
        except BaseException as error:
            self.failure = error
            raise
        if size < 0:
            size = len(self._left)
        given, self._left = self._left[:size], self._left[size:]
        return given
