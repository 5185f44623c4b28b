"""Signatures of requests, where a county demands them (`openapi/signature-vectors.json`)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True)
class Signer:
    """The key of a client for requests. `make` signs the text, `digest` hashes the body and gives hexadecimals.

    For SM2 and SM3 give functions of a library of your choice; `by_hmac` needs none.
    """

    app_id: str
    key_id: str
    make: Callable[[bytes], bytes]
    digest_name: str
    digest: Callable[[bytes], str]

    @classmethod
    def by_hmac(cls, app_id: str, key_id: str, key: bytes) -> Signer:
        """HMAC-SHA256 with the 32 bytes that were told once."""
        return cls(
            app_id,
            key_id,
            lambda text: hmac.digest(key, text, "sha256"),
            "sha-256",
            lambda b: hashlib.sha256(b).hexdigest(),
        )

    def sign(self, request: httpx.Request, *, timestamp: str = "", nonce: str = "") -> None:
        """Put the six headers into a request whose body has been read."""
        timestamp, nonce = timestamp or str(int(time.time())), nonce or secrets.token_hex(16)
        digest = self.digest(request.content)
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        signature = self.make(canonical(request.method, path, query, timestamp, nonce, digest))
        request.headers.update(
            {
                "X-App-Id": self.app_id,
                "X-Key-Id": self.key_id,
                "X-Timestamp": timestamp,
                "X-Nonce": nonce,
                "X-Body-Digest": f"{self.digest_name}={digest}",
                "X-Signature": base64.b64encode(signature).decode(),
            }
        )


def canonical(method: str, path: str, query: str, timestamp: str, nonce: str, digest: str) -> bytes:
    """The text that is signed. Parts of the query are ordered by name; those of one name stay as they are sent."""
    parts = sorted((part for part in query.split("&") if part), key=lambda part: part.partition("=")[0].encode())
    return "\n".join((method.upper(), path, "&".join(parts), timestamp, nonce, digest.lower())).encode()
