"""Personal numbers at rest: encrypted field by field, found again by a keyed hash.

A ciphertext is bound to the place it was written for (column and row), so that one copied into another row does not
open there.  It begins with the scheme and the number of its key: other schemes (SM4-GCM) and newer keys can come
beside those in use, and old rows stay readable.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.keys import load_or_create

AES_256_GCM = 1
_NONCE = 12
_HEAD = 3
_KEY_FILE = re.compile(r"field-([1-9][0-9]{0,4})\.key")


class Unreadable(Exception):
    """The ciphertext was altered, belongs to another row, or its key is not here."""


class FieldCipher:
    """Encrypts and hashes single fields.

    `keys` maps key numbers (1 to 65535) to 32 bytes each; the highest one encrypts, all of them decrypt.  `search_key`
    is for hashes alone: it cannot rotate without rehashing every row, so it is another one.
    """

    def __init__(self, keys: Mapping[int, bytes], search_key: bytes) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._current = max(keys)
        self._search_key = search_key

    def __repr__(self) -> str:
        return f"FieldCipher(key {self._current})"

    def encrypt(self, text: str, column: str, row: UUID) -> bytes:
        """Encrypt one field; `column` is `table.column`.

        Layout: scheme (1 byte), key number (2, big-endian), nonce (12), AES-256-GCM ciphertext with its tag.
        """
        head = bytes([AES_256_GCM]) + self._current.to_bytes(2)
        nonce = secrets.token_bytes(_NONCE)
        return head + nonce + self._ciphers[self._current].encrypt(nonce, text.encode(), _bound(head, column, row))

    def decrypt(self, ciphertext: bytes, column: str, row: UUID) -> str:
        """Open what `encrypt` made for the same column and row; raises Unreadable for anything else."""
        head, nonce, body = ciphertext[:_HEAD], ciphertext[_HEAD : _HEAD + _NONCE], ciphertext[_HEAD + _NONCE :]
        cipher = self._ciphers.get(int.from_bytes(head[1:]))
        if len(head) < _HEAD or head[0] != AES_256_GCM or cipher is None or len(nonce) < _NONCE:
            raise Unreadable(column)
        try:
            return cipher.decrypt(nonce, body, _bound(head, column, row)).decode()
        except InvalidTag as error:
            raise Unreadable(column) from error

    def search_hash(self, text: str, column: str) -> bytes:
        """The keyed hash (HMAC-SHA256) by which equal values of a column are found without being readable."""
        return hmac.digest(self._search_key, column.encode() + b"\0" + text.encode(), hashlib.sha256)


def _bound(head: bytes, column: str, row: UUID) -> bytes:
    return head + column.encode() + b"\0" + row.bytes


def load_cipher(folder: Path) -> FieldCipher:
    """Read the keys of an installation from its data folder, and make them at the first start.

    `field-<number>.key` encrypts; to rotate, put the next number beside it and restart every process.
    """
    load_or_create(folder / "field-1.key", _random_key)
    found = {path: _KEY_FILE.fullmatch(path.name) for path in folder.iterdir()}
    keys = {int(match[1]): load_or_create(path, _random_key) for path, match in found.items() if match}
    return FieldCipher(keys, load_or_create(folder / "search.key", _random_key))


def _random_key() -> bytes:
    return secrets.token_bytes(32)
