"""Personal numbers at rest: encrypted field by field, found again by a keyed hash.

A ciphertext is bound to the place it was written for (column and row), so that one copied into another row does not
open there.  It begins with the scheme and the number of its key, so that two schemes and several keys live side by
side: old rows stay readable while new ones are written with the newest key, and `domain/rotation.py` carries the old
ones over.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

AES_256_GCM, SM4_GCM = 1, 2
Scheme = Literal["aes", "sm4"]
SCHEMES: Mapping[Scheme, int] = {"aes": AES_256_GCM, "sm4": SM4_GCM}

_NONCE = 12
_TAG = 16
HEAD = 3
"""Bytes by which every ciphertext says its scheme (1) and the number of its key (2, big-endian)."""


class Unreadable(Exception):
    """The ciphertext was altered, belongs to another row, or its key is not here."""


@dataclass(frozen=True)
class KeyRing:
    """The keys of an installation, 32 bytes each, by number (1 to 65535).

    `current` encrypts, all of them decrypt.  Hashes have keys of their own, of which one may be without a twin: the
    hash key of number n is made together with field key n.
    """

    fields: Mapping[int, bytes] = field(repr=False)
    searches: Mapping[int, bytes] = field(repr=False)
    current: int

    def search_key(self, number: int) -> bytes:
        """The hash key that was made with or before field key `number`."""
        return self.searches[max(n for n in self.searches if n <= number)]

    @cached_property
    def search_keys(self) -> tuple[bytes, ...]:
        """Every hash key under which a row may still be found, the current one first."""
        first = self.search_key(self.current)
        live = (self.search_key(number) for number in sorted(self.fields, reverse=True))
        return tuple(dict.fromkeys((first, *live)))


class FieldCipher:
    """Encrypts and hashes single fields.

    `renew` answers the keys as they are now; it is asked before each use and has to be cheap (see `domain/keys.py`),
    so that a process that has run for months learns of a new key within seconds.
    """

    def __init__(
        self,
        keys: Mapping[int, bytes],
        search_key: bytes,
        scheme: Scheme = "aes",
        renew: Callable[[bool], KeyRing] | None = None,
    ) -> None:
        self._ring = KeyRing(dict(keys), {1: search_key}, max(keys))
        self._scheme = SCHEMES[scheme]
        self._renew = renew
        self._opened: dict[tuple[int, bytes], Aead] = {}

    def __repr__(self) -> str:
        return f"FieldCipher(key {self._keys().current})"

    def _keys(self, anew: bool = False) -> KeyRing:
        if self._renew is not None:
            self._ring = self._renew(anew)
        return self._ring

    @property
    def head(self) -> bytes:
        """How everything begins that is encrypted now."""
        return bytes([self._scheme]) + self._keys().current.to_bytes(2)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the keys that open something, the lowest first."""
        return tuple(sorted(self._keys().fields))

    def encrypt(self, text: str, column: str, row: UUID) -> bytes:
        """Encrypt one field; `column` is `table.column`.

        Layout: scheme (1 byte), key number (2, big-endian), nonce (12), ciphertext with its tag (16).
        """
        head = self.head
        nonce = secrets.token_bytes(_NONCE)
        return head + nonce + self._aead(head, self._ring).encrypt(nonce, text.encode(), _bound(head, column, row))

    def decrypt(self, ciphertext: bytes, column: str, row: UUID) -> str:
        """Open what `encrypt` made for the same column and row; raises Unreadable for anything else."""
        head, nonce, body = ciphertext[:HEAD], ciphertext[HEAD : HEAD + _NONCE], ciphertext[HEAD + _NONCE :]
        if len(head) < HEAD or head[0] not in SCHEMES.values() or len(nonce) < _NONCE or len(body) < _TAG:
            raise Unreadable(column)
        try:
            return self.aead(head).decrypt(nonce, body, _bound(head, column, row)).decode()
        except InvalidTag as error:
            raise Unreadable(column) from error

    def search_hash(self, text: str, column: str) -> bytes:
        """The keyed hash (HMAC-SHA256) by which equal values of a column are found without being readable."""
        return _hashed(self._keys().search_keys[0], text, column)

    def search_hashes(self, text: str, column: str) -> list[bytes]:
        """The hashes that a value may have: several while keys are being changed, the current one first."""
        return [_hashed(key, text, column) for key in self._keys().search_keys]

    @property
    def is_changing(self) -> bool:
        """Whether rows under different hash keys live side by side, so that no unique index can tell them equal."""
        return len(self._keys().search_keys) > 1

    def aead(self, head: bytes) -> "Aead":
        """The scheme and key that something begins with; raises Unreadable when the key is not here."""
        if len(head) < HEAD or head[0] not in SCHEMES.values():
            raise Unreadable(head.hex())
        ring, number = self._keys(), int.from_bytes(head[1:])
        if number not in ring.fields:
            ring = self._keys(anew=True)
        if number not in ring.fields:
            raise Unreadable(head.hex())
        return self._aead(head, ring)

    def _aead(self, head: bytes, ring: KeyRing) -> "Aead":
        key = ring.fields[int.from_bytes(head[1:])]
        found = self._opened.get((head[0], key))
        if found is None:
            found = self._opened[head[0], key] = AESGCM(key) if head[0] == AES_256_GCM else Sm4Gcm(_sm4_key(key))
        return found


class Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


class Sm4Gcm:
    """SM4 (GB/T 32907) in Galois counter mode, as RFC 8998 names it; the key has 16 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        made = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        made.authenticate_additional_data(associated_data)
        return made.update(data) + made.finalize() + made.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Raises InvalidTag."""
        body, tag = data[:-_TAG], data[-_TAG:]
        made = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, tag)).decryptor()
        made.authenticate_additional_data(associated_data)
        return made.update(body) + made.finalize()


def _sm4_key(key: bytes) -> bytes:
    # One key file serves both schemes, and neither scheme's key tells anything of the other's.
    return hmac.digest(key, b"guanbiao field sm4-gcm", hashlib.sha256)[:16]


def _hashed(key: bytes, text: str, column: str) -> bytes:
    return hmac.digest(key, column.encode() + b"\0" + text.encode(), hashlib.sha256)


def _bound(head: bytes, column: str, row: UUID) -> bytes:
    return head + column.encode() + b"\0" + row.bytes
