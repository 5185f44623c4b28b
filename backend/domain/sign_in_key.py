"""The key under which names, addresses and devices are counted without being kept."""

import base64
import hashlib
import hmac
import ipaddress
import secrets
from datetime import date
from pathlib import Path

from backend.domain.pinyin import fold
from backend.keys import load_or_create

_LENGTH = 16


class SignInKey:
    """Keyed hashes (HMAC-SHA256) of one installation; every process of it has the same key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def _hash(self, kind: str, *parts: bytes) -> bytes:
        return hmac.digest(self._key, b"\0".join((kind.encode(), *parts)), hashlib.sha256)

    def name(self, username: str) -> bytes:
        return self._hash("name", fold(username).encode("utf-8", "surrogatepass"))[:_LENGTH]

    def address(self, address: str, today: date) -> bytes:
        """Today's place of an address; of IPv6 its network, since one customer has 2^64 of them."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return self._hash("address", address.encode(), today.isoformat().encode())[:_LENGTH]
        bits = 64 if parsed.version == 6 else 32
        network = ipaddress.ip_network((parsed, bits), strict=False)
        return self._hash("address", str(network).encode(), today.isoformat().encode())[:_LENGTH]

    def new_device(self) -> str:
        """What a browser keeps: a random number and its signature, so that nobody makes up a place of their own."""
        number = secrets.token_bytes(_LENGTH)
        return _text(number + self._hash("device", number)[:_LENGTH])

    def device(self, cookie: str | None) -> bytes | None:
        """The hash under which a device is known; None for a cookie that this installation did not make."""
        try:
            raw = base64.urlsafe_b64decode((cookie or "").encode("ascii"))
        except (ValueError, UnicodeEncodeError):
            return None
        number, signature = raw[:_LENGTH], raw[_LENGTH:]
        if not hmac.compare_digest(self._hash("device", number)[:_LENGTH], signature):
            return None
        return self._hash("known", number)[:_LENGTH]

    def recovery_code(self, code: str) -> bytes:
        """The hash of a recovery code, however it is typed."""
        return self._hash("recovery", "".join(filter(str.isalnum, code.lower())).encode("utf-8", "surrogatepass"))

    def successor(self, token: str) -> str:
        """The refresh token after this one: the same for two tabs that ask with the same one at the same time."""
        return _text(self._hash("refresh", token.encode()))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def load_sign_in_key(folder: Path) -> SignInKey:
    return SignInKey(load_or_create(folder / "sign-in.key", lambda: secrets.token_bytes(32)))
