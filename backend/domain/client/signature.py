"""Signed requests: what is signed, by which algorithms, and when a signature is too old (handbook 4.2).

A token alone can be used by whoever catches it, for as long as it lasts. Where a county demands more, every request of
a client bears a signature over what it asks for, with a time and a word that is used once.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import gmssl_pyx

SKEW = timedelta(minutes=5)
"""How far the caller's clock may be from ours, either way."""
NONCE_LASTS = 2 * SKEW
"""How long a nonce stays used: by then its time is refused by itself."""
_HMAC_BYTES = 32
_SM2_POINT = 64


class Digest(Protocol):
    """A hash that is fed piece by piece."""

    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Algorithm:
    """How bodies are hashed and texts are signed.

    `digest_name`: how the header names the hash. `verify` takes key, text and signature and is False for anything
    that is no signature.
    """

    name: str
    digest_name: str
    new_digest: Callable[[], Digest]
    verify: Callable[[bytes, bytes, bytes], bool]


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a signature is over. `path` and `query` as they were sent, percent-encoded; `digest`: of the body, hex."""

    method: str
    path: str
    query: str
    timestamp: str
    nonce: str
    digest: str


def canonical(request: SignedRequest) -> bytes:
    """The text that is signed: six lines, the parts of the query in the order of the bytes of their names.

    Parts of one name stay as they are sent: which of two comes last may change what is asked.
    """
    parts = (part for part in request.query.split("&") if part)
    query = "&".join(sorted(parts, key=lambda part: part.partition("=")[0].encode()))
    lines = (request.method.upper(), request.path, query, request.timestamp, request.nonce, request.digest.lower())
    return "\n".join(lines).encode()


def is_timely(timestamp: str, now: datetime) -> bool:
    """Whether a time, in whole seconds since 1970, is within `SKEW` of now."""
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    return abs(int(timestamp) - now.timestamp()) <= SKEW.total_seconds()


def sign_by_hmac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _is_by_hmac(key: bytes, text: bytes, signature: bytes) -> bool:
    return hmac.compare_digest(sign_by_hmac(key, text), signature)


def _is_by_sm2(key: bytes, text: bytes, signature: bytes) -> bool:
    """GB/T 32918.2 with the default user id and SM3; DER, or r and s of 32 bytes each."""
    # A DER signature of 64 bytes would take numbers that start with four zero bytes each: nobody meets one.
    der = _der(signature) if len(signature) == _SM2_POINT else signature
    try:
        return bool(gmssl_pyx.sm2_verify(key, text, der))
    except (gmssl_pyx.InvalidValueError, gmssl_pyx.GmsslInnerError, ValueError):
        return False


def _der(signature: bytes) -> bytes:
    """A signature of two plain numbers as ASN.1 writes it."""
    half = len(signature) // 2
    body = b"".join(_der_number(part) for part in (signature[:half], signature[half:]))
    return bytes([0x30, len(body)]) + body


def _der_number(number: bytes) -> bytes:
    shortest = number.lstrip(b"\x00") or b"\x00"
    positive = b"\x00" + shortest if shortest[0] & 0x80 else shortest
    return bytes([0x02, len(positive)]) + positive


def _new_sm3() -> Digest:
    return hashlib.new("sm3")


HMAC_SHA256 = Algorithm("hmac-sha256", "sha-256", hashlib.sha256, _is_by_hmac)
SM2_SM3 = Algorithm("sm2-sm3", "sm3", _new_sm3, _is_by_sm2)
ALGORITHMS: Mapping[str, Algorithm] = {each.name: each for each in (HMAC_SHA256, SM2_SM3)}
DIGESTS: Mapping[str, Callable[[], Digest]] = {each.digest_name: each.new_digest for each in ALGORITHMS.values()}


def new_hmac_key() -> str:
    """A shared key: 256 random bits as hex, told once."""
    return secrets.token_hex(_HMAC_BYTES)


def sm2_point(text: str) -> bytes | None:
    """The point of an SM2 public key in hex, with or without the 04 before it; None for what is no key."""
    try:
        point = bytes.fromhex(text)
    except ValueError:
        return None
    if len(point) == _SM2_POINT + 1 and point[0] == 0x04:
        point = point[1:]
    if len(point) != _SM2_POINT:
        return None
    try:
        # A point that is not on the curve is refused before a signature is looked at.
        gmssl_pyx.sm2_verify(point, b"", _der(b"\x01" * _SM2_POINT))
    except (gmssl_pyx.InvalidValueError, gmssl_pyx.GmsslInnerError, ValueError):
        return None
    return point
