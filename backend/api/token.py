"""Access tokens: short-lived JWTs under one asymmetric algorithm.  The only file that knows python-jose."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jwt
from jose.exceptions import JOSEError

from backend.db.base import new_id, utc_now
from backend.domain.errors import SignInRefused
from backend.keys import load_or_create

ALGORITHM = "ES256"
ISSUER = "guanbiao"
AUDIENCE = "guanbiao-api"
LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says: whose it is, which session, and the account's epoch when it was issued."""

    account_id: UUID
    session_id: UUID
    epoch: int


def _new_pem() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class TokenIssuer:
    """Signs and verifies with one key pair; the key lies in the data folder and is made at first start."""

    def __init__(self, data: Path) -> None:
        pem = load_or_create(data / "token-signing-key.pem", _new_pem)
        private = serialization.load_pem_private_key(pem, password=None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        public_pem = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._private = jwk.construct(pem.decode(), algorithm=ALGORITHM)
        self._public = jwk.construct(public_pem.decode(), algorithm=ALGORITHM)
        self.key_id = base64.urlsafe_b64encode(hashlib.sha256(public_pem).digest()[:12]).decode()

    def issue(self, account_id: UUID, session_id: UUID, epoch: int, *, lifetime: timedelta = LIFETIME) -> str:
        now = utc_now()
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(account_id),
            "sid": str(session_id),
            "epoch": epoch,
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": str(new_id()),
        }
        return str(jwt.encode(claims, self._private, algorithm=ALGORITHM, headers={"kid": self.key_id}))

    def verify(self, token: str) -> Claims:
        """Return what the token says; raises SignInRefused for any other algorithm, issuer, audience, key or time."""
        try:
            claims = jwt.decode(
                token,
                self._public,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={f"require_{name}": True for name in ("aud", "iat", "exp", "nbf", "iss", "sub", "jti")},
            )
            return Claims(UUID(claims["sub"]), UUID(claims["sid"]), int(claims["epoch"]))
        except (JOSEError, KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise SignInRefused("invalid_token") from error

    @property
    def lifetime_seconds(self) -> int:
        return int(LIFETIME.total_seconds())

    def jwks(self) -> dict[str, Any]:
        key = {
            name: value.decode() if isinstance(value, bytes) else value
            for name, value in self._public.to_dict().items()
        }
        return {"keys": [key | {"kid": self.key_id, "use": "sig", "alg": ALGORITHM}]}
