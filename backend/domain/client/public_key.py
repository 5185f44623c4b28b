"""Public keys of partners' own pairs, as they are told and as they are kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from backend.db.client import ASSERTION
from backend.domain.client.signature import SM2_SM3, sm2_point


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that can be used: `text`, the one way in which it is kept, and its point in hex."""

    text: str
    point: str


@dataclass(frozen=True, slots=True)
class PublicKeyKind:
    """`read` is None for what is no such key; `refusal` is then what is said of it."""

    read: Callable[[str], PublicKey | None]
    refusal: str


def p256_key(pem: str) -> PublicKey | None:
    """The public half of an EC key on P-256 in PEM; None for anything else, a private half above all."""
    if "PRIVATE" in pem or not pem.lstrip().startswith("-----BEGIN PUBLIC KEY-----"):
        return None
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return None
    text = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    # The byte before the point says its form only, and is the same in all.
    return PublicKey(text, key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:].hex())


def _sm2_key(text: str) -> PublicKey | None:
    point = sm2_point(text)
    return None if point is None else PublicKey(point.hex(), point.hex())


PUBLIC_KEYS: Mapping[str, PublicKeyKind] = {
    ASSERTION: PublicKeyKind(p256_key, "key_unusable"),
    SM2_SM3.name: PublicKeyKind(_sm2_key, "sm2_key_unusable"),
}
"""The uses whose key is the partner's own."""
