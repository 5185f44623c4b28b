"""The installation's signing key: made once, kept in the data folder, known to others by its fingerprint."""

import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from backend.domain.canonical import sha256
from backend.keys import load_or_create

KEY_FILE = "signing-key.pem"
SIGNATURE_BYTES = 64


class SigningKeyUnreadable(Exception):
    """The key file is there and is no Ed25519 key. It is never replaced: old dossiers are told by this key."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key pair; `public_key` is its 32 raw bytes."""

    private: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public_key)

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def load_or_create_key(folder: Path) -> SigningKey:
    """The key kept in `folder`, made at the first call. Processes that start at once all get the same one.

    Raises SigningKeyUnreadable, and ExposedKey when others may read the file.
    """
    path = folder / KEY_FILE
    pem = load_or_create(path, _new_key)
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise SigningKeyUnreadable(str(path)) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise SigningKeyUnreadable(str(path))
    return SigningKey(private)


def own_public_key(folder: Path) -> bytes | None:
    """The 32 bytes of the key kept in `folder`; None, and none is made, where there is none yet."""
    return load_or_create_key(folder).public_key if (folder / KEY_FILE).is_file() else None


def fingerprint(public_key: bytes) -> str:
    """SHA-256 of the raw public key in hex: what an office publishes and a checker compares."""
    return sha256(public_key)


def normal_fingerprint(text: str) -> str:
    """A fingerprint as people copy it (groups, colons, capitals) in the form that is compared."""
    return re.sub(r"[^0-9a-f]", "", text.lower().removeprefix("sha256:"))


def public_key_pem(public_key: bytes) -> bytes:
    """The public key in the form that openssl reads."""
    return Ed25519PublicKey.from_public_bytes(public_key).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def is_signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is this key's for this message; False also for what is no key or no signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (ValueError, InvalidSignature):
        return False
    return True


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
